#include "command.h"
#include "response.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Options whose value is the next word when it is not joined to them. */
typedef struct ValueOption {
    const char *name;
    ArgRole role;
    bool joined; /* -DX as well as -D X */
} ValueOption;

static const ValueOption value_options[] = {
    {"-o", ROLE_OUTPUT, true},
    {"-x", ROLE_LANGUAGE, true},
    {"-D", ROLE_PLAIN, true},
    {"-U", ROLE_PLAIN, true},
    {"-I", ROLE_PLAIN, true},
    {"-A", ROLE_PLAIN, true},
    {"-B", ROLE_PLAIN, true},
    {"-F", ROLE_PLAIN, true},
    {"-include", ROLE_FORCED_FILE, false},
    {"--include", ROLE_FORCED_FILE, false},
    {"-imacros", ROLE_FORCED_FILE, false},
    {"--imacros", ROLE_FORCED_FILE, false},
    {"-include-pch", ROLE_FORCED_FILE, false},
    {"-isystem", ROLE_PLAIN, true},
    {"-iquote", ROLE_PLAIN, true},
    {"-idirafter", ROLE_PLAIN, true},
    {"-iprefix", ROLE_PLAIN, true},
    {"-iwithprefix", ROLE_PLAIN, true},
    {"-iwithprefixbefore", ROLE_PLAIN, true},
    {"-isysroot", ROLE_PLAIN, true},
    {"-imultilib", ROLE_PLAIN, true},
    {"-imultiarch", ROLE_PLAIN, true},
    {"-iframework", ROLE_PLAIN, true},
    {"-cxx-isystem", ROLE_PLAIN, true},
    {"-c-isystem", ROLE_PLAIN, true},
    {"-stdlib++-isystem", ROLE_PLAIN, true},
    {"-ivfsoverlay", ROLE_PLAIN, false},
    {"-resource-dir", ROLE_PLAIN, false},
    {"-working-directory", ROLE_PLAIN, false},
    {"-gcc-toolchain", ROLE_PLAIN, false},
    {"--sysroot", ROLE_PLAIN, false},
    {"--param", ROLE_PLAIN, false},
    {"-target", ROLE_PLAIN, false},
    {"-arch", ROLE_PLAIN, false},
    {"-mllvm", ROLE_PLAIN, false},
    {"-Xclang", ROLE_PLAIN, false},
    {"-Xpreprocessor", ROLE_PLAIN, false},
    {"-Xassembler", ROLE_BACK_END, false},
    {"-Xanalyzer", ROLE_PLAIN, false},
    {"-aux-info", ROLE_BACK_END, false},
    {"-dumpbase", ROLE_BACK_END, false},
    {"-dumpbase-ext", ROLE_BACK_END, false},
    {"-dumpdir", ROLE_BACK_END, false},
    {"-wrapper", ROLE_PLAIN, false},
    {"-specs", ROLE_PLAIN, false},
    {"--serialize-diagnostics", ROLE_BACK_END, false},
    {"-MF", ROLE_DEPEND, true},
    {"-MT", ROLE_DEPEND, true},
    {"-MQ", ROLE_DEPEND, true},
    {"-MJ", ROLE_BACK_END, true},
    {"-Xlinker", ROLE_LINK, false},
    {"-T", ROLE_LINK, true},
    {"-u", ROLE_LINK, false},
    {"-z", ROLE_LINK, true},
    {"-e", ROLE_LINK, false},
    {"-l", ROLE_LINK, true},
    {"-L", ROLE_LINK, true},
    {"-framework", ROLE_LINK, false},
    {"-rpath", ROLE_LINK, false},
};

/* Options without a separate value; a trailing '*' stands for any rest. */
typedef struct PlainOption {
    const char *pattern;
    ArgRole role;
} PlainOption;

static const PlainOption plain_options[] = {
    {"-c", ROLE_MODE},
    {"-S", ROLE_MODE},
    {"--compile", ROLE_MODE},
    {"--assemble", ROLE_MODE},
    {"-MD", ROLE_DEPEND},
    {"-MMD", ROLE_DEPEND},
    {"-MP", ROLE_DEPEND},
    {"-MG", ROLE_DEPEND},
    {"-MV", ROLE_DEPEND},
    {"-Wl,*", ROLE_LINK},
    {"-shared", ROLE_LINK},
    {"-static*", ROLE_LINK},
    {"-rdynamic", ROLE_LINK},
    {"-pie", ROLE_LINK},
    {"-no-pie", ROLE_LINK},
    {"-s", ROLE_LINK},
    {"-r", ROLE_LINK},
    {"-nostdlib*", ROLE_LINK},
    {"-nostartfiles", ROLE_LINK},
    {"-nodefaultlibs", ROLE_LINK},
    {"-nolibc", ROLE_LINK},
    {"-fuse-ld=*", ROLE_LINK},
    {"-Wa,*", ROLE_BACK_END},
    {"-P", ROLE_BACK_END},
    {"-C", ROLE_BACK_END},
    {"-CC", ROLE_BACK_END},
    {"-v", ROLE_BACK_END},
    {"-Q", ROLE_BACK_END},
    {"-time*", ROLE_BACK_END},
    {"-ftime-*", ROLE_BACK_END},
    {"-save-temps*", ROLE_BACK_END},
    {"--save-temps*", ROLE_BACK_END},
    {"-fdump-*", ROLE_BACK_END},
    {"-fopt-info*", ROLE_BACK_END},
    {"-fstack-usage", ROLE_BACK_END},
    {"-fcallgraph-info*", ROLE_BACK_END},
    {"-fsave-optimization-record*", ROLE_BACK_END},
    {"-gsplit-dwarf*", ROLE_BACK_END},
};

