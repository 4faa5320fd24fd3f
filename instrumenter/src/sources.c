#include "sources.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add_file(Sources *sources, const char *path, const struct stat *info)
{
    SourceFile *file;

    for (size_t i = 0; i < sources->count; i++) {
        if (sources->files[i]->inode == info->st_ino &&
            sources->files[i]->device == info->st_dev) {
            return (int)i;
        }
    }
    if (sources->count == sources->capacity) {
        sources->files = arena_grow(sources->arena, sources->files, sources->count,
                                    &sources->capacity, sizeof *sources->files);
    }
    file = arena_alloc(sources->arena, sizeof *file);
    file->path = arena_strdup(sources->arena, path);
    file->device = info->st_dev;
    file->inode = info->st_ino;
    sources->files[sources->count] = file;
    return (int)sources->count++;
}

int sources_find(Sources *sources, const char *path)
{
    struct stat info;
    size_t n = sources->name_count;
    int file = -1;

    /* The latest spelling is the likeliest one. */
    for (size_t i = n; i-- > 0;) {
        if (strcmp(sources->names[i], path) == 0) {
            return sources->name_files[i];
        }
    }
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode)) {
        file = add_file(sources, path, &info);
    }
    if (n == sources->name_capacity) {
        sources->names = arena_grow(sources->arena, sources->names, n,
                                    &sources->name_capacity, sizeof *sources->names);
        sources->name_files =
            arena_grow(sources->arena, sources->name_files, n,
                       &sources->name_files_capacity, sizeof *sources->name_files);
    }
    sources->names[n] = arena_strdup(sources->arena, path);
    sources->name_files[n] = file;
    sources->name_count++;
    return file;
}

static void index_lines(Arena *arena, SourceFile *file)
{
    const char *data = file->content.data;
    const char *end = data + file->content.length;
    const char *at;
    size_t count = 1;

    for (at = data; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL;
         at++) {
        count++;
    }
    file->lines = arena_alloc(arena, count * sizeof *file->lines);
    file->line_count = 1;
    for (at = data; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL;
         at++) {
        file->lines[file->line_count++] = (size_t)(at + 1 - data);
    }
}

static void drop_byte_order_mark(SourceFile *file)
{
    if (file->content.length >= 3 && memcmp(file->content.data, "\xEF\xBB\xBF", 3) == 0) {
        file->mark_length = 3;
        file->content.length -= 3;
        memmove(file->content.data, file->content.data + 3, file->content.length + 1);
    }
}

const SourceFile *sources_get(Sources *sources, int index)
{
    SourceFile *file;

    if (index < 0) {
        return NULL;
    }
    file = sources->files[index];
    if (!file->loaded) {
        file->loaded = true;
        if (bytes_read_file(&file->content, file->path)) {
            drop_byte_order_mark(file);
            index_lines(sources->arena, file);
        }
    }
    return file->lines ? file : NULL;
}

unsigned source_line_at(const SourceFile *source, size_t offset, size_t *column)
{
    size_t low = 0, high = source->line_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (source->lines[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *column = offset - source->lines[low];
    return (unsigned)low + 1;
}

const char *source_line(const SourceFile *source, unsigned line, size_t *length)
{
    size_t start, end;

    if (line == 0 || line > source->line_count) {
        return NULL;
    }
    start = source->lines[line - 1];
    end = line < source->line_count ? source->lines[line] - 1 : source->content.length;
    *length = end - start;
    return source->content.data + start;
}

void sources_release(Sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        bytes_release(&sources->files[i]->content);
    }
    sources->count = 0;
}
