/* report_slow - slow calls as a list; one of them with what its thread did.
 */
#ifndef TKA_REPORT_SLOW_H
#define TKA_REPORT_SLOW_H

#include <stdint.h>

#include "selection.h"
#include "slow_list.h"
#include "terminal.h"
#include "textbuf.h"

/* The list, sorted and filtered before; at most limit rows (0: all). */
void report_slow_text(const SlowList *list, const Selection *selection,
                      const Terminal *terminal, uint64_t limit, Text *out);
void report_slow_json(const SlowList *list, const Selection *selection, uint64_t limit,
                      Text *out);
void report_slow_csv(const SlowList *list, uint64_t limit, Text *out);

/* The list's first call alone, with its events. */
void report_slow_one_text(const SlowList *list, const Selection *selection,
                          const Terminal *terminal, Text *out);
void report_slow_one_json(const SlowList *list, const Selection *selection, Text *out);
void report_slow_one_csv(const SlowList *list, Text *out);

#endif
