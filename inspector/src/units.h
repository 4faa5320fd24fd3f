/* units - figures as people read them: 3 significant digits and a unit.
 *
 * Each function formats into a Figure and returns its text, which lives as long
 * as the Figure.
 */
#ifndef TKA_UNITS_H
#define TKA_UNITS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Figure {
    char text[48];
} Figure;

Figure units_time(double ns, bool utf8);        /* "1.23 ms"; negative: "-" */
Figure units_count(uint64_t count);             /* "1,234,567" */
Figure units_short_count(double count);         /* "1.23 M" */
Figure units_bytes(double bytes);               /* "1.23 MB" (1e6), "-12 B" */
Figure units_percent(double share);             /* 0.0123 as "1.23%"; negative: "-" */
Figure units_date(int64_t ns_since_1970);       /* "2026-07-03 14:05:09", local time */
Figure units_moment(int64_t ns_since_1970);     /* the same and .123 */
Figure units_iso_date(int64_t ns_since_1970);   /* "2026-07-03T12:05:09Z" */
Figure units_iso_moment(int64_t ns_since_1970); /* "2026-07-03T12:05:09.123456Z" */

#endif
