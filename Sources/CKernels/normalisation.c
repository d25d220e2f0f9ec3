// GroupNorm (with an optional SiLU behind it) and LayerNorm, forward and backward.
#include "CKernels.h"
#include "dispatch.h"

#include <stdlib.h>

// The widest image whose per-channel tables lie on the stack; those of wider ones are allocated.
enum { usual_channels = 4096 };

// `sum`, `scale` and `shift` [channels] are overwritten.
PB_INLINE void group_norm(const float *x, int pixels, int channels, int groups, float eps,
                          const float *gamma, const float *beta, int silu, float *y, float *mean,
                          float *rstd, float *restrict sum, float *restrict scale,
                          float *restrict shift) {
    PB_FAST_SUMS
    const int width = channels / groups;
    const float n = (float)pixels * width;
    for (int c = 0; c < channels; c++) sum[c] = 0;
    for (int p = 0; p < pixels; p++) {
        const float *row = x + (size_t)p * channels;
        for (int c = 0; c < channels; c++) sum[c] += row[c];
    }
    for (int g = 0; g < groups; g++) {
        double total = 0;
        for (int c = 0; c < width; c++) total += sum[g * width + c];
        mean[g] = (float)(total / n);
        for (int c = 0; c < width; c++) shift[g * width + c] = mean[g];
    }
    // The second pass subtracts the mean first: E[x^2] - E[x]^2 would cancel.
    for (int c = 0; c < channels; c++) sum[c] = 0;
    for (int p = 0; p < pixels; p++) {
        const float *row = x + (size_t)p * channels;
        for (int c = 0; c < channels; c++) {
            const float d = row[c] - shift[c];
            sum[c] += d * d;
        }
    }
    for (int g = 0; g < groups; g++) {
        double total = 0;
        for (int c = 0; c < width; c++) total += sum[g * width + c];
        rstd[g] = (float)(1.0 / sqrt(total / n + eps));
        for (int c = g * width; c < (g + 1) * width; c++) {
            scale[c] = gamma[c] * rstd[g];
            shift[c] = beta[c] - mean[g] * scale[c];
        }
    }
    for (int p = 0; p < pixels; p++) {
        const float *row = x + (size_t)p * channels;
        float *out = y + (size_t)p * channels;
        if (silu) {
            for (int c = 0; c < channels; c++) {
                const float u = row[c] * scale[c] + shift[c];
                out[c] = u * pb_sigmoid(u);
            }
        } else {
            for (int c = 0; c < channels; c++) out[c] = row[c] * scale[c] + shift[c];
        }
    }
}

PB_CLONES
void pb_group_norm(const float *x, int pixels, int channels, int groups, float eps,
                   const float *gamma, const float *beta, int silu, float *y, float *mean,
                   float *rstd) {
    float usual[3 * usual_channels];
    float *tables = usual;
    if (channels > usual_channels) {
        tables = malloc(3 * sizeof(float) * (size_t)channels);
        if (!tables) abort();
    }
    group_norm(x, pixels, channels, groups, eps, gamma, beta, silu, y, mean, rstd, tables,
               tables + channels, tables + 2 * (size_t)channels);
    if (tables != usual) free(tables);
}

