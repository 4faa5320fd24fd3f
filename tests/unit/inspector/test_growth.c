#include "unit.h"

#include <stdio.h>

#include "growth.h"
#include "trend.h"

/* A simulated server: 20,000 requests an interval of one minute, some hundred seeds a
 * case. TKA_GROWTH_SEEDS=2000 runs so many and prints the table of docs/memory.md. */
#define REQUESTS 20000.0
#define MINUTE   60000000000
#define LONGEST  2000

typedef struct Server {
    uint64_t random;
    size_t count;
    int64_t at_ns[LONGEST];
    double live[LONGEST];
} Server;

static double uniform(Server *server)
{
    return (double)(unit_random(&server->random) >> 11) * 0x1p-53;
}

static double between(Server *server, double low, double high)
{
    return low + (high - low) * uniform(server);
}

static double normal(Server *server)
{
    double radius = sqrt(-2 * log(1 - uniform(server)));

    return radius * cos(6.283185307179586 * uniform(server));
}

static double poisson(Server *server, double mean)
{
    double product = 1, limit = exp(-mean);
    double count = -1;

    if (mean > 30) {
        return fmax(0, floor(mean + sqrt(mean) * normal(server) + 0.5));
    }
    do {
        product *= uniform(server);
        count++;
    } while (product > limit);
    return count;
}

/* Bytes of so many allocations of low to high bytes. */
static double bytes(Server *server, double count, double low, double high)
{
    double spread = (high - low) / sqrt(12);

    if (count < 12) {
        double sum = 0;

        for (double i = 0; i < count; i++) {
            sum += floor(between(server, low, high));
        }
        return sum;
    }
    return floor(count * (low + high) / 2 + sqrt(count) * spread * normal(server));
}

static void leak(Server *server, double requests, double low, double high)
{
    double sum = 0;

    for (size_t i = 0; i < server->count; i++) {
        sum += bytes(server, poisson(server, REQUESTS / requests), low, high);
        server->live[i] += sum;
    }
}

static void leak_often(Server *server)
{
    leak(server, 200, 1, 620);
}

static void leak_rarely(Server *server)
{
    leak(server, 5000, 500, 1500);
}

/* Memory collected and given back every so many intervals. */
static void sawtooth(Server *server, double period, double height)
{
    double phase = uniform(server);

    for (size_t i = 0; i < server->count; i++) {
        phase += poisson(server, REQUESTS) / REQUESTS / period;
        server->live[i] += floor(height * (phase - floor(phase)));
    }
}

/* Not within 2 % of the interval, of its multiples or of their halves: see below. */
static void batch(Server *server)
{
    double rate;

    do {
        rate = exp(between(server, log(0.05), log(50)));
    } while (fabs(2 * rate - round(2 * rate)) < 0.035);
    sawtooth(server, 1 / rate, 3e5);
}

/* Near the interval: what is read drifts through the batch. */
static void batch_near_interval(Server *server)
{
    double off = between(server, 0.035, 0.2);

    sawtooth(server, uniform(server) < 0.5 ? 1 + off : 1 / (1 + off), 3e5);
}

/* What is read drifts through one batch for the whole window: it looks like a leak. */
static void batch_at_interval(Server *server)
{
    sawtooth(server, between(server, 0.98, 1.02), 3e5);
}

static void batch_at_interval_jitter(Server *server)
{
    double phase = uniform(server), period = between(server, 0.98, 1.02);

    for (size_t i = 0; i < server->count; i++) {
        double at = phase + ((double)i + uniform(server)) / period;

        server->live[i] = floor(3e5 * (at - floor(at)));
    }
}

static void leak_and_batch(Server *server)
{
    leak_often(server);
    sawtooth(server, exp(between(server, log(0.1), log(8))), 3e5);
}

static void rare_leak_and_batch(Server *server)
{
    leak_rarely(server);
    sawtooth(server, exp(between(server, log(0.1), log(8))), 4e4);
}

