/* report_json - a profile for programs; docs/commands.md has every member.
 */
#ifndef TKA_REPORT_JSON_H
#define TKA_REPORT_JSON_H

#include <stdint.h>

#include "json_writer.h"
#include "memory_profile.h"
#include "profile.h"
#include "selection.h"
#include "textbuf.h"

/* At most limit functions (0: all). memory: NULL, or with processes that told of it. */
void report_json(const Profile *profile, const Selection *selection,
                 const MemoryProfile *memory, uint64_t limit, Text *out);

/* Its parts. Begin: the document is opened, with schema version, session and
 * overhead; json_end() closes it. Selection: the same without the profile's. */
void report_json_begin(Json *json, const Profile *profile, const Selection *selection);
void report_json_selection(Json *json, const Selection *selection);
void report_json_session(Json *json, const char *key, const Session *session);
void report_json_session_members(Json *json, const Session *session);

/* Members of the open object: calls to off_reason; the same with function, share and
 * overhead. */
void report_json_timing(Json *json, const ProfileRow *row);
void report_json_row_members(Json *json, const Profile *profile, const ProfileRow *row);

/* 0 to 1; negative: null. */
void report_json_share(Json *json, const char *key, double share);

/* name, function, file, line and kind, as members of the open object. */
void report_json_function(Json *json, const Function *function);

#endif
