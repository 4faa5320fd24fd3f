/* diff - the insertions as a unified diff of the original files.
 */
#ifndef TKA_CC_DIFF_H
#define TKA_CC_DIFF_H

#include "site.h"
#include "sources.h"

/* An insertion into a line of a file. */
typedef struct DiffInsertion {
    int file;
    unsigned line;
    size_t column;
    const char *text;
} DiffInsertion;

/* Sorts the insertions; at one place only the first counts. */
void diff_append(Bytes *out, Sources *sources, DiffInsertion *insertions, size_t count);

#endif
