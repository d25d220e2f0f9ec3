// ncurses on plain integers; see CTerminal.h for what each function promises.
#define _GNU_SOURCE 1
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include "CTerminal.h"

#include <langinfo.h>
#include <locale.h>
#include <ncursesw/curses.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

// Codes of keys defined here, above all of ncurses' own.
enum { PASTE_BEGIN_CODE = KEY_MAX + 101, PASTE_END_CODE = KEY_MAX + 102 };

static SCREEN *screen;
static int has_color;
static int reads_mouse;

int ct_use_utf8(void) {
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

// Writes a mode switch that terminfo does not know; a lost one only costs the feature.
static void say(const char *text) {
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));
    (void)written;
}

static void switch_extras(int on) {
    fflush(stdout);
    say(on ? "\033[?2004h" : "\033[?2004l");
}

int ct_open(const char *name, int uses_color, int uses_mouse) {
    screen = newterm((char *)name, stdout, stdin);
    if (!screen) return -1;
    set_term(screen);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    // Keypad mode knows the application forms (ESC O A) only; some terminals send these as well.
    define_key("\033[A", KEY_UP);
    define_key("\033[B", KEY_DOWN);
    define_key("\033[C", KEY_RIGHT);
    define_key("\033[D", KEY_LEFT);
    define_key("\033[H", KEY_HOME);
    define_key("\033[F", KEY_END);
    define_key("\033[1~", KEY_HOME);
    define_key("\033[4~", KEY_END);
    define_key("\033[Z", KEY_BTAB);
    define_key("\033[200~", PASTE_BEGIN_CODE);
    define_key("\033[201~", PASTE_END_CODE);
    has_color = uses_color && has_colors() && start_color() == OK;
    if (has_color) use_default_colors();
    reads_mouse = uses_mouse;
    if (reads_mouse) {
        mouseinterval(0);
        mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON2_PRESSED | BUTTON2_RELEASED
                      | BUTTON3_PRESSED | BUTTON3_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED,
                  NULL);
    }
    switch_extras(1);
    // The first refresh clears the screen; input must not cause it.
    erase();
    refresh();
    return 0;
}

void ct_close(void) {
    if (!screen) return;
    switch_extras(0);
    if (reads_mouse) mousemask(0, NULL);
    endwin();
    delscreen(screen);
    screen = NULL;
}

void ct_leave(void) {
    if (!screen) return;
    switch_extras(0);
    endwin();
}

void ct_enter(void) {
    if (!screen) return;
    clearok(curscr, TRUE);
    refresh();
    switch_extras(1);
}

int ct_color_count(void) { return has_color ? COLORS : 0; }
int ct_pair_count(void) { return has_color ? COLOR_PAIRS : 0; }

void ct_define_pair(int pair, int foreground, int background) {
    if (has_color) init_extended_pair(pair, foreground, background);
}

void ct_reset_pairs(void) {
    if (has_color) reset_color_pairs();
}

int ct_columns(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

void ct_put(int y, int x, const uint32_t *scalars, int count, int columns, int attributes,
            int pair) {
    wchar_t text[CCHARW_MAX + 1] = {0};
    int length = count < CCHARW_MAX ? count : CCHARW_MAX;
    int fits = length > 0 && wcwidth((wchar_t)scalars[0]) == columns;
    for (int i = 0; i < length; i++) {
        text[i] = (wchar_t)scalars[i];
        if (i > 0 && wcwidth(text[i]) != 0) {
            text[i] = 0;
            break;
        }
    }
    attr_t attribute = A_NORMAL;
    if (attributes & CT_BOLD) attribute |= A_BOLD;
    if (attributes & CT_DIM) attribute |= A_DIM;
    if (attributes & CT_UNDERLINE) attribute |= A_UNDERLINE;
    if (attributes & CT_REVERSE) attribute |= A_REVERSE;
    cchar_t cell;
    if (fits) {
        setcchar(&cell, text, attribute, 0, &pair);
        mvadd_wch(y, x, &cell);
    } else {
        for (int i = 0; i < columns; i++) {
            setcchar(&cell, i == 0 ? L"?" : L" ", attribute, 0, &pair);
            mvadd_wch(y, x + i, &cell);
        }
    }
}

void ct_flush(void) { refresh(); }
void ct_invalidate(void) { clearok(curscr, TRUE); }
void ct_bell(void) { beep(); }

int ct_window_size(int *width, int *height) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return -1;
    }
    *width = size.ws_col;
    *height = size.ws_row;
    return 0;
}

void ct_resize(int width, int height) {
    resizeterm(height, width);
    clearok(curscr, TRUE);
}

static int translated(int code) {
    switch (code) {
        case KEY_UP: return CT_KEY_UP;
        case KEY_DOWN: return CT_KEY_DOWN;
        case KEY_LEFT: return CT_KEY_LEFT;
        case KEY_RIGHT: return CT_KEY_RIGHT;
        case KEY_HOME: return CT_KEY_HOME;
        case KEY_END: return CT_KEY_END;
        case KEY_PPAGE: return CT_KEY_PAGE_UP;
        case KEY_NPAGE: return CT_KEY_PAGE_DOWN;
        case KEY_IC: return CT_KEY_INSERT;
        case KEY_DC: return CT_KEY_DELETE;
        case KEY_ENTER: return CT_KEY_ENTER;
        case KEY_BACKSPACE: return CT_KEY_BACKSPACE;
        case KEY_BTAB: return CT_KEY_BACK_TAB;
        case KEY_RESIZE: return CT_KEY_RESIZE;
        case KEY_MOUSE: return CT_KEY_MOUSE;
        case PASTE_BEGIN_CODE: return CT_KEY_PASTE_BEGIN;
        case PASTE_END_CODE: return CT_KEY_PASTE_END;
        default:
            if (code > KEY_F0 && code <= KEY_F(63)) return CT_KEY_FUNCTION + (code - KEY_F0);
            return CT_KEY_OTHER;
    }
}

int ct_input_bytes(void) {
    int count = 0;
    return ioctl(STDIN_FILENO, FIONREAD, &count) == 0 ? count : -1;
}

int ct_read_key(int *value) {
    wint_t code = 0;
    switch (get_wch(&code)) {
        case OK: *value = (int)code; return CT_CHARACTER;
        case KEY_CODE_YES: *value = translated((int)code); return CT_KEY;
        default: return CT_NOTHING;
    }
}

int ct_read_mouse(int *action, int *button, int *x, int *y) {
    MEVENT event;
    if (getmouse(&event) != OK) return -1;
    *x = event.x;
    *y = event.y;
    *button = 0;
    if (event.bstate & BUTTON4_PRESSED) { *action = 2; return 0; }
    if (event.bstate & BUTTON5_PRESSED) { *action = 3; return 0; }
    if (event.bstate & (BUTTON1_PRESSED | BUTTON1_RELEASED)) *button = 1;
    if (event.bstate & (BUTTON2_PRESSED | BUTTON2_RELEASED)) *button = 2;
    if (event.bstate & (BUTTON3_PRESSED | BUTTON3_RELEASED)) *button = 3;
    if (*button == 0) return -1;
    *action = event.bstate & (BUTTON1_PRESSED | BUTTON2_PRESSED | BUTTON3_PRESSED) ? 0 : 1;
    return 0;
}
