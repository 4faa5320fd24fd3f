#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fallthrough.h"

#include <stdlib.h>
#include <unistd.h>

static const Command warning = {
    .count = 1,
    .args = (CommandArg[]){{ROLE_PLAIN, "-Wextra", NULL, LANGUAGE_OTHER, NULL}}};

/* What becomes of gcc's text of a file; the caller frees. */
static char *restored(const Command *command, const char *source, const char *text)
{
    char path[] = "/tmp/tka-fall-XXXXXX";
    int fd = mkstemp(path);
    Arena arena = {0};
    Sources sources = {.arena = &arena};
    Bytes file = {0}, out = {0};
    char *result;

    assert_true(fd >= 0);
    close(fd);
    bytes_puts(&file, source);
    assert_true(bytes_write_file(&file, path));
    bytes_printf(&out, "# 1 \"%s\"\n%s", path, text);
    fallthrough_restore(command, &sources, &out);
    result = strdup(strchr(out.data, '\n') + 1);
    unlink(path);
    bytes_release(&file);
    bytes_release(&out);
    sources_release(&sources);
    arena_release(&arena);
    return result;
}

static void becomes(const char *source, const char *text, const char *expected)
{
    char *result = restored(&warning, source, text);

    assert_string_equal(result, expected);
    free(result);
}

static void test_comments_come_back(void **state)
{
    (void)state;
    becomes("#define A x; /* fall through */ y\nint a;\n", "#define A x; y\nint a;\n",
            "#define A x; /* fall through */ y\nint a;\n");
    becomes("# define A(a,b) a /* no */ b // falls through\n", "#define A(a,b) a b\n",
            "# define A(a,b) a   b /* falls through*/\n");
    becomes("#define A \\\n x; /* FALLTHRU */ \\\n y\nz\n", "#define A x; y\n\n\nz\n",
            "#define A  x; /* FALLTHRU */  y\n\n\nz\n");
    becomes("#define A '\"' /* fall */ \"/* fall */\"\n",
            "#define A '\"' \"/* fall */\"\n",
            "#define A '\"' /* fall */ \"/* fall */\"\n");
    becomes("#define A x // fall */\n", "#define A x\n", "#define A x  \n");
}

static void test_doubtful_lines_stay(void **state)
{
    static const char *const cases[][2] = {
        {"#define A /* fall\n */ x\n", "#define A x\n\n"},
        {"#define A x /* fall */\n", "#define A y\n"},
        {"R\"(\n#define A x // fall\n)\";\n", "R\"(\n#define A x // fall\n)\";\n"},
        {"#define A 'x /* fall */\n", "#define A 'x\n"},
        {"#define A x \\\n", "#define A x\n"},
        {"fall", "#define A x\n#define B y\n"}};
    Command plain = {0};
    char *result;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result = restored(&warning, cases[i][0], cases[i][1]);
        assert_string_equal(result, cases[i][1]);
        free(result);
    }
    result = restored(&plain, "#define A /* fall */ x\n", "#define A x\n");
    assert_string_equal(result, "#define A x\n");
    free(result);
}

static uint64_t seed = 7;

static unsigned below(unsigned limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % limit;
}

/* Nothing is misread, and no line comes or goes. */
static void test_random_texts(void **state)
{
    static const char *const pieces[] = {"#define A ", "/*", "*/", "//", "fall",
                                         "\\\n",       "\n", "\"", "'",  "\\",
                                         " ",          "x",  "\r", "\t"};
    static const unsigned count = sizeof pieces / sizeof *pieces;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        char source[400] = "#define A fall", text[400] = "#define A fall";
        char *result;
        size_t before = 0, after = 0;

        for (unsigned left = below(30); left; left--) {
            const char *piece = pieces[below(count)];

            strcat(source, piece);
            strcat(text, below(3) ? piece : pieces[below(count)]);
        }
        result = restored(&warning, source, text);
        for (const char *at = text; *at; at++) {
            before += *at == '\n';
        }
        for (const char *at = result; *at; at++) {
            after += *at == '\n';
        }
        assert_int_equal(before, after);
        free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comments_come_back),
        cmocka_unit_test(test_doubtful_lines_stay),
        cmocka_unit_test(test_random_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
