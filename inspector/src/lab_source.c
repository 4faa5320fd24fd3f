#include "lab_source.h"

#define EMBED(name)                                                                      \
    __asm__(".pushsection .rodata\n"                                                     \
            ".globl lab_source_" #name "\n"                                              \
            ".type lab_source_" #name ", %object\n"                                      \
            "lab_source_" #name ":\n"                                                    \
            ".incbin \"" TKA_VALIDATE_FOLDER "/" #name ".c\"\n"                          \
            ".byte 0\n"                                                                  \
            ".size lab_source_" #name ", . - lab_source_" #name "\n"                     \
            ".popsection\n")

EMBED(accuracy);
EMBED(cost);
EMBED(crash);
EMBED(toolchain);
EMBED(work);

void lab_source_many(unsigned functions, Text *text)
{
    text_put(text, "#include <signal.h>\n"
                   "#include <tka/tka.h>\n"
                   "static volatile unsigned sink;\n"
                   "static void spin(unsigned i)\n"
                   "{ for (unsigned n = 1u << (i & 7); n; n--) sink += n; }\n");
    for (unsigned i = 0; i < functions; i++) {
        text_format(text, "TKA_PROFILE static void f%u(unsigned i) { spin(i); }\n", i);
    }
    text_put(text, "static void (*const all[])(unsigned) = {");
    for (unsigned i = 0; i < functions; i++) {
        text_format(text, "f%u,", i);
    }
    text_format(text,
                "};\nint main(void)\n{\n"
                "    for (unsigned i = 0; i < 64; i++)\n"
                "        for (unsigned f = 0; f < %u; f++) all[f](i);\n"
                "    raise(SIGKILL);\n    return 1;\n}\n",
                functions);
}
