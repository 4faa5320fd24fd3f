#include "rules.h"
#include "bytes.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static void add_rule(Rules *rules, Arena *arena, const Rule *rule)
{
    if (rules->count == rules->capacity) {
        rules->items = arena_grow(arena, rules->items, rules->count, &rules->capacity,
                                  sizeof *rules->items);
    }
    rules->items[rules->count++] = *rule;
}

void rules_add_all(Rules *rules, Arena *arena)
{
    add_rule(rules, arena, &(Rule){.kind = RULE_ALL, .include = true, .glob = ""});
}

/* The next blank-separated word of a line; "" at its end. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t\r");
    char *end = word + strcspn(word, " \t\r");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* The rest of a line without blanks around it: globs may hold blanks. */
static char *take_rest(char **line)
{
    char *rest = *line + strspn(*line, " \t\r");
    size_t length = strlen(rest);

    while (length && strchr(" \t\r", rest[length - 1])) {
        rest[--length] = '\0';
    }
    *line = rest + length;
    return rest;
}

static bool is_word(const char *at, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(at, word, length) == 0;
}

/* Cut `IN FILE GLOB` off the rest of a line; NULL when it has none. */
static char *take_file(char *rest)
{
    size_t length, before = 0; /* of this word, and of an IN before it */

    for (char *at = rest + strspn(rest, " \t\r"); *at; at += strspn(at, " \t\r")) {
        length = strcspn(at, " \t\r");
        if (before && is_word(at, length, "FILE")) {
            rest[before - 1] = '\0';
            at += length;
            return take_rest(&at);
        }
        before = is_word(at, length, "IN") ? (size_t)(at - rest) + 1 : 0;
        at += length;
    }
    return NULL;
}

static const char *read_choice(Rules *rules, Arena *arena, char *line, bool include)
{
    Rule rule = {.include = include};
    const char *what = take_word(&line), *file;

    if (strcmp(what, "FILE") == 0) {
        rule.kind = RULE_FILE;
    } else if (strcmp(what, "FUNCTION") == 0) {
        rule.kind = RULE_FUNCTION;
    } else if (strcmp(what, "MANGLED") == 0) {
        rule.kind = RULE_MANGLED;
        rules->by_mangled = true;
    } else {
        return "FILE, FUNCTION or MANGLED expected";
    }
    file = rule.kind == RULE_FILE ? NULL : take_file(line);
    rule.file = file ? arena_strdup(arena, file) : NULL;
    rule.glob = arena_strdup(arena, take_rest(&line));
    if (!*rule.glob || (rule.file && !*rule.file)) {
        return "a pattern expected";
    }
    add_rule(rules, arena, &rule);
    return NULL;
}

static const char *read_minimum(Rules *rules, char *line)
{
    const char *word = take_word(&line);
    char *end;
    unsigned long value = strtoul(word, &end, 10);

    if (*word < '0' || *word > '9' || *end || value > 1000000) {
        return "a number of statements expected";
    }
    rules->min_statements = (unsigned)value;
    return NULL;
}

/* Cut `KEY WORD` off the end of the rest of a line; NULL when it has none. */
static char *take_key(char *rest)
{
    char *last, *before;

    rest = take_rest(&rest);
    last = strrchr(rest, ' ');
    if (!last) {
        return NULL;
    }
    for (before = last; before > rest && strchr(" \t", before[-1]);) {
        before--;
    }
    if (before - rest < 3 || memcmp(before - 3, "KEY", 3) != 0 ||
        (before - rest > 3 && !strchr(" \t", before[-4]))) {
        return NULL;
    }
    before[-3] = '\0';
    return last + 1;
}

/* A cache's name, in quotes or one word; NULL: none. */
static char *take_name(char **line)
{
    char *name = *line + strspn(*line, " \t\r"), *end;

    if (*name != '"') {
        return take_word(line);
    }
    end = strchr(++name, '"');
    if (end) {
        *end = '\0';
        *line = end + 1;
    }
    return end ? name : NULL;
}

static const char *read_role(Rules *rules, Arena *arena, char *line, RoleKind role)
{
    Rule rule = {.kind = RULE_FUNCTION,
                 .include = true,
                 .has_role = true,
                 .role = role,
                 .name = ""};
    const char *file, *key = NULL;

    if (role <= ROLEKIND_LOAD) {
        const char *name = take_name(&line);

        if (!name || !*name) {
            return "a cache's name expected";
        }
        rule.name = arena_strdup(arena, name);
    }
    if (strcmp(take_word(&line), "FUNCTION") != 0) {
        return "FUNCTION expected";
    }
    file = take_file(line);
    if (role == ROLEKIND_LOOKUP || role == ROLEKIND_RESOLVER) {
        key = take_key(line);
    }
    rule.file = file ? arena_strdup(arena, file) : NULL;
    rule.key = key ? arena_strdup(arena, key) : NULL;
    rule.glob = arena_strdup(arena, take_rest(&line));
    if (!*rule.glob || (rule.file && !*rule.file)) {
        return "a pattern expected";
    }
    rules->has_roles = true;
    add_rule(rules, arena, &rule);
    return NULL;
}

