// Matrix products of the sizes a small network has: operands fit a core's caches, so that walking them
// in tiles is enough and packing them, as libraries for large matrices do, is mostly waste.
#include "CKernels.h"
#include "dispatch.h"

typedef void (*tile_function)(int rows, int depth, const float *a, ptrdiff_t a_row,
                              ptrdiff_t a_column, const float *b, ptrdiff_t b_row, float *c,
                              ptrdiff_t c_row, const float *addend, ptrdiff_t addend_row,
                              const char *ahead);

enum { cache_line = 64 };

#if defined(__x86_64__)
#define TILE_NAME tile_avx512
#define TILE_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#define TILE_LANES 16
#define TILE_VECTORS 2
#define TILE_ROWS 12
#include "gemm_tile.h"

#define TILE_NAME tile_avx2
#define TILE_TARGET __attribute__((target("avx2,fma")))
#define TILE_LANES 8
#define TILE_VECTORS 2
#define TILE_ROWS 6
#include "gemm_tile.h"
#endif

#define TILE_NAME tile_any
#define TILE_TARGET
#define TILE_LANES 4
#define TILE_VECTORS 2
#define TILE_ROWS 4
#include "gemm_tile.h"

// What the tiles of an instruction set measure.
typedef struct {
    tile_function wide, narrow;
    int rows, columns, narrow_columns;
    const char *name;
} tile_kind;

// Best first; whoever has one has those behind it.
static const tile_kind kinds[] = {
#if defined(__x86_64__)
    {tile_avx512, tile_avx512_narrow, 12, 32, 16, "avx512"},
    {tile_avx2, tile_avx2_narrow, 6, 16, 8, "avx2"},
#endif
    {tile_any, tile_any_narrow, 4, 8, 4, "plain"},
};

enum { kind_count = sizeof kinds / sizeof *kinds };

// The first kind that this CPU has.
static int best_kind(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (pb_cpu_has_avx512()) return 0;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
    return kind_count - 1;
}

int pb_gemm_kernels(void) { return kind_count - best_kind(); }

const char *pb_gemm_kernel(int kernel) { return kinds[best_kind() + kernel].name; }

enum {
    widest = 32,        // columns of the widest tile
    tallest = 12,       // rows of the tallest
    depth_block = 256,  // a panel of so many rows and the tile's rows beside it fit the first cache
};

typedef float quad __attribute__((vector_size(16), aligned(4)));

