#include "report_json.h"

#include <tka/store.h>

#include "memory_json.h"
#include "units.h"

void report_json_session_members(Json *json, const Session *session)
{
    json_integer(json, "id", session->id);
    json_text(json, "uid", session->uid);
    if (session->parent_id) {
        json_integer(json, "parent_id", session->parent_id);
    } else {
        json_null(json, "parent_id");
    }
    json_text(json, "name", session->name);
    json_text(json, "host", session->host);
    json_text(json, "command", session->command);
    json_text(json, "executable", session->executable);
    json_text(json, "directory", session->directory);
    json_optional_text(json, "build_id", session->build_id);
    json_optional_text(json, "git_commit", session->git_commit);
    json_optional_text(json, "tags", session->tags);
    json_text(json, "tka_version", session->tka_version);
    json_text(json, "mode", session->mode);
    json_real(json, "overhead_threshold_percent", session->overhead_threshold);
    json_text(json, "started", units_iso_date(session->started_at).text);
    json_optional_text(json, "ended", units_iso_date(session->ended_at).text);
    json_ns(json, "duration_ns",
            session->ended_at ? (double)(session->ended_at - session->started_at) : -1);
    json_optional_text(json, "exit_kind", session->exit_kind);
    if (session->exit_status >= 0) {
        json_integer(json, "exit_status", session->exit_status);
    } else {
        json_null(json, "exit_status");
    }
}

void report_json_session(Json *json, const char *key, const Session *session)
{
    json_object(json, key);
    report_json_session_members(json, session);
    json_end(json);
}

static void add_overhead(Json *json, const Profile *profile, bool stretch)
{
    const Overhead *overhead = &profile->overhead;
    double share = overhead_share(overhead);

    json_object(json, "overhead");
    json_ns(json, "ns", overhead_total(overhead));
    json_ns(json, "counting_ns", overhead->counting_ns);
    json_ns(json, "timing_ns", overhead->timing_ns);
    json_ns(json, "storing_ns", overhead->storing_ns);
    json_ns(json, "cpu_ns", overhead->cpu_ns);
    if (share >= 0 && !stretch) {
        json_real(json, "percent", share * 100);
    } else {
        json_null(json, "percent");
    }
    json_count(json, "calls", profile->calls);
    json_count(json, "samples", profile->samples);
    json_end(json);
}

static void add_processes(Json *json, const ProcessList *list)
{
    json_array(json, "processes");
    for (size_t i = 0; i < list->count; i++) {
        const Process *process = &list->items[i];

        json_object(json, NULL);
        json_integer(json, "pid", process->pid);
        json_integer(json, "parent_pid", process->parent_pid);
        json_text(json, "state", process->state);
        json_text(json, "clock", process->clock);
        json_optional_text(json, "mode", process->mode);
        json_real(json, "count_cost_ns", process->count_cost_ns);
        json_real(json, "timed_cost_ns", process->timed_cost_ns);
        json_integer(json, "cpu_ns", process->cpu_ns);
        json_integer(json, "wall_ns", process->wall_ns);
        json_integer(json, "threads", process->threads);
        json_count(json, "lost_calls", process->lost_calls);
        json_count(json, "lost_samples", process->lost_samples);
        json_count(json, "lost_paths", process->lost_paths);
        json_optional_text(json, "note", process->note);
        json_end(json);
    }
    json_end(json);
}

void report_json_selection(Json *json, const Selection *selection)
{
    json_object(json, NULL);
    json_integer(json, "schema_version", TKA_SCHEMA_VERSION);
    if (selection->single) {
        report_json_session(json, "session", &selection->session);
    } else {
        json_null(json, "session");
    }
    json_array(json, "session_ids");
    for (size_t i = 0; i < selection->ids.count; i++) {
        json_integer(json, NULL, selection->ids.items[i]);
    }
    json_end(json);
}

void report_json_begin(Json *json, const Profile *profile, const Selection *selection)
{
    report_json_selection(json, selection);
    add_overhead(json, profile, selection->single && selection->session.parent_id);
    add_processes(json, &profile->processes);
}

void report_json_function(Json *json, const Function *function)
{
    json_text(json, "name", function->name);
    json_text(json, "function", function->function);
    json_text(json, "file", function->file);
    json_integer(json, "line", function->line);
    json_text(json, "kind", function->kind);
}

void report_json_share(Json *json, const char *key, double share)
{
    if (share >= 0) {
        json_real(json, key, share);
    } else {
        json_null(json, key);
    }
}

void report_json_timing(Json *json, const ProfileRow *row)
{
    const Timing *timing = &row->timing;
    Interval interval = profile_mean_interval(row);
    bool known = timing_known(timing);

    json_count(json, "calls", timing->calls);
    json_count(json, "samples", timing->samples);
    json_count(json, "weight", timing->weight);
    json_ns(json, "total_ns", known ? timing_total(timing) : -1);
    json_ns(json, "self_ns", known ? timing_self(timing) : -1);
    if (timing_reliable(timing)) {
        json_real(json, "mean_ns", timing_mean(timing));
        json_array(json, "mean_ci95_ns");
        json_real(json, NULL, interval.low);
        json_real(json, NULL, interval.high);
        json_end(json);
    } else {
        json_null(json, "mean_ns");
        json_null(json, "mean_ci95_ns");
    }
    json_bool(json, "exact", timing_exact(timing));
    json_ns(json, "p50_ns", profile_percentile(row, 0.5));
    json_ns(json, "p90_ns", profile_percentile(row, 0.9));
    json_ns(json, "p95_ns", profile_percentile(row, 0.95));
    json_ns(json, "p99_ns", profile_percentile(row, 0.99));
    json_ns(json, "min_ns", known ? timing->min_ns : -1);
    json_ns(json, "max_ns", known ? timing->max_ns : -1);
    report_json_share(json, "cpu_share", timing_cpu_share(timing));
    json_ns(json, "wait_ns", timing_wait(timing));
    json_count(json, "slow_calls", timing->slow_calls);
    json_ns(json, "off_ns", row->off_ns);
    json_optional_text(json, "off_reason", off_reason_text(row->off_reason));
}

void report_json_row_members(Json *json, const Profile *profile, const ProfileRow *row)
{
    report_json_function(json, &row->function);
    report_json_timing(json, row);
    report_json_share(json, "share", profile_share(profile, row));
    json_ns(json, "overhead_ns", row->overhead_ns);
}

void report_json(const Profile *profile, const Selection *selection,
                 const MemoryProfile *memory, uint64_t limit, Text *out)
{
    size_t shown = limit && limit < profile->count ? (size_t)limit : profile->count;
    Json json = {.out = out};

    report_json_begin(&json, profile, selection);
    if (memory && memory->process_count) {
        memory_totals_json(&json, memory);
    }
    json_array(&json, "functions");
    for (size_t i = 0; i < shown; i++) {
        json_object(&json, NULL);
        report_json_row_members(&json, profile, &profile->rows[i]);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}
