/* binary_scan - what objects, libraries and programs say was annotated in them,
 * without a run.
 */
#ifndef TKA_BINARY_SCAN_H
#define TKA_BINARY_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "coverage.h"
#include "failure.h"

typedef struct ScanCount {
    size_t files;       /* ELF files and archive members read */
    size_t with;        /* of them, with something annotated */
    size_t damaged;     /* ELF files and archives that are not whole */
    size_t foreign;     /* 32-bit or big-endian */
    size_t lto;         /* objects whose code is made at link time: look there */
    size_t runtimeless; /* programs with probes, linked without the runtime */
    size_t memory;      /* programs and libraries with libtka-mem */
    size_t unknown;     /* annotations of another version of TKA */
} ScanCount;

/* Read a file, or all ELF files and archives below a folder. False when path
 * cannot be read, or is a file of another kind. */
bool binary_scan(const char *path, Coverage *coverage, ScanCount *count, Error *error);

/* The same for a file in memory. */
void binary_scan_bytes(const char *name, const unsigned char *bytes, size_t size,
                       Coverage *coverage, ScanCount *count);

#endif
