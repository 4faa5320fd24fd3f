/* top_export - frames of `tka top` for other programs: a JSON object a line, CSV rows.
 */
#ifndef TKA_TOP_EXPORT_H
#define TKA_TOP_EXPORT_H

#include "textbuf.h"
#include "top_frame.h"

/* limit: rows at most; 0: all. */
void top_export_json(const TopFrame *frame, size_t limit, Text *out);

void top_export_csv_titles(Text *out);
void top_export_csv(const TopFrame *frame, size_t limit, Text *out);

#endif
