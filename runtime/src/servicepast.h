/* servicepast - what this process stored of its services last, so that rows which still
 * hold need not be written again: a second's store would take 40 us for each.
 *
 * By hashes of 64 bits. For the thread that stores, one at a time. What is set in a store
 * that fails must be forgotten.
 */
#ifndef TKA_SERVICEPAST_H
#define TKA_SERVICEPAST_H

#include <stdint.h>

struct tkai_service_past {
    uint64_t key;                       /* 0: a free place */
    uint64_t figures;
    long long id;                       /* row; 0 none */
};

/* Of that key (not 0), with figures and id 0 if it is new; NULL: no memory. Valid until
 * the next call. */
struct tkai_service_past *tkai_servicepast_of(uint64_t key);

/* In a forked child, and when a store failed. */
void tkai_servicepast_forget(void);

#endif
