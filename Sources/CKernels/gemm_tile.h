// The inner loop of the matrix product for one instruction set. Included by gemm.c once for each, with
//   TILE_NAME     the function to define
//   TILE_TARGET   the attribute that selects the instruction set, or nothing
//   TILE_LANES    floats of a vector register
//   TILE_VECTORS  vectors of a row of the tile; the narrow tile, NAME_narrow, has one
//   TILE_ROWS     rows of the largest tile; rows x vectors accumulators must fit the registers
// No include guard: each inclusion is another function.

#define TILE_JOIN_(a, b) a##_##b
#define TILE_JOIN(a, b) TILE_JOIN_(a, b)
#define VECTOR TILE_JOIN(TILE_NAME, vector)
#define FIXED TILE_JOIN(TILE_NAME, fixed)
#define NARROW TILE_JOIN(TILE_NAME, narrow)

typedef float VECTOR __attribute__((vector_size(TILE_LANES * sizeof(float)), aligned(4)));

// `rows` and `vectors` are constants wherever this is inlined, so that the accumulators live in
// registers throughout.
TILE_TARGET PB_INLINE void FIXED(const int rows, const int vectors, int depth, const float *restrict a, ptrdiff_t a_row,
                                 ptrdiff_t a_column, const float *restrict b, ptrdiff_t b_row,
                                 float *restrict c, ptrdiff_t c_row, const float *addend,
                                 ptrdiff_t addend_row, const char *ahead) {
    VECTOR sum[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = (VECTOR){0};
    }
    for (int k = 0; k < depth; k++, b += b_row, a += a_column) {
        __builtin_prefetch(ahead + (size_t)k * cache_line, 0, 2);
        VECTOR right[TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) right[v] = *(const VECTOR *)(b + v * TILE_LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const float left = a[i * a_row];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[i][v] += left * right[v];
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            if (addend) sum[i][v] += *(const VECTOR *)(addend + i * addend_row + v * TILE_LANES);
            *(VECTOR *)(c + i * c_row + v * TILE_LANES) = sum[i][v];
        }
    }
}

#define TILE_CASE(count)                                                                            \
    case count:                                                                                     \
        if (count <= TILE_ROWS)                                                                     \
            FIXED(count <= TILE_ROWS ? count : 1, TILE_WIDTH, depth, a, a_row, a_column, b, b_row,  \
                  c, c_row, addend, addend_row, ahead);                                                    \
        break;
#define TILE_CASES                                                                                  \
    switch (rows) {                                                                                 \
        TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)               \
        TILE_CASE(7) TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12)            \
    }

#define TILE_WIDTH TILE_VECTORS
TILE_TARGET
static void TILE_NAME(int rows, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                      const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row, const float *addend,
                      ptrdiff_t addend_row, const char *ahead) {
    TILE_CASES
}
#undef TILE_WIDTH

#define TILE_WIDTH 1
TILE_TARGET
static void NARROW(int rows, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                   const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row, const float *addend,
                      ptrdiff_t addend_row, const char *ahead) {
    TILE_CASES
}
#undef TILE_WIDTH

#undef TILE_CASE
#undef TILE_CASES
#undef NARROW
#undef VECTOR
#undef FIXED
#undef TILE_JOIN
#undef TILE_JOIN_
#undef TILE_NAME
#undef TILE_TARGET
#undef TILE_LANES
#undef TILE_VECTORS
#undef TILE_ROWS
