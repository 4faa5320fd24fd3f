#include "rule_pattern.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"

/* `#` begins a comment wherever it stands, a line ends a rule, and blanks around
 * a pattern are cut off. */
static bool is_writable(const char *name, size_t at)
{
    bool at_an_end = at == 0 || name[at + 1] == '\0';

    return name[at] != '#' && (unsigned char)name[at] >= ' ' && name[at] != '\177' &&
           !(at_an_end && name[at] == ' ');
}

char *rule_pattern_new(const char *name)
{
    size_t length = strlen(name), used = 0;
    char *pattern = allocate_zeroed(2 * length + 1, 1);

    for (size_t i = 0; i < length; i++) {
        if (!is_writable(name, i)) {
            pattern[used++] = '?';
            continue;
        }
        if (strchr("*?[\\", name[i])) {
            pattern[used++] = '\\';
        }
        pattern[used++] = name[i];
    }
    return pattern;
}

bool rule_pattern_is_qualified(const char *name)
{
    return strchr(name, ')') != NULL;
}

static bool is_identifier(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Where the bracket that ends just before `end` begins; name when it never does. */
static const char *bracket_start(const char *name, const char *end, char open, char close)
{
    int depth = 0;

    for (const char *c = end; c > name;) {
        c--;
        depth += (*c == close) - (*c == open);
        if (depth == 0) {
            return c;
        }
    }
    return name;
}

char *rule_pattern_bare(const char *name)
{
    const char *end = strrchr(name, ')'), *start;

    if (!end) {
        return duplicate_text(name);
    }
    end = bracket_start(name, end + 1, '(', ')');
    if (end > name && end[-1] == '>') {
        end = bracket_start(name, end, '<', '>');
    }
    for (start = end; start > name && is_identifier(start[-1]);) {
        start--;
    }
    return format_new("%.*s", (int)(end - start), start);
}
