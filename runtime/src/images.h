/* images - which file an address in code comes from, as rows of memory refer to it:
 * kept in the live file, as the process may be gone when somebody asks, and a library
 * unloaded.
 */
#ifndef TKA_IMAGES_H
#define TKA_IMAGES_H

#include <stdint.h>

/* Its number + 1; 0 not known. Takes the lock of state.h: not with it held. */
uint32_t tkai_images_find(const void *place);

/* Whether that number, as found, is the dynamic loader's. */
int tkai_images_is_loader(uint32_t found);

/* In a forked child. */
void tkai_images_forget(void);

#endif
