/* database_events - what happened when: slow calls, intervals and their sums, what
 * the system saw of the processes; see docs/schema.md.
 *
 * As in database.h, callbacks get what is borrowed until they return.
 */
#ifndef TKA_DATABASE_EVENTS_H
#define TKA_DATABASE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"
#include "model.h"

typedef bool SlowCallVisitor(void *context, const SlowCall *call);
typedef bool SystemSampleVisitor(void *context, const SystemSample *sample);
typedef bool HardwareCounterVisitor(void *context, const HardwareCounter *counter);
typedef bool PeriodVisitor(void *context, const Period *period);

/* A session's slow calls, longest first. */
bool database_slow_calls(Database *database, int64_t session, SlowCallVisitor *visit,
                         void *context, Error *error);

/* One by id; false with error when there is none. */
bool database_slow_call(Database *database, int64_t id, SlowCallVisitor *visit,
                        void *context, Error *error);

/* A session's calls over the threshold; added to counts. */
typedef struct SlowCounts {
    uint64_t counted;  /* all of them */
    uint64_t captured; /* that have a row */
} SlowCounts;
bool database_slow_counts(Database *database, int64_t session, SlowCounts *counts,
                          Error *error);

/* Of one process, oldest first. */
bool database_system_samples(Database *database, int64_t process,
                             SystemSampleVisitor *visit, void *context, Error *error);

/* A process's, by name. */
bool database_hardware_counters(Database *database, int64_t process,
                                HardwareCounterVisitor *visit, void *context,
                                Error *error);

/* What a session has of one function: intervals, minutes, hours and days. Every
 * interval of the session is told of with function 0 first, whether the function was
 * called in it or not. The end of a minute, hour or day is the session's where that
 * came first. */
bool database_periods(Database *database, int64_t session, int64_t function,
                      PeriodVisitor *visit, void *context, Error *error);

#endif
