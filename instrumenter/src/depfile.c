#include "depfile.h"
#include "bytes.h"

#include <string.h>
#include <sys/stat.h>

void depfile_add_target(ArgList *words, const Command *command, const CommandArg *source)
{
    Arena *arena = words->arena;

    if (!command->dependency_target) {
        args_add(words, "-MQ");
        args_add(words,
                 command->output
                     ? command->output
                     : arena_printf(arena, "%s.o", command_stem(arena, source->text)));
    }
}

/* With -E, or another -o, the compiler would choose another name. */
static const char *path_of_md(const Command *command, Arena *arena,
                              const CommandArg *source)
{
    const char *stem = command_stem(arena, source->text);
    const char *output = command->output;

    if (command->dependency_file) {
        return command->dependency_file;
    }
    if (output) {
        const char *base = command_basename(output);

        return arena_printf(arena, "%.*s%s.d", (int)(base - output), output,
                            command_stem(arena, base));
    }
    if (command->mode == MODE_LINK && !command->is_clang) {
        return arena_printf(arena, "a-%s.d", stem);
    }
    return arena_printf(arena, "%s.d", stem);
}

/* The file of a kernel-style -Wp,-MD,FILE or -Wp,-MMD,FILE. */
static const char *path_of_wp(const Command *command)
{
    for (size_t i = 0; i < command->count; i++) {
        const char *text = command->args[i].text;

        if (strncmp(text, "-Wp,-MD,", 8) == 0 && !strchr(text + 8, ',')) {
            return text + 8;
        }
        if (strncmp(text, "-Wp,-MMD,", 9) == 0 && !strchr(text + 9, ',')) {
            return text + 9;
        }
    }
    return NULL;
}

const char *depfile_path(const Command *command, Arena *arena, const CommandArg *source)
{
    return command->dependencies ? path_of_md(command, arena, source)
                                 : path_of_wp(command);
}

void depfile_add_names(ArgList *words, const Command *command, const CommandArg *source)
{
    args_add(words, "-MF");
    args_add(words, path_of_md(command, words->arena, source));
    depfile_add_target(words, command, source);
}

/* A name as make reads it. */
static char *escaped(Arena *arena, const char *name)
{
    char *out = arena_alloc(arena, 2 * strlen(name) + 1), *at = out;

    for (; *name; name++) {
        if (*name == ' ' || *name == '#') {
            *at++ = '\\';
        } else if (*name == '$') {
            *at++ = '$';
        }
        *at++ = *name;
    }
    *at = '\0';
    return out;
}

static bool ends_name(char c)
{
    return c == ' ' || c == '\n' || c == ':' || c == '\0';
}

/* Not -MF /dev/stdout, wherever that leads: others write to it. */
static bool read_regular(Bytes *content, const char *path)
{
    struct stat status;

    return strncmp(path, "/dev/", 5) != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           bytes_read_file(content, path) && content->data;
}

bool depfile_replace(const char *path, Arena *arena, const char *name, const char *with)
{
    const char *old = escaped(arena, name), *new = with ? escaped(arena, with) : "";
    size_t length = strlen(old);
    Bytes in = {0}, out = {0};
    bool ok = read_regular(&in, path);

    for (const char *at = ok ? in.data : ""; *at;) {
        if ((at == in.data || ends_name(at[-1])) && strncmp(at, old, length) == 0 &&
            ends_name(at[length])) {
            bytes_puts(&out, new);
            at += length;
            /* What -MP added for it would be a rule without a target. */
            if (!with && strncmp(at, ":\n", 2) == 0) {
                at += 2;
            }
        } else {
            bytes_append(&out, at++, 1);
        }
    }
    ok = ok && bytes_write_file(&out, path);
    bytes_release(&in);
    bytes_release(&out);
    return ok;
}

/* The first newline that no backslash continues; NULL: there is none. */
static const char *end_of_rule(const char *text)
{
    const char *end = strchr(text, '\n');

    while (end && end > text && end[-1] == '\\') {
        end = strchr(end + 1, '\n');
    }
    return end;
}

bool depfile_add(const char *path, Arena *arena, const ArgList *names)
{
    Bytes in = {0}, out = {0};
    const char *end = read_regular(&in, path) ? end_of_rule(in.data) : NULL;
    bool ok = end && memchr(in.data, ':', (size_t)(end - in.data));

    if (ok) {
        bytes_append(&out, in.data, (size_t)(end - in.data));
        for (size_t i = 0; i < names->count; i++) {
            bytes_printf(&out, " \\\n %s", escaped(arena, names->items[i]));
        }
        bytes_puts(&out, end);
        for (size_t i = 0; i < names->count; i++) {
            bytes_printf(&out, "%s:\n", escaped(arena, names->items[i]));
        }
        ok = bytes_write_file(&out, path);
    }
    bytes_release(&in);
    bytes_release(&out);
    return ok;
}
