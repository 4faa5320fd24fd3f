/* lab_source - the text of the programs that `tka validate` compiles: the files of
 * inspector/validate, and one that is made here.
 */
#ifndef TKA_LAB_SOURCE_H
#define TKA_LAB_SOURCE_H

#include "textbuf.h"

/* The files themselves; each ends in a NUL. */
extern const char lab_source_accuracy[], lab_source_cost[], lab_source_crash[],
    lab_source_toolchain[], lab_source_work[];

/* A program of so many profiled functions whose histograms have some ten buckets
 * each; it calls each 64 times and kills itself, so that its live file is left. */
void lab_source_many(unsigned functions, Text *text);

#endif
