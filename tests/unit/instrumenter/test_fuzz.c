/* Random command lines, rules and texts for whatever reads what a user wrote:
 * under AddressSanitizer and UBSan (the dev preset) none of it may be misread.
 * The seeds are fixed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bytes.h"
#include "command.h"
#include "depfile.h"
#include "lambdascan.h"
#include "options.h"
#include "rules.h"

#include <stdlib.h>
#include <unistd.h>

#define MAX_WORDS 24
#define MAX_BYTES 400

static uint64_t seed;

static unsigned below(unsigned limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % limit;
}

static const char *pick(const char *const *words, size_t count)
{
    return words[below((unsigned)count)];
}

/* Bytes of a chosen alphabet, or any but zero. */
static char *random_text(Arena *arena, const char *alphabet)
{
    size_t length = below(MAX_BYTES), letters = strlen(alphabet);
    char *text = arena_alloc(arena, length + 1);

    for (size_t i = 0; i < length; i++) {
        text[i] = below(8) ? alphabet[below((unsigned)letters)]
                           : (char)(unsigned char)(1 + below(255));
    }
    text[length] = '\0';
    return text;
}

static const char *random_word(Arena *arena)
{
    static const char *const words[] = {
        "-c",       "-S",           "-o",        "-ofile",   "a.c",      "b.cpp",
        "dir/",     ".c",           "c.o",       "-x",       "-xc",      "c++",
        "none",     "-MD",          "-MMD",      "-MF",      "-MFd.d",   "-MT",
        "-MQ",      "-Wp,-MD",      "-Wp,",      "-",        "--",       "-D",
        "-I",       "-include",     "-std=",     "-std=c99", "@nowhere", "@",
        "-Xclang",  "-Wl,-x",       "-l",        "-L",       "",         "-E",
        "gcc",      "clang++",      "ccache",    "-arch",    "--param",  "-target",
        "-Wp,-MD,", "-Wp,-MMD,a,b", "-dumpbase", "-isystem", "-f",       "--rules",
        "--all",    "--show",       "--rules=",  "--keep",   "/",
    };

    return below(6) ? pick(words, sizeof words / sizeof *words)
                    : random_text(arena, "-Wa,=@/. \"\\'");
}

static void check_command(Arena *arena, char **argv)
{
    Command command = {0};
    size_t sources = 0;

    command_parse(&command, arena, argv);
    for (size_t i = 0; i < command.count; i++) {
        const CommandArg *arg = &command.args[i];

        assert_non_null(arg->text);
        if (arg->role == ROLE_SOURCE) {
            sources++;
            assert_non_null(command_object_path(&command, arena, arg));
            depfile_path(&command, arena, arg);
        }
    }
    if (command.mode != MODE_PASS) {
        assert_int_equal(sources, command.source_count);
        assert_true(sources > 0 || command.mode == MODE_LINK);
        assert_non_null(command.compiler);
    }
}

static void test_command_lines(void **state)
{
    static const char *const compilers[] = {"gcc", "clang++-14", "ccache", "x-gcc"};

    (void)state;
    seed = 1;
    for (int round = 0; round < 20000; round++) {
        Arena arena = {0};
        char **argv = arena_alloc(&arena, (MAX_WORDS + 2) * sizeof *argv);
        unsigned count = below(MAX_WORDS);
        Options options = {0};
        const char *unknown = NULL;

        argv[0] = arena_strdup(&arena, pick(compilers, 4));
        for (unsigned i = 1; i <= count; i++) {
            argv[i] = arena_strdup(&arena, random_word(&arena));
        }
        check_command(&arena, argv);
        if (!options_parse(&options, &arena, argv, &unknown)) {
            assert_non_null(unknown);
        }
        arena_release(&arena);
    }
}

static void write_text(const char *path, const char *text)
{
    Bytes bytes = {0};

    bytes_puts(&bytes, text);
    assert_true(bytes_write_file(&bytes, path));
    bytes_release(&bytes);
}

static char *random_rules(Arena *arena)
{
    static const char *const words[] = {
        "ALL",
        "INCLUDE",
        "EXCLUDE",
        "FILE",
        "FUNCTION",
        "MANGLED",
        "KEEP_LOOPS",
        "IN",
        "IN FILE",
        "*",
        "?[",
        "[a-",
        "\\",
        "#",
        "\n",
        "\n",
        "\r\n",
        "\t",
        "MIN_STATEMENTS",
        "99999999999999999999",
        "7",
        "-1",
    };
    char *text = arena_strdup(arena, "");

    for (unsigned left = below(30); left; left--) {
        text = arena_printf(arena, "%s%s%s", text, below(4) ? " " : "",
                            below(12) ? pick(words, sizeof words / sizeof *words)
                                      : random_text(arena, "*?[]!-\\ \n"));
    }
    return text;
}

static void test_rules(void **state)
{
    char path[] = "/tmp/tka-fuzz-XXXXXX";
    int fd = mkstemp(path);
    unsigned accepted = 0;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    seed = 2;
    for (int round = 0; round < 4000; round++) {
        Arena arena = {0};
        Rules rules = {0};
        const char *error = NULL;

        write_text(path, random_rules(&arena));
        if (rules_read(&rules, &arena, path, &error)) {
            RuleSubject subject = {"/a/b.c", "N::f(int)", "f", "_ZN1N1fEi"};

            accepted++;
            rules_judge(&rules, &subject);
            rules_concern_file(&rules, subject.path);
        } else {
            assert_non_null(strstr(error, path));
        }
        arena_release(&arena);
    }
    unlink(path);
    assert_true(accepted > 100);
}

static void test_lambdas(void **state)
{
    static const char *const words[] = {"TKA_PROFILE", "TKA_PROFILE_AS(\"a\")",
                                        "\"",          "'",
                                        "/*",          "*/",
                                        "//",          "\n",
                                        "(",           ")",
                                        "\\",          "TKA_CRITICAL_PATH"};

    (void)state;
    seed = 3;
    for (int round = 0; round < 20000; round++) {
        Arena arena = {0};
        LambdaAnnotation found;
        Bytes text = {0};
        char *exact;

        for (unsigned left = below(20); left; left--) {
            bytes_puts(&text, pick(words, sizeof words / sizeof *words));
        }
        /* Of that length to the byte, so that reading on is seen. */
        exact = malloc(text.length + 1);
        assert_non_null(exact);
        memcpy(exact, text.data ? text.data : "", text.length);
        exact = realloc(exact, text.length ? text.length : 1);
        if (lambdascan_find(&found, &arena, exact, text.length)) {
            assert_true(found.offset < text.length);
        }
        free(exact);
        bytes_release(&text);
        arena_release(&arena);
    }
}

static void test_dependency_files(void **state)
{
    char path[] = "/tmp/tka-fuzz-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    seed = 4;
    for (int round = 0; round < 2000; round++) {
        Arena arena = {0};
        ArgList names = {.arena = &arena};

        write_text(path, random_text(&arena, "ab: \\\n$#"));
        args_add(&names, random_text(&arena, "ab $#"));
        depfile_replace(path, &arena, "ab", below(2) ? NULL : "c d");
        depfile_add(path, &arena, &names);
        arena_release(&arena);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_command_lines),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_lambdas),
        cmocka_unit_test(test_dependency_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
