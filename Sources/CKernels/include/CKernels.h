// Numeric kernels below TensorCore. Every array is contiguous float unless a stride says otherwise;
// images are channels-last. `accumulate` non-zero adds to the output instead of overwriting it.
//
// Loops that can use wide vectors are compiled once per instruction set and chosen when the program
// loads (see PB_CLONES in dispatch.h), so one binary runs everywhere.
#pragma once

#include <stddef.h>
#include <stdint.h>

// MARK: Matrix products (blas.c)

// Loads OpenBLAS, single-threaded; `core_type` may name a kernel set or be NULL for the library's own
// choice. Returns 0, or -1 with a reason in `message`. Calls after the first do nothing.
int pb_blas_open(const char *core_type, char *message, size_t message_size);
// The kernel set in use ("SkylakeX", "Haswell", ...), or "plain" without OpenBLAS.
const char *pb_blas_core(void);
// The library's configuration string, or "".
const char *pb_blas_config(void);
// Non-zero where the CPU has AVX-512 (F, DQ, BW, VL).
int pb_cpu_has_avx512(void);
// C[m,n] = op(A) op(B) + D, row-major, with D as in pb_gemm: by its tiles, by OpenBLAS where the operands
// are large or the tiles have no instruction set to run on, or without it by the plain loop.
void pb_sgemm(int trans_a, int trans_b, int m, int n, int k, const float *a, int lda, const float *b,
              int ldb, float *c, int ldc, const float *addend, int addend_row);
// The plain triple loop with the same meaning: the reference for tests, and the fallback.
void pb_sgemm_plain(int trans_a, int trans_b, int m, int n, int k, const float *a, int lda,
                    const float *b, int ldb, float *c, int ldc, const float *addend, int addend_row);

// MARK: Matrix products of small networks (gemm.c)

// C[m,n] = A B + D. Element (i, k) of A lies at a[i*a_row + k*a_column], and of B likewise; the rows of C
// and D are contiguous. D is NULL for none, C itself to add to it, or with a stride of 0 one row, such as
// a bias, for all. One of A's and one of B's strides is 1 where it is to be fast.
void pb_gemm(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b,
             ptrdiff_t b_row, ptrdiff_t b_column, float *c, ptrdiff_t c_row, const float *addend,
             ptrdiff_t addend_row);
// C = A B where the product after it is known to read a matrix of the same shape from `next`.
void pb_gemm_before(int m, int n, int k, const float *a, ptrdiff_t a_row, const float *b,
                    ptrdiff_t b_row, float *c, ptrdiff_t c_row, const float *next);
// The kernels that this CPU can run: number 0 is the best and the one that pb_gemm takes, the last is for
// any CPU. Their names: "avx512", "avx2", "plain".
int pb_gemm_kernels(void);
const char *pb_gemm_kernel(int kernel);
// pb_gemm with a kernel of one's own choice, for tests.
void pb_gemm_on(int kernel, int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float *c, ptrdiff_t c_row,
                const float *addend, ptrdiff_t addend_row);

// MARK: 3x3 convolution, stride 1, padding 1, by Winograd's F(4x4, 3x3) (winograd.c)

typedef struct {
    int height, width;      // of the pictures, in and out
    int inputs, outputs;    // channels; both multiples of 16
} pb_winograd;
enum { pb_panel_columns = 32 };

// Tiles of 4x4 outputs in one picture. Below, tiles count on from picture to picture, and the 36
// elements of transformed tiles are planes [tiles, channels], `plane` floats apart.
int pb_winograd_tiles(const pb_winograd *shape);
// filters [3][3][inputs][outputs] -> u, 36 matrices [inputs][outputs]; of transposed filters, transposed.
// Each matrix lies in panels of 32 columns, the last of what is left: products read it from end to end.
void pb_winograd_filters(int inputs, int outputs, const float *filters, float *u);
// m = v u for the 36 elements of some tiles; u as above.
void pb_winograd_multiply(int tiles, int inputs, int outputs, const float *v, size_t v_plane,
                          const float *u, float *m, size_t m_plane);
// du [36][inputs][outputs], rows as usual, = or += v^T dm over some tiles.
void pb_winograd_multiply_filters(const pb_winograd *shape, int tiles, const float *v, size_t v_plane,
                                  const float *dm, size_t dm_plane, float *du, int accumulate);
// Adds what du [36][inputs][outputs] means for the filters.
void pb_winograd_filter_gradient(const pb_winograd *shape, const float *du, float *dfilters);
// Pictures [height, width, inputs] -> tiles [first, first + count) of v.
void pb_winograd_input(const pb_winograd *shape, const float *x, int first, int count, float *v,
                       size_t plane);
// Adds what dv means for the pictures.
void pb_winograd_input_gradient(const pb_winograd *shape, const float *dv, size_t plane, int first,
                                int count, float *dx);
// Tiles of m -> pictures [height, width, outputs], with the bias and, unless NULL, other pictures added.
void pb_winograd_output(const pb_winograd *shape, const float *m, size_t plane, int first, int count,
                        const float *bias, const float *addend, float *y);