/* What is live at a moment has forgotten all or part of the last interval. */
static void stationary(Server *server, double mean, double spread, double memory)
{
    double off = normal(server);

    for (size_t i = 0; i < server->count; i++) {
        server->live[i] += fmax(0, floor(mean + spread * off));
        off = memory * off + sqrt(1 - memory * memory) * normal(server);
    }
}

static void leak_and_churn(Server *server)
{
    leak_often(server);
    stationary(server, 1e6, 5e4, between(server, 0, 0.8));
}

static void churn(Server *server)
{
    stationary(server, 1e6, 1e5, between(server, 0, 0.8));
}

static void plateau(Server *server)
{
    double full = between(server, 1, 0.4 * (double)server->count), held = 0;
    double turnover = between(server, 0.02, 1), capacity = 1e6;

    for (size_t i = 0; i < server->count; i++) {
        if (held < capacity) {
            held = fmin(capacity, held + capacity / full * between(server, 0.8, 1.2));
        }
        server->live[i] = held;
    }
    stationary(server, 1e4, 2e3, 1 - turnover);
}

static void walk(Server *server, double start, double size)
{
    double entries = start;

    for (size_t i = 0; i < server->count; i++) {
        entries = fabs(floor(entries + sqrt(REQUESTS) * normal(server)));
        server->live[i] = entries * size;
    }
}

static void walk_from_empty(Server *server)
{
    walk(server, 0, 64);
}

static void walk_from_full(Server *server)
{
    walk(server, 3000, 64);
}

static void heavy_walk(Server *server)
{
    double held = 0;

    for (size_t i = 0; i < server->count; i++) {
        held = fabs(held + (uniform(server) < 0.5 ? -1 : 1) *
                               floor(1000 / pow(1 - uniform(server), 0.66)));
        server->live[i] = held;
    }
}

static void lasting_walk(Server *server)
{
    double held = 0, step = 0;

    for (size_t i = 0; i < server->count; i++) {
        step = 0.5 * step + normal(server);
        held = fabs(held + 1e4 * step);
        server->live[i] = held;
    }
}

/* Distinct of keys drawn with probability 1 / rank^skew, all kept. */
static void distinct_keys(Server *server, double keys, double skew)
{
    double chance[120], width[120], sum = 0, held = 0, before = 0;

    for (size_t i = 0; i < 120; i++) {
        double low = pow(keys + 1, (double)i / 120),
               high = pow(keys + 1, (double)(i + 1) / 120);

        width[i] = high - low;
        chance[i] = pow(sqrt(low * high), -skew);
        sum += width[i] * chance[i];
    }
    for (size_t i = 0; i < server->count; i++) {
        double seen = 0, drawn = REQUESTS * (double)(i + 1);

        for (size_t k = 0; k < 120; k++) {
            seen -= width[k] * expm1(-drawn * chance[k] / sum);
        }
        held += bytes(server, poisson(server, seen - before), 64, 256);
        before = seen;
        server->live[i] = held;
    }
}

static void keys_1e4(Server *server)
{
    distinct_keys(server, 1e4, between(server, 0.8, 1.1));
}

static void keys_1e5(Server *server)
{
    distinct_keys(server, 1e5, between(server, 0.8, 1.1));
}

static void keys_1e6(Server *server)
{
    distinct_keys(server, 1e6, between(server, 0.8, 1.1));
}

static void logarithm(Server *server)
{
    double start = between(server, 0.2, 5);

    for (size_t i = 0; i < server->count; i++) {
        server->live[i] =
            floor(1e6 * log1p((double)(i + 1) / start)) + 1e3 * poisson(server, 4);
    }
}

static void wave(Server *server, double period)
{
    double phase = between(server, 0, 6.283185307179586);

    for (size_t i = 0; i < server->count; i++) {
        double angle =
            phase + 6.283185307179586 * (double)i / (double)server->count / period;

        server->live[i] = floor(1e6 + 5e5 * sin(angle) + 5e4 * normal(server));
    }
}