PB_CLONES
void pb_group_norm_backward(const float *x, const float *dy, int pixels, int channels, int groups,
                            const float *gamma, const float *beta, int silu, const float *mean,
                            const float *rstd, float *dx, int accumulate, float *dgamma,
                            float *dbeta, float *scratch) {
    PB_FAST_SUMS
    const int width = channels / groups;
    const float n = (float)pixels * width;
    float *du = scratch;
    float *centre = scratch + (size_t)pixels * channels, *inverse = centre + channels;
    float *sum_du = inverse + channels, *sum_duxhat = sum_du + channels;
    for (int c = 0; c < channels; c++) {
        centre[c] = mean[c / width];
        inverse[c] = rstd[c / width];
        sum_du[c] = sum_duxhat[c] = 0;
    }
    for (int p = 0; p < pixels; p++) {
        const float *row = x + (size_t)p * channels, *dy_row = dy + (size_t)p * channels;
        float *du_row = du + (size_t)p * channels;
        for (int c = 0; c < channels; c++) {
            const float xhat = (row[c] - centre[c]) * inverse[c];
            float d = dy_row[c];
            if (silu) {
                const float u = gamma[c] * xhat + beta[c];
                const float s = pb_sigmoid(u);
                d *= s * (1.0f + u * (1.0f - s));
            }
            du_row[c] = d;
            sum_du[c] += d;
            sum_duxhat[c] += d * xhat;
        }
    }
    for (int c = 0; c < channels; c++) {
        dbeta[c] += sum_du[c];
        dgamma[c] += sum_duxhat[c];
    }
    // Per group: dx = rstd (gamma du - mean(gamma du) - xhat mean(gamma du xhat)).
    for (int g = 0; g < groups; g++) {
        double first = 0, second = 0;
        for (int c = g * width; c < (g + 1) * width; c++) {
            first += (double)gamma[c] * sum_du[c];
            second += (double)gamma[c] * sum_duxhat[c];
        }
        for (int c = g * width; c < (g + 1) * width; c++) {
            sum_du[c] = (float)(first / n);
            sum_duxhat[c] = (float)(second / n);
        }
    }
    for (int p = 0; p < pixels; p++) {
        const float *row = x + (size_t)p * channels, *du_row = du + (size_t)p * channels;
        float *out = dx + (size_t)p * channels;
        for (int c = 0; c < channels; c++) {
            const float xhat = (row[c] - centre[c]) * inverse[c];
            const float d = inverse[c] * (gamma[c] * du_row[c] - sum_du[c] - xhat * sum_duxhat[c]);
            out[c] = accumulate ? out[c] + d : d;
        }
    }
}

PB_CLONES
void pb_layer_norm(const float *x, int rows, int channels, float eps, const float *gamma,
                   const float *beta, float *y, float *mean, float *rstd) {
    PB_FAST_SUMS
    for (int r = 0; r < rows; r++) {
        const float *row = x + (size_t)r * channels;
        float *out = y + (size_t)r * channels;
        float sum = 0, squares = 0;
        for (int c = 0; c < channels; c++) sum += row[c];
        const float m = sum / channels;
        for (int c = 0; c < channels; c++) squares += (row[c] - m) * (row[c] - m);
        const float inverse = 1.0f / sqrtf(squares / channels + eps);
        for (int c = 0; c < channels; c++) out[c] = (row[c] - m) * inverse * gamma[c] + beta[c];
        mean[r] = m;
        rstd[r] = inverse;
    }
}

PB_CLONES
void pb_layer_norm_backward(const float *x, const float *dy, int rows, int channels,
                            const float *gamma, const float *mean, const float *rstd, float *dx,
                            int accumulate, float *dgamma, float *dbeta) {
    PB_FAST_SUMS
    for (int r = 0; r < rows; r++) {
        const float *row = x + (size_t)r * channels, *d = dy + (size_t)r * channels;
        float *out = dx + (size_t)r * channels;
        const float m = mean[r], inverse = rstd[r];
        float first = 0, second = 0;
        for (int c = 0; c < channels; c++) {
            const float xhat = (row[c] - m) * inverse, g = d[c] * gamma[c];
            dgamma[c] += d[c] * xhat;
            dbeta[c] += d[c];
            first += g;
            second += g * xhat;
        }
        first /= channels;
        second /= channels;
        for (int c = 0; c < channels; c++) {
            const float xhat = (row[c] - m) * inverse;
            const float value = inverse * (d[c] * gamma[c] - first - xhat * second);
            out[c] = accumulate ? out[c] + value : value;
        }
    }
}
