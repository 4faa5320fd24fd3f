#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "command.h"

static Command parse(Arena *arena, char **argv)
{
    Command command;

    command_parse(&command, arena, argv);
    return command;
}

static void test_modes(void **state)
{
    static const struct {
        char *argv[6];
        CommandMode mode;
    } cases[] = {
        {{"gcc", "-c", "a.c", NULL}, MODE_COMPILE},
        {{"gcc", "-S", "-c", "a.c", NULL}, MODE_ASSEMBLY},
        {{"gcc", "a.c", NULL}, MODE_LINK},
        {{"gcc", "-E", "a.c", NULL}, MODE_PASS},
        {{"gcc", "-M", "a.c", NULL}, MODE_PASS},
        {{"gcc", "-c", "-", NULL}, MODE_PASS},
        {{"gcc", "-c", "a.s", NULL}, MODE_PASS},
        {{"gcc", "-c", "a.s", "a.c", NULL}, MODE_COMPILE},
        {{"gcc", "-c", "a.c", "-o", NULL}, MODE_PASS},
        {{"ld", "a.o", NULL}, MODE_PASS},
        {{"tcc", "-c", "a.c", NULL}, MODE_PASS},
        {{"/usr/bin/x86_64-linux-gnu-gcc-12", "-c", "a.c", NULL}, MODE_COMPILE},
        {{NULL}, MODE_PASS},
    };
    Arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(parse(&arena, (char **)cases[i].argv).mode, cases[i].mode);
    }
    arena_release(&arena);
}

static void test_roles(void **state)
{
    char *argv[] = {"ccache", "clang++",  "-DX", "-D",   "Y=1",    "-Iinc",
                    "a.c",    "-x",       "c",   "b.h",  "-xnone", "c.o",
                    "-lm",    "-L",       "lib", "-MMD", "-MF",    "d.d",
                    "-oout",  "-include", "p.h", NULL};
    static const ArgRole roles[] = {
        ROLE_PLAIN,  ROLE_PLAIN,    ROLE_PLAIN,  ROLE_SOURCE,     ROLE_LANGUAGE,
        ROLE_SOURCE, ROLE_LANGUAGE, ROLE_INPUT,  ROLE_LINK,       ROLE_LINK,
        ROLE_DEPEND, ROLE_DEPEND,   ROLE_OUTPUT, ROLE_FORCED_FILE};
    Arena arena = {0};
    Command command = parse(&arena, argv);

    (void)state;
    assert_true(command.is_clang);
    assert_int_equal(command.launchers.count, 1);
    assert_int_equal(command.count, sizeof roles / sizeof *roles);
    for (size_t i = 0; i < command.count; i++) {
        assert_int_equal(command.args[i].role, roles[i]);
    }
    assert_int_equal(command.args[3].language, LANGUAGE_CXX);
    assert_int_equal(command.args[5].language, LANGUAGE_C);
    assert_string_equal(command.output, "out");
    assert_string_equal(command.dependency_file, "d.d");
    assert_true(command.dependencies);
    assert_int_equal(command.source_count, 2);
    arena_release(&arena);
}

static void test_object_paths(void **state)
{
    char *plain[] = {"gcc", "-c", "dir/a.b.c", NULL};
    char *assembly[] = {"gcc", "-S", "dir/a.c", NULL};
    char *named[] = {"gcc", "-c", "a.c", "-o", "x/y", NULL};
    Arena arena = {0};
    Command command = parse(&arena, plain);

    (void)state;
    assert_string_equal(command_object_path(&command, &arena, &command.args[1]), "a.b.o");
    command = parse(&arena, assembly);
    assert_string_equal(command_object_path(&command, &arena, &command.args[1]), "a.s");
    command = parse(&arena, named);
    assert_string_equal(command_object_path(&command, &arena, &command.args[1]), "x/y");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_object_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