static void daily(Server *server)
{
    wave(server, between(server, 0.1, 1));
}

static void half_day(Server *server)
{
    wave(server, 1.5);
}

static void third_day(Server *server)
{
    wave(server, 3);
}

static void leak_by_load(Server *server)
{
    double phase = between(server, 0, 6.28), period = between(server, 0.2, 1), sum = 0;

    for (size_t i = 0; i < server->count; i++) {
        double angle = phase + 6.28 * (double)i / (double)server->count / period;

        sum += bytes(server, poisson(server, 100 * (1 + 0.8 * sin(angle))), 1, 620);
        server->live[i] = sum;
    }
}

static void step(Server *server)
{
    double at = uniform(server), again = uniform(server);

    stationary(server, 1e6, 1e4, 0.3);
    for (size_t i = 0; i < server->count; i++) {
        double now = (double)i / (double)server->count;

        server->live[i] += 5e5 * ((now > at) + (now > again));
    }
}

static void collector(Server *server)
{
    double held = 0, left = 0;

    for (size_t i = 0; i < server->count; i++) {
        held += bytes(server, poisson(server, 100), 1, 620);
        if (left-- < 1) {
            left = floor(between(server, 3, 20));
            held = 1e4;
        }
        server->live[i] = held;
    }
}

static void doubling(Server *server)
{
    double items = between(server, 100, 1000), rate = between(server, 10, 1000);
    double stops = uniform(server) * (double)server->count;

    for (size_t i = 0; i < server->count; i++) {
        items += (double)i < stops ? poisson(server, rate) : 0;
        server->live[i] = exp2(ceil(log2(items))) * 16;
    }
}

static void sampled(Server *server, double mean, double rate)
{
    double sum = 0;

    for (size_t i = 0; i < server->count; i++) {
        sum += rate * poisson(server, mean / rate);
        server->live[i] = sum;
    }
}

static void sampled_leak(Server *server)
{
    sampled(server, 31050, 65536);
}

static void sampled_big_leak(Server *server)
{
    sampled(server, 31050 * 10, 524288);
}

static void sampled_churn(Server *server)
{
    stationary(server, 1e7, sqrt(1e7 * 524288), between(server, 0, 0.95));
}

typedef struct Case {
    const char *name;
    void (*run)(Server *);
    size_t intervals;
    double least, most; /* share of the runs that may be told as GROWS */
    double sampling;
    double truth; /* bytes leaked an interval; 0: not told */
} Case;

