/* textbuf - a text that grows: output is composed here and written once.
 *
 *     Text text = {0};
 *     text_format(&text, "%d calls\n", calls);
 *     text_write(&text, stdout, error);
 *     text_release(&text);
 *
 * The buffer is owned by the Text and always ends in a NUL once used.
 */
#ifndef TKA_TEXTBUF_H
#define TKA_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "failure.h"

typedef struct Text {
    char *data;
    size_t size, capacity;
} Text;

void text_release(Text *text);
void text_add(Text *text, const char *bytes, size_t size);
void text_put(Text *text, const char *string);
void text_char(Text *text, char c);
void text_repeat(Text *text, char c, size_t count);
void text_format(Text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Write all of it and flush. A reader that went away (EPIPE) is no failure. */
bool text_write(const Text *text, FILE *file, Error *error);

#endif
