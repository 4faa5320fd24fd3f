#include "top_export.h"

#include <math.h>

#include "csv_writer.h"
#include "json_writer.h"
#include "units.h"

static double or_null(double value)
{
    return value < 0 ? (double)NAN : value;
}

static double self_ns(const LiveRate *rate)
{
    return rate->interval.samples ? rate->interval.self_ns : -1;
}

static void add_function(Json *json, const LiveRate *rate)
{
    json_object(json, NULL);
    json_text(json, "name", rate->function.name);
    json_text(json, "function", rate->function.function);
    json_text(json, "file", rate->function.file);
    json_integer(json, "line", rate->function.line);
    json_text(json, "kind", rate->function.kind);
    json_optional_text(json, "state", top_frame_state(rate));
    json_count(json, "all_calls", rate->ever.calls);
    json_count(json, "calls", rate->interval.calls);
    json_count(json, "samples", rate->interval.samples);
    json_real(json, "calls_per_second", rate->calls_per_second);
    json_ns(json, "total_ns", rate->interval.samples ? rate->interval.outer_ns : -1);
    json_ns(json, "self_ns", self_ns(rate));
    json_real(json, "share", or_null(rate->self_share));
    json_ns(json, "mean_ns", rate->mean_ns);
    json_ns(json, "p50_ns", rate->p50_ns);
    json_ns(json, "p99_ns", rate->p99_ns);
    json_count(json, "slow_calls", rate->interval.slow_calls);
    json_end(json);
}

static void add_process(Json *json, const TopFrame *frame)
{
    const TkaLiveProfile *profile = frame->profile;

    json_integer(json, "pid", frame->pid);
    json_text(json, "name", profile->name);
    json_text(json, "command", profile->command);
    json_text(json, "mode", profile->mode);
    json_text(json, "started", units_iso_date(profile->started_at).text);
    json_text(json, "time", units_iso_date(profile->now).text);
    json_integer(json, "uptime_ns", profile->now - profile->started_at);
    json_real(json, "seconds", frame->rates->seconds);
    json_real(json, "cpu_share", or_null(frame->cpu_share));
    json_ns(json, "rss_bytes", (double)frame->usage.rss_bytes);
    json_ns(json, "threads", (double)frame->usage.threads);
    json_count(json, "profiled_threads", profile->threads);
    json_ns(json, "overhead_ns", frame->rates->overhead_ns);
    json_real(json, "overhead_share", or_null(frame->overhead_share));
    json_count(json, "calls", frame->rates->calls);
    json_count(json, "samples", frame->rates->samples);
    json_count(json, "lost_calls", profile->lost_calls);
    json_count(json, "lost_samples", profile->lost_samples);
    json_text(json, "note", profile->note);
}

void top_export_json(const TopFrame *frame, size_t limit, Text *out)
{
    Json json = {.out = out, .one_line = true};

    json_object(&json, NULL);
    add_process(&json, frame);
    json_array(&json, "functions");
    for (size_t i = 0; i < frame->count && (!limit || i < limit); i++) {
        add_function(&json, frame->rows[i]);
    }
    json_end(&json);
    json_end(&json);
}

void top_export_csv_titles(Text *out)
{
    text_put(out, "time,seconds,pid,name,file,line,kind,state,all_calls,calls,samples,"
                  "calls_per_second,total_ns,self_ns,share,mean_ns,p50_ns,p99_ns\n");
}

void top_export_csv(const TopFrame *frame, size_t limit, Text *out)
{
    Csv csv = {.out = out};

    for (size_t i = 0; i < frame->count && (!limit || i < limit); i++) {
        const LiveRate *rate = frame->rows[i];

        csv_text(&csv, units_iso_date(frame->profile->now).text);
        csv_real(&csv, frame->rates->seconds);
        csv_integer(&csv, frame->pid);
        csv_text(&csv, rate->function.name);
        csv_text(&csv, rate->function.file);
        csv_integer(&csv, rate->function.line);
        csv_text(&csv, rate->function.kind);
        csv_text(&csv, top_frame_state(rate));
        csv_count(&csv, rate->ever.calls);
        csv_count(&csv, rate->interval.calls);
        csv_count(&csv, rate->interval.samples);
        csv_real(&csv, rate->calls_per_second);
        csv_ns(&csv, rate->interval.samples ? rate->interval.outer_ns : -1);
        csv_ns(&csv, self_ns(rate));
        csv_real(&csv, rate->self_share);
        csv_ns(&csv, rate->mean_ns);
        csv_ns(&csv, rate->p50_ns);
        csv_ns(&csv, rate->p99_ns);
        csv_end_row(&csv);
    }
}
