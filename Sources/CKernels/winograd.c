// 3x3 convolution with stride 1 by Winograd's minimal filtering, F(4x4, 3x3): 36 products for sixteen
// outputs where the direct sum takes 144.
//
//     Y = A^T [ (G g G^T) . (B^T d B) ] A     g the 3x3 filter, d a 6x6 piece of the input, Y 4x4 outputs
//
// Summed over channels the 36 elementwise products are 36 matrix products. Backward is the adjoint of
// the same bilinear map, so it needs no other filters: with M = A dY A^T,
//     dU = V^T M,  dg = G^T dU G,     dV = M U^T,  dd = B dV B^T.
//
// Reference: Lavin and Gray, "Fast algorithms for convolutional neural networks", arXiv 1509.09308.
#include "CKernels.h"
#include "dispatch.h"

enum { lanes = 16 };
typedef float lane_vector __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));

// Macros, since passing such vectors by value depends on the instruction set of each clone.
#define LOAD(p) (*(const lane_vector *)(p))
#define STORE(p, v) (*(lane_vector *)(p) = (v))

// MARK: The five small matrices, applied to one row or column of vectors

// B^T: 6 inputs -> 6
PB_INLINE void input_row(const lane_vector *d, int step, lane_vector *t) {
    const lane_vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
                      d5 = d[5 * step];
    const lane_vector even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;
    const lane_vector even2 = d4 - d2, odd2 = 2.0f * (d3 - d1);
    t[0] = 4.0f * d0 - 5.0f * d2 + d4;
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = even2 + odd2;
    t[4] = even2 - odd2;
    t[5] = 4.0f * d1 - 5.0f * d3 + d5;
}

// B: its adjoint
PB_INLINE void input_row_adjoint(const lane_vector *t, int step, lane_vector *d) {
    const lane_vector t0 = t[0], t1 = t[step], t2 = t[2 * step], t3 = t[3 * step], t4 = t[4 * step],
                      t5 = t[5 * step];
    const lane_vector near = t1 + t2, near_odd = t1 - t2, far = t3 + t4, far_odd = t3 - t4;
    d[0] = 4.0f * t0;
    d[1] = 4.0f * (t5 - near_odd) - 2.0f * far_odd;
    d[2] = -5.0f * t0 - 4.0f * near - far;
    d[3] = near_odd + 2.0f * far_odd - 5.0f * t5;
    d[4] = t0 + near + far;
    d[5] = t5;
}

// A^T: 6 -> 4 outputs
PB_INLINE void output_row(const lane_vector *m, int step, lane_vector *y) {
    const lane_vector m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step],
                      m5 = m[5 * step];
    const lane_vector near = m1 + m2, near_odd = m1 - m2, far = m3 + m4, far_odd = m3 - m4;
    y[0] = m0 + near + far;
    y[1] = near_odd + 2.0f * far_odd;
    y[2] = near + 4.0f * far;
    y[3] = near_odd + 8.0f * far_odd + m5;
}

// A: its adjoint
PB_INLINE void output_row_adjoint(const lane_vector *y, int step, lane_vector *m) {
    const lane_vector y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
    const lane_vector near = y0 + y2, near_odd = y1 + y3;
    const lane_vector far = y0 + 4.0f * y2, far_odd = 2.0f * y1 + 8.0f * y3;
    m[0] = y0;
    m[1] = near + near_odd;
    m[2] = near - near_odd;
    m[3] = far + far_odd;
    m[4] = far - far_odd;
    m[5] = y3;
}

// G: 3 taps -> 6
PB_INLINE void filter_row(const lane_vector *g, int step, lane_vector *u) {
    const lane_vector g0 = g[0], g1 = g[step], g2 = g[2 * step];
    const lane_vector near = (g0 + g2) * (-1.0f / 6.0f), far = g0 * (1.0f / 24.0f) + g2 * (1.0f / 6.0f);
    u[0] = g0 * 0.25f;
    u[1] = near - g1 * (1.0f / 6.0f);
    u[2] = near + g1 * (1.0f / 6.0f);
    u[3] = far + g1 * (1.0f / 12.0f);
    u[4] = far - g1 * (1.0f / 12.0f);
    u[5] = g2;
}

// G^T: its adjoint
PB_INLINE void filter_row_adjoint(const lane_vector *u, int step, lane_vector *g) {
    const lane_vector u0 = u[0], u1 = u[step], u2 = u[2 * step], u3 = u[3 * step], u4 = u[4 * step],
                      u5 = u[5 * step];
    const lane_vector near = u1 + u2, far = u3 + u4;
    g[0] = u0 * 0.25f - near * (1.0f / 6.0f) + far * (1.0f / 24.0f);
    g[1] = (u2 - u1) * (1.0f / 6.0f) + (u3 - u4) * (1.0f / 12.0f);
    g[2] = (far - near) * (1.0f / 6.0f) + u5;
}

// MARK: Where a tile lies

