/* progress - one line on a terminal's standard error that says what tka is doing;
 * nothing elsewhere.
 */
#ifndef TKA_PROGRESS_H
#define TKA_PROGRESS_H

#include <stddef.h>

/* "name (at of count)" from now on. */
void progress_stage(const char *name, size_t at, size_t count);

/* One more run of it. */
void progress_step(void);

/* Before anything else is printed. */
void progress_clear(void);

#endif
