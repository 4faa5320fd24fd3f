#define _GNU_SOURCE
#include "rules_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rules are written by people; what is larger is another kind of file. */
#define MOST_BYTES (64u << 20)

static bool failed(const char *what, const char *path, Error *error)
{
    return error_set(error, STATUS_FAILURE, "cannot %s %.500s: %s", what, path,
                     strerror(errno));
}

bool rules_file_read(const char *path, Text *text, Error *error)
{
    FILE *file = fopen(path, "r");
    struct stat status;
    char block[4096];
    size_t size;
    bool ok;

    if (!file) {
        return errno == ENOENT || failed("read", path, error);
    }
    ok = fstat(fileno(file), &status) == 0;
    if (ok && !S_ISREG(status.st_mode)) {
        fclose(file); /* a pipe or a terminal: nothing is there to be read */
        return true;
    }
    text_put(text, "");
    while (ok && text->size < MOST_BYTES &&
           (size = fread(block, 1, sizeof block, file)) > 0) {
        ok = !memchr(block, '\0', size);
        text_add(text, block, size);
    }
    if (!ok || text->size >= MOST_BYTES) {
        ok = error_set(error, STATUS_FAILURE, "%.500s is no rules file", path);
    } else if (ferror(file)) {
        ok = failed("read", path, error);
    }
    fclose(file);
    return ok;
}

bool rules_file_add(const char *path, const Text *lines, Error *error)
{
    FILE *file = fopen(path, "a");
    struct stat status;
    bool ok;

    if (!file) {
        return failed("write", path, error);
    }
    ok = fstat(fileno(file), &status) == 0;
    ok = ok && fwrite(lines->data, 1, lines->size, file) == lines->size;
    ok = fflush(file) == 0 && ok;
    if (!ok) {
        failed("write", path, error);
        if (S_ISREG(status.st_mode) && ftruncate(fileno(file), status.st_size) != 0) {
            error_set(error, STATUS_FAILURE, "cannot write all of the rules to %.500s",
                      path);
        }
    }
    fclose(file);
    return ok;
}
