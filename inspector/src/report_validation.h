/* report_validation - the findings of `tka validate` as a table, JSON and CSV;
 * docs/commands.md has every member.
 */
#ifndef TKA_REPORT_VALIDATION_H
#define TKA_REPORT_VALIDATION_H

#include "terminal.h"
#include "textbuf.h"
#include "validation.h"

void validation_text(const Validation *list, const char *compiler,
                     const Terminal *terminal, Text *out);
void validation_json(const Validation *list, const char *compiler, Text *out);
void validation_csv(const Validation *list, Text *out);

#endif
