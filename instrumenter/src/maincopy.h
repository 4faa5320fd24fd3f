/* maincopy - instrument a source without its headers, for the few that gcc does
 * not expand with -fdirectives-only: __COUNTER__ in #if, -traditional-cpp, a lone
 * quote in what #if leaves out.
 *
 *     maincopy_read(&copy, &text);
 *     ... edit the text ...
 *     maincopy_write(&copy, &edited, &definitions);
 *
 * The text looks like the compiler's with every #include left as it is, so that
 * the other stages see no difference. What is compiled is a copy of the source,
 * with the definitions in a file that -include names.
 */
#ifndef TKA_CC_MAINCOPY_H
#define TKA_CC_MAINCOPY_H

#include "bytes.h"

typedef struct MainCopy {
    const char *source_path;
    const char *text_path;        /* the edited copy */
    const char *definitions_path; /* NULL: no copy is used */
    const char *include_directory;
} MainCopy;

/* The source's text behind the markers of tka/probe.h. */
bool maincopy_read(const MainCopy *copy, Bytes *text);

/* `edited` is that text with statements inserted. */
bool maincopy_write(const MainCopy *copy, const Bytes *edited, const Bytes *definitions);

#endif
