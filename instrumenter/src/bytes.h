/* bytes - a growing string of bytes: a file's content, a process's output.
 *
 *     Bytes text = {0};
 *     bytes_printf(&text, "# %u \"%s\"\n", line, name);
 *     bytes_release(&text);
 *
 * The data is owned by the Bytes and always followed by a NUL that the length
 * does not count (data is NULL while nothing was added). One thread.
 */
#ifndef TKA_CC_BYTES_H
#define TKA_CC_BYTES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Bytes {
    char *data;
    size_t length, capacity;
} Bytes;

void bytes_append(Bytes *bytes, const void *data, size_t length);
void bytes_puts(Bytes *bytes, const char *text);
void bytes_printf(Bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Append all that can be read from a descriptor. False on a read error. */
bool bytes_read_fd(Bytes *bytes, int fd);
bool bytes_read_file(Bytes *bytes, const char *path);
bool bytes_write_file(const Bytes *bytes, const char *path);

void bytes_release(Bytes *bytes);

#endif
