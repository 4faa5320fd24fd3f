/* report_memory - where memory goes: a row per function or place, or a call tree; as
 * text, JSON and CSV.
 *
 * The profile is symbolized, groups and tree are sorted and filtered before.
 */
#ifndef TKA_REPORT_MEMORY_H
#define TKA_REPORT_MEMORY_H

#include <stdint.h>

#include "json_writer.h"
#include "memory_groups.h"
#include "memory_profile.h"
#include "selection.h"
#include "terminal.h"
#include "textbuf.h"
#include "units.h"

/* What a report is of. */
typedef struct MemoryView {
    const MemoryProfile *profile;
    const Selection *selection;
    const Terminal *terminal;
    MemoryBy by;
    uint64_t limit; /* rows; 0: all */
} MemoryView;

void report_memory_text(const MemoryView *view, const MemoryGroups *groups, Text *out);
void report_memory_json(const MemoryView *view, const MemoryGroups *groups, Text *out);
void report_memory_csv(const MemoryView *view, const MemoryGroups *groups, Text *out);

/* Parts, for other reports: heading and totals; the table; what the table leaves out;
 * thresholds as "events"; the figures of a group as members
 * of the open object. */
void report_memory_heading(const MemoryView *view, Text *out);
void report_memory_table(const MemoryView *view, const MemoryGroups *groups, Text *out);
void report_memory_problems(const MemoryView *view, Text *out);
void report_memory_events_json(Json *json, const MemoryProfile *profile);
void report_memory_figures_json(Json *json, const MemoryFigures *figures);

/* Where the item is, as members: path, function, place. */
void report_memory_item_json(Json *json, const MemoryProfile *profile,
                             const MemoryItem *item);

/* Texts that the caller frees. Name: of the function, of what is outside of profiled
 * ones "copy (not profiled)". Place: file and line, relative as in report_text.h. */
char *report_memory_name(const MemoryProfile *profile, const MemoryItem *item);
char *report_memory_place(const MemoryProfile *profile, const MemoryItem *item);

/* Bytes that live, "-" where nothing tells; its error in percent. */
Figure report_memory_live(const MemoryFigures *figures);
Figure report_memory_error(const MemoryFigures *figures);

#endif
