/* report_csv - a profile for spreadsheets: raw figures, one row per function.
 */
#ifndef TKA_REPORT_CSV_H
#define TKA_REPORT_CSV_H

#include <stdint.h>

#include "profile.h"
#include "textbuf.h"

/* At most limit rows (0: all), below a row of titles. */
void report_csv(const Profile *profile, uint64_t limit, Text *out);

#endif
