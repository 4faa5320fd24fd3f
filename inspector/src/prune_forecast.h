/* prune_forecast - what pruning a database would remove.
 */
#ifndef TKA_PRUNE_FORECAST_H
#define TKA_PRUNE_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include <tka/store.h>

#include "database.h"
#include "failure.h"

/* As tka_store_prune() at this time: rows that are old now. What it makes and then finds
 * to be old itself, as from intervals of days ago, is not counted. */
bool prune_forecast(Database *database, int64_t now, double retention_days,
                    TkaPruned *pruned, Error *error);

#endif
