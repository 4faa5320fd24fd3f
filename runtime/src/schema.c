#include <tka/store.h>

/* The file itself, so that there is one schema. */
__asm__(".pushsection .rodata\n"
        ".globl tka_store_schema\n"
        ".type tka_store_schema, %object\n"
        "tka_store_schema:\n"
        ".incbin \"" TKAI_SCHEMA_FILE "\"\n"
        ".byte 0\n"
        ".size tka_store_schema, . - tka_store_schema\n"
        ".popsection\n");
