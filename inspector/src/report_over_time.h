/* report_over_time - how a function's calls changed while the program ran.
 */
#ifndef TKA_REPORT_OVER_TIME_H
#define TKA_REPORT_OVER_TIME_H

#include "json_writer.h"
#include "over_time.h"
#include "terminal.h"
#include "textbuf.h"
#include "units.h"

/* Columns of the picture: as many spans are wanted. */
#define OVER_TIME_COLUMNS 60

/* Calls per second, mean and p99 as rows of marks; nothing when there are no spans. */
void report_over_time_text(const OverTime *over_time, const Terminal *terminal,
                           Text *out);

/* The member "over_time" of the open object. */
void report_over_time_json(const OverTime *over_time, Json *json);

/* "  mean      ..:-=#  1.20 us to 3.40 us": figures with the format of their unit. The
 * range is of the known ones. Nothing when none is known. */
typedef Figure FigureFormat(double value, bool utf8);
void report_series(const char *title, const double *figures, size_t count,
                   FigureFormat *format, const Terminal *terminal, Text *out);

#endif
