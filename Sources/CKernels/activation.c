// Pointwise nonlinearities, gated units and softmax, each backward behind its forward.
#include "CKernels.h"
#include "dispatch.h"

#define STORE(index, value) dx[index] = accumulate ? dx[index] + (value) : (value)

PB_CLONES void pb_silu(const float *x, int n, float *y) {
    for (int i = 0; i < n; i++) y[i] = x[i] * pb_sigmoid(x[i]);
}

PB_CLONES void pb_silu_backward(const float *x, const float *dy, int n, float *dx, int accumulate) {
    for (int i = 0; i < n; i++) {
        const float s = pb_sigmoid(x[i]);
        STORE(i, dy[i] * s * (1.0f + x[i] * (1.0f - s)));
    }
}

PB_CLONES void pb_relu(const float *x, int n, float *y) {
    for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0;
}

PB_CLONES void pb_relu_backward(const float *y, const float *dy, int n, float *dx, int accumulate) {
    for (int i = 0; i < n; i++) STORE(i, y[i] > 0 ? dy[i] : 0.0f);
}

PB_INLINE float gelu(float x) { return 0.5f * x * (1.0f + pb_erf(x * 0.70710678118654752f)); }

PB_INLINE float gelu_slope(float x) {
    return 0.5f * (1.0f + pb_erf(x * 0.70710678118654752f))
        + x * 0.39894228040143268f * pb_exp(-0.5f * x * x);
}

PB_CLONES void pb_gelu(const float *x, int n, float *y) {
    for (int i = 0; i < n; i++) y[i] = gelu(x[i]);
}

PB_CLONES void pb_gelu_backward(const float *x, const float *dy, int n, float *dx, int accumulate) {
    for (int i = 0; i < n; i++) STORE(i, dy[i] * gelu_slope(x[i]));
}

PB_CLONES void pb_quick_gelu(const float *x, int n, float *y) {
    for (int i = 0; i < n; i++) y[i] = x[i] * pb_sigmoid(1.702f * x[i]);
}

PB_CLONES void pb_quick_gelu_backward(const float *x, const float *dy, int n, float *dx,
                                      int accumulate) {
    for (int i = 0; i < n; i++) {
        const float s = pb_sigmoid(1.702f * x[i]);
        STORE(i, dy[i] * s * (1.0f + 1.702f * x[i] * (1.0f - s)));
    }
}

PB_CLONES void pb_geglu(const float *x, int rows, int width, float *y) {
    for (int r = 0; r < rows; r++) {
        const float *hidden = x + (size_t)r * 2 * width, *gate = hidden + width;
        float *out = y + (size_t)r * width;
        for (int i = 0; i < width; i++) out[i] = hidden[i] * gelu(gate[i]);
    }
}

// A function of its own for `restrict`: interleaved rows fail the compiler's check for overlap.
PB_INLINE void geglu_backward_row(const float *restrict hidden, const float *restrict gate,
                                  const float *restrict d, int width, float *restrict d_hidden,
                                  float *restrict d_gate) {
    for (int i = 0; i < width; i++) {
        // The density in the slope is the factor that erf decays with: one exponential for both.
        const float bell = pb_exp(-0.5f * gate[i] * gate[i]);
        const float share = 0.5f * (1.0f + pb_erf_from(gate[i] * 0.70710678118654752f, bell));
        d_hidden[i] = d[i] * gate[i] * share;
        d_gate[i] = d[i] * hidden[i] * (share + gate[i] * 0.39894228040143268f * bell);
    }
}

PB_CLONES void pb_geglu_backward(const float *x, const float *dy, int rows, int width, float *dx) {
    for (int r = 0; r < rows; r++) {
        const float *row = x + (size_t)r * 2 * width;
        float *out = dx + (size_t)r * 2 * width;
        geglu_backward_row(row, row + width, dy + (size_t)r * width, width, out, out + width);
    }
}

// The largest of a row. Sixteen at a time: one chain of comparisons would wait for each in turn, and the
// compiler may not reorder it, since numbers that are none make the order count.
PB_INLINE float largest(const float *row, int n) {
    typedef float vector __attribute__((vector_size(64), aligned(4)));
    float top = row[0];
    int c = 0;
    if (n >= 16) {
        vector high = *(const vector *)row;
        for (c = 16; c + 16 <= n; c += 16) {
            high = __builtin_elementwise_max(high, *(const vector *)(row + c));
        }
        top = __builtin_reduce_max(high);
    }
    for (; c < n; c++) top = row[c] > top ? row[c] : top;
    return top;
}

PB_CLONES void pb_softmax(float *x, int rows, int columns, float scale, int causal) {
    PB_FAST_SUMS
    for (int r = 0; r < rows; r++) {
        float *row = x + (size_t)r * columns;
        const int seen = causal && r + 1 < columns ? r + 1 : columns;
        const float highest = largest(row, seen);
        float sum = 0;
        for (int c = 0; c < seen; c++) {
            row[c] = pb_exp(scale * (row[c] - highest));
            sum += row[c];
        }
        const float inverse = 1.0f / sum;
        for (int c = 0; c < seen; c++) row[c] *= inverse;
        for (int c = seen; c < columns; c++) row[c] = 0;
    }
}

PB_CLONES void pb_softmax_backward(const float *p, float *dp, int rows, int columns, float scale) {
    PB_FAST_SUMS
    for (int r = 0; r < rows; r++) {
        const float *probability = p + (size_t)r * columns;
        float *d = dp + (size_t)r * columns;
        float dot = 0;
        for (int c = 0; c < columns; c++) dot += probability[c] * d[c];
        for (int c = 0; c < columns; c++) d[c] = scale * probability[c] * (d[c] - dot);
    }
}
