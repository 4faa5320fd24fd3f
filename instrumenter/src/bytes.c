#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pipe on Linux holds 64 KiB. */
#define READ_SIZE ((size_t)64 * 1024)

static void bytes_reserve(Bytes *bytes, size_t more)
{
    size_t need = bytes->length + more + 1;
    size_t capacity = bytes->capacity ? bytes->capacity : 256;

    if (need <= bytes->capacity) {
        return;
    }
    while (capacity < need) {
        capacity *= 2;
    }
    bytes->data = realloc(bytes->data, capacity);
    if (!bytes->data) {
        fputs("tka: out of memory\n", stderr);
        exit(1);
    }
    bytes->capacity = capacity;
}

void bytes_append(Bytes *bytes, const void *data, size_t length)
{
    bytes_reserve(bytes, length);
    if (length) {
        memcpy(bytes->data + bytes->length, data, length);
    }
    bytes->length += length;
    bytes->data[bytes->length] = '\0';
}

void bytes_puts(Bytes *bytes, const char *text)
{
    bytes_append(bytes, text, strlen(text));
}

void bytes_printf(Bytes *bytes, const char *format, ...)
{
    va_list list, again;
    int length;

    va_start(list, format);
    va_copy(again, list);
    length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length > 0) {
        bytes_reserve(bytes, (size_t)length);
        vsnprintf(bytes->data + bytes->length, (size_t)length + 1, format, again);
        bytes->length += (size_t)length;
    }
    va_end(again);
}

bool bytes_read_fd(Bytes *bytes, int fd)
{
    for (;;) {
        ssize_t got;

        bytes_reserve(bytes, READ_SIZE);
        got = read(fd, bytes->data + bytes->length, READ_SIZE);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            bytes->data[bytes->length] = '\0';
            return got == 0;
        }
        bytes->length += (size_t)got;
    }
}

bool bytes_read_file(Bytes *bytes, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok;

    if (fd < 0) {
        return false;
    }
    ok = bytes_read_fd(bytes, fd);
    close(fd);
    return ok;
}

bool bytes_write_file(const Bytes *bytes, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t done = 0;

    if (fd < 0) {
        return false;
    }
    while (done < bytes->length) {
        ssize_t put = write(fd, bytes->data + done, bytes->length - done);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            close(fd);
            return false;
        }
        done += (size_t)put;
    }
    return close(fd) == 0;
}

void bytes_release(Bytes *bytes)
{
    free(bytes->data);
    *bytes = (Bytes){0};
}
