#include "report_csv.h"

#include "csv_writer.h"

static void add_row(Csv *csv, const Profile *profile, const ProfileRow *row)
{
    const Function *function = &row->function;
    const Timing *timing = &row->timing;
    bool known = timing_known(timing), reliable = timing_reliable(timing);
    Interval interval = profile_mean_interval(row);

    csv_text(csv, function->name);
    csv_text(csv, function->function);
    csv_text(csv, function->file);
    csv_integer(csv, function->line);
    csv_text(csv, function->kind);
    csv_count(csv, timing->calls);
    csv_count(csv, timing->samples);
    csv_count(csv, timing->weight);
    csv_ns(csv, known ? timing_total(timing) : -1);
    csv_ns(csv, known ? timing_self(timing) : -1);
    csv_real(csv, reliable ? timing_mean(timing) : -1);
    csv_real(csv, reliable ? interval.low : -1);
    csv_real(csv, reliable ? interval.high : -1);
    csv_ns(csv, profile_percentile(row, 0.5));
    csv_ns(csv, profile_percentile(row, 0.9));
    csv_ns(csv, profile_percentile(row, 0.95));
    csv_ns(csv, profile_percentile(row, 0.99));
    csv_ns(csv, known ? timing->min_ns : -1);
    csv_ns(csv, known ? timing->max_ns : -1);
    csv_real(csv, profile_share(profile, row));
    csv_ns(csv, row->overhead_ns);
    csv_real(csv, timing_cpu_share(timing));
    csv_ns(csv, timing_wait(timing));
    csv_count(csv, timing->slow_calls);
    csv_ns(csv, row->off_ns);
    csv_text(csv, off_reason_text(row->off_reason));
    csv_end_row(csv);
}

void report_csv(const Profile *profile, uint64_t limit, Text *out)
{
    size_t shown = limit && limit < profile->count ? (size_t)limit : profile->count;
    Csv csv = {.out = out};

    text_put(out, "name,function,file,line,kind,calls,samples,weight,total_ns,self_ns,"
                  "mean_ns,mean_low_ns,mean_high_ns,p50_ns,p90_ns,p95_ns,p99_ns,min_ns,"
                  "max_ns,share,overhead_ns,cpu_share,wait_ns,slow_calls,off_ns,"
                  "off_reason\n");
    for (size_t i = 0; i < shown; i++) {
        add_row(&csv, profile, &profile->rows[i]);
    }
}
