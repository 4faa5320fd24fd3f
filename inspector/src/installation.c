#define _GNU_SOURCE
#include "installation.h"

#include <dlfcn.h>
#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tka/store.h>

#include "allocation.h"
#include "program_path.h"
#include "recovery.h"

extern char **environ;

void check_add(CheckList *list, CheckState state, const char *title, const char *format,
               ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    list->items =
        grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (Check){state, title, duplicate_text(text)};
    list->bad += state == CHECK_BAD;
}

void check_list_release(CheckList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].text);
    }
    free(list->items);
    *list = (CheckList){0};
}

/* --- programs and libraries ----------------------------------------------- */

/* First line of what `PATH --version` prints; false when it does not succeed. */
static bool ask_version(const char *path, char line[128])
{
    char *const arguments[] = {(char *)path, (char *)"--version", NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], status = -1;
    ssize_t size = 0;
    pid_t pid;

    line[0] = '\0';
    if (pipe(ends) != 0) {
        return false;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    if (posix_spawn(&pid, path, &actions, NULL, arguments, environ) == 0) {
        close(ends[1]);
        size = read(ends[0], line, 127);
        close(ends[0]);
        waitpid(pid, &status, 0);
    } else {
        close(ends[0]);
        close(ends[1]);
    }
    posix_spawn_file_actions_destroy(&actions);
    line[size > 0 ? size : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return status == 0;
}

static void check_compiler(CheckList *list)
{
    char *path = program_tka_cc();
    char version[128];

    if (!path) {
        check_add(list, CHECK_BAD, "tka-cc",
                  "neither beside tka nor in PATH; nothing can be instrumented");
    } else if (!ask_version(path, version)) {
        check_add(list, CHECK_BAD, "tka-cc", "%s does not run: %s", path, version);
    } else {
        check_add(list, CHECK_OK, "tka-cc", "%s (%s)", path, version);
    }
    free(path);
}

static void check_libclang(CheckList *list)
{
    static const char *const names[] = {
        "libclang-14.so.1",  "libclang-15.so.1",  "libclang-16.so.1", "libclang-17.so.1",
        "libclang-18.so.18", "libclang-19.so.19", "libclang.so.1",    "libclang.so"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *handle = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);

        if (handle) {
            check_add(list, CHECK_OK, "libclang", "%s", names[i]);
            dlclose(handle);
            return;
        }
    }
    check_add(
        list, CHECK_WARN, "libclang",
        "cannot be loaded by its usual names; tka-cc needs it (Debian: libclang1-14)");
}

/* The library's whole path, from the folders where an installation has libraries; NULL
 * when it is in none. The caller frees it. */
static char *find_library(const char *folder, const char *name)
{
    static const char *const places[] = {"../lib", "../lib/x86_64-linux-gnu",
                                         "../lib/aarch64-linux-gnu", "../lib64"};
    char *library = NULL;

    for (size_t i = 0; i < sizeof places / sizeof *places && !library; i++) {
        char *path = format_new("%s/%s/%s", folder, places[i], name);

        library = realpath(path, NULL);
        free(path);
    }
    return library;
}

static void check_runtime(CheckList *list, const char *folder)
{
    char *runtime = find_library(folder, "libtka.so");
    char *hooks = find_library(folder, "libtka-mem.so");

    if (runtime) {
        check_add(list, CHECK_OK, "runtime", "%s", runtime);
    } else {
        check_add(list, CHECK_BAD, "runtime",
                  "no libtka.so in the lib folder beside %s; programs cannot be linked",
                  folder);
    }
    if (hooks) {
        check_add(list, CHECK_OK, "memory hooks", "%s", hooks);
    } else {
        check_add(
            list, CHECK_WARN, "memory hooks",
            "no libtka-mem.so in the lib folder beside %s; memory cannot be recorded",
            folder);
    }
    free(runtime);
    free(hooks);
}

void installation_check(CheckList *list)
{
    char *folder = program_own_folder();

    check_add(list, CHECK_OK, "tka", "%s (schema %d)", TKA_VERSION, TKA_SCHEMA_VERSION);
    check_compiler(list);
    check_libclang(list);
    check_runtime(list, folder);
    free(folder);
}

/* --- data ----------------------------------------------------------------- */

static void check_folder(CheckList *list, const Location *location)
{
    if (access(location->data_dir, W_OK | X_OK) == 0) {
        check_add(list, CHECK_OK, "data folder", "%s (%s)", location->data_dir,
                  location->how);
    } else if (errno == ENOENT) {
        check_add(list, CHECK_WARN, "data folder",
                  "%s does not exist yet; a profiled program makes it",
                  location->data_dir);
    } else {
        check_add(list, CHECK_BAD, "data folder", "%s: %s; programs cannot record",
                  location->data_dir, strerror(errno));
    }
}

static void check_database(CheckList *list, const Location *location, Database *database,
                           const char *reason)
{
    struct stat status;
    Error error;

    if (stat(location->database, &status) != 0 && errno == ENOENT) {
        check_add(list, CHECK_WARN, "database", "%s does not exist yet",
                  location->database);
    } else if (!database) {
        check_add(list, CHECK_BAD, "database", "%s", reason);
    } else if (!database_check(database, &error)) {
        check_add(list, CHECK_BAD, "database", "%s", error.text);
    } else {
        check_add(list, CHECK_OK, "database", "%s (%.1f MB, no damage found)",
                  location->database, (double)status.st_size / 1e6);
    }
}

void installation_check_data(CheckList *list, const Location *location,
                             Database *database, const char *reason)
{
    int live = recovery_live_files(location);

    check_folder(list, location);
    check_database(list, location, database, reason);
    if (live > 0) {
        check_add(list, CHECK_OK, "live files",
                  "%d, of programs that run or could not be stored", live);
    }
}
