// A look into a terminfo entry. Apart from the rest: term.h makes macros of common words.
#include "CTerminal.h"

#include <ncursesw/curses.h>
#include <ncursesw/term.h>

int ct_terminfo_colors(const char *name, int descriptor) {
    TERMINAL *before = cur_term;
    int status = 0;
    if (setupterm((char *)name, descriptor, &status) == ERR) return -1;
    int colors = tigetnum("colors");
    TERMINAL *probed = set_curterm(before);
    if (probed && probed != before) del_curterm(probed);
    return colors < 0 ? 0 : colors;
}
