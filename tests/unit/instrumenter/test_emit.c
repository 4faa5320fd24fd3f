#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "macros.h"
#include "messages.h"
#include "paths.h"
#include "emit.h"

static void test_stringify(void **state)
{
    static const char definitions[] =
        "#define TEXT(a) #a\n#define BELOW(x, y) \\\n  TEXT(y)\n"
        "#define PASTE(a, b) a ## b\n#define SELF(a) SELF(a)\n"
        "# define PLAIN(a) a\n";
    Bytes text = {0};

    (void)state;
    bytes_puts(&text, definitions);
    assert_true(macros_stringify(&text, "TEXT"));
    assert_true(macros_stringify(&text, "BELOW"));
    assert_false(macros_stringify(&text, "PASTE"));
    assert_false(macros_stringify(&text, "SELF"));
    assert_false(macros_stringify(&text, "PLAIN"));
    assert_false(macros_stringify(&text, "NOT_THERE"));
    bytes_release(&text);
}

static void test_message_difference(void **state)
{
    Bytes first = {0}, second = {0}, out = {0};

    (void)state;
    bytes_puts(&first,
               "a.c:1:1: warning: once\n  text\na.c:2:1: warning: twice\n  more\n");
    bytes_puts(&second, "a.c:2:1: warning: twice\n  more\n");
    messages_difference(&out, &first, &second);
    assert_string_equal(out.data, "a.c:1:1: warning: once\n  text\n");
    bytes_release(&first);
    bytes_release(&second);
    bytes_release(&out);
}

static void test_absolute_paths(void **state)
{
    Arena arena = {0};

    (void)state;
    assert_string_equal(paths_absolute(&arena, "/a/b", "../c/./d.c"), "/a/c/d.c");
    assert_string_equal(paths_absolute(&arena, "/a", "/x//y/../z"), "/x/z");
    assert_string_equal(paths_absolute(&arena, "/", "../.."), "/");
    arena_release(&arena);
}

static void test_escapes(void **state)
{
    Bytes out = {0};

    (void)state;
    emit_escaped(&out, "a\"b\\c?\?/\t\xc3\xbc");
    assert_string_equal(out.data, "a\\\"b\\\\c\\?\\?/\\040\\303\\274");
    bytes_release(&out);
}

static void test_prefix_maps(void **state)
{
    char *argv[] = {
        "gcc", "-c", "-ffile-prefix-map=/home/me=.", "-fdebug-prefix-map=/home/me/x=/x",
        "a.c", NULL};
    Arena arena = {0};
    Command command;
    EmitContext context = {&arena, &command, NULL};

    (void)state;
    command_parse(&command, &arena, argv);
    assert_string_equal(emit_mapped_path(&context, "/home/me/a.c"), "./a.c");
    assert_string_equal(emit_mapped_path(&context, "/home/me/x/a.c"), "/x/a.c");
    assert_string_equal(emit_mapped_path(&context, "/usr/a.c"), "/usr/a.c");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stringify),      cmocka_unit_test(test_message_difference),
        cmocka_unit_test(test_absolute_paths), cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_prefix_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
