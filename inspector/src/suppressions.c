#define _GNU_SOURCE
#include "suppressions.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "rule_pattern.h"

static const char *const prefixes[] = {"function:", "path:", "file:", "module:", "leak:"};

#define PREFIX_COUNT (sizeof prefixes / sizeof *prefixes)

/* --- parsing ------------------------------------------------------------------- */

typedef struct Parser {
    Suppressions *rules;
    Suppression block; /* that is open */
    bool in_block, is_leak;
    size_t block_lines; /* read of it */
} Parser;

/* The line without comment and blanks around, in place. */
static char *strip(char *line)
{
    char *end;

    for (char *c = line; *c; c++) {
        if (*c == '#' && (c == line || isspace((unsigned char)c[-1]))) {
            *c = '\0';
            break;
        }
    }
    while (isspace((unsigned char)*line)) {
        line++;
    }
    end = line + strlen(line);
    while (end > line && isspace((unsigned char)end[-1])) {
        end--;
    }
    *end = '\0';
    return line;
}

/* "main > load" and "main>load" are one. */
static char *without_blanks(const char *path)
{
    char *plain = allocate_zeroed(strlen(path) + 1, 1), *to = plain;

    for (const char *c = path; *c; c++) {
        bool before = *c == ' ' && c[strspn(c, " ")] == '>';
        bool after = *c == ' ' && to > plain && to[-1] == '>';

        if (!before && !after) {
            *to++ = *c;
        }
    }
    return plain;
}

static Suppression *add_rule(Suppressions *rules)
{
    rules->items =
        grow_array(rules->items, rules->count, &rules->capacity, sizeof *rules->items);
    rules->items[rules->count] = (Suppression){0};
    return &rules->items[rules->count++];
}

static bool add_line(Suppressions *rules, const char *line, size_t number)
{
    for (size_t i = 0; i < PREFIX_COUNT; i++) {
        size_t length = strlen(prefixes[i]);
        const char *pattern;
        Suppression *rule;

        if (strncmp(line, prefixes[i], length) != 0) {
            continue;
        }
        pattern = line + length + strspn(line + length, " \t");
        if (*pattern) {
            rule = add_rule(rules);
            rule->kind = (SuppressionKind)i;
            rule->line = number;
            rule->pattern =
                i == SUPPRESS_PATH ? without_blanks(pattern) : duplicate_text(pattern);
            return true;
        }
    }
    return false;
}

static void release_rule(Suppression *rule)
{
    for (size_t i = 0; i < rule->part_count; i++) {
        free(rule->parts[i]);
    }
    free(rule->parts);
    free(rule->pattern);
    *rule = (Suppression){0};
}

/* A block without a part would take every leak. */
static void end_block(Parser *parser)
{
    if (parser->is_leak && parser->block.part_count) {
        if (!parser->block.pattern) {
            parser->block.pattern = duplicate_text("");
        }
        *add_rule(parser->rules) = parser->block;
        parser->block = (Suppression){0};
    }
    release_rule(&parser->block);
    parser->in_block = false;
}

