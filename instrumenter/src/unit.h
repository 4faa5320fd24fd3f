/* unit - one source file's way through the stages.
 *
 *     unit_process(&unit);   expand, pre-filter, parse, select, find, edit
 *     if (unit.outcome == UNIT_REWRITTEN) ... compile unit.text_path
 *     unit_release(&unit);
 *
 * Everything from libclang on happens in a child process: whatever may go wrong
 * there, the build goes on, and its memory is gone before the compiler starts.
 */
#ifndef TKA_CC_UNIT_H
#define TKA_CC_UNIT_H

#include "command.h"
#include "options.h"
#include "rules.h"

#include "bytes.h"
#include "maincopy.h"

typedef enum UnitOutcome {
    UNIT_UNTOUCHED, /* nothing to do */
    UNIT_REWRITTEN, /* text_path is to be compiled */
    UNIT_SHOWN,     /* --show: printed */
    UNIT_FAILED     /* could not: reason */
} UnitOutcome;

typedef struct Unit {
    Arena *arena;
    const Options *options;
    const Command *command;
    const CommandArg *source;
    const Rules *rules;
    const char *include_directory;
    bool without_roles; /* they are given up: the compiler rejected them */

    UnitOutcome outcome;
    const char *reason;
    bool uses_header;   /* the original needs our include folder */
    bool has_roles;     /* the text has something for a role */
    bool refused;       /* an annotation was not instrumented */
    const char *folder; /* temporary; holds the text */
    const char *text_path;
    MainCopy copy;  /* used when the text cannot be had */
    Bytes messages; /* the compiler's while expanding */
} Unit;

void unit_process(Unit *unit);
void unit_release(Unit *unit);

#endif
