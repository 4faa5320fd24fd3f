#include "budget.h"

#include "monitor.h"
#include "state.h"

static void end_window(struct tkai_thread *thread, uint64_t now)
{
    double elapsed = (double)(now - thread->window_start);
    double cost = (double)thread->window_samples * tkai_state.timed_cost;

    if (cost > tkai_state.share * elapsed) {
        thread->bias_log2 += thread->bias_log2 < 10;
    } else if (cost < tkai_state.share * elapsed / 4) {
        thread->bias_log2 -= thread->bias_log2 > 0;
    }
    thread->window_start = now;
    thread->window_samples = 0;
    tkai_monitor_poll(now);
}

unsigned tkai_budget_period(double mean, double cost, double share)
{
    unsigned k = 0;

    for (double limit = share * mean; cost > limit && k < TKAI_PERIOD_LOG2_MOST; k++) {
        cost /= 2;
    }
    return k;
}

/* Choose the site's period anew from what its calls on this path have taken. */
static void review(const struct tkai_look *look)
{
    const struct tka_node *node = look->node;
    const struct tka_record *record = (const void *)(uintptr_t)node->record;
    double mean = (double)(node->total + record->nested) / (double)node->weight;
    double cost = tkai_state.timed_cost * (double)(1u << look->thread->bias_log2);

    if (tkai_state.config.mode == TKA_MODE_SAMPLED && !look->histogram->critical) {
        look->histogram->review_in = TKAI_REVIEW;
        look->histogram->period_log2 = tkai_budget_period(mean, cost, tkai_state.share);
    } else {
        look->histogram->review_in = INT32_MAX;
    }
}

void tkai_budget_look(void *argument)
{
    const struct tkai_look *look = argument;

    if ((int32_t)look->histogram->review_in <= 0) {
        review(look);
    }
    if (look->thread->window_samples >= TKAI_WINDOW) {
        end_window(look->thread, look->now);
    }
}
