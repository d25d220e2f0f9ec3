// OpenBLAS, loaded on demand: the kernel set is chosen by an environment variable that the library
// reads while it loads, and only the engine's process should pay for its start-up.
#include "CKernels.h"
#include "dispatch.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef void (*sgemm_function)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                               const float *a, int lda, const float *b, int ldb, float beta, float *c,
                               int ldc);
typedef char *(*text_function)(void);
typedef void (*threads_function)(int);

enum { row_major = 101, no_trans = 111, trans = 112 };
enum { largest_tiled = 256 << 10 };  // floats

static sgemm_function sgemm;
static char core_name[64] = "plain";
static char config[256] = "";

int pb_cpu_has_avx512(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    return 0;
#endif
}

int pb_blas_open(const char *core_type, char *message, size_t message_size) {
    if (sgemm) return 0;
    // One shard a core, each with single-threaded products: on matrices this small two BLAS threads
    // are no faster than one.
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    if (core_type) setenv("OPENBLAS_CORETYPE", core_type, 0);
    const char *names[] = {"libopenblas.so.0", "libopenblas.so"};
    void *library = NULL;
    for (int i = 0; i < 2 && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *reason = dlerror();
        snprintf(message, message_size, "%s", reason ? reason : "libopenblas.so.0 not found");
        return -1;
    }
    sgemm_function found = (sgemm_function)dlsym(library, "cblas_sgemm");
    if (!found) {
        snprintf(message, message_size, "libopenblas.so.0 has no cblas_sgemm");
        return -1;
    }
    threads_function set_threads = (threads_function)dlsym(library, "openblas_set_num_threads");
    if (set_threads) set_threads(1);
    text_function name = (text_function)dlsym(library, "openblas_get_corename");
    snprintf(core_name, sizeof core_name, "%s", name ? name() : "unknown");
    text_function configuration = (text_function)dlsym(library, "openblas_get_config");
    snprintf(config, sizeof config, "%s", configuration ? configuration() : "");
    sgemm = found;
    return 0;
}

const char *pb_blas_core(void) { return core_name; }
const char *pb_blas_config(void) { return config; }

void pb_sgemm(int trans_a, int trans_b, int m, int n, int k, const float *a, int lda, const float *b,
              int ldb, float *c, int ldc, const float *addend, int addend_row) {
    if (m == 0 || n == 0) return;
    // Up to a right-hand side that fills the second cache the tiles of gemm.c are the faster ones; they
    // also spare the result from depending on which kernels a library takes this CPU for.
    if ((size_t)n * k <= largest_tiled && pb_gemm_kernels() > 1) {
        pb_gemm(m, n, k, a, trans_a ? 1 : lda, trans_a ? lda : 1, b, trans_b ? 1 : ldb,
                trans_b ? ldb : 1, c, ldc, addend, addend_row);
        return;
    }
    if (!sgemm) {
        pb_sgemm_plain(trans_a, trans_b, m, n, k, a, lda, b, ldb, c, ldc, addend, addend_row);
        return;
    }
    if (addend && addend != c) {
        for (int i = 0; i < m; i++) {
            memcpy(c + (size_t)i * ldc, addend + (size_t)i * addend_row, sizeof(float) * n);
        }
    }
    sgemm(row_major, trans_a ? trans : no_trans, trans_b ? trans : no_trans, m, n, k, 1, a, lda, b, ldb,
          addend ? 1 : 0, c, ldc);
}

void pb_sgemm_plain(int trans_a, int trans_b, int m, int n, int k, const float *a, int lda,
                    const float *b, int ldb, float *c, int ldc, const float *addend, int addend_row) {
    for (int i = 0; i < m; i++) {
        float *row = c + (size_t)i * ldc;
        for (int j = 0; j < n; j++) row[j] = addend ? addend[(size_t)i * addend_row + j] : 0;
        for (int l = 0; l < k; l++) {
            const float value = trans_a ? a[(size_t)l * lda + i] : a[(size_t)i * lda + l];
            if (trans_b) {
                for (int j = 0; j < n; j++) row[j] += value * b[(size_t)j * ldb + l];
            } else {
                const float *b_row = b + (size_t)l * ldb;
                for (int j = 0; j < n; j++) row[j] += value * b_row[j];
            }
        }
    }
}
