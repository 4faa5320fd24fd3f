#include "textbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"

static void make_room(Text *text, size_t more)
{
    while (text->capacity < text->size + more + 1) {
        text->data = grow_array(text->data, text->capacity, &text->capacity, 1);
    }
}

void text_release(Text *text)
{
    free(text->data);
    *text = (Text){0};
}

void text_add(Text *text, const char *bytes, size_t size)
{
    make_room(text, size);
    if (size) {
        memcpy(text->data + text->size, bytes, size);
    }
    text->size += size;
    text->data[text->size] = '\0';
}

void text_put(Text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_char(Text *text, char c)
{
    text_add(text, &c, 1);
}

void text_repeat(Text *text, char c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_char(text, c);
    }
}

void text_format(Text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length <= 0) {
        return;
    }
    make_room(text, (size_t)length);
    va_start(arguments, format);
    vsnprintf(text->data + text->size, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->size += (size_t)length;
}

bool text_write(const Text *text, FILE *file, Error *error)
{
    if ((text->size && fwrite(text->data, 1, text->size, file) != text->size) ||
        fflush(file) != 0) {
        return errno == EPIPE ||
               error_set(error, STATUS_FAILURE, "cannot write the output: %s",
                         strerror(errno));
    }
    return true;
}