static const Case cases[] = {
    {"leak, 1 of 200 requests", leak_often, 60, 0.95, 1, 0, 31000},
    {"leak, 1 of 5000", leak_rarely, 60, 0.95, 1, 0, 4 * 999.5},
    {"leak, 1 of 5000, 27 intervals", leak_rarely, 27, 0.9, 1, 0, 4 * 999.5},
    {"leak, 1 of 5000, 2000 intervals", leak_rarely, 2000, 0.99, 1, 0, 4 * 999.5},
    {"leak that follows a daily load", leak_by_load, 60, 0.6, 1, 0, 0},
    {"leak + churn", leak_and_churn, 60, 0.95, 1, 0, 31000},
    {"leak + sawtooth", leak_and_batch, 60, 0.8, 1, 0, 31000},
    {"rare leak + sawtooth", rare_leak_and_batch, 60, 0.75, 1, 0, 4 * 999.5},
    {"rare leak + sawtooth, 120 intervals", rare_leak_and_batch, 120, 0.95, 1, 0,
     4 * 999.5},
    {"sampled 64 KiB, leak 1 of 200", sampled_leak, 60, 0, 1, 65536, 31050},
    {"sampled 512 KiB, ten times that", sampled_big_leak, 60, 0, 1, 524288, 310500},
    {"sampled 512 KiB, churn", sampled_churn, 60, 0, 0, 524288, 0},
    {"cache that fills to a plateau", plateau, 60, 0, 0, 0, 0},
    {"sawtooth", batch, 60, 0, 0, 0, 0},
    {"sawtooth near the interval", batch_near_interval, 60, 0, 0, 0, 0},
    {"sawtooth at the interval", batch_at_interval, 60, 0, 1, 0, 0},
    {"the same, read at random moments", batch_at_interval_jitter, 60, 0, 0, 0, 0},
    {"churn", churn, 60, 0, 0, 0, 0},
    {"collector every 3 to 20 intervals", collector, 60, 0, 0, 0, 0},
    {"random walk from empty", walk_from_empty, 60, 0, 0.01, 0, 0},
    {"random walk from empty, 27 intervals", walk_from_empty, 27, 0, 0.01, 0, 0},
    {"random walk from empty, 240 intervals", walk_from_empty, 240, 0, 0.015, 0, 0},
    {"random walk from 3000 entries", walk_from_full, 60, 0, 0.01, 0, 0},
    {"random walk with heavy tails", heavy_walk, 60, 0, 0.01, 0, 0},
    {"random walk with steps that last", lasting_walk, 60, 0, 0.05, 0, 0},
    {"cache without limit, 1e4 Zipf keys", keys_1e4, 60, 0, 0, 0, 0},
    {"the same, 1e5 keys", keys_1e5, 60, 0, 0.02, 0, 0},
    {"the same, 1e6 keys (still filling)", keys_1e6, 60, 0.9, 1, 0, 0},
    {"logarithm", logarithm, 60, 0, 0.02, 0, 0},
    {"daily load, 1 to 10 days", daily, 60, 0, 0, 0, 0},
    {"daily load, two thirds of a day", half_day, 60, 0, 0.15, 0, 0},
    {"daily load, a third of a day", third_day, 60, 0, 0.2, 0, 0},
    {"one or two steps", step, 60, 0, 0, 0, 0},
    {"a vector that doubles", doubling, 60, 0, 0, 0, 0},
};

typedef struct Tally {
    int grows, covered;
} Tally;

static Tally simulate(const Case *test, size_t number, int seeds)
{
    static Server server;
    Tally tally = {0, 0};

    server =
        (Server){.random = 0x9e3779b97f4a7c15u * (number + 1), .count = test->intervals};
    for (int i = 0; i < 50; i++) {
        unit_random(&server.random);
    }
    for (int seed = 0; seed < seeds; seed++) {
        double truth = test->truth * 60;
        Growth growth;

        for (size_t i = 0; i < server.count; i++) {
            server.at_ns[i] = 1750000000000000000 + (int64_t)i * MINUTE;
            server.live[i] = 0;
        }
        test->run(&server);
        growth = growth_judge(&(GrowthInput){server.at_ns, server.live, NULL,
                                             server.count, test->sampling});
        tally.grows += growth.verdict == GROWTH_GROWS;
        tally.covered += growth.verdict == GROWTH_GROWS &&
                         growth.slope_interval.low <= truth &&
                         growth.slope_interval.high >= truth;
    }
    return tally;
}

/* Chance of at most so many of n when each has the chance p. */
static double at_most(int so_many, int n, double p)
{
    double term = pow(1 - p, n), sum = term;

    for (int i = 0; i < so_many; i++) {
        term *= (n - i) / (i + 1.0) * p / (1 - p);
        sum += term;
    }
    return sum;
}

/* One-sided 95 % limit of the share (Clopper and Pearson). */
static double upper_limit(int so_many, int n)
{
    double low = 0, high = 1;

    if (so_many == n) {
        return 1;
    }
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;

        *(at_most(so_many, n, middle) > 0.05 ? &low : &high) = middle;
    }
    return high;
}

