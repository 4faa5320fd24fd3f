#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bytes.h"
#include "rules.h"

#include <stdlib.h>
#include <unistd.h>

static bool read_text(Rules *rules, Arena *arena, const char *text, const char **error)
{
    char path[] = "/tmp/tka-rules-XXXXXX";
    int fd = mkstemp(path);
    Bytes bytes = {0};
    bool ok;

    assert_true(fd >= 0);
    close(fd);
    bytes_puts(&bytes, text);
    assert_true(bytes_write_file(&bytes, path));
    *rules = (Rules){0};
    ok = rules_read(rules, arena, path, error);
    unlink(path);
    bytes_release(&bytes);
    return ok;
}

static RuleVerdict judge(const Rules *rules, const char *path, const char *function,
                         const char *bare_name)
{
    return rules_judge(rules, &(RuleSubject){path, function, bare_name, "_Zmangled"});
}

static void test_last_match_decides(void **state)
{
    Arena arena = {0};
    Rules rules;
    const char *error;

    (void)state;
    assert_true(read_text(&rules, &arena,
                          "ALL # everything\n\n"
                          "EXCLUDE FILE vendor/*\r\n"
                          "  INCLUDE FUNCTION vendor_main  \n"
                          "EXCLUDE FUNCTION *::operator*\n"
                          "MIN_STATEMENTS 3",
                          &error));
    assert_int_equal(judge(&rules, "/p/a.c", "f", "f"), VERDICT_INCLUDE);
    assert_int_equal(judge(&rules, "/p/vendor/a.c", "f", "f"), VERDICT_EXCLUDE);
    assert_int_equal(judge(&rules, "/p/vendor/a.c", "vendor_main", "vendor_main"),
                     VERDICT_INCLUDE);
    assert_int_equal(judge(&rules, "/p/a.c", "A::operator==(int)", "operator=="),
                     VERDICT_EXCLUDE);
    assert_int_equal(rules.min_statements, 3);
    assert_true(rules_concern_file(&rules, "/p/vendor/a.c"));
    arena_release(&arena);
}

static void test_files(void **state)
{
    Arena arena = {0};
    Rules rules;
    const char *error;

    (void)state;
    assert_true(read_text(&rules, &arena, "INCLUDE FILE src/*.c\n", &error));
    assert_int_equal(judge(&rules, "/home/p/src/a.c", "f", "f"), VERDICT_INCLUDE);
    assert_int_equal(judge(&rules, "/home/p/othersrc/a.c", "f", "f"), VERDICT_NONE);
    assert_true(rules_concern_file(&rules, "/home/p/src/a.c"));
    assert_false(rules_concern_file(&rules, "/home/p/lib/a.c"));
    arena_release(&arena);
}

static void test_functions_of_files(void **state)
{
    Arena arena = {0};
    Rules rules;
    const char *error;

    (void)state;
    assert_true(read_text(&rules, &arena,
                          "ALL\nEXCLUDE FUNCTION hash IN FILE src/net/*\n", &error));
    assert_int_equal(judge(&rules, "/p/src/net/a.c", "hash", "hash"), VERDICT_EXCLUDE);
    assert_int_equal(judge(&rules, "/p/src/disk/a.c", "hash", "hash"), VERDICT_INCLUDE);
    assert_int_equal(judge(&rules, "/p/src/net/a.c", "rehash", "rehash"),
                     VERDICT_INCLUDE);
    assert_true(read_text(&rules, &arena,
                          "INCLUDE FUNCTION f(unsigned int)\tIN  FILE  my files/IN *.c \n"
                          "INCLUDE MANGLED _Z* IN FILE /p/m.c\n",
                          &error));
    assert_int_equal(judge(&rules, "/my files/IN a.c", "f(unsigned int)", "f"),
                     VERDICT_INCLUDE);
    assert_int_equal(judge(&rules, "/a.c", "f(unsigned int)", "f"), VERDICT_NONE);
    assert_int_equal(judge(&rules, "/p/m.c", "g", "g"), VERDICT_INCLUDE);
    assert_true(rules_concern_file(&rules, "/p/m.c"));
    assert_false(rules_concern_file(&rules, "/p/n.c"));
    arena_release(&arena);
}

static void test_mangled(void **state)
{
    Arena arena = {0};
    Rules rules;
    const char *error;

    (void)state;
    assert_true(read_text(&rules, &arena, "ALL\n", &error));
    assert_false(rules.by_mangled);
    assert_true(read_text(&rules, &arena, "ALL\nEXCLUDE MANGLED _Zm*\n", &error));
    assert_true(rules.by_mangled);
    assert_int_equal(judge(&rules, "/a.c", "f", "f"), VERDICT_EXCLUDE);
    assert_int_equal(rules_judge(&rules, &(RuleSubject){"/a.c", "f", "f", "f"}),
                     VERDICT_INCLUDE);
    /* A star is no name either. */
    assert_true(read_text(&rules, &arena, "INCLUDE MANGLED *\n", &error));
    assert_int_equal(rules_judge(&rules, &(RuleSubject){"/a.c", "f", "f", ""}),
                     VERDICT_NONE);
    assert_true(rules_concern_file(&rules, "/a.c"));
    arena_release(&arena);
}

