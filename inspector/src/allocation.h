/* allocation - memory for a program that cannot go on without it.
 *
 * Every function returns memory or ends the program with status 3 and one line;
 * tka only reads, so nothing is lost then. Release with free().
 */
#ifndef TKA_ALLOCATION_H
#define TKA_ALLOCATION_H

#include <stddef.h>

void *allocate_zeroed(size_t count, size_t size);
char *duplicate_text(const char *text); /* NULL gives "" */
char *format_new(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Room for one more element: returns items, moved when *capacity had to grow. */
void *grow_array(void *items, size_t count, size_t *capacity, size_t size);

#endif
