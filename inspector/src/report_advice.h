/* report_advice - advice for people and programs, and as a rules file for tka-cc.
 */
#ifndef TKA_REPORT_ADVICE_H
#define TKA_REPORT_ADVICE_H

#include <stdint.h>

#include "advice.h"
#include "selection.h"
#include "terminal.h"
#include "textbuf.h"

/* rules_file: that was written, or NULL. limit: rows at most, 0: all. */
void advice_text(const Advice *advice, const Profile *profile, const Selection *selection,
                 const Terminal *terminal, uint64_t limit, Text *out);
void advice_json(const Advice *advice, const Profile *profile, const Selection *selection,
                 const char *rules_file, Text *out);
void advice_csv(const Advice *advice, const Profile *profile, Text *out);

/* Add the lines of a rules file. existing: the text of the file they are added to,
 * or NULL; what it excludes already is not repeated. Returns how many rules. */
size_t advice_rules(const Advice *advice, const Selection *selection,
                    const char *existing, Text *out);

#endif
