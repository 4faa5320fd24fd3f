#include "system_history.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "database_events.h"

typedef struct Loader {
    ProcessHistory *process;
    SystemSample before;
} Loader;

static double rate(double now, double before, double seconds)
{
    return now > before && seconds > 0 ? (now - before) / seconds : 0;
}

static bool add_sample(void *context, const SystemSample *sample)
{
    Loader *loader = context;
    ProcessHistory *process = loader->process;
    const SystemSample *before = &loader->before;
    double seconds = (double)(sample->at - before->at) / 1e9;

    process->points = grow_array(process->points, process->count, &process->capacity,
                                 sizeof *process->points);
    process->points[process->count++] = (SystemPoint){
        .at = sample->at,
        .seconds = seconds,
        .cpu_share = rate(sample->cpu_ns, before->cpu_ns, seconds) / 1e9,
        .rss_bytes = sample->rss_bytes,
        .threads = sample->threads,
        .open_files = sample->open_files,
        .voluntary_per_s =
            rate(sample->voluntary_switches, before->voluntary_switches, seconds),
        .involuntary_per_s =
            rate(sample->involuntary_switches, before->involuntary_switches, seconds),
        .minor_faults_per_s = rate(sample->minor_faults, before->minor_faults, seconds),
        .major_faults_per_s = rate(sample->major_faults, before->major_faults, seconds)};
    loader->before = *sample;
    return true;
}

static bool add_counter(void *context, const HardwareCounter *counter)
{
    ProcessHistory *process = context;

    process->counters = grow_array(process->counters, process->counter_count,
                                   &process->counter_capacity, sizeof *process->counters);
    process->counters[process->counter_count++] =
        (CounterTotal){duplicate_text(counter->name), duplicate_text(counter->reason),
                       counter->value, counter->counted_share};
    return true;
}

double system_history_counter(const ProcessHistory *process, const char *name)
{
    for (size_t i = 0; i < process->counter_count; i++) {
        if (!strcmp(process->counters[i].name, name)) {
            return process->counters[i].value;
        }
    }
    return -1;
}

bool system_history_load(SystemHistory *history, Database *database,
                         const ProcessList *processes, Error *error)
{
    bool ok = true;

    history->processes =
        allocate_zeroed(processes->count + 1, sizeof *history->processes);
    for (size_t i = 0; ok && i < processes->count; i++) {
        const Process *process = &processes->items[i];
        Loader loader = {.process = &history->processes[history->count++],
                         .before = {.at = process->started_at}};

        loader.process->pid = process->pid;
        loader.process->started_at = process->started_at;
        ok = database_system_samples(database, process->id, add_sample, &loader, error) &&
             database_hardware_counters(database, process->id, add_counter, loader.process,
                                        error);
    }
    return ok;
}

void system_history_release(SystemHistory *history)
{
    for (size_t i = 0; i < history->count; i++) {
        for (size_t n = 0; n < history->processes[i].counter_count; n++) {
            free(history->processes[i].counters[n].name);
            free(history->processes[i].counters[n].reason);
        }
        free(history->processes[i].counters);
        free(history->processes[i].points);
    }
    free(history->processes);
    *history = (SystemHistory){0};
}
