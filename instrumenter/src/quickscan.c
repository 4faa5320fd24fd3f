#include "quickscan.h"
#include "bytes.h"
#include "needles.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

/* More headers than this: let the compiler do it. */
#define MAX_FILES 4000

typedef struct QuickScan {
    Arena *arena;
    ArgList quoted;   /* folders for "name" only */
    ArgList folders;  /* folders for both forms, in order */
    ArgList files;    /* found so far; scanned up to the current one */
    ArgList computed; /* macros that #include lines name */
    bool maybe;
} QuickScan;

static void add_file(QuickScan *scan, const char *path)
{
    for (size_t i = scan->files.count; i-- > 0;) {
        if (strcmp(scan->files.items[i], path) == 0) {
            return;
        }
    }
    if (scan->files.count >= MAX_FILES) {
        scan->maybe = true;
        return;
    }
    args_add(&scan->files, arena_strdup(scan->arena, path));
}

/* Whether the folder has the file; then it is to be scanned. */
static bool try_folder(QuickScan *scan, const char *folder, size_t folder_length,
                       const char *name)
{
    char *path = folder_length ? arena_printf(scan->arena, "%.*s/%s", (int)folder_length,
                                              folder, name)
                               : arena_strdup(scan->arena, name);

    if (access(path, R_OK) != 0) {
        return false;
    }
    add_file(scan, path);
    return true;
}

static void find_header(QuickScan *scan, const char *from, const char *name,
                        bool is_quoted, bool is_next)
{
    const char *slash = strrchr(from, '/');
    bool found = false;

    if (name[0] == '/') {
        try_folder(scan, "", 0, name);
        return;
    }
    if (is_quoted || is_next) {
        found = try_folder(scan, from, slash ? (size_t)(slash - from) : 0, name);
        for (size_t i = 0; i < scan->quoted.count && (!found || is_next); i++) {
            found |= try_folder(scan, scan->quoted.items[i],
                                strlen(scan->quoted.items[i]), name);
        }
    }
    for (size_t i = 0; i < scan->folders.count && (!found || is_next); i++) {
        found |= try_folder(scan, scan->folders.items[i], strlen(scan->folders.items[i]),
                            name);
    }
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    return at;
}

/* `#include MACRO` is nothing where no MACRO is defined. */
static void note_computed(QuickScan *scan, const char *at)
{
    size_t length = 0;

    while (isalnum((unsigned char)at[length]) || at[length] == '_') {
        length++;
    }
    if (length) {
        args_add(&scan->computed,
                 arena_printf(scan->arena, "define %.*s", (int)length, at));
    } else if (*at == '/') {
        scan->maybe = true; /* a comment comes first; anything else is prose */
    }
}

static bool is_macro_defined(const QuickScan *scan, const Command *command,
                             const char *definition)
{
    const char *name = definition + strlen("define ");
    bool found = false;

    for (size_t i = 0; i < command->count && !found; i++) {
        const CommandArg *arg = &command->args[i];

        found = strncmp(arg->text, "-D", 2) == 0 &&
                strncmp(arg->value ? arg->value : arg->text + 2, name, strlen(name)) == 0;
    }
    for (size_t i = 0; i < scan->files.count && !found; i++) {
        Bytes content = {0};

        found = bytes_read_file(&content, scan->files.items[i]) &&
                strstr(content.data, definition) != NULL;
        bytes_release(&content);
    }
    return found;
}

/* `at` is behind the # that begins a line. */
static void scan_directive(QuickScan *scan, const char *from, const char *at)
{
    bool is_next = false;
    char close;
    const char *end;
    char *name;

    at = skip_blanks(at);
    if (strncmp(at, "include", 7) == 0) {
        at += 7;
        is_next = strncmp(at, "_next", 5) == 0;
        at += is_next ? 5 : 0;
    } else if (strncmp(at, "import", 6) == 0) {
        at += 6;
    } else {
        return;
    }
    if (isalnum((unsigned char)*at) || *at == '_') {
        return;
    }
    at = skip_blanks(at);
    close = *at == '<' ? '>' : '"';
    end = *at == '<' || *at == '"' ? strchr(at + 1, close) : NULL;
    if (!end) {
        note_computed(scan, at);
        return;
    }
    name = arena_strndup(scan->arena, at + 1, (size_t)(end - at - 1));
    scan->maybe |= strcmp(name, "tka/tka.h") == 0;
    find_header(scan, from, name, close == '"', is_next);
}