typedef struct {
    int row, column;            // the first output pixel
    int rows, columns;          // output pixels inside the image, 1...4
} tile_place;

PB_INLINE tile_place place(const pb_winograd *w, int tile) {
    const int across = (w->width + 3) / 4;
    const int tiles = across * ((w->height + 3) / 4);
    const int inside = tile % tiles;
    tile_place p = {inside / across * 4, inside % across * 4, 4, 4};
    if (p.row + 4 > w->height) p.rows = w->height - p.row;
    if (p.column + 4 > w->width) p.columns = w->width - p.column;
    return p;
}

PB_INLINE size_t image_of(const pb_winograd *w, int tile) {
    return (size_t)(tile / pb_winograd_tiles(w));
}

int pb_winograd_tiles(const pb_winograd *w) { return ((w->width + 3) / 4) * ((w->height + 3) / 4); }

// MARK: Filters

PB_CLONES
void pb_winograd_filters(int inputs, int outputs, const float *filters, float *u) {
    const size_t plane = (size_t)inputs * outputs;
    for (int first = 0; first < outputs; first += pb_panel_columns) {
        const int columns = outputs - first < pb_panel_columns ? outputs - first : pb_panel_columns;
        float *panel = u + (size_t)first * inputs;
        for (int i = 0; i < inputs; i++) {
            for (int o = 0; o < columns; o += lanes) {
                const float *from = filters + (size_t)i * outputs + first + o;
                lane_vector g[9], half[18], out[36];
                for (int tap = 0; tap < 9; tap++) g[tap] = LOAD(from + tap * plane);
                for (int c = 0; c < 3; c++) {
                    lane_vector column[6];
                    filter_row(g + c, 3, column);
                    for (int r = 0; r < 6; r++) half[r * 3 + c] = column[r];
                }
                for (int r = 0; r < 6; r++) filter_row(half + r * 3, 1, out + r * 6);
                for (int e = 0; e < 36; e++) STORE(panel + e * plane + i * columns + o, out[e]);
            }
        }
    }
}

void pb_winograd_multiply(int tiles, int inputs, int outputs, const float *v, size_t v_plane,
                          const float *u, float *m, size_t m_plane) {
    const size_t plane = (size_t)inputs * outputs;
    for (int e = 0; e < 36; e++) {
        for (int first = 0; first < outputs; first += pb_panel_columns) {
            const int columns = outputs - first < pb_panel_columns ? outputs - first
                                                                   : pb_panel_columns;
            const float *panel = u + e * plane + (size_t)first * inputs;
            pb_gemm_before(tiles, columns, inputs, v + e * v_plane, inputs, panel, columns,
                           m + e * m_plane + first, outputs, panel + (size_t)columns * inputs);
        }
    }
}

void pb_winograd_multiply_filters(const pb_winograd *w, int tiles, const float *v, size_t v_plane,
                                  const float *dm, size_t dm_plane, float *du, int accumulate) {
    const size_t plane = (size_t)w->inputs * w->outputs;
    for (int e = 0; e < 36; e++) {
        float *sum = du + e * plane;
        pb_gemm(w->inputs, w->outputs, tiles, v + e * v_plane, 1, w->inputs, dm + e * dm_plane,
                w->outputs, 1, sum, w->outputs, accumulate ? sum : NULL, w->outputs);
    }
}

PB_CLONES
void pb_winograd_filter_gradient(const pb_winograd *w, const float *du, float *dfilters) {
    const size_t plane = (size_t)w->inputs * w->outputs;
    for (size_t at = 0; at < plane; at += lanes) {
        lane_vector u[36], half[18], out[9];
        for (int e = 0; e < 36; e++) u[e] = LOAD(du + e * plane + at);
        for (int c = 0; c < 6; c++) {
            lane_vector column[3];
            filter_row_adjoint(u + c, 6, column);
            for (int r = 0; r < 3; r++) half[r * 6 + c] = column[r];
        }
        for (int r = 0; r < 3; r++) filter_row_adjoint(half + r * 6, 1, out + r * 3);
        for (int tap = 0; tap < 9; tap++) {
            float *p = dfilters + tap * plane + at;
            STORE(p, LOAD(p) + out[tap]);
        }
    }
}

// MARK: Pictures

