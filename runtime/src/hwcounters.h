/* hwcounters - the processor's own counters (perf_event_open), for the whole process: in
 * user mode, of all threads that there are when counting begins and of those that they
 * make.
 *
 * They belong to the store thread: its descriptors are its own, so that the program sees
 * none of them, and no child gets them. It opens and reads them; what it has read last
 * stays for the thread that stores at the end. What cannot be counted has a reason and
 * never a value.
 */
#ifndef TKA_HWCOUNTERS_H
#define TKA_HWCOUNTERS_H

#include <stdint.h>

struct tkai_counter_event {
    const char *name;               /* in the database */
    uint32_t type;                  /* as in struct perf_event_attr */
    uint64_t config;
};

/* value: of the time that it could be counted in, scaled to all of it, where more events
 * were wanted than the processor has counters. */
struct tkai_counter {
    const char *name;
    uint64_t value;
    uint64_t enabled_ns, running_ns; /* of threads together; counted in the second */
    char reason[160];               /* why there is no value; empty: there is */
};
#define TKAI_COUNTERS_MOST 8u

/* The events that the database tells of: cycles, instructions and so on. */
extern const struct tkai_counter_event tkai_counter_events[];
extern const uint32_t tkai_counter_event_count;

/* In the store thread. events: tkai_counter_events, or a test's. */
void tkai_counters_open(const struct tkai_counter_event *events, uint32_t count);
void tkai_counters_read(void);
void tkai_counters_close(void);

/* What was read last; count 0: never opened. In any thread, while the store thread does
 * not read. */
const struct tkai_counter *tkai_counters_told(uint32_t *count);

/* Where they were wanted and no store thread came to open them: say why. */
void tkai_counters_refuse(const char *why);

/* In a forked child. */
void tkai_counters_forget(void);

#endif
