/* report_text - a profile as a table for people.
 *
 * The profile is sorted and filtered before. A figure that the samples do not
 * carry is "-"; one that they carry only roughly starts with "~".
 */
#ifndef TKA_REPORT_TEXT_H
#define TKA_REPORT_TEXT_H

#include <stdint.h>

#include "profile.h"
#include "selection.h"
#include "terminal.h"
#include "textbuf.h"
#include "units.h"

/* At most limit rows (0: all). */
void report_text(const Profile *profile, const Selection *selection,
                 const Terminal *terminal, uint64_t limit, Text *out);

/* Its parts, for reports of other kinds: the lines above the table; what was
 * lost; what "-" and "~" mean. */
void report_text_heading(const Profile *profile, const Selection *selection,
                         const Terminal *terminal, Text *out);
void report_text_session(const Session *session, size_t processes,
                         const Terminal *terminal, Text *out);
void report_text_losses(const Profile *profile, const Terminal *terminal, Text *out);

/* A line on what the mark of a function whose probes were off means. */
void report_text_off(OffReason reason, const Terminal *terminal, Text *out);

/* A total or self time: "-" when unknown, "~" before a rough one. */
Figure report_text_time(const Timing *timing, double ns, const Terminal *terminal);

/* "parse(int) [critical]", with the file shown relative to the working directory
 * when it lies below. The caller frees the text. */
char *report_text_name(const Function *function);
char *report_text_row_name(const ProfileRow *row); /* with " [suspended]" or " [off]" */
char *report_text_place(const Function *function);

/* How a session ended: "exit 0", "killed by signal 9 (Killed)", "runs". */
Figure report_text_ending(const Session *session);

Style report_text_style(double share);

#endif
