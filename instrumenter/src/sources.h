/* sources - the original files of a translation unit, each loaded once.
 *
 *     int file = sources_find(&sources, "../a.h");
 *     const SourceFile *source = sources_get(&sources, file);
 *
 * Files are told apart by device and inode, so that two spellings of a path are
 * one file. Contents stay until sources_release(). One thread.
 */
#ifndef TKA_CC_SOURCES_H
#define TKA_CC_SOURCES_H

#include "arena.h"
#include "bytes.h"

#include <sys/types.h>

typedef struct SourceFile {
    const char *path; /* as first seen */
    dev_t device;
    ino_t inode;
    bool loaded;
    Bytes content;      /* without a byte order mark */
    size_t mark_length; /* 3 when there was one */
    size_t *lines;      /* start offset of each line */
    size_t line_count;
} SourceFile;

typedef struct Sources {
    Arena *arena;
    SourceFile **files;
    size_t count, capacity;
    const char **names; /* every spelling seen, and its file */
    int *name_files;
    size_t name_count, name_capacity, name_files_capacity;
} Sources;

/* Index of the file with that path; -1 when there is none. */
int sources_find(Sources *sources, const char *path);

/* The file with its content; NULL when it cannot be read. */
const SourceFile *sources_get(Sources *sources, int file);

/* Line (from 1) and bytes before the offset in it. */
unsigned source_line_at(const SourceFile *source, size_t offset, size_t *column);

/* The line without its newline; NULL when there is no such line. */
const char *source_line(const SourceFile *source, unsigned line, size_t *length);

void sources_release(Sources *sources);

#endif