/* What allocates by itself says nothing of the place. */
static bool is_allocator(const char *function)
{
    static const char *const names[] = {
        "malloc",        "calloc", "realloc", "memalign", "posix_memalign",
        "aligned_alloc", "valloc", "_Znwm",   "_Znam",    "_ZnwmSt11align_val_t",
        "operator new*"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(function, names[i]) || fnmatch(names[i], function, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* The first line of a block is its name, the second what it is about. */
static void add_block_line(Parser *parser, const char *line)
{
    Suppression *block = &parser->block;

    parser->block_lines++;
    if (parser->block_lines == 1) {
        block->pattern = duplicate_text(line);
    } else if (parser->block_lines == 2) {
        parser->is_leak = strstr(line, ":Leak") != NULL;
    } else if ((!strncmp(line, "fun:", 4) && !is_allocator(line + 4)) ||
               !strncmp(line, "obj:", 4)) {
        block->parts = grow_array(block->parts, block->part_count, &block->part_capacity,
                                  sizeof *block->parts);
        block->parts[block->part_count++] = duplicate_text(line);
    }
}

static bool parse_line(Parser *parser, const char *line, size_t number)
{
    if (parser->in_block) {
        if (!strcmp(line, "}")) {
            end_block(parser);
        } else {
            add_block_line(parser, line);
        }
        return true;
    }
    if (!strcmp(line, "{")) {
        parser->in_block = true;
        parser->is_leak = false;
        parser->block_lines = 0;
        parser->block = (Suppression){.kind = SUPPRESS_BLOCK, .line = number};
        return true;
    }
    return add_line(parser->rules, line, number);
}

bool suppressions_parse(Suppressions *rules, const char *text, const char *file,
                        Error *error)
{
    char *copy = duplicate_text(text), *rest = copy, *line;
    Parser parser = {.rules = rules};
    bool ok = true;

    for (size_t number = 1; ok && (line = strsep(&rest, "\n")); number++) {
        line = strip(line);
        if (*line && !parse_line(&parser, line, number)) {
            ok = error_set(error, STATUS_FAILURE,
                           "%.400s:%zu: not a rule: it begins with function:, path:, "
                           "file:, module: or leak:, or is a block of valgrind",
                           file, number);
        }
    }
    if (ok && parser.in_block) {
        ok = error_set(error, STATUS_FAILURE, "%.400s:%zu: the block has no end", file,
                       parser.block.line);
    }
    release_rule(&parser.block);
    free(copy);
    return ok;
}

void suppressions_release(Suppressions *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        release_rule(&rules->items[i]);
    }
    free(rules->items);
    *rules = (Suppressions){0};
}

/* --- matching ------------------------------------------------------------------ */

static bool matches_function(const char *pattern, const char *function)
{
    const char *plain = function + strspn(function, "_");
    char *bare = rule_pattern_bare(function);
    bool matches = fnmatch(pattern, function, 0) == 0 ||
                   fnmatch(pattern, plain, 0) == 0 ||
                   (*bare && fnmatch(pattern, bare, 0) == 0);

    free(bare);
    return matches;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool matches_module(const char *pattern, const LeakSite *site)
{
    return *site->module && (fnmatch(pattern, site->module, 0) == 0 ||
                             fnmatch(pattern, base_of(site->module), 0) == 0);
}

static bool matches_any_function(const char *pattern, const LeakSite *site, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (matches_function(pattern, site->functions[i])) {
            return true;
        }
    }
    return false;
}

static bool matches_file(const char *pattern, const LeakSite *site)
{
    for (size_t i = 0; i < site->file_count; i++) {
        if (fnmatch(pattern, site->files[i], 0) == 0 ||
            fnmatch(pattern, base_of(site->files[i]), 0) == 0) {
            return true;
        }
    }
    return false;
}

/* LeakSanitizer's: a part of the text; * stands for any text, ^ and $ for its ends. */
static bool contains(const char *text, const char *pattern)
{
    bool from_start = *pattern == '^';
    size_t length = strlen(pattern);
    bool to_end = length > 0 && pattern[length - 1] == '$';
    char *glob = allocate_zeroed(2 * length + 3, 1), *to = glob;
    bool found;

    if (!from_start) {
        *to++ = '*';
    }
    for (size_t i = from_start; i < length - to_end; i++) {
        if (strchr("?[\\", pattern[i])) {
            *to++ = '\\';
        }
        *to++ = pattern[i];
    }
    if (!to_end) {
        *to++ = '*';
    }
    found = fnmatch(glob, text, 0) == 0;
    free(glob);
    return found;
}

static bool matches_leak(const char *pattern, const LeakSite *site)
{
    bool matches = contains(site->module, pattern);

    for (size_t i = 0; !matches && i < site->function_count; i++) {
        matches = contains(site->functions[i], pattern);
    }
    for (size_t i = 0; !matches && i < site->file_count; i++) {
        matches = contains(site->files[i], pattern);
    }
    return matches;
}

static bool matches_block(const Suppression *rule, const LeakSite *site)
{
    for (size_t i = 0; i < rule->part_count; i++) {
        const char *pattern = rule->parts[i] + 4;

        if (rule->parts[i][0] == 'f'
                ? !matches_any_function(pattern, site, site->function_count)
                : !matches_module(pattern, site)) {
            return false;
        }
    }
    return true;
}

static bool matches_path(const char *pattern, const LeakSite *site)
{
    char *path = without_blanks(site->path);
    bool matches = fnmatch(pattern, path, 0) == 0;

    free(path);
    return matches;
}

static bool matches(const Suppression *rule, const LeakSite *site)
{
    switch (rule->kind) {
    case SUPPRESS_FUNCTION:
        return matches_any_function(rule->pattern, site, site->own_count);
    case SUPPRESS_PATH:
        return matches_path(rule->pattern, site);
    case SUPPRESS_FILE:
        return matches_file(rule->pattern, site);
    case SUPPRESS_MODULE:
        return matches_module(rule->pattern, site);
    case SUPPRESS_LEAK:
        return matches_leak(rule->pattern, site);
    case SUPPRESS_BLOCK:
        return matches_block(rule, site);
    }
    return false;
}

Suppression *suppressions_find(Suppressions *rules, const LeakSite *site)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (matches(&rules->items[i], site)) {
            return &rules->items[i];
        }
    }
    return NULL;
}

char *suppression_text(const Suppression *rule)
{
    return rule->kind == SUPPRESS_BLOCK
               ? format_new("{ %s }", rule->pattern)
               : format_new("%s%s", prefixes[rule->kind], rule->pattern);
}
