#define _GNU_SOURCE /* memmem */
#include "link.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that an instrumented object, or one that calls the API, contains even
 * as an object for link-time optimisation. */
static const char *const marks[] = {"tka_text", "tka_module_", "tka_rt_"};

static bool bytes_have_mark(const void *data, size_t size)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (memmem(data, size, marks[i], strlen(marks[i]))) {
            return true;
        }
    }
    return false;
}

static bool file_has_mark(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    void *data;
    bool found = false;

    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
        data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data != MAP_FAILED) {
            found = bytes_have_mark(data, (size_t)info.st_size);
            munmap(data, (size_t)info.st_size);
        }
    }
    close(fd);
    return found;
}

/* The value of -lNAME, -l NAME and the like; NULL: another option. */
static const char *option_value(const CommandArg *arg, const char *option)
{
    if (arg->role != ROLE_LINK || strncmp(arg->text, option, 2) != 0 ||
        (strlen(arg->text) == 2) != (arg->value != NULL)) {
        return NULL;
    }
    return arg->value ? arg->value : arg->text + 2;
}

/* A library named by -l, as an archive in one of the folders named by -L. */
static bool library_has_mark(const Command *command, Arena *arena, const char *name)
{
    for (size_t i = 0; i < command->count; i++) {
        const char *folder = option_value(&command->args[i], "-L");

        if (folder && (file_has_mark(arena_printf(arena, "%s/lib%s.a", folder, name)) ||
                       (name[0] == ':' &&
                        file_has_mark(arena_printf(arena, "%s/%s", folder, name + 1))))) {
            return true;
        }
    }
    return false;
}

/* Archives named in -Wl,--whole-archive,libx.a,... */
static bool words_have_mark(Arena *arena, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, ",");

        if (length && words[0] != '-' &&
            file_has_mark(arena_strndup(arena, words, length))) {
            return true;
        }
        words += length + (words[length] == ',');
    }
    return false;
}

bool link_has_instrumented_input(const Command *command, Arena *arena)
{
    for (size_t i = 0; i < command->count; i++) {
        const CommandArg *arg = &command->args[i];
        const char *library = option_value(arg, "-l");

        if ((arg->role == ROLE_INPUT && file_has_mark(arg->text)) ||
            (library && library_has_mark(command, arena, library)) ||
            (strncmp(arg->text, "-Wl,", 4) == 0 &&
             words_have_mark(arena, arg->text + 4))) {
            return true;
        }
    }
    return false;
}

static void add_static(ArgList *words, const char *archive)
{
    args_add(words, "-Wl,-u,tka_enter_due");
    args_add(words, archive);
    args_add(words, "-lpthread");
    args_add(words, "-ldl");
    args_add(words, "-lm");
}

static void add_shared(ArgList *words, const char *library, const char *directory)
{
    args_add(words, "-Wl,--push-state,--no-as-needed");
    args_add(words, library);
    args_add(words, arena_printf(words->arena, "-Wl,-rpath,%s", directory));
    args_add(words, "-Wl,--pop-state");
}

static bool is_static(const Command *command)
{
    return command_has(command, "-static") || command_has(command, "-static-pie");
}

bool link_add_runtime(ArgList *words, const Command *command, RuntimeChoice choice,
                      const char *library_directory)
{
    const char *shared = arena_printf(words->arena, "%s/libtka.so", library_directory);
    const char *archive = arena_printf(words->arena, "%s/libtka.a", library_directory);
    bool want_static = choice == RUNTIME_STATIC || is_static(command);

    if (access(want_static ? archive : shared, R_OK) != 0) {
        return false;
    }
    /* An earlier -x would make the compiler read the library as source. */
    if (command_has(command, "-x*")) {
        args_add(words, "-x");
        args_add(words, "none");
    }
    if (want_static) {
        add_static(words, archive);
    } else {
        add_shared(words, shared, library_directory);
    }
    return true;
}

/* A sanitizer's name in -fsanitize=LIST that has an allocator of its own. */
static const char *own_allocator(const char *list)
{
    static const char *const names[] = {"address", "thread", "leak", "memory", "hwaddress"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strstr(list, names[i])) {
            return names[i];
        }
    }
    return NULL;
}

const char *link_refuses_memory(const Command *command)
{
    static const char option[] = "-fsanitize=";
    const char *name = NULL;

    if (command_has(command, "-shared") || command_has(command, "-r") ||
        command_has(command, "-nostdlib")) {
        return "";
    }
    for (size_t i = 0; i < command->count; i++) {
        const char *text = command->args[i].text;

        if (strncmp(text, option, sizeof option - 1) == 0) {
            name = own_allocator(text + sizeof option - 1);
        } else if (strncmp(text, "-fno-sanitize", strlen("-fno-sanitize")) == 0) {
            name = NULL;
        }
    }
    return name;
}

static void add_wrapped(ArgList *words, const char *archive)
{
    static const char *const names[] = {
        "malloc", "free", "calloc", "realloc", "reallocarray", "memalign",
        "aligned_alloc", "posix_memalign", "valloc", "pvalloc"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        args_add(words, arena_printf(words->arena, "-Wl,--wrap=%s", names[i]));
    }
    args_add(words, "-Wl,-u,__wrap_malloc");
    args_add(words, archive);
}

bool link_add_memory(ArgList *words, const Command *command, const char *library_directory)
{
    const char *shared = arena_printf(words->arena, "%s/libtka-mem.so", library_directory);
    const char *archive = arena_printf(words->arena, "%s/libtka-mem.a", library_directory);

    if (access(is_static(command) ? archive : shared, R_OK) != 0) {
        return false;
    }
    if (is_static(command)) {
        add_wrapped(words, archive);
    } else {
        add_shared(words, shared, library_directory);
    }
    return true;
}
