#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "linewalk.h"

#include <stdlib.h>
#include <unistd.h>

/* A folder with original.c and included.h, to be the working directory. */
static char folder[] = "/tmp/tka-walk-XXXXXX";

static void write_file(const char *name, const char *text)
{
    Bytes bytes = {0};

    bytes_puts(&bytes, text);
    assert_true(bytes_write_file(&bytes, name));
    bytes_release(&bytes);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || chdir(folder) != 0) {
        return -1;
    }
    write_file("original.c",
               "one\n#line 100 \"grammar.y\"\nthree\n#include \"included.h\"\n"
               "five\nsix\n");
    write_file("included.h", "header\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink("original.c");
    unlink("included.h");
    return chdir("/") != 0 || rmdir(folder) != 0;
}

/* The physical line of the text's line that reads `wanted`; 0: unknown. */
static unsigned line_of(const char *text, Dialect dialect, const char *wanted,
                        const char *file)
{
    Arena arena = {0};
    Sources sources = {.arena = &arena};
    LineWalk walk;
    unsigned line = 0;

    linewalk_start(&walk, &sources, text, strlen(text), dialect);
    while (linewalk_next(&walk)) {
        if (walk.length == strlen(wanted) &&
            memcmp(walk.text, wanted, walk.length) == 0 && walk.file >= 0 &&
            walk.file == sources_find(&sources, file)) {
            line = walk.line;
        }
    }
    sources_release(&sources);
    arena_release(&arena);
    return line;
}

static void test_gcc(void **state)
{
    static const char text[] =
        "# 0 \"original.c\"\n# 0 \"<built-in>\"\n#define X 1\n"
        "# 0 \"<command-line>\"\n# 1 \"original.c\"\none\n"
        "# 100 \"grammar.y\"\nthree\n# 1 \"included.h\" 1\nheader\n"
        "# 102 \"grammar.y\" 2\nfive\n\t# 103 \"grammar.y\"\nsix\n";

    (void)state;
    assert_int_equal(line_of(text, DIALECT_GCC, "one", "original.c"), 1);
    assert_int_equal(line_of(text, DIALECT_GCC, "three", "original.c"), 3);
    assert_int_equal(line_of(text, DIALECT_GCC, "header", "./included.h"), 1);
    assert_int_equal(line_of(text, DIALECT_GCC, "five", "original.c"), 5);
    assert_int_equal(line_of(text, DIALECT_GCC, "six", "original.c"), 6);
}

static void test_clang(void **state)
{
    static const char text[] =
        "# 1 \"<built-in>\"\n# 1 \"original.c\"\none\n#line 100 \"grammar.y\"\nthree\n"
        "#if 0 /* expanded by -frewrite-includes */\n#include \"included.h\"\n"
        "#endif /* expanded by -frewrite-includes */\n# 4 \"original.c\"\n"
        "# 1 \"./included.h\" 1\nheader\n# 5 \"original.c\" 2\nfive\nsix\n";
    Arena arena = {0};
    Sources sources = {.arena = &arena};
    LineWalk walk;
    long presumed = 0;

    (void)state;
    assert_int_equal(line_of(text, DIALECT_CLANG, "three", "original.c"), 3);
    assert_int_equal(line_of(text, DIALECT_CLANG, "header", "included.h"), 1);
    assert_int_equal(line_of(text, DIALECT_CLANG, "six", "original.c"), 6);
    /* The marker behind the include must say what __LINE__ would have been. */
    linewalk_start(&walk, &sources, text, strlen(text), DIALECT_CLANG);
    while (linewalk_next(&walk)) {
        if (walk.renumber) {
            presumed = walk.presumed_line;
            assert_string_equal(walk.presumed_name, "grammar.y");
        }
    }
    assert_int_equal(presumed, 102);
    sources_release(&sources);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gcc),
        cmocka_unit_test(test_clang),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
