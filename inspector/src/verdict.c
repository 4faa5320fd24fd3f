#include "verdict.h"

#include <math.h>

Verdict verdict_judge(double value, double spread, Bound bound, double limit)
{
    double beyond = bound == AT_MOST ? value - limit : limit - value;

    if (isnan(value)) {
        return VERDICT_FAIL;
    }
    if (isnan(spread)) {
        spread = 0;
    }
    if (beyond > 0) {
        return beyond > spread ? VERDICT_FAIL : VERDICT_NOISY;
    }
    return spread > fabs(limit) && beyond + spread > 0 ? VERDICT_NOISY : VERDICT_OK;
}

const char *verdict_word(Verdict verdict)
{
    static const char *const words[] = {"ok", "fail", "noisy", "skipped"};

    return words[verdict];
}
