// Signals: noted in handlers and told through an eventfd; and the terminal's modes after a crash.
//
// signalfd is no choice here: a numerical library's threads, which do not block the signals, take
// them first.
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include "CTerminal.h"

static const struct { int number; int bit; } watched[] = {
    {SIGWINCH, CT_SIGNAL_WINCH}, {SIGTSTP, CT_SIGNAL_TSTP}, {SIGCONT, CT_SIGNAL_CONT},
    {SIGTERM, CT_SIGNAL_TERM},   {SIGHUP, CT_SIGNAL_HUP},   {SIGINT, CT_SIGNAL_INT},
    {SIGQUIT, CT_SIGNAL_QUIT},
};
enum { WATCHED = sizeof watched / sizeof watched[0] };

static struct sigaction before[WATCHED];
static sigset_t mask_before;
static atomic_int noted;
static int told = -1;

static void note(int number) {
    int kept = errno;
    for (int i = 0; i < WATCHED; i++) {
        if (watched[i].number == number) atomic_fetch_or(&noted, watched[i].bit);
    }
    uint64_t one = 1;
    ssize_t written = write(told, &one, sizeof one);
    (void)written;
    errno = kept;
}

static void install(int index, struct sigaction *old) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    sigfillset(&action.sa_mask);
    // poll comes back in any case; everything else restarts by itself.
    action.sa_flags = SA_RESTART;
    sigaction(watched[index].number, &action, old);
}

int ct_watch_signals(void) {
    if (told >= 0) return told;
    told = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (told < 0) return -1;
    for (int i = 0; i < WATCHED; i++) install(i, &before[i]);
    // A parent that blocks signals in its threads has passed that on.
    sigset_t heard;
    sigemptyset(&heard);
    for (int i = 0; i < WATCHED; i++) sigaddset(&heard, watched[i].number);
    pthread_sigmask(SIG_UNBLOCK, &heard, &mask_before);
    return told;
}

void ct_unwatch_signals(void) {
    if (told < 0) return;
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i].number, &before[i], NULL);
    close(told);
    told = -1;
    atomic_store(&noted, 0);
}

int ct_take_signals(void) {
    uint64_t count;
    ssize_t got = read(told, &count, sizeof count);
    (void)got;
    return atomic_exchange(&noted, 0);
}

void ct_stop_process(void) {
    struct sigaction plain, ours;
    memset(&plain, 0, sizeof plain);
    plain.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &plain, &ours);
    sigset_t stop, old;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &old);
    // The whole job, so that a program that waits for this one (make, a script) stops as well.
    kill(0, SIGTSTP);
    sigprocmask(SIG_SETMASK, &old, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}

// --- Crashes ---

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

static struct sigaction fatal_before[FATAL];
static struct termios kept_modes;
static int kept_descriptor = -1;
static atomic_int restored;

// Has a signal do what it does to a process without handlers, once this one's has returned.
static void end_by(int number) {
    struct sigaction plain;
    memset(&plain, 0, sizeof plain);
    plain.sa_handler = SIG_DFL;
    sigaction(number, &plain, NULL);
    raise(number);
}

static void crash(int number, siginfo_t *info, void *context) {
    if (kept_descriptor >= 0 && !atomic_exchange(&restored, 1)) {
        // Mouse and paste modes off, cursor keys and keypad as usual, attributes off, cursor on,
        // the main screen back.
        static const char reset[] =
            "\033[?1000l\033[?1002l\033[?1006l\033[?2004l\033[?1l\033>\033[m\033[?25h"
            "\033[?1049l\r\n";
        ssize_t written = write(kept_descriptor, reset, sizeof reset - 1);
        (void)written;
        tcsetattr(kept_descriptor, TCSANOW, &kept_modes);
        // A backtracer that finds a terminal as its input would wait for a key there.
        int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0) dup2(nothing, STDIN_FILENO);
    }
    for (int i = 0; i < FATAL; i++) {
        if (fatal[i] != number) continue;
        if (fatal_before[i].sa_flags & SA_SIGINFO && fatal_before[i].sa_sigaction) {
            fatal_before[i].sa_sigaction(number, info, context);
            // An instruction that fails does so again, and ends the process; a signal that was
            // sent does not, and a screen without its terminal must not go on.
            if (info->si_code <= 0) end_by(number);
            return;
        }
        if (fatal_before[i].sa_handler != SIG_DFL && fatal_before[i].sa_handler != SIG_IGN) {
            fatal_before[i].sa_handler(number);
            if (info->si_code <= 0) end_by(number);
            return;
        }
        end_by(number);
    }
}

void ct_guard_crashes(int descriptor) {
    if (kept_descriptor >= 0 || tcgetattr(descriptor, &kept_modes) != 0) return;
    kept_descriptor = descriptor;
    // A stack that has run over cannot hold the handler; the runtime may have given another.
    stack_t stack;
    if (sigaltstack(NULL, &stack) == 0 && stack.ss_flags & SS_DISABLE) {
        static char spare[64 * 1024];
        memset(&stack, 0, sizeof stack);
        stack.ss_sp = spare;
        stack.ss_size = sizeof spare;
        sigaltstack(&stack, NULL);
    }
    atomic_store(&restored, 0);
    for (int i = 0; i < FATAL; i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_sigaction = crash;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        sigaction(fatal[i], &action, &fatal_before[i]);
    }
}

void ct_unguard_crashes(void) {
    if (kept_descriptor < 0) return;
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &fatal_before[i], NULL);
    kept_descriptor = -1;
}
