/* timeline - what a thread did before the end of a slow call, drawn with characters.
 *
 *        Start      Took
 *     ..       open  ########################################  main
 *      0 ns  120 ms              ############################    request
 *   5.00 us  20.0 ms             ####                             parse
 */
#ifndef TKA_TIMELINE_H
#define TKA_TIMELINE_H

#include "slow_list.h"
#include "terminal.h"
#include "textbuf.h"

/* The item's events, in the order of their starts. The picture begins with the first
 * call that ended, but no more than the slow call's time before it: at least half of
 * the width is the slow call. */
void timeline_add(const SlowList *list, const SlowItem *item, const Terminal *terminal,
                  Text *out);

#endif
