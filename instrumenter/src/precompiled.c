#include "precompiled.h"

#include <string.h>
#include <unistd.h>

/* `x.h` of x.h.pch or x.h.gch; NULL for another name. */
static const char *header_of(Arena *arena, const char *path)
{
    size_t length = strlen(path);

    if (length < 5 || (strcmp(path + length - 4, ".pch") != 0 &&
                       strcmp(path + length - 4, ".gch") != 0)) {
        return NULL;
    }
    return arena_strndup(arena, path, length - 4);
}

static bool is_included(const Command *command, const char *header)
{
    for (size_t i = 0; i < command->count; i++) {
        const char *included = command_included(&command->args[i]);

        if (included && strcmp(included, header) == 0) {
            return true;
        }
    }
    return false;
}

void precompiled_replace(Command *command, Arena *arena)
{
    for (size_t i = 0; i < command->count; i++) {
        CommandArg *arg = &command->args[i];
        const char *header;

        if (strcmp(arg->text, "-include-pch") != 0 || !arg->value) {
            continue;
        }
        header = header_of(arena, arg->value);
        arg->role = ROLE_PRECOMPILED;
        if (!header || access(header, R_OK) != 0) {
            command->unknown_header = arg->value;
        } else if (!is_included(command, header)) {
            arg->role = ROLE_FORCED_FILE;
            arg->text = "-include";
            arg->value = header;
        }
    }
}
