/* memalert - calls the program back when its memory crosses the threshold.
 *
 * On a thread made for it when the program asks: the allocation that crosses may be made
 * with any lock held, and the store thread has no descriptors of the program's.
 */
#ifndef TKA_MEMALERT_H
#define TKA_MEMALERT_H

/* From now on; NULL: no more. 0; -1 there is no thread to be had. */
int tkai_memalert_set(void (*callback)(long long live_bytes, void *context), void *context);

/* It was crossed. From within malloc. */
void tkai_memalert_tell(long long live_bytes);

/* In a forked child, which has to ask anew. */
void tkai_memalert_forget(void);

#endif
