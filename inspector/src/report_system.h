/* report_system - what the system saw of a session's processes over time.
 */
#ifndef TKA_REPORT_SYSTEM_H
#define TKA_REPORT_SYSTEM_H

#include "selection.h"
#include "system_history.h"
#include "terminal.h"
#include "textbuf.h"

void report_system_text(const SystemHistory *history, const Selection *selection,
                        const Terminal *terminal, Text *out);
void report_system_json(const SystemHistory *history, const Selection *selection,
                        Text *out);
void report_system_csv(const SystemHistory *history, Text *out);

#endif
