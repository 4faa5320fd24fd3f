#include "memory_json.h"

#include "units.h"

void memory_totals_json(Json *json, const MemoryProfile *profile)
{
    MemoryTotals totals = memory_profile_totals(profile);

    json_object(json, "memory");
    json_text(json, "mode",
              totals.exact == profile->process_count ? "exact"
              : totals.exact                         ? "mixed"
                                                     : "sampled");
    json_integer(json, "sample_bytes", totals.sample_bytes);
    json_integer(json, "allocations", profile->sum.n[MEMORY_ALLOCATIONS]);
    json_integer(json, "bytes", profile->sum.n[MEMORY_BYTES]);
    json_integer(json, "frees", totals.released);
    json_real(json, "live_bytes", totals.live_bytes);
    json_ns(json, "live_error_bytes", totals.live_error);
    json_real(json, "peak_bytes", totals.peak_bytes);
    json_optional_text(json, "peak_at", units_iso_moment(totals.peak_at).text);
    json_integer(json, "temporary", profile->sum.n[MEMORY_TEMPORARY]);
    json_integer(json, "grown", profile->sum.n[MEMORY_GROWN]);
    json_integer(json, "moved_bytes", profile->sum.n[MEMORY_MOVED_BYTES]);
    json_integer(json, "mapped_bytes", profile->sum.n[MEMORY_MAPPED_BYTES]);
    json_integer(json, "lost_rows", totals.lost_rows);
    json_integer(json, "lost_samples", totals.lost_samples);
    json_end(json);
}