static void test_size(void **state)
{
    Arena arena = {0};
    Rules rules;
    const char *error;

    (void)state;
    assert_true(read_text(&rules, &arena, "ALL\nMIN_STATEMENTS 5\n", &error));
    assert_true(rules_exclude_size(&rules, 4, false));
    assert_true(rules_exclude_size(&rules, 4, true));
    assert_false(rules_exclude_size(&rules, 5, false));
    assert_true(read_text(&rules, &arena, "ALL\nMIN_STATEMENTS 5\nKEEP_LOOPS\n", &error));
    assert_true(rules_exclude_size(&rules, 4, false));
    assert_false(rules_exclude_size(&rules, 4, true));
    arena_release(&arena);
}

static void test_errors(void **state)
{
    static const char *const wrong[] = {"INCLUDE f",
                                        "EXCLUDE FILE",
                                        "ALL things",
                                        "MIN_STATEMENTS many",
                                        "MIN_STATEMENTS -1",
                                        "nonsense",
                                        "KEEP_LOOPS 3",
                                        "INCLUDE MANGLED",
                                        "EXCLUDE FUNCTION IN FILE a.c",
                                        "EXCLUDE FUNCTION f IN FILE",
                                        "EXCLUDE FUNCTION f IN FILE # a.c"};
    Arena arena = {0};
    Rules rules;
    const char *error;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        error = NULL;
        assert_false(read_text(&rules, &arena,
                               arena_printf(&arena, "ALL\n%s\n", wrong[i]), &error));
        assert_non_null(strstr(error, ":2: "));
    }
    assert_false(rules_read(&rules, &arena, "/not/there", &error));
    arena_release(&arena);
}

static RoleWish wish(const Rules *rules, const char *path, const char *name,
                     bool in_system_header)
{
    RoleWish result = {{false}, {NULL}, {NULL}};

    rules_wish(rules, &(RuleSubject){path, name, name, ""}, in_system_header, &result);
    return result;
}

static void test_roles(void **state)
{
    Arena arena = {0};
    Rules rules;
    RoleWish made;
    const char *error;

    (void)state;
    assert_true(read_text(&rules, &arena,
                          "RESOLVES FUNCTION find_service KEY name IN FILE box/*.h\n"
                          "RESOLVES FUNCTION *::resolve KEY TYPE\n"
                          "CONSTRUCTS FUNCTION make_*\n"
                          "CACHE \"the pages\" FUNCTION operator KEY number  KEY n\r\n"
                          "CACHE_PUT pages FUNCTION make_page\n"
                          "CACHE_EVICT pages FUNCTION drop IN FILE a.c\n"
                          "CACHE_LOAD pages FUNCTION load\n"
                          "MEMORY FUNCTION load\n"
                          "EXCLUDE FUNCTION load IN FILE b.c\n",
                          &error));
    assert_true(rules.has_roles);
    made = wish(&rules, "/usr/include/box/a.h", "find_service", true);
    assert_true(made.wanted[ROLEKIND_RESOLVER]);
    assert_string_equal(made.key[ROLEKIND_RESOLVER], "name");
    assert_false(wish(&rules, "/p/a.h", "find_service", false).wanted[ROLEKIND_RESOLVER]);
    made = wish(&rules, "/p/a.h", "C::resolve", false);
    assert_string_equal(made.key[ROLEKIND_RESOLVER], "TYPE");
    assert_false(wish(&rules, "/p/a.h", "C::resolve", true).wanted[ROLEKIND_RESOLVER]);
    made = wish(&rules, "/p/a.h", "make_page", false);
    assert_true(made.wanted[ROLEKIND_CONSTRUCTS] && made.wanted[ROLEKIND_PUT]);
    assert_string_equal(made.name[ROLEKIND_PUT], "pages");
    made = wish(&rules, "/p/a.h", "operator KEY number", false);
    assert_string_equal(made.name[ROLEKIND_LOOKUP], "the pages");
    assert_string_equal(made.key[ROLEKIND_LOOKUP], "n");
    made = wish(&rules, "/p/a.c", "load", false);
    assert_true(made.wanted[ROLEKIND_LOAD] && made.wanted[ROLEKIND_MEMORY]);
    assert_true(rules_want_system_file(&rules, "/usr/include/box/a.h"));
    assert_false(rules_want_system_file(&rules, "/usr/include/stdio.h"));
    assert_int_equal(judge(&rules, "/p/a.c", "load", "load"), VERDICT_INCLUDE);
    assert_int_equal(judge(&rules, "/p/b.c", "load", "load"), VERDICT_EXCLUDE);
    arena_release(&arena);
}

static void test_role_errors(void **state)
{
    static const char *const wrong[] = {
        "CACHE FUNCTION f",        "CACHE \"a FUNCTION f",
        "CACHE \"\" FUNCTION f",   "RESOLVES f",
        "RESOLVES FUNCTION",       "RESOLVES FUNCTION KEY k",
        "MEMORY \"m\" FUNCTION f", "CONSTRUCTS FUNCTION f IN FILE",
    };
    Arena arena = {0};
    Rules rules;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *error = NULL;

        assert_false(read_text(&rules, &arena, wrong[i], &error));
        assert_non_null(error);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_role_errors),
        cmocka_unit_test(test_last_match_decides),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_functions_of_files),
        cmocka_unit_test(test_mangled),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
