#include "service_lifetime.h"

/* Resolutions below which "made at each of them" tells nothing. */
#define ENOUGH_RESOLUTIONS 3

const char *lifetime_name(Lifetime lifetime)
{
    static const char *const names[LIFETIMES] = {
        [LIFETIME_UNKNOWN] = "not known",      [LIFETIME_SINGLETON] = "singleton",
        [LIFETIME_THREAD] = "thread",          [LIFETIME_SCOPED] = "scoped",
        [LIFETIME_SHORT] = "scoped/transient", [LIFETIME_TRANSIENT] = "transient"};

    return names[lifetime];
}

bool lifetime_is_captive(Lifetime lifetime)
{
    return lifetime == LIFETIME_THREAD || lifetime == LIFETIME_SCOPED ||
           lifetime == LIFETIME_SHORT || lifetime == LIFETIME_TRANSIENT;
}

/* Of the scopes it was resolved in, one each; and one more where it was outside, too. */
static bool is_one_a_scope(const ServiceFigures *f)
{
    uint64_t outside = f->instances > f->scope_resolutions ? f->threads : 0;

    return f->scope_visits >= 2 && f->scope_others == 0 &&
           f->constructed >= f->scope_visits &&
           f->constructed <= f->scope_visits + outside;
}

static Lifetime by_constructions(const ServiceFigures *f)
{
    uint64_t succeeded = f->resolutions - f->failures;

    if (f->resolutions == 0 || f->failures > f->resolutions || f->constructed == 0) {
        return LIFETIME_UNKNOWN;
    }
    if (f->constructed <= f->processes) {
        return succeeded > f->constructed ? LIFETIME_SINGLETON : LIFETIME_UNKNOWN;
    }
    if (f->constructed >= succeeded && f->constructed >= ENOUGH_RESOLUTIONS) {
        return is_one_a_scope(f) && f->scope_visits == f->constructed
                   ? LIFETIME_SHORT
                   : LIFETIME_TRANSIENT;
    }
    if (is_one_a_scope(f)) {
        return LIFETIME_SCOPED;
    }
    if (f->constructed <= f->threads && f->changes == 0 && f->other_threads > 0) {
        return LIFETIME_THREAD;
    }
    return LIFETIME_UNKNOWN;
}

static Lifetime by_addresses(const ServiceFigures *f)
{
    if (f->instances < 2 || f->instances <= f->processes) {
        return LIFETIME_UNKNOWN;
    }
    if (f->changes == 0) {
        return f->other_threads == 0                           ? LIFETIME_SINGLETON
               : f->other_threads + f->processes >= f->threads ? LIFETIME_THREAD
                                                               : LIFETIME_UNKNOWN;
    }
    if (f->scope_visits >= 2 && f->scope_others == 0 &&
        f->scope_changes == f->scope_visits && f->scope_resolutions == f->instances) {
        return f->instances > f->scope_visits ? LIFETIME_SCOPED : LIFETIME_SHORT;
    }
    if (f->instances >= ENOUGH_RESOLUTIONS && f->changes + f->threads >= f->instances) {
        return LIFETIME_TRANSIENT;
    }
    return LIFETIME_UNKNOWN;
}

Lifetime service_lifetime(const ServiceFigures *figures, bool *by_address)
{
    *by_address = figures->factories == 0;
    return *by_address ? by_addresses(figures) : by_constructions(figures);
}

void service_figures_add(ServiceFigures *sum, const ServiceFigures *one)
{
    bool timed = sum->processes && sum->min_ns >= 0;

    if (one->min_ns >= 0) {
        sum->min_ns = timed && sum->min_ns < one->min_ns ? sum->min_ns : one->min_ns;
        sum->max_ns = timed && sum->max_ns > one->max_ns ? sum->max_ns : one->max_ns;
    } else if (!timed) {
        sum->min_ns = sum->max_ns = -1;
    }
    sum->processes += one->processes;
    sum->resolutions += one->resolutions;
    sum->failures += one->failures;
    sum->constructed += one->constructed;
    sum->factories += one->factories;
    sum->cycles += one->cycles;
    sum->samples += one->samples;
    sum->weight += one->weight;
    sum->slow += one->slow;
    sum->instances += one->instances;
    sum->changes += one->changes;
    sum->scope_resolutions += one->scope_resolutions;
    sum->scope_visits += one->scope_visits;
    sum->scope_changes += one->scope_changes;
    sum->scope_others += one->scope_others;
    sum->threads += one->threads;
    sum->other_threads += one->other_threads;
    sum->construct_ns += one->construct_ns;
    sum->construct_self_ns += one->construct_self_ns;
    sum->total_ns += one->total_ns;
    sum->child_ns += one->child_ns;
}
