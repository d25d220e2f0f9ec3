// A pool of threads that live as long as the process, one a core, for short jobs in a few pieces.
//
// Dispatch's concurrent loops start workers by how busy the machine looks and then share one core
// when anything else runs; here the number of threads is the number of cores, always.
#define _GNU_SOURCE
#include "CKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static pthread_mutex_t one_job = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_ready = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_done = PTHREAD_COND_INITIALIZER;

// The job under way; guarded by `lock`.
static void (*job)(void *context, int index);
static void *job_context;
static int job_count, next_index, unfinished;
static int workers = -1;
static _Thread_local int inside_job;

int pb_core_count(void) {
    const char *wanted = getenv("POPBENCH_THREADS");
    const int asked = wanted ? atoi(wanted) : 0;
    cpu_set_t set;
    const int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return asked > 0 && asked <= 256 ? asked : cores;
}

// Runs one piece of a job with numbers too small for a normal exponent taken as zero: gradients are full of
// them, each costs a hundred cycles in the CPU's slow path, and none matters.
static void run_piece(void (*body)(void *, int), void *context, int index) {
#if defined(__x86_64__)
    enum { flush_results = 1 << 15, inputs_are_zero = 1 << 6 };
    const unsigned mode = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mode | flush_results | inputs_are_zero);
    body(context, index);
    __builtin_ia32_ldmxcsr(mode);
#else
    body(context, index);
#endif
}

// Takes pieces of the job until none is left; called and returns with the lock held.
static void take_pieces(void) {
    while (next_index < job_count) {
        const int index = next_index++;
        void (*body)(void *, int) = job;
        void *context = job_context;
        pthread_mutex_unlock(&lock);
        inside_job = 1;
        run_piece(body, context, index);
        inside_job = 0;
        pthread_mutex_lock(&lock);
        if (--unfinished == 0) pthread_cond_signal(&work_done);
    }
}

void pb_adopt_process_priority(void) {
    // Dispatch gives its threads a priority of its own, which threads made by them inherit; the
    // priority that a person gave the process is that of its first thread.
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, (id_t)getpid()));
}

static void *worker(void *unused) {
    (void)unused;
    pb_adopt_process_priority();
    pthread_mutex_lock(&lock);
    for (;;) {
        while (next_index >= job_count) pthread_cond_wait(&work_ready, &lock);
        take_pieces();
    }
    return NULL;
}

static void start_workers(void) {
    workers = 0;
    const int wanted = pb_core_count() - 1;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // OpenBLAS keeps work areas on the stack of whoever calls it.
    pthread_attr_setstacksize(&attributes, 8u << 20);
    for (int i = 0; i < wanted; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, worker, NULL) == 0) workers++;
    }
    pthread_attr_destroy(&attributes);
}

void pb_parallel(int count, void (*body)(void *context, int index), void *context) {
    if (count <= 0) return;
    if (inside_job || count == 1) {
        for (int index = 0; index < count; index++) run_piece(body, context, index);
        return;
    }
    pthread_mutex_lock(&one_job);
    pthread_mutex_lock(&lock);
    if (workers < 0) start_workers();
    job = body;
    job_context = context;
    job_count = unfinished = count;
    next_index = 0;
    pthread_cond_broadcast(&work_ready);
    take_pieces();
    while (unfinished > 0) pthread_cond_wait(&work_done, &lock);
    job_count = next_index = 0;
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&one_job);
}
