/* linewalk - go through the compiler's expanded text line by line and know for
 * each line which line of which original file it is.
 *
 *     LineWalk walk;
 *     linewalk_start(&walk, &sources, text, length, DIALECT_GCC);
 *     while (linewalk_next(&walk)) ... walk.file, walk.line, walk.text
 *
 * Line markers give the line that __LINE__ would; a #line directive of the user
 * makes that differ from the physical line, which is what callers need. gcc has
 * turned such directives into markers: they are recognised with the help of the
 * original file. clang has left them in, and its own markers ignore them.
 * The text is borrowed; all else lives in the sources' arena.
 */
#ifndef TKA_CC_LINEWALK_H
#define TKA_CC_LINEWALK_H

#include "sources.h"

typedef enum Dialect {
    DIALECT_GCC,  /* -E -fdirectives-only */
    DIALECT_CLANG /* -E -frewrite-includes */
} Dialect;

typedef struct WalkFrame {
    const char *name;     /* as the marker that entered the file spells it */
    const char *presumed; /* name in force through a #line, or the same */
    int file;             /* -1: not a file */
    bool is_system;
    bool is_tka;    /* one of our own headers */
    bool is_lost;   /* position unknown until the next marker */
    long next_line; /* physical, of the next line of text */
    long shift;     /* presumed minus physical line */
} WalkFrame;

typedef struct LineWalk {
    Sources *sources;
    const char *begin, *end, *at;
    Dialect dialect;
    WalkFrame *frames;
    size_t depth, capacity;

    /* The current line. */
    const char *text;
    size_t length; /* without its newline */
    bool is_marker;
    int file; /* -1: unknown */
    unsigned line;
    bool is_system, is_tka;
    bool leaves_tka;           /* a marker that returns from one of our headers */
    bool renumber;             /* a clang marker that must be replaced by */
    long presumed_line;        /* this line and */
    const char *presumed_name; /* this name, flags as they are */
} LineWalk;

void linewalk_start(LineWalk *walk, Sources *sources, const char *text, size_t length,
                    Dialect dialect);
bool linewalk_next(LineWalk *walk);

#endif
