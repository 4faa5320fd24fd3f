#include "paths.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *paths_working_directory(Arena *arena)
{
    const char *named = getenv("PWD");
    struct stat a, b;
    char buffer[PATH_MAX];

    if (named && named[0] == '/' && stat(named, &a) == 0 && stat(".", &b) == 0 &&
        a.st_ino == b.st_ino && a.st_dev == b.st_dev) {
        return named;
    }
    return getcwd(buffer, sizeof buffer) ? arena_strdup(arena, buffer) : "/";
}

char *paths_absolute(Arena *arena, const char *directory, const char *path)
{
    char *full = path[0] == '/' ? arena_strdup(arena, path)
                                : arena_printf(arena, "%s/%s", directory, path);
    char *to = full;
    const char *from = full;

    while (*from) {
        size_t length;

        while (*from == '/') {
            from++;
        }
        length = strcspn(from, "/");
        if (length == 2 && from[0] == '.' && from[1] == '.') {
            while (to > full && *--to != '/') {
            }
        } else if (length && !(length == 1 && from[0] == '.')) {
            *to++ = '/';
            memmove(to, from, length);
            to += length;
        }
        from += length;
    }
    if (to == full) {
        *to++ = '/';
    }
    *to = '\0';
    return full;
}

char *paths_program_directory(Arena *arena)
{
    char buffer[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", buffer, sizeof buffer - 1);

    if (length <= 0) {
        return arena_strdup(arena, ".");
    }
    buffer[length] = '\0';
    *strrchr(buffer, '/') = '\0';
    return arena_strdup(arena, buffer);
}