static void print_row(const Case *test, Tally tally, int seeds)
{
    double share = 100.0 * tally.grows / seeds;

    printf("| %s | %zu | %.4g %% | ", test->name, test->intervals, share);
    if (share < 25) {
        printf("%.2g %% |", 100 * upper_limit(tally.grows, seeds));
    } else {
        printf("|");
    }
    if (test->truth > 0 && tally.grows > 0) {
        printf(" %.3g %%", 100.0 * tally.covered / tally.grows);
    }
    printf(" |\n");
}

static void simulated_servers(void **state)
{
    const char *wish = getenv("TKA_GROWTH_SEEDS");
    int seeds = wish ? atoi(wish) : 300, wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Tally tally = simulate(&cases[i], i, seeds);

        if (wish) {
            print_row(&cases[i], tally, seeds);
        }
        if (tally.grows < cases[i].least * seeds || tally.grows > cases[i].most * seeds) {
            print_error("%s: %d of %d grow\n", cases[i].name, tally.grows, seeds);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void rank_trends(void **state)
{
    const double rising[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, equal[] = {3, 3, 3};
    const double tied[] = {1, 2, 2, 3, 2, 5};
    RankTrend trend = trend_ranks(rising, 10);

    (void)state;
    assert_true(trend.sum == 45 && trend.variance == 125);
    assert_true(fabs(trend.p - erfc(44 / sqrt(250))) < 1e-12);
    trend = trend_ranks(tied, 6); /* 11 rise, 1 falls, 3 ties; 3 values are equal */
    assert_true(trend.sum == 10 && fabs(trend.variance - (510 - 66) / 18.0) < 1e-12);
    assert_true(trend_ranks(equal, 3).p == 1 && trend_ranks(equal, 3).variance == 0);
    assert_true(trend_ranks(rising, 1).p == 1 && trend_ranks(NULL, 0).p == 1);
}

static void slopes(void **state)
{
    const double at[] = {0, 1, 3, 4, 8}, line[] = {1, 3, 7, 9, 17};
    const double spoiled[] = {1, 3, 7, 900, 17};
    Series series = {at, line, 5};
    RateTrend rate = trend_rate(series);

    (void)state;
    assert_true(trend_theil_sen(series) == 2);
    assert_true(trend_theil_sen((Series){at, spoiled, 5}) == 2);
    assert_true(isnan(trend_theil_sen((Series){at, line, 1})));
    assert_true(isnan(trend_theil_sen((Series){at, line, 0})));
    assert_true(rate.rate == 2 && rate.error == 0 && isinf(rate.t));
    assert_int_equal(rate.increments, 4);
    assert_true(isnan(trend_rate((Series){at, line, 2}).error));
    assert_true(isnan(trend_rate((Series){at, line, 0}).rate));
}

/* Increments 1, 3, 2 in equal times: mean 2, deviation 1. */
static void rates(void **state)
{
    const double at[] = {0, 1, 2, 3}, value[] = {0, 1, 4, 6}, flat[] = {5, 5, 5, 5};
    RateTrend rate = trend_rate((Series){at, value, 4});

    (void)state;
    assert_true(fabs(rate.error - 1 / sqrt(3)) < 1e-12);
    assert_true(fabs(rate.t - 2 * sqrt(3)) < 1e-12);
    assert_true(trend_rate((Series){at, flat, 4}).t == 0);
}

static Growth judge(const int64_t *at, const double *live, size_t count)
{
    return growth_judge(&(GrowthInput){at, live, NULL, count, 0});
}

/* Gaps, values that are none, clocks set back. */
static void rough_input(void **state)
{
    int64_t at[400];
    double live[400], error[400];
    Growth growth;

    (void)state;
    for (size_t i = 0; i < 400; i++) { /* hours, then minutes, then seconds */
        int64_t step = i < 24 ? 60 * MINUTE : i < 84 ? MINUTE : MINUTE / 60;

        at[i] = i ? at[i - 1] + step : 0;
        live[i] = (double)at[i] / 3600e9 * 1e6 + 1000;
        error[i] = 1e6;
    }
    growth = judge(at, live, 400);
    assert_int_equal(growth.verdict, GROWTH_GROWS);
    assert_true(fabs(growth.slope - 1e6) < 2e4);
    live[30] = NAN;
    at[50] = at[40];
    assert_int_equal(judge(at, live, 400).verdict, GROWTH_GROWS);
    at[399] = 0;
    assert_int_equal(judge(at, live, 400).verdict, GROWTH_GROWS);
    growth = growth_judge(&(GrowthInput){at, live, error, 400, 0});
    assert_int_equal(growth.verdict, GROWTH_GROWS);
    for (size_t i = 0; i < 400; i++) {
        error[i] = 1e7;
    }
    growth = growth_judge(&(GrowthInput){at, live, error, 400, 0});
    assert_int_equal(growth.reason, GROWTH_SMALL);
    for (size_t i = 0; i < 400; i++) {
        live[i] = 7;
    }
    assert_int_equal(judge(at, live, 400).reason, GROWTH_NO_TREND);
    assert_int_equal(judge(at, live, 0).verdict, GROWTH_TOO_FEW);
    assert_int_equal(judge(at, live, 20).verdict, GROWTH_TOO_FEW);
    for (size_t i = 0; i < 400; i++) {
        live[i] = NAN;
        at[i] = 0;
    }
    assert_int_equal(judge(at, live, 400).points, 0);
}

static void assert_described(Growth growth, const char *expected)
{
    Text text = {0};

    growth_describe(&growth, &text);
    assert_string_equal(text.data, expected);
    text_release(&text);
}

static void descriptions(void **state)
{
    Growth growth = {.verdict = GROWTH_GROWS,
                     .points = 45,
                     .window_ns = 3300e9,
                     .slope = 3.1e6,
                     .slope_interval = {2.9e6, 3.3e6},
                     .grown_bytes = 2.84e6,
                     .p = 2.1e-7,
                     .t = 9.24,
                     .slowing = 0.42};

    (void)state;
    assert_described(growth, "has grown by 2.84 MB, 3.10 MB/h (2.90 MB to 3.30 MB), "
                             "p = 2e-7, over 55 minutes");
    growth.p = 9.7e-8;
    growth.window_ns = 86400e9;
    assert_described(growth, "has grown by 2.84 MB, 3.10 MB/h (2.90 MB to 3.30 MB), "
                             "p = 1e-7, over 24 hours");
    growth.verdict = GROWTH_NOT;
    growth.window_ns = 59e9;
    growth.reason = GROWTH_UNSTEADY;
    assert_described(growth, "has grown by 2.84 MB, as by chance (t = 9.2), over 59.0 s");
    growth.reason = GROWTH_SLOWS;
    assert_described(growth, "has grown by 2.84 MB, but slows: in the second half to "
                             "42.0% of before, over 59.0 s");
    growth.reason = GROWTH_SMALL;
    assert_described(growth, "has grown by 2.84 MB only, over 59.0 s");
    growth.reason = GROWTH_DIPS;
    assert_described(growth, "does not grow: it falls back to what it was, over 59.0 s");
    growth.reason = GROWTH_NO_TREND;
    growth.p = 0.234;
    assert_described(growth, "does not grow: no trend upwards, p = 0.23, over 59.0 s");
    growth.p = 0;
    assert_described(growth, "does not grow: no trend upwards, p < 1e-15, over 59.0 s");
    assert_described((Growth){.points = 12}, "has too few readings to tell: 12 of 20");
    assert_string_equal(growth_verdict_word(GROWTH_TOO_FEW), "too_few");
    assert_string_equal(growth_verdict_word(GROWTH_GROWS), "grows");
    assert_string_equal(growth_reason_word(GROWTH_UNSTEADY), "unsteady");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_trends),  cmocka_unit_test(slopes),
        cmocka_unit_test(rates),        cmocka_unit_test(rough_input),
        cmocka_unit_test(descriptions), cmocka_unit_test(simulated_servers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
