#pragma once
// The part of ncurses that the terminal layer uses, on plain integers: Swift cannot import the
// variadic calls and the macros of curses.h (KEY_F, A_BOLD, COLOR_PAIR), nor its global variables.
// One thread only, except where a signal handler is named.
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Keys that are no characters, as ct_read_key reports them.
enum {
    CT_KEY_UP = 1, CT_KEY_DOWN, CT_KEY_LEFT, CT_KEY_RIGHT, CT_KEY_HOME, CT_KEY_END,
    CT_KEY_PAGE_UP, CT_KEY_PAGE_DOWN, CT_KEY_INSERT, CT_KEY_DELETE, CT_KEY_ENTER,
    CT_KEY_BACKSPACE, CT_KEY_BACK_TAB, CT_KEY_RESIZE, CT_KEY_MOUSE, CT_KEY_PASTE_BEGIN,
    CT_KEY_PASTE_END, CT_KEY_OTHER,
    CT_KEY_FUNCTION = 0x100  // plus the number of the key
};

// What ct_read_key found.
enum { CT_NOTHING = 0, CT_CHARACTER = 1, CT_KEY = 2 };

// Attributes of ct_put; the same bits as the canvas uses.
enum { CT_BOLD = 1, CT_DIM = 2, CT_UNDERLINE = 4, CT_REVERSE = 8 };

// Bits of ct_take_signals.
enum { CT_SIGNAL_WINCH = 1, CT_SIGNAL_TSTP = 2, CT_SIGNAL_CONT = 4, CT_SIGNAL_TERM = 8,
       CT_SIGNAL_HUP = 16, CT_SIGNAL_INT = 32, CT_SIGNAL_QUIT = 64 };

// Chooses the environment's locale for characters, or C.UTF-8 where that is not UTF-8.
// Returns 1 when characters are UTF-8 now.
int ct_use_utf8(void);
// Colours of a terminal's terminfo entry without taking the screen; -1 when there is no entry.
int ct_terminfo_colors(const char *name, int descriptor);

// Takes the screen. Returns 0, or -1 when there is no usable terminfo entry.
int ct_open(const char *name, int uses_color, int uses_mouse);
// Gives the screen back and forgets it.
void ct_close(void);
// Gives the screen back for a while, and takes it again.
void ct_leave(void);
void ct_enter(void);

int ct_color_count(void);
int ct_pair_count(void);
void ct_define_pair(int pair, int foreground, int background);
void ct_reset_pairs(void);
// Columns the C library gives a character; -1 for what it cannot print.
int ct_columns(uint32_t scalar);
// Puts one glyph of up to five scalars into its columns. What the C library would not print as
// wide as the caller says becomes a question mark with blanks.
void ct_put(int y, int x, const uint32_t *scalars, int count, int columns, int attributes,
            int pair);
void ct_flush(void);
// Repaints everything at the next flush.
void ct_invalidate(void);
void ct_bell(void);
int ct_window_size(int *width, int *height);
void ct_resize(int width, int height);
// Bytes of input that wait; -1 when that cannot be told.
int ct_input_bytes(void);
// Reads without waiting. `value` is a scalar or a key.
int ct_read_key(int *value);
// The mouse event behind CT_KEY_MOUSE: action 0 press, 1 release, 2 wheel up, 3 wheel down.
int ct_read_mouse(int *action, int *button, int *x, int *y);

// Installs handlers that note a signal and write to an eventfd, which is returned (-1: errno),
// and lets this thread hear them, whatever its parent blocked.
// To be called before ct_open, which leaves handlers that are installed alone.
int ct_watch_signals(void);
void ct_unwatch_signals(void);
// The signals noted since the last call.
int ct_take_signals(void);
// Stops the process (and its group) as Ctrl-Z in a cooked terminal does; returns when continued.
void ct_stop_process(void);

// Keeps the terminal's modes, and restores them from handlers of the signals that mean a crash,
// which then hand over to the handlers that were there before.
void ct_guard_crashes(int descriptor);
void ct_unguard_crashes(void);

#ifdef __cplusplus
}
#endif
