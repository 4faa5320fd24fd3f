/* report_caches - caches and what they are worth: as a table, one in detail, for programs.
 */
#ifndef TKA_REPORT_CACHES_H
#define TKA_REPORT_CACHES_H

#include "cache_list.h"
#include "selection.h"
#include "terminal.h"
#include "textbuf.h"

void report_caches_text(const CacheList *list, const Selection *selection,
                        const Terminal *terminal, Text *out);
void report_caches_json(const CacheList *list, const Selection *selection, Text *out);
void report_caches_csv(const CacheList *list, Text *out);

/* One cache, with its functions and what other sizes would give. */
void report_cache_text(const Cache *cache, const Selection *selection,
                       const Terminal *terminal, Text *out);

#endif
