/* memory_json - what a session's memory adds up to, as a member of any JSON report.
 */
#ifndef TKA_MEMORY_JSON_H
#define TKA_MEMORY_JSON_H

#include "json_writer.h"
#include "memory_profile.h"

/* The member "memory" of the open object. */
void memory_totals_json(Json *json, const MemoryProfile *profile);

#endif