// Four rows of four to four columns of four.
PB_INLINE void transpose_quads(const float *from, ptrdiff_t row, float *to, int width) {
    const quad a = *(const quad *)from, b = *(const quad *)(from + row);
    const quad c = *(const quad *)(from + 2 * row), d = *(const quad *)(from + 3 * row);
    const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(quad *)to = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *(quad *)(to + width) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *(quad *)(to + 2 * width) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *(quad *)(to + 3 * width) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

// Copies [depth, columns] of B into rows of `width` floats, zeros behind the last column.
static void pack_panel(const float *b, ptrdiff_t row, ptrdiff_t column, int depth, int columns,
                       int width, float *panel) {
    for (int j = columns; j < width; j++) {
        for (int k = 0; k < depth; k++) panel[k * width + j] = 0;
    }
    if (column == 1) {
        for (int k = 0; k < depth; k++) {
            int j = 0;
            for (; j + 4 <= columns; j += 4) {
                *(quad *)(panel + k * width + j) = *(const quad *)(b + k * row + j);
            }
            for (; j < columns; j++) panel[k * width + j] = b[k * row + j];
        }
        return;
    }
    const int whole_columns = row == 1 ? columns & ~3 : 0, whole_depth = depth & ~3;
    for (int j = 0; j < whole_columns; j += 4) {
        for (int k = 0; k < whole_depth; k += 4) {
            transpose_quads(b + k + j * column, column, panel + k * width + j, width);
        }
    }
    for (int j = 0; j < columns; j++) {
        for (int k = j < whole_columns ? whole_depth : 0; k < depth; k++) {
            panel[k * width + j] = b[k * row + j * column];
        }
    }
}

// `next` is where the following product's right-hand side begins, NULL where nobody knows: a little of it is
// fetched with every row of this one, since it lies beyond the second cache and the processor's own
// prefetching starts anew at each page.
static void multiply_on(const tile_kind *kind, int m, int n, int k, const float *a, ptrdiff_t a_row,
                        ptrdiff_t a_column, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float *c,
                        ptrdiff_t c_row, const float *addend, ptrdiff_t addend_row,
                        const float *next) {
    static const float no_addend[widest];
    float panel[depth_block * widest] __attribute__((aligned(64)));
    float edge[tallest * widest] __attribute__((aligned(64)));
    // Rows in tiles of nearly equal height: 32 as 11, 11, 10 and not 12, 12, 8.
    const int tiles = (m + kind->rows - 1) / kind->rows;
    // Runs once for an empty sum, which leaves the addend.
    for (int start = 0; start == 0 || start < k; start += depth_block) {
        const int depth = k - start < depth_block ? k - start : depth_block;
        if (start > 0) {
            addend = c;
            addend_row = c_row;
        }
        for (int j = 0; j < n; j += kind->columns) {
            const int columns = n - j < kind->columns ? n - j : kind->columns;
            const int width = columns <= kind->narrow_columns ? kind->narrow_columns : kind->columns;
            const tile_function multiply = width == kind->columns ? kind->wide : kind->narrow;
            const float *right = b + start * b_row + j * b_column;
            ptrdiff_t right_row = b_row;
            // Rows far apart share few lines of the first cache; a copy pays off from a few tiles on.
            if (b_column != 1 || columns < width || (b_row > 256 && tiles > 2)) {
                pack_panel(right, b_row, b_column, depth, columns, width, panel);
                right = panel;
                right_row = width;
            }
            for (int tile = 0; tile < tiles; tile++) {
                const int i = (int)((long)tile * m / tiles);
                const int rows = (int)((long)(tile + 1) * m / tiles) - i;
                const float *left = a + i * a_row + start * a_column;
                float *out = c + i * c_row + j;
                // Without a next product, the left-hand rows of the next tile.
                const char *ahead = next ? (const char *)(next + start * b_row)
                                               + (size_t)tile * depth * cache_line
                                         : (const char *)(left + rows * a_row);
                const float *added = addend ? addend + i * addend_row + j : NULL;
                if (columns == width) {
                    multiply(rows, depth, left, a_row, a_column, right, right_row, out, c_row, added,
                             addend_row, ahead);
                    continue;
                }
                multiply(rows, depth, left, a_row, a_column, right, right_row, edge, width, NULL, 0,
                         ahead);
                for (int r = 0; r < rows; r++) {
                    float *row = out + r * c_row;
                    const float *from = edge + r * width;
                    const float *more = added ? added + r * addend_row : no_addend;
                    for (int q = 0; q < columns; q++) row[q] = from[q] + more[q];
                }
            }
        }
    }
}

void pb_gemm_on(int kernel, int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float *c, ptrdiff_t c_row,
                const float *addend, ptrdiff_t addend_row) {
    multiply_on(kinds + best_kind() + kernel, m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row,
                addend, addend_row, NULL);
}

void pb_gemm(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b,
             ptrdiff_t b_row, ptrdiff_t b_column, float *c, ptrdiff_t c_row, const float *addend,
             ptrdiff_t addend_row) {
    multiply_on(kinds + best_kind(), m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row, addend,
                addend_row, NULL);
}

void pb_gemm_before(int m, int n, int k, const float *a, ptrdiff_t a_row, const float *b,
                    ptrdiff_t b_row, float *c, ptrdiff_t c_row, const float *next) {
    multiply_on(kinds + best_kind(), m, n, k, a, a_row, 1, b, b_row, 1, c, c_row, NULL, 0, next);
}
