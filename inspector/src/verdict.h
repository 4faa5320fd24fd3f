/* verdict - whether a measured value keeps a promise.
 *
 * A value beyond the limit is a failure only when its spread does not reach the
 * limit; else the machine was too noisy to tell. So it was when the value is within,
 * but its spread is larger than the limit itself.
 */
#ifndef TKA_VERDICT_H
#define TKA_VERDICT_H

typedef enum Verdict { VERDICT_OK, VERDICT_FAIL, VERDICT_NOISY, VERDICT_SKIPPED } Verdict;

typedef enum Bound { AT_MOST, AT_LEAST } Bound;

/* spread: 95 times in 100 the value is less than that off; NaN: not known, taken
 * as 0. A value of NaN is a failure. */
Verdict verdict_judge(double value, double spread, Bound bound, double limit);

/* "ok", "fail", "noisy", "skipped" */
const char *verdict_word(Verdict verdict);

#endif
