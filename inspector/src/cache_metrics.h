/* cache_metrics - caches for Prometheus (text exposition format 0.0.4), by the names that
 * Micrometer's meters have there.
 */
#ifndef TKA_CACHE_METRICS_H
#define TKA_CACHE_METRICS_H

#include "cache_list.h"
#include "textbuf.h"

void cache_metrics_add(const CacheList *list, Text *out);

#endif