PB_CLONES
void pb_winograd_input(const pb_winograd *w, const float *x, int first, int count, float *v,
                       size_t plane) {
    const int channels = w->inputs;
    for (int t = 0; t < count; t++) {
        const tile_place p = place(w, first + t);
        const float *image = x + image_of(w, first + t) * w->height * w->width * channels;
        const int inside = p.row > 0 && p.column > 0 && p.row + 5 <= w->height
            && p.column + 5 <= w->width;
        for (int c = 0; c < channels; c += lanes) {
            lane_vector d[36], half[36];
            for (int r = 0; r < 6; r++) {
                const int row = p.row - 1 + r;
                const float *line = image + ((ptrdiff_t)row * w->width + p.column - 1) * channels + c;
                if (inside) {
                    for (int q = 0; q < 6; q++) d[r * 6 + q] = LOAD(line + q * channels);
                } else {
                    for (int q = 0; q < 6; q++) {
                        const int column = p.column - 1 + q;
                        const int there = row >= 0 && row < w->height && column >= 0
                            && column < w->width;
                        d[r * 6 + q] = there ? LOAD(line + q * channels) : (lane_vector){0};
                    }
                }
            }
            for (int q = 0; q < 6; q++) {
                lane_vector column[6];
                input_row(d + q, 6, column);
                for (int r = 0; r < 6; r++) half[r * 6 + q] = column[r];
            }
            float *out = v + (size_t)t * channels + c;
            for (int r = 0; r < 6; r++) {
                lane_vector row[6];
                input_row(half + r * 6, 1, row);
                for (int q = 0; q < 6; q++) STORE(out + (r * 6 + q) * plane, row[q]);
            }
        }
    }
}

PB_CLONES
void pb_winograd_input_gradient(const pb_winograd *w, const float *dv, size_t plane, int first,
                                int count, float *dx) {
    const int channels = w->inputs;
    for (int t = 0; t < count; t++) {
        const tile_place p = place(w, first + t);
        float *image = dx + image_of(w, first + t) * w->height * w->width * channels;
        for (int c = 0; c < channels; c += lanes) {
            lane_vector half[36];
            const float *in = dv + (size_t)t * channels + c;
            for (int q = 0; q < 6; q++) {
                lane_vector column[6], back[6];
                for (int r = 0; r < 6; r++) column[r] = LOAD(in + (r * 6 + q) * plane);
                input_row_adjoint(column, 1, back);
                for (int r = 0; r < 6; r++) half[r * 6 + q] = back[r];
            }
            for (int r = 0; r < 6; r++) {
                const int row = p.row - 1 + r;
                if (row < 0 || row >= w->height) continue;
                lane_vector back[6];
                input_row_adjoint(half + r * 6, 1, back);
                float *line = image + ((ptrdiff_t)row * w->width + p.column - 1) * channels + c;
                for (int q = 0; q < 6; q++) {
                    const int column = p.column - 1 + q;
                    if (column < 0 || column >= w->width) continue;
                    STORE(line + q * channels, LOAD(line + q * channels) + back[q]);
                }
            }
        }
    }
}

PB_CLONES
void pb_winograd_output(const pb_winograd *w, const float *m, size_t plane, int first, int count,
                        const float *bias, const float *addend, float *y) {
    const int channels = w->outputs;
    for (int t = 0; t < count; t++) {
        const tile_place p = place(w, first + t);
        const size_t start = image_of(w, first + t) * w->height * w->width * channels;
        for (int c = 0; c < channels; c += lanes) {
            lane_vector half[24];
            const float *in = m + (size_t)t * channels + c;
            for (int q = 0; q < 6; q++) {
                lane_vector column[6], out[4];
                for (int r = 0; r < 6; r++) column[r] = LOAD(in + (r * 6 + q) * plane);
                output_row(column, 1, out);
                for (int r = 0; r < 4; r++) half[r * 6 + q] = out[r];
            }
            const lane_vector shift = LOAD(bias + c);
            for (int r = 0; r < p.rows; r++) {
                lane_vector out[4];
                output_row(half + r * 6, 1, out);
                const size_t line
                    = start + ((size_t)(p.row + r) * w->width + p.column) * channels + c;
                for (int q = 0; q < p.columns; q++) {
                    const size_t at = line + (size_t)q * channels;
                    STORE(y + at, addend ? out[q] + shift + LOAD(addend + at) : out[q] + shift);
                }
            }
        }
    }
}

PB_CLONES
void pb_winograd_output_gradient(const pb_winograd *w, const float *dy, int first, int count,
                                 float *dm, size_t plane) {
    const int channels = w->outputs;
    for (int t = 0; t < count; t++) {
        const tile_place p = place(w, first + t);
        const float *image = dy + image_of(w, first + t) * w->height * w->width * channels;
        for (int c = 0; c < channels; c += lanes) {
            lane_vector d[16], half[24];
            for (int r = 0; r < 4; r++) {
                const float *line = image + ((size_t)(p.row + r) * w->width + p.column) * channels + c;
                for (int q = 0; q < 4; q++) {
                    d[r * 4 + q] = r < p.rows && q < p.columns ? LOAD(line + q * channels)
                                                               : (lane_vector){0};
                }
            }
            for (int q = 0; q < 4; q++) {
                lane_vector column[6];
                output_row_adjoint(d + q, 4, column);
                for (int r = 0; r < 6; r++) half[r * 4 + q] = column[r];
            }
            float *out = dm + (size_t)t * channels + c;
            for (int r = 0; r < 6; r++) {
                lane_vector row[6];
                output_row_adjoint(half + r * 4, 1, row);
                for (int q = 0; q < 6; q++) STORE(out + (r * 6 + q) * plane, row[q]);
            }
        }
    }
}
