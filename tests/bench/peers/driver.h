/* What driver.c calls: two functions that are watched, and the start and the end of
 * watching for peers that want a word in the program. */
#ifndef PEERS_DRIVER_H
#define PEERS_DRIVER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint64_t watched_leaf(uint64_t x);
uint64_t watched_chain(uint64_t x);

void watch_begin(void);
void watch_end(void);

#ifdef __cplusplus
}
#endif

#endif
