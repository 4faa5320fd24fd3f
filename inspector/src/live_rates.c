#include "live_rates.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "distribution.h"
#include "site_text.h"
#include "statistics.h"

/* --- functions ----------------------------------------------------------- */

static const char *kind_name(char kind)
{
    return kind == 'c' ? "critical" : kind == 'b' ? "block" : "function";
}

static void take_site(void *context, const SiteText *site)
{
    *(Function *)context = (Function){.name = duplicate_text(site->name),
                                      .function = duplicate_text(site->function),
                                      .file = duplicate_text(site->file),
                                      .kind = duplicate_text(kind_name(site->kind)),
                                      .line = site->line,
                                      .size = site->size};
}

static Function read_function(const char *text)
{
    Function function = {0};

    if (site_texts((const uint8_t *)text, strlen(text) + 1, take_site, &function).read !=
        1) {
        function_release(&function);
        function = (Function){.name = duplicate_text("?"),
                              .function = duplicate_text("?"),
                              .file = duplicate_text(""),
                              .kind = duplicate_text("function")};
    }
    return function;
}

static void forget_past(LiveRate *rate)
{
    for (size_t i = 0; i < LIVE_HISTORY; i++) {
        rate->past_calls[i] = rate->past_p99[i] = -1;
    }
}

static LiveRate *rate_for(LiveRates *rates, size_t index, const char *text)
{
    if (index == rates->count) {
        rates->items = grow_array(rates->items, rates->count, &rates->capacity,
                                  sizeof *rates->items);
        rates->items[index] = (LiveRate){.function = read_function(text)};
        forget_past(&rates->items[index]);
        rates->count++;
    }
    return &rates->items[index];
}

void live_rates_release(LiveRates *rates)
{
    for (size_t i = 0; i < rates->count; i++) {
        function_release(&rates->items[i].function);
        free(rates->items[i].buckets);
    }
    free(rates->items);
    *rates = (LiveRates){0};
}

/* --- differences ---------------------------------------------------------- */

/* Counters are read while their owners change them: one may seem to go back. */
static uint64_t less(uint64_t now, uint64_t before)
{
    return now > before ? now - before : 0;
}

static double less_time(double now, double before)
{
    return now > before ? now - before : 0;
}

static LiveCounters counters_of(const TkaLiveFunction *function)
{
    return (LiveCounters){.calls = function->calls,
                          .samples = function->samples,
                          .weight = function->weight,
                          .slow_calls = function->slow_calls,
                          .total_ns = function->total_ns,
                          .outer_ns = function->outer_ns,
                          .self_ns = function->self_ns};
}

static void take_interval(LiveRate *rate, const LiveCounters *now)
{
    const LiveCounters *before = &rate->ever;

    rate->interval =
        (LiveCounters){.calls = less(now->calls, before->calls),
                       .samples = less(now->samples, before->samples),
                       .weight = less(now->weight, before->weight),
                       .slow_calls = less(now->slow_calls, before->slow_calls),
                       .total_ns = less_time(now->total_ns, before->total_ns),
                       .outer_ns = less_time(now->outer_ns, before->outer_ns),
                       .self_ns = less_time(now->self_ns, rate->most_self_ns)};
}

static bool take_buckets(LiveRate *rate, const unsigned long *now, Distribution *interval)
{
    if (!now) {
        return false;
    }
    if (!rate->buckets) {
        rate->buckets = allocate_zeroed(TKA_HISTOGRAM_BUCKETS, sizeof *rate->buckets);
    }
    for (size_t i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        interval->count[i] = less(now[i], rate->buckets[i]);
        rate->buckets[i] = now[i];
    }
    return true;
}

/* Whether all calls of the interval were timed, but for those still open: each thread
 * has at most one that it entered last. */
static bool is_exact(const LiveCounters *interval, unsigned threads)
{
    return interval->samples > 0 && interval->samples == interval->weight &&
           interval->calls <= interval->samples + threads;
}

static void take_figures(LiveRate *rate, const Distribution *interval, double seconds,
                         unsigned threads)
{
    const LiveCounters *done = &rate->interval;
    bool enough = done->samples >= ENOUGH_SAMPLES;

    rate->calls_per_second = (double)done->calls / seconds;
    rate->rough = !enough && !is_exact(done, threads);
    rate->total_share = done->samples ? done->outer_ns / 1e9 / seconds : -1;
    rate->mean_ns =
        !rate->rough && done->weight ? done->total_ns / (double)done->weight : -1;
    rate->p50_ns = enough && interval ? distribution_quantile(interval, 0.50) : -1;
    rate->p99_ns = enough && interval ? distribution_quantile(interval, 0.99) : -1;
}

static void add_one(LiveRates *rates, LiveRate *rate, const TkaLiveFunction *function,
                    unsigned threads)
{
    LiveCounters now = counters_of(function);
    Distribution interval;
    bool has_buckets = take_buckets(rate, function->buckets, &interval);
    size_t turn = rates->intervals % LIVE_HISTORY;

    if (rates->seconds > 0) {
        take_interval(rate, &now);
        take_figures(rate, has_buckets ? &interval : NULL, rates->seconds, threads);
        rate->past_calls[turn] = rate->calls_per_second;
        rate->past_p99[turn] = rate->p99_ns;
        rates->calls += rate->interval.calls;
        rates->samples += rate->interval.samples;
        rates->self_ns += rate->interval.self_ns;
    }
    if (now.self_ns > rate->most_self_ns) {
        rate->most_self_ns = now.self_ns;
    }
    rate->ever = now;
    rate->off_reason = function->off_reason;
}

void live_rates_add(LiveRates *rates, const TkaLiveProfile *profile, double seconds)
{
    rates->seconds = seconds;
    rates->calls = rates->samples = 0;
    rates->self_ns = 0;
    for (size_t i = 0; i < profile->function_count; i++) {
        const TkaLiveFunction *function = &profile->functions[i];

        add_one(rates, rate_for(rates, i, function->text), function, profile->threads);
    }
    for (size_t i = 0; i < rates->count; i++) {
        LiveRate *rate = &rates->items[i];

        rate->self_share = rate->interval.samples == 0 || rates->self_ns <= 0
                               ? -1
                               : rate->interval.self_ns / rates->self_ns;
    }
    rates->overhead_ns = (double)rates->calls * profile->count_cost_ns +
                         (double)rates->samples * profile->timed_cost_ns;
    rates->intervals += seconds > 0;
}

void live_rates_past(const LiveRates *rates, const double past[LIVE_HISTORY],
                     double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t back = count - i; /* intervals ago, 1 the last */

        values[i] = back > rates->intervals || back > LIVE_HISTORY
                        ? -1
                        : past[(rates->intervals - back) % LIVE_HISTORY];
    }
}