// The pictures' gradient -> tiles of dm.
void pb_winograd_output_gradient(const pb_winograd *shape, const float *dy, int first, int count,
                                 float *dm, size_t plane);

// MARK: Convolution as a matrix product (convolution.c)

typedef struct {
    int height, width, channels;        // of the input
    int out_height, out_width;
    int kernel, stride, padding;        // square kernels
} pb_conv_shape;

// Rows [first, first + count) of the patch matrix [out_height*out_width, kernel*kernel*channels] of
// one image.
void pb_im2col(const pb_conv_shape *shape, const float *image, int first, int count, float *patches);
// Adds the rows of a patch-matrix gradient back into the image's gradient.
void pb_col2im_add(const pb_conv_shape *shape, const float *patches, int first, int count,
                   float *image);

// MARK: Normalisation (normalisation.c)

// One image [pixels, channels]: y = act(gamma xhat + beta), act = SiLU when `silu`, else identity.
// `mean` and `rstd` [groups] are kept for the backward pass.
void pb_group_norm(const float *x, int pixels, int channels, int groups, float eps,
                   const float *gamma, const float *beta, int silu, float *y, float *mean,
                   float *rstd);
void pb_group_norm_backward(const float *x, const float *dy, int pixels, int channels, int groups,
                            const float *gamma, const float *beta, int silu, const float *mean,
                            const float *rstd, float *dx, int accumulate, float *dgamma,
                            float *dbeta, float *scratch /* pixels*channels + 4*channels */);
void pb_layer_norm(const float *x, int rows, int channels, float eps, const float *gamma,
                   const float *beta, float *y, float *mean, float *rstd);
void pb_layer_norm_backward(const float *x, const float *dy, int rows, int channels,
                            const float *gamma, const float *mean, const float *rstd, float *dx,
                            int accumulate, float *dgamma, float *dbeta);

// MARK: Activations and attention (activation.c)

void pb_silu(const float *x, int n, float *y);
void pb_silu_backward(const float *x, const float *dy, int n, float *dx, int accumulate);
void pb_relu(const float *x, int n, float *y);
void pb_relu_backward(const float *y, const float *dy, int n, float *dx, int accumulate);
void pb_gelu(const float *x, int n, float *y);
void pb_gelu_backward(const float *x, const float *dy, int n, float *dx, int accumulate);
void pb_quick_gelu(const float *x, int n, float *y);
void pb_quick_gelu_backward(const float *x, const float *dy, int n, float *dx, int accumulate);
// x [rows, 2*width] = (hidden | gate); y [rows, width] = hidden * gelu(gate).
void pb_geglu(const float *x, int rows, int width, float *y);
void pb_geglu_backward(const float *x, const float *dy, int rows, int width, float *dx);
// Softmax of scale*x over each row, in place; with `causal`, row r sees columns 0...r.
void pb_softmax(float *x, int rows, int columns, float scale, int causal);
// d(scale*x) from probabilities p and dp, in place in dp.
void pb_softmax_backward(const float *p, float *dp, int rows, int columns, float scale);

// MARK: Elementwise and reductions (elementwise.c)

void pb_add(const float *x, int n, float *y);                                 // y += x
void pb_scale(float *x, int n, float factor);
void pb_axpy(float a, const float *x, int n, float *y);                       // y += a x
void pb_add_row(const float *row, int rows, int channels, float *y);          // each row += row
void pb_sum_rows(const float *x, int rows, int channels, float *sum);         // sum += over rows
void pb_transpose(const float *x, int rows, int columns, float *y);            // y[c][r] = x[r][c]
void pb_copy_block(const float *x, int rows, int width, int x_stride, float *y, int y_stride,
                   int accumulate);
double pb_sum_squares(const float *x, long n);
double pb_squared_distance(const float *x, const float *y, long n);
void pb_upsample_nearest(const float *x, int height, int width, int channels, int out_height,
                         int out_width, float *y);
void pb_upsample_nearest_backward(const float *dy, int height, int width, int channels,
                                  int out_height, int out_width, float *dx, int accumulate);

// MARK: Optimiser (elementwise.c)

// AdamW with decoupled decay (Loshchilov and Hutter, arXiv 1711.05101); `gradient_scale` carries the
// clipping factor, bias_1 = 1 - beta_1^t, bias_2 = 1 - beta_2^t.
void pb_adamw(float *weights, const float *gradients, float *first, float *second, long n,
              float learning_rate, float beta_1, float beta_2, float eps, float weight_decay,
              float gradient_scale, float bias_1, float bias_2);
// average = decay*average + (1 - decay)*weights
void pb_ema(float *average, const float *weights, long n, float decay);

// MARK: Threads (parallel.c)

// Cores that this process may use, or POPBENCH_THREADS.
int pb_core_count(void);
// Calls body(context, i) for every i in 0..<count on the pool's threads and the caller's, and waits.
// Calls from inside a body run in place.
void pb_parallel(int count, void (*body)(void *context, int index), void *context);
// Gives the calling thread the priority (nice) of the process's first thread.
void pb_adopt_process_priority(void);