/* Whether only blanks, or a comment's end, stand before `at` on its line. */
static bool begins_line(const char *text, const char *at)
{
    while (at > text && (at[-1] == ' ' || at[-1] == '\t')) {
        at--;
    }
    return at == text || at[-1] == '\n' || at[-1] == '\r' || at[-1] == '/';
}

static void scan_directives(QuickScan *scan, const char *path, const char *text,
                            const char *sign)
{
    for (const char *at = text; !scan->maybe && (at = strstr(at, sign)) != NULL; at++) {
        if (begins_line(text, at)) {
            scan_directive(scan, path, at + strlen(sign));
        }
    }
}

static void scan_file(QuickScan *scan, const char *path)
{
    Bytes content = {0};

    if (!bytes_read_file(&content, path) || needles_in(content.data, content.length)) {
        scan->maybe = true;
    } else {
        scan_directives(scan, path, content.data, "#");
        scan_directives(scan, path, content.data, "%:");
        scan_directives(scan, path, content.data, "?\?=");
    }
    bytes_release(&content);
}

static const char *folder_option(const CommandArg *arg, const char *option)
{
    size_t length = strlen(option);

    if (strncmp(arg->text, option, length) != 0) {
        return NULL;
    }
    if (arg->value) {
        return arg->text[length] ? NULL : arg->value;
    }
    return arg->text[length] ? arg->text + length : NULL;
}

static void add_folders(QuickScan *scan, const Command *command)
{
    static const char *const options[] = {"-I", "-isystem", "-idirafter"};
    static const char *const system[] = {"/usr/local/include", "/usr/include"};

    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < command->count; i++) {
            const char *folder = folder_option(&command->args[i], options[k]);
            const char *quoted = folder_option(&command->args[i], "-iquote");

            if (folder) {
                args_add(&scan->folders, folder);
            }
            if (quoted && k == 0) {
                args_add(&scan->quoted, quoted);
            }
        }
    }
    for (size_t i = 0; i < 2; i++) {
        args_add(&scan->folders, system[i]);
    }
}

/* Options that bring in text or folders in ways not followed here. */
static bool is_beyond_us(const CommandArg *arg)
{
    static const char *const beyond[] = {"-iwithprefix", "--sysroot",         "-isysroot",
                                         "-Wp,",         "-Xpreprocessor",    "-I-",
                                         "-cxx-isystem", "-working-directory"};

    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        if (strncmp(arg->text, beyond[i], strlen(beyond[i])) == 0 &&
            strncmp(arg->text, "-Wp,-M", 6) != 0) {
            return true;
        }
    }
    return needles_in(arg->text, strlen(arg->text)) ||
           (arg->value && needles_in(arg->value, strlen(arg->value)));
}

bool quickscan_may_be_annotated(const Command *command, Arena *arena,
                                const CommandArg *source)
{
    QuickScan scan = {.arena = arena,
                      .quoted = {.arena = arena},
                      .folders = {.arena = arena},
                      .files = {.arena = arena},
                      .computed = {.arena = arena}};

    add_folders(&scan, command);
    for (size_t i = 0; i < command->count && !scan.maybe; i++) {
        const CommandArg *arg = &command->args[i];

        scan.maybe = arg->role != ROLE_PRECOMPILED && is_beyond_us(arg);
        if (arg->role == ROLE_FORCED_FILE && arg->value) {
            /* Looked for from the working directory. */
            find_header(&scan, "", arg->value, true, false);
        }
    }
    add_file(&scan, source->text);
    for (size_t i = 0; i < scan.files.count && !scan.maybe; i++) {
        scan_file(&scan, scan.files.items[i]);
    }
    for (size_t i = 0; i < scan.computed.count && !scan.maybe; i++) {
        scan.maybe = is_macro_defined(&scan, command, scan.computed.items[i]);
    }
    return scan.maybe;
}
