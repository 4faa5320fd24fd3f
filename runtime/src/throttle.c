#include "throttle.h"

#include <string.h>

#include "clock.h"
#include "glob.h"
#include "identity.h"
#include "os.h"
#include "state.h"
#include "switches.h"

/* Of the budget: what is left may cost, and what is too little to matter. */
#define AIM 0.8
#define NEGLIGIBLE 0.01

static int intervals_above;

struct candidate {
    const struct tkai_function *function;
    double cost_ns, mean;
};

static double cost_of(const struct tkai_function *f, const struct tkai_past *past,
                      uint32_t index)
{
    return (double)(f->calls - tkai_interval_past_calls(past, index)) *
           tkai_state.count_cost * tkai_clock.ns_per_tick;
}

/* One of the roles, each a line, that record what a gap would make wrong. */
static int resolves_or_constructs(const char *roles, const char *end)
{
    for (; roles < end; roles++) {
        if (strncmp(roles, "resolver", 8) == 0 || strncmp(roles, "constructs", 10) == 0) {
            return 1;
        }
        roles += strcspn(roles, "\n");
    }
    return 0;
}

/* Critical, or a part of a container of services. */
static int is_to_stay(const struct tkai_function *f)
{
    int length;
    const char *kind = tkai_site_field(f->text, TKAI_SITE_KIND, &length);
    const char *roles = tkai_site_field(f->text, TKAI_SITE_ROLES, &length);

    return *kind == 'c' || resolves_or_constructs(roles, roles + length);
}

static double mean_of(const struct tkai_function *f)
{
    return f->weight > 0 ? (double)f->total / (double)f->weight : 0;
}

/* Shortest calls first. */
static void sort(struct candidate *candidates, uint32_t count)
{
    for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < count; i++) {
            struct candidate one = candidates[i];
            uint32_t at = i;

            for (; at >= gap && candidates[at - gap].mean > one.mean; at -= gap) {
                candidates[at] = candidates[at - gap];
            }
            candidates[at] = one;
        }
    }
}

struct suspension {
    const struct candidate *candidates;
    uint32_t count;
    double excess;
};

static void suspend(void *argument)
{
    const struct suspension *s = argument;
    double excess = s->excess;
    struct tkai_os_mask old;

    tkai_switches_look();
    tkai_state_lock(&old);
    for (uint32_t i = 0; i < s->count && excess > 0; i++) {
        tkai_switches_suspend(s->candidates[i].function->text);
        excess -= s->candidates[i].cost_ns;
    }
    tkai_state_unlock(&old);
}

void tkai_throttle_look(const struct tkai_collected *now, const struct tkai_past *past,
                        int64_t cpu_ns)
{
    double budget = tkai_state.share * (double)cpu_ns, all = 0;
    struct tkai_scratch scratch = {0};
    struct candidate *candidates;
    uint32_t count = 0;

    if (tkai_state.config.mode != TKA_MODE_SAMPLED || past->at == 0 || cpu_ns <= 0) {
        return;
    }
    for (uint32_t i = 0; i < now->function_count; i++) {
        all += cost_of(&now->functions[i], past, i);
    }
    intervals_above = all > budget ? intervals_above + 1 : 0;
    if (intervals_above < 2) {
        return;
    }
    candidates = tkai_scratch_take(&scratch, (now->function_count + 1) * sizeof *candidates);
    for (uint32_t i = 0; candidates != NULL && i < now->function_count; i++) {
        const struct tkai_function *f = &now->functions[i];
        double cost_ns = cost_of(f, past, i);

        if (cost_ns >= NEGLIGIBLE * budget && f->off_reason == TKA_OFF_NOT &&
            !is_to_stay(f)) {
            candidates[count++] = (struct candidate){f, cost_ns, mean_of(f)};
        }
    }
    if (candidates != NULL) {
        struct suspension suspension = {candidates, count, all - AIM * budget};

        sort(candidates, count);
        tkai_identity_while_loaded(suspend, &suspension);
    }
    intervals_above = 0;
    tkai_scratch_release(&scratch);
}

void tkai_throttle_forget(void)
{
    intervals_above = 0;
}
