#define _GNU_SOURCE /* memmem */
#include "clangflags.h"

#include <string.h>

/* A trailing '*' stands for any rest. */
static const char *const wanted[] = {
    "-D*",
    "-U*",
    "-I*",
    "-iquote*",
    "-isystem*",
    "-idirafter*",
    "-isysroot*",
    "-iprefix*",
    "-iwithprefix*",
    "-cxx-isystem*",
    "-c-isystem*",
    "-stdlib++-isystem*",
    "-imacros",
    "--imacros",
    "-ansi",
    "-m32",
    "-m64",
    "-mx32",
    "-march=*",
    "-mcpu=*",
    "-msse*",
    "-mavx*",
    "-mfma",
    "-mbmi*",
    "-mpopcnt",
    "-maes",
    "-mpclmul",
    "-mf16c",
    "-mlzcnt",
    "-madx",
    "-msha",
    "-fsigned-char",
    "-funsigned-char",
    "-fno-signed-char",
    "-fno-unsigned-char",
    "-fshort-*",
    "-fexceptions",
    "-fno-exceptions",
    "-frtti",
    "-fno-rtti",
    "-fgnu89-inline",
    "-fms-extensions",
    "-fopenmp",
    "-pthread",
    "-ffreestanding",
    "-fhosted",
    "-O*",
    "-fPIC",
    "-fpic",
    "-fPIE",
    "-fpie",
    "-nostdinc*",
    "--sysroot*",
    "-target",
    "--target=*",
    "-stdlib=*",
    "-fblocks",
    "-fcoroutines*",
    "-fchar8_t",
    "-fno-char8_t",
    "-fconcepts*",
    "-fno-builtin*",
    "-undef",
    "-trigraphs",
};

/* Spellings that libclang 14 does not know yet. */
static const char *const standards[][2] = {
    {"-std=c++23", "-std=c++2b"},      {"-std=gnu++23", "-std=gnu++2b"},
    {"-std=c++26", "-std=c++2b"},      {"-std=gnu++26", "-std=gnu++2b"},
    {"-std=c++2c", "-std=c++2b"},      {"-std=gnu++2c", "-std=gnu++2b"},
    {"-std=c23", "-std=c2x"},          {"-std=gnu23", "-std=gnu2x"},
    {"-std=iso9899:2024", "-std=c2x"},
};

static bool is_wanted(const char *text)
{
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        size_t length = strlen(wanted[i]);

        if (wanted[i][length - 1] == '*' ? strncmp(text, wanted[i], length - 1) == 0
                                         : strcmp(text, wanted[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *standard_for_libclang(const char *option)
{
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++) {
        if (strcmp(option, standards[i][0]) == 0) {
            return standards[i][1];
        }
    }
    return option;
}

static bool text_defines(const Bytes *text, const char *definition)
{
    return memmem(text->data, text->length, definition, strlen(definition)) != NULL;
}

/* Compilers differ in the default; gcc's text begins with its predefined macros. */
static const char *default_standard(Language language, const Bytes *text)
{
    if (language == LANGUAGE_C) {
        return text_defines(text, "#define __STDC_VERSION__ 2020") ||
                       text_defines(text, "#define __STDC_VERSION__ 2023")
                   ? "-std=gnu2x"
                   : "-std=gnu17";
    }
    return text_defines(text, "#define __cplusplus 2020") ? "-std=gnu++20"
                                                          : "-std=gnu++17";
}

void clangflags_build(ArgList *flags, const Command *command, const CommandArg *source,
                      const Bytes *text, const char *include_directory)
{
    static const char *const fixed[] = {"-w", "-ferror-limit=0", "-D__TKA_INSTRUMENT__=1",
                                        "-Wno-everything", NULL};
    const char *standard = default_standard(source->language, text);

    args_add(flags, "-x");
    args_add(flags, source->language == LANGUAGE_CXX ? "c++" : "c");
    for (size_t i = 0; i < command->count; i++) {
        const CommandArg *arg = &command->args[i];

        if (strncmp(arg->text, "-std=", 5) == 0) {
            standard = standard_for_libclang(arg->text);
        } else if (command_included(arg)) {
            command_add_include(flags, command_included(arg));
        } else if ((arg->role == ROLE_PLAIN || arg->role == ROLE_FORCED_FILE) &&
                   is_wanted(arg->text)) {
            args_add(flags, arg->text);
            if (arg->value) {
                args_add(flags, arg->value);
            }
        }
    }
    if (!command_has(command, "-ansi")) {
        args_add(flags, standard);
    }
    if (command->standard_target && !command->is_clang) {
        args_add(flags,
                 arena_printf(flags->arena, "--target=%s", command->standard_target));
    }
    args_add(flags, "-idirafter");
    args_add(flags, include_directory);
    args_add_all(flags, fixed);
}

bool clangflags_gnu89_inline(const ArgList *flags)
{
    static const char *const words[] = {
        "-fgnu89-inline", "-ansi",      "-std=c89",          "-std=c90",
        "-std=gnu89",     "-std=gnu90", "-std=iso9899:1990", "-std=iso9899:199409",
    };

    for (size_t i = 0; i < flags->count; i++) {
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            if (strcmp(flags->items[i], words[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

bool clangflags_constexpr_probes(const ArgList *flags, const Bytes *text)
{
    static const char *const older[] = {
        "-ansi",      "-std=c++98",   "-std=gnu++98", "-std=c++03",   "-std=gnu++03",
        "-std=c++0x", "-std=gnu++0x", "-std=c++11",   "-std=gnu++11",
    };

    for (size_t i = 0; i < flags->count; i++) {
        for (size_t k = 0; k < sizeof older / sizeof *older; k++) {
            if (strcmp(flags->items[i], older[k]) == 0) {
                return false;
            }
        }
    }
    /* gcc's text is without what its conditionals left out. */
    return memmem(text->data, text->length, "tka_enter_constexpr", 19) != NULL;
}