/* With one of these the command is not ours. Preprocessed input, modules and
 * pre-standard preprocessing cannot go through the expanded text. */
static const char *const pass_options[] = {
    "-E",
    "-M",
    "-MM",
    "-fsyntax-only",
    "-###",
    "--version",
    "--help*",
    "-dump*",
    "-print-*",
    "--print-*",
    "-cc1*",
    "-fmodules*",
    "-fpreprocessed",
    "-fdirectives-only",
    "-traditional",
    "--precompile",
    "-emit-pch",
    "--preprocess",
    "-fmodule-*",
    "--analyze",
    "-emit-ast",
    "-rewrite-*",
    "--driver-mode=*",
    "-frewrite-includes",
};

static const char *const launcher_names[] = {"ccache", "distcc", "sccache", "icecc"};

static bool matches(const char *pattern, const char *text)
{
    size_t length = strlen(pattern);

    if (length && pattern[length - 1] == '*') {
        return strncmp(pattern, text, length - 1) == 0;
    }
    return strcmp(pattern, text) == 0;
}

const char *command_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *command_stem(Arena *arena, const char *path)
{
    const char *base = command_basename(path);
    const char *dot = strrchr(base, '.');

    return arena_strndup(arena, base,
                         dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

static bool is_launcher(const char *word)
{
    const char *base = command_basename(word);

    for (size_t i = 0; i < sizeof launcher_names / sizeof *launcher_names; i++) {
        if (strcmp(base, launcher_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The path a command name runs, links resolved; the name itself when not found. */
static const char *resolve_program(Arena *arena, const char *name)
{
    char real[PATH_MAX];
    const char *path = getenv("PATH");

    if (strchr(name, '/')) {
        return realpath(name, real) ? arena_strdup(arena, real) : name;
    }
    while (path && *path) {
        size_t length = strcspn(path, ":");
        char *file = arena_printf(arena, "%.*s/%s", (int)length, path, name);

        if (access(file, X_OK) == 0 && realpath(file, real)) {
            return arena_strdup(arena, real);
        }
        path += length + (path[length] == ':');
    }
    return name;
}

/* Whether `word` occurs in a program's name as a word of its own: the "gcc" of
 * x86_64-linux-gnu-gcc-12, not the "cc" of tcc. */
static bool names_compiler(const char *base, const char *word)
{
    const char *at = base;
    size_t length = strlen(word);

    while ((at = strstr(at, word)) != NULL) {
        char before = at == base ? '-' : at[-1];
        char after = at[length];

        if (before == '-' && (after == '\0' || after == '-')) {
            return true;
        }
        at++;
    }
    return false;
}

static bool is_compiler(Command *command, Arena *arena)
{
    static const char *const names[] = {"gcc", "g++", "cc", "c++", "clang", "clang++"};
    const char *base = command_basename(command->compiler);
    bool known = false;

    for (size_t i = 0; i < sizeof names / sizeof *names && !known; i++) {
        known = names_compiler(base, names[i]);
    }
    if (!known) {
        return false;
    }
    command->is_clang = strstr(base, "clang") != NULL;
    if (!command->is_clang && !strstr(base, "gcc") && !strstr(base, "g++")) {
        base = command_basename(resolve_program(arena, command->compiler));
        command->is_clang = strstr(base, "clang") != NULL;
    }
    return true;
}

static Language language_of_extension(const char *path, bool cxx_driver)
{
    static const char *const cxx[] = {"cc", "cp", "cxx", "cpp", "CPP", "c++", "C"};
    const char *dot = strrchr(command_basename(path), '.');

    if (!dot) {
        return LANGUAGE_OTHER;
    }
    if (strcmp(dot, ".c") == 0) {
        return cxx_driver ? LANGUAGE_CXX : LANGUAGE_C;
    }
    for (size_t i = 0; i < sizeof cxx / sizeof *cxx; i++) {
        if (strcmp(dot + 1, cxx[i]) == 0) {
            return LANGUAGE_CXX;
        }
    }
    return LANGUAGE_OTHER;
}

/* Headers as inputs, to be precompiled. */
static bool is_header(const char *path)
{
    static const char *const extensions[] = {".h", ".hh", ".hpp", ".hxx", ".H", ".h++"};
    const char *dot = strrchr(command_basename(path), '.');

    for (size_t i = 0; dot && i < sizeof extensions / sizeof *extensions; i++) {
        if (strcmp(dot, extensions[i]) == 0) {
            return true;
        }
    }
    return false;
}

static Language language_named(const char *name)
{
    if (strcmp(name, "none") == 0) {
        return LANGUAGE_BY_NAME;
    }
    if (strcmp(name, "c") == 0) {
        return LANGUAGE_C;
    }
    return strcmp(name, "c++") == 0 ? LANGUAGE_CXX : LANGUAGE_OTHER;
}

/* True and the argument's role, when `text` is an option with a value; *next
 * says that the value is the following word. */
static bool match_value_option(const char *text, CommandArg *arg, bool *next)
{
    for (size_t i = 0; i < sizeof value_options / sizeof *value_options; i++) {
        const ValueOption *option = &value_options[i];
        size_t length = strlen(option->name);

        if (strncmp(text, option->name, length) != 0) {
            continue;
        }
        if (text[length] && (!option->joined || text[length] == '=')) {
            continue;
        }
        arg->role = option->role;
        *next = text[length] == '\0';
        return true;
    }
    return false;
}

static ArgRole role_of_option(const char *text)
{
    for (size_t i = 0; i < sizeof plain_options / sizeof *plain_options; i++) {
        if (matches(plain_options[i].pattern, text)) {
            return plain_options[i].role;
        }
    }
    /* -Wp,-MD,FILE of kernel-style makefiles names file and target itself. */
    return ROLE_PLAIN;
}

static bool is_pass_option(const char *text)
{
    for (size_t i = 0; i < sizeof pass_options / sizeof *pass_options; i++) {
        if (matches(pass_options[i], text) && strncmp(text, "-dumpb", 6) != 0 &&
            strncmp(text, "-dumpd", 6) != 0) {
            return true;
        }
    }
    return false;
}

static void add_arg(Command *command, Arena *arena, const CommandArg *arg)
{
    if (command->count == command->capacity) {
        command->args = arena_grow(arena, command->args, command->count,
                                   &command->capacity, sizeof *command->args);
    }
    command->args[command->count++] = *arg;
}

/* The value of an option, joined or separate. */
static const char *value_of(const CommandArg *arg, size_t name_length)
{
    return arg->value ? arg->value : arg->text + name_length;
}

static void note_option(Command *command, const CommandArg *arg)
{
    const char *text = arg->text;

    if (arg->role == ROLE_OUTPUT) {
        command->output = value_of(arg, 2);
    } else if (strncmp(text, "-MF", 3) == 0) {
        command->dependency_file = value_of(arg, 3);
    } else if (strncmp(text, "-MT", 3) == 0 || strncmp(text, "-MQ", 3) == 0) {
        command->dependency_target = true;
    } else if (strcmp(text, "-MD") == 0 || strcmp(text, "-MMD") == 0) {
        command->dependencies = true;
    } else if (arg->role == ROLE_MODE) {
        bool assembly = strcmp(text, "-S") == 0 || strcmp(text, "--assemble") == 0;

        if (command->mode != MODE_ASSEMBLY) {
            command->mode = assembly ? MODE_ASSEMBLY : MODE_COMPILE;
        }
    }
}

typedef struct Scan {
    Arena *arena;
    const char *forced; /* name given to -x */
    Language language;
    bool cxx_driver;
    bool pass;
} Scan;

static void scan_input(Command *command, Scan *scan, const char *text)
{
    CommandArg arg = {ROLE_INPUT, text, NULL, LANGUAGE_OTHER, NULL};

    if (strcmp(text, "-") == 0) {
        scan->pass = true;
    } else if (scan->language == LANGUAGE_BY_NAME) {
        arg.language = language_of_extension(text, scan->cxx_driver);
        scan->pass |= is_header(text);
    } else {
        arg.language = scan->language;
        arg.forced = scan->forced;
        scan->pass |= strstr(scan->forced, "-header") != NULL;
    }
    if (arg.language == LANGUAGE_C || arg.language == LANGUAGE_CXX) {
        arg.role = ROLE_SOURCE;
        command->source_count++;
    }
    command->input_count++;
    add_arg(command, scan->arena, &arg);
}

/* `-Xclang -include -Xclang FILE`, which CMake writes, as `-include FILE`. */
static bool is_forced_by_xclang(const char *const *words)
{
    return strcmp(words[0], "-Xclang") == 0 && words[1] &&
           (strcmp(words[1], "-include") == 0 || strcmp(words[1], "-include-pch") == 0) &&
           words[2] && strcmp(words[2], "-Xclang") == 0 && words[3];
}

/* Returns how many words were used. */
static size_t scan_word(Command *command, Scan *scan, const char *const *words)
{
    const char *text = words[0];
    CommandArg arg = {ROLE_PLAIN, text, NULL, LANGUAGE_OTHER, NULL};
    bool next = false;

    if (text[0] != '-' || text[1] == '\0') {
        scan_input(command, scan, text);
        return 1;
    }
    if (strcmp(text, "--") == 0) {
        return 1; /* inputs follow, whose names we never take for options */
    }
    if (is_forced_by_xclang(words)) {
        arg = (CommandArg){ROLE_FORCED_FILE, words[1], words[3], LANGUAGE_OTHER, NULL};
        add_arg(command, scan->arena, &arg);
        return 4;
    }
    arg.role = role_of_option(text);
    if (is_pass_option(text)) {
        scan->pass = true;
    } else if (arg.role == ROLE_PLAIN && match_value_option(text, &arg, &next) && next) {
        arg.value = words[1];
        if (!arg.value) {
            scan->pass = true;
        }
    }
    if (arg.role == ROLE_LANGUAGE && !scan->pass) {
        scan->forced = value_of(&arg, 2);
        scan->language = language_named(scan->forced);
    }
    if (!scan->pass) {
        note_option(command, &arg);
    }
    add_arg(command, scan->arena, &arg);
    return arg.value ? 2 : 1;
}

/* gcc-style cross compilers carry their target in the name. */
static const char *target_of_name(const Command *command, Arena *arena)
{
    const char *base = command_basename(command->compiler);
    const char *tool = strstr(base, "-gcc");

    if (!tool) {
        tool = strstr(base, "-g++");
    }
    return tool ? arena_strndup(arena, base, (size_t)(tool - base)) : NULL;
}

void command_parse(Command *command, Arena *arena, char **argv)
{
    Scan scan = {.arena = arena, .language = LANGUAGE_BY_NAME};
    ArgList words = {.arena = arena};
    const char *const *word;

    *command = (Command){.argv = argv, .launchers = {.arena = arena}};
    while (argv[0] && is_launcher(argv[0])) {
        args_add(&command->launchers, *argv++);
    }
    command->compiler = argv[0];
    if (!argv[0] || !is_compiler(command, arena)) {
        return;
    }
    command->mode = MODE_LINK;
    command->standard_target = target_of_name(command, arena);
    scan.cxx_driver = strstr(command_basename(command->compiler), "++") != NULL;
    response_expand(&words, (const char *const *)argv + 1);
    word = (const char *const *)args_vector(&words);
    while (*word) {
        word += scan_word(command, &scan, word);
    }
    if (scan.pass || (command->mode != MODE_LINK && command->source_count == 0)) {
        command->mode = MODE_PASS;
    }
}

void command_add_arg(ArgList *words, const CommandArg *arg)
{
    args_add(words, arg->text);
    if (arg->value) {
        args_add(words, arg->value);
    }
}

void command_add_include(ArgList *words, const char *file)
{
    args_add(words, "-Xclang");
    args_add(words, "-include");
    args_add(words, "-Xclang");
    args_add(words, file);
}

const char *command_included(const CommandArg *arg)
{
    bool is_include =
        arg->role == ROLE_FORCED_FILE &&
        (strcmp(arg->text, "-include") == 0 || strcmp(arg->text, "--include") == 0);

    return is_include ? arg->value : NULL;
}

void command_add_args(const Command *command, ArgList *words, CommandFilter *is_dropped)
{
    for (size_t i = 0; i < command->count; i++) {
        const CommandArg *arg = &command->args[i];

        if (is_dropped(command, arg)) {
            continue;
        }
        if (command->is_clang && command_included(arg)) {
            command_add_include(words, command_included(arg));
        } else {
            command_add_arg(words, arg);
        }
    }
}

bool command_has(const Command *command, const char *option)
{
    for (size_t i = 0; i < command->count; i++) {
        if (command->args[i].role != ROLE_SOURCE && command->args[i].role != ROLE_INPUT &&
            matches(option, command->args[i].text)) {
            return true;
        }
    }
    return false;
}

char *command_object_path(const Command *command, Arena *arena, const CommandArg *source)
{
    if (command->output && command->mode != MODE_LINK) {
        return arena_strdup(arena, command->output);
    }
    return arena_printf(arena, "%s%s", command_stem(arena, source->text),
                        command->mode == MODE_ASSEMBLY ? ".s" : ".o");
}
