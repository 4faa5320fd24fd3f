/* live_target - the running process that a command is about.
 *
 * Named by its number, or by the name of its session or program when one such process
 * runs below the data folder. Without a name ("-", or NULL) the only one that runs.
 */
#ifndef TKA_LIVE_TARGET_H
#define TKA_LIVE_TARGET_H

#include <tka/store.h>

#include "failure.h"
#include "subcommand.h"

/* The caller closes it with tka_live_close(). pid: its number here, which in a container
 * is another. NULL with error: nothing that it could be (failure), or several (usage,
 * with their list). */
TkaLive *live_target_open(const Settings *settings, const char *name, int *pid,
                          Error *error);

#endif
