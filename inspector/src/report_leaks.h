/* report_leaks - what was lost or grows, as text, JSON and CSV.
 */
#ifndef TKA_REPORT_LEAKS_H
#define TKA_REPORT_LEAKS_H

#include "leak_list.h"
#include "selection.h"
#include "suppressions.h"
#include "terminal.h"
#include "textbuf.h"

typedef struct LeakView {
    const LeakList *list;
    const Selection *selection;
    const Suppressions *rules; /* those that took something are told */
    const Terminal *terminal;
    bool has_baseline;
    bool with_growth; /* it was looked for */
} LeakView;

void report_leaks_text(const LeakView *view, Text *out);
void report_leaks_json(const LeakView *view, Text *out);
void report_leaks_csv(const LeakView *view, Text *out);

#endif
