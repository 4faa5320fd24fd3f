#include "allocation.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"

static void *require(void *memory)
{
    if (!memory) {
        fputs("tka: out of memory\n", stderr);
        exit(STATUS_FAILURE);
    }
    return memory;
}

void *allocate_zeroed(size_t count, size_t size)
{
    return require(calloc(count ? count : 1, size ? size : 1));
}

char *duplicate_text(const char *text)
{
    return require(strdup(text ? text : ""));
}

char *format_new(const char *format, ...)
{
    va_list arguments;
    int length;
    char *text;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = require(length < 0 ? NULL : malloc((size_t)length + 1));
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void *grow_array(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    if (*capacity > SIZE_MAX / 2 / size) {
        require(NULL);
    }
    *capacity = *capacity ? *capacity * 2 : 16;
    return require(realloc(items, *capacity * size));
}
