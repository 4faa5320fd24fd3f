/* heap - malloc for the private SQLite: pages from the system, never the
 * program's allocator. Used by one thread at a time (see flush, store).
 */
#ifndef TKA_HEAP_H
#define TKA_HEAP_H

void *tkai_heap_take(int size);
void *tkai_heap_resize(void *memory, int size);
void tkai_heap_give(void *memory);
int tkai_heap_size(void *memory);

#endif
