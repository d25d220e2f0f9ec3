// Sums, copies, nearest upsampling, and the optimiser's pointwise updates.
#include "CKernels.h"
#include "dispatch.h"

PB_CLONES void pb_add(const float *x, int n, float *y) {
    for (int i = 0; i < n; i++) y[i] += x[i];
}

PB_CLONES void pb_scale(float *x, int n, float factor) {
    for (int i = 0; i < n; i++) x[i] *= factor;
}

PB_CLONES void pb_axpy(float a, const float *x, int n, float *y) {
    for (int i = 0; i < n; i++) y[i] += a * x[i];
}

PB_CLONES void pb_add_row(const float *row, int rows, int channels, float *y) {
    for (int r = 0; r < rows; r++) {
        float *out = y + (size_t)r * channels;
        for (int c = 0; c < channels; c++) out[c] += row[c];
    }
}

PB_CLONES void pb_sum_rows(const float *x, int rows, int channels, float *sum) {
    for (int r = 0; r < rows; r++) {
        const float *row = x + (size_t)r * channels;
        for (int c = 0; c < channels; c++) sum[c] += row[c];
    }
}

PB_CLONES void pb_transpose(const float *x, int rows, int columns, float *y) {
    enum { block = 16 };
    for (int r0 = 0; r0 < rows; r0 += block) {
        const int r_end = r0 + block < rows ? r0 + block : rows;
        for (int c = 0; c < columns; c++) {
            for (int r = r0; r < r_end; r++) y[(size_t)c * rows + r] = x[(size_t)r * columns + c];
        }
    }
}

PB_CLONES void pb_copy_block(const float *x, int rows, int width, int x_stride, float *y,
                             int y_stride, int accumulate) {
    for (int r = 0; r < rows; r++) {
        const float *from = x + (size_t)r * x_stride;
        float *to = y + (size_t)r * y_stride;
        if (accumulate) {
            for (int c = 0; c < width; c++) to[c] += from[c];
        } else {
            memcpy(to, from, sizeof(float) * (size_t)width);
        }
    }
}

PB_CLONES double pb_sum_squares(const float *x, long n) {
    PB_FAST_SUMS
    double total = 0;
    for (long i = 0; i < n; i++) total += (double)x[i] * x[i];
    return total;
}

PB_CLONES double pb_squared_distance(const float *x, const float *y, long n) {
    PB_FAST_SUMS
    double total = 0;
    for (long i = 0; i < n; i++) {
        const double d = (double)x[i] - y[i];
        total += d * d;
    }
    return total;
}

void pb_upsample_nearest(const float *x, int height, int width, int channels, int out_height,
                         int out_width, float *y) {
    for (int oy = 0; oy < out_height; oy++) {
        for (int ox = 0; ox < out_width; ox++, y += channels) {
            const size_t from = (size_t)(oy * height / out_height) * width + ox * width / out_width;
            memcpy(y, x + from * channels, sizeof(float) * (size_t)channels);
        }
    }
}

PB_CLONES void pb_upsample_nearest_backward(const float *dy, int height, int width, int channels,
                                            int out_height, int out_width, float *dx,
                                            int accumulate) {
    if (!accumulate) memset(dx, 0, sizeof(float) * (size_t)height * width * channels);
    for (int oy = 0; oy < out_height; oy++) {
        for (int ox = 0; ox < out_width; ox++, dy += channels) {
            float *to = dx + ((size_t)(oy * height / out_height) * width + ox * width / out_width)
                * channels;
            for (int c = 0; c < channels; c++) to[c] += dy[c];
        }
    }
}

PB_CLONES void pb_adamw(float *weights, const float *gradients, float *first, float *second, long n,
                        float learning_rate, float beta_1, float beta_2, float eps,
                        float weight_decay, float gradient_scale, float bias_1, float bias_2) {
    const float step = learning_rate / bias_1, inverse_bias_2 = 1.0f / sqrtf(bias_2);
    const float keep = 1.0f - learning_rate * weight_decay;
    for (long i = 0; i < n; i++) {
        const float g = gradients[i] * gradient_scale;
        first[i] = beta_1 * first[i] + (1.0f - beta_1) * g;
        second[i] = beta_2 * second[i] + (1.0f - beta_2) * g * g;
        weights[i] = weights[i] * keep - step * first[i] / (sqrtf(second[i]) * inverse_bias_2 + eps);
    }
}

PB_CLONES void pb_ema(float *average, const float *weights, long n, float decay) {
    for (long i = 0; i < n; i++) average[i] += (1.0f - decay) * (weights[i] - average[i]);
}
