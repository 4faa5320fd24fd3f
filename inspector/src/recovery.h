/* recovery - bring what programs left in live files into the database.
 *
 * Called before the database is read, so that a report has the counts of
 * programs that run or crashed. Failures do not stop a report: they are noted.
 */
#ifndef TKA_RECOVERY_H
#define TKA_RECOVERY_H

#include "location.h"
#include "textbuf.h"

/* Adds a line ("tka: ...") to notes for what was recovered and one for what could
 * not be. */
void recovery_fold(const Location *location, Text *notes);

/* Files in the data folder's live folder; -1 when there is no such folder. */
int recovery_live_files(const Location *location);

#endif