/* The role that the line's first word names; ROLEKINDS: none. */
static RoleKind role_of(const char *word)
{
    static const char *const words[ROLEKINDS] = {"CACHE",      "CACHE_PUT", "CACHE_EVICT",
                                                 "CACHE_LOAD", "RESOLVES",  "CONSTRUCTS",
                                                 "MEMORY"};
    RoleKind role = ROLEKIND_LOOKUP;

    while (role < ROLEKINDS && strcmp(word, words[role]) != 0) {
        role++;
    }
    return role;
}

/* What is wrong with the line, or NULL. */
static const char *read_line(Rules *rules, Arena *arena, char *line)
{
    const char *word;

    line[strcspn(line, "#")] = '\0';
    word = take_word(&line);
    if (!*word) {
        return NULL;
    }
    if (strcmp(word, "ALL") == 0) {
        rules_add_all(rules, arena);
        return *take_rest(&line) ? "nothing expected after ALL" : NULL;
    }
    if (strcmp(word, "INCLUDE") == 0) {
        return read_choice(rules, arena, line, true);
    }
    if (strcmp(word, "EXCLUDE") == 0) {
        return read_choice(rules, arena, line, false);
    }
    if (strcmp(word, "MIN_STATEMENTS") == 0) {
        return read_minimum(rules, line);
    }
    if (strcmp(word, "KEEP_LOOPS") == 0) {
        rules->keep_loops = true;
        return *take_rest(&line) ? "nothing expected after KEEP_LOOPS" : NULL;
    }
    if (role_of(word) < ROLEKINDS) {
        return read_role(rules, arena, line, role_of(word));
    }
    return "ALL, INCLUDE, EXCLUDE, MIN_STATEMENTS, KEEP_LOOPS or a role expected";
}

bool rules_read(Rules *rules, Arena *arena, const char *path, const char **error)
{
    Bytes content = {0};
    unsigned number = 0;
    const char *wrong = NULL;
    char *line;

    if (!bytes_read_file(&content, path)) {
        *error = arena_printf(arena, "%s: %s", path, strerror(errno));
        bytes_release(&content);
        return false;
    }
    for (line = content.data; line && !wrong;) {
        char *newline = strchr(line, '\n');

        if (newline) {
            *newline = '\0';
        }
        number++;
        wrong = read_line(rules, arena, line);
        line = newline ? newline + 1 : NULL;
    }
    bytes_release(&content);
    if (wrong) {
        *error = arena_printf(arena, "%s:%u: %s", path, number, wrong);
    }
    return !wrong;
}

static bool file_matches(const char *glob, const char *path)
{
    if (fnmatch(glob, path, 0) == 0) {
        return true;
    }
    for (const char *at = strchr(path, '/'); at && *glob != '/'; at = strchr(at, '/')) {
        if (fnmatch(glob, ++at, 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool rule_matches(const Rule *rule, const RuleSubject *subject)
{
    if (rule->file && !file_matches(rule->file, subject->path)) {
        return false;
    }
    switch (rule->kind) {
    case RULE_FILE:
        return file_matches(rule->glob, subject->path);
    case RULE_FUNCTION:
        return fnmatch(rule->glob, subject->function, 0) == 0 ||
               fnmatch(rule->glob, subject->bare_name, 0) == 0;
    case RULE_MANGLED:
        return *subject->mangled && fnmatch(rule->glob, subject->mangled, 0) == 0;
    default:
        return true;
    }
}

RuleVerdict rules_judge(const Rules *rules, const RuleSubject *subject)
{
    for (size_t i = rules->count; i-- > 0;) {
        const Rule *rule = &rules->items[i];

        if (rule_matches(rule, subject)) {
            return rule->include ? VERDICT_INCLUDE : VERDICT_EXCLUDE;
        }
    }
    return VERDICT_NONE;
}

bool rules_exclude_size(const Rules *rules, unsigned statements, bool has_loop)
{
    return statements < rules->min_statements && !(rules->keep_loops && has_loop);
}

bool rules_concern_file(const Rules *rules, const char *path)
{
    for (size_t i = rules->count; i-- > 0;) {
        const Rule *rule = &rules->items[i];

        if (rule->kind == RULE_FILE && file_matches(rule->glob, path)) {
            return rule->include;
        }
        if (rule->include && rule->kind != RULE_FILE &&
            (!rule->file || file_matches(rule->file, path))) {
            return true;
        }
    }
    return false;
}

void rules_wish(const Rules *rules, const RuleSubject *subject, bool in_system_header,
                RoleWish *wish)
{
    for (size_t i = 0; i < rules->count; i++) {
        const Rule *rule = &rules->items[i];

        if (rule->has_role && (rule->file || !in_system_header) &&
            rule_matches(rule, subject)) {
            wish->wanted[rule->role] = true;
            wish->name[rule->role] = rule->name;
            wish->key[rule->role] = rule->key;
        }
    }
}

bool rules_want_system_file(const Rules *rules, const char *path)
{
    for (size_t i = 0; i < rules->count; i++) {
        const Rule *rule = &rules->items[i];

        if (rule->has_role && rule->file && file_matches(rule->file, path)) {
            return true;
        }
    }
    return false;
}
