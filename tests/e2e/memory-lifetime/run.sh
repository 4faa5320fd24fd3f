# Allocations before main() and after it, exits of all kinds, a process that is killed,
# named stretches, the peak and the threshold.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >around.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>
#include <tka/tka.h>

static void *early;

__attribute__((constructor)) static void constructed(void)
{
    early = malloc(100);
    memset(early, 1, 100);
    free(malloc(5));
}

__attribute__((destructor)) static void destroyed(void)
{
    early = realloc(early, 10000);
    memset(early, 1, 10000);
    free(early);
    free(malloc(5));
}

static void at_exit(void)
{
    free(strdup("at exit"));
}

TKA_PROFILE static void work(void)
{
    for (int i = 0; i < 1000; i++) {
        free(malloc(20));
    }
}

static void *exits(void *nothing)
{
    work();
    exit(5);
}

int main(int argc, char **argv)
{
    pthread_t thread;

    atexit(at_exit);
    work();
    switch (argv[1][0]) {
    case '_': _exit(4);
    case 't':
        pthread_create(&thread, NULL, exits, NULL);
        pthread_join(thread, NULL);
        return 1;
    case 'q': quick_exit(6);
    case 'k': kill(getpid(), SIGKILL); return 1;
    case 'a': abort();
    }
    return 3;
}
C
compile around.c -pthread

for mode in sampled exact; do
    for way in return:3:1000 _exit:4:1000 thread:5:2000 quick:6:1000 kill:137:1000 abort:134:1000; do
        IFS=: read -r name status count <<<"$way"
        fresh
        hooked $mode ./around "$name" >out 2>&1
        expect "status of $name, $mode" "$status" $?
        fold
        expect "allocations of work, $name, $mode" "$count" "$(figure allocations work)"
        expect "temporary, $name, $mode" "$count" "$(figure temporary work)"
        expect "live files, $name, $mode" "" "$(ls data/live)"
    done
done

cat >stretches.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <tka/tka.h>

static void *kept[100];

TKA_PROFILE static void take(int n)
{
    for (int i = 0; i < n; i++) {
        free(malloc(30));
    }
}

TKA_PROFILE static void hold(void)
{
    for (int i = 0; i < 100; i++) {
        kept[i] = malloc(100000);
    }
}

TKA_PROFILE static void drop(void)
{
    for (int i = 0; i < 100; i++) {
        free(kept[i]);
    }
}

int main(void)
{
    TkaMemorySummary now;

    take(100);
    tka_session_start("first");
    take(1000);
    tka_session_stop();
    take(10000);
    tka_session_start("second");
    take(20);
    hold();
    tka_flush();
    tka_session_stop();
    drop();
    if (tka_memory_summary(&now) != 0) {
        return 1;
    }
    printf("%lld\n", now.peak_bytes);
    return 0;
}
C
compile stretches.c
for mode in sampled exact; do
    fresh
    TKA_PROFILING_MEMORY_THRESHOLD=5 hooked $mode ./stretches >peak || fail "stretches fails, $mode"
    fold
    expect "allocations, all sessions, $mode" 11120 "$(figure allocations take)"
    expect "by session, $mode" "10100 1000 20" "$(query "SELECT sum(allocations) FROM memory_measurement m
        JOIN session s ON s.id = session_id JOIN allocation a ON a.id = allocation_id
        JOIN callpath c ON c.id = callpath_id JOIN function f ON f.id = function_id
        WHERE f.name = 'take' GROUP BY session_id ORDER BY session_id" | paste -sd ' ')"
    peak=$(query 'SELECT peak_bytes FROM process_memory')
    if [ $mode = exact ]; then
        [ "$peak" -ge 10000000 ] && [ "$peak" -le 10300000 ] || fail "peak $peak, expected 10 MB and what the start took"
        expect "all dropped" 0 "$(figure 'tracked-freed' hold)"
    else
        [ "$peak" -ge 5000000 ] && [ "$peak" -le 20000000 ] || fail "estimated peak $peak, expected about 10 MB"
    fi
    expect "events, $mode" "1|memory|5242880.0" "$(query "SELECT count(*), kind, threshold FROM event GROUP BY kind")"
    expect "owner of most at the threshold, $mode" hold "$(query "SELECT f.name FROM event e, json_each(e.detail) j
        JOIN allocation a ON a.id = j.value->>0 JOIN callpath c ON c.id = callpath_id
        JOIN function f ON f.id = function_id WHERE j.key = 0")"
done
