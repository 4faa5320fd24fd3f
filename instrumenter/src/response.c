#include "response.h"
#include "bytes.h"

#include <ctype.h>
#include <string.h>

/* A response file may name itself. */
#define MAX_DEPTH 16

/* Take one word off the text: blanks separate, quotes join, a backslash makes
 * the next character ordinary. NULL at the end. */
static char *next_word(Arena *arena, const char **text)
{
    const char *at = *text;
    char quote = '\0';
    Bytes word = {0};
    char *result;

    while (isspace((unsigned char)*at)) {
        at++;
    }
    if (!*at) {
        return NULL;
    }
    for (; *at && (quote || !isspace((unsigned char)*at)); at++) {
        if (*at == '\\' && at[1]) {
            bytes_append(&word, ++at, 1);
        } else if (quote ? *at == quote : *at == '"' || *at == '\'') {
            quote = quote ? '\0' : *at;
        } else {
            bytes_append(&word, at, 1);
        }
    }
    *text = at;
    result = arena_strndup(arena, word.data ? word.data : "", word.length);
    bytes_release(&word);
    return result;
}

static void expand(ArgList *words, const char *argument, int depth)
{
    Bytes content = {0};
    const char *at;
    char *word;

    if (argument[0] != '@' || depth > MAX_DEPTH ||
        !bytes_read_file(&content, argument + 1)) {
        args_add(words, argument);
        bytes_release(&content);
        return;
    }
    at = content.data;
    while ((word = next_word(words->arena, &at)) != NULL) {
        expand(words, word, depth + 1);
    }
    bytes_release(&content);
}

void response_expand(ArgList *words, const char *const *arguments)
{
    for (; *arguments; arguments++) {
        expand(words, *arguments, 0);
    }
}
