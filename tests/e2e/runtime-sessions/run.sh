# Sessions: one per run with who, what and how it ended; named stretches by the
# API take just their own part, also after a crash.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >stretches.c <<'C'
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

static void work(int n)
{
    for (int i = 0; i < n; i++) {
        leaf(i);
    }
}

int main(int argc, char **argv)
{
    TkaConfig config;

    work(100);
    if (tka_session_start("warm up") != 0 || tka_session_start("nested") == 0) {
        return 1;
    }
    work(1000);
    if (tka_session_stop() != 0 || tka_session_stop() == 0) {
        return 2;
    }
    work(200);
    if (tka_session_start("serve") != 0) {
        return 3;
    }
    work(5000);
    if (argc > 1 && strcmp(argv[1], "kill") == 0) {
        raise(SIGKILL);
    }
    if (tka_flush() != 0) {
        return 4;
    }
    work(5000);
    tka_session_stop();
    if (tka_config_current(&config) != 0 || config.mode != TKA_MODE_EXACT) {
        return 5;
    }
    work(30);
    if (argc > 1 && strcmp(argv[1], "shutdown") == 0) {
        tka_shutdown();
        work(77);
    }
    return 0;
}
C
build stretches.c
by_session()
{
    query "SELECT s.name, calls, samples, length(histogram)>0 FROM measurement JOIN session s ON s.id=session_id ORDER BY s.id"
}
export TKA_PROFILING_MODE=exact TKA_SESSION_NAME="nightly run"
fresh
./stretches "an argument" || fail "status $?"
expect "calls by session" "nightly run|330|330|1
warm up|1000|1000|1
serve|10000|10000|1" "$(by_session)"
expect "stretches belong to the run" "1|stretch
1|stretch" "$(query "SELECT parent_id,exit_kind FROM session WHERE parent_id IS NOT NULL")"
expect "the run" "nightly run|./stretches 'an argument'|exact|exit|0|1" \
    "$(query "SELECT name,command,mode,exit_kind,exit_status,ended_at>started_at FROM session WHERE parent_id IS NULL")"
expect "host" "$(hostname)" "$(query "SELECT host FROM session LIMIT 1")"
expect "histogram of a stretch sums up" 1 "$(query "SELECT count(*)>0 FROM measurement WHERE weight=10000")"

fresh
./stretches kill
fold
expect "calls by session after kill -9" "nightly run|300|300|1
warm up|1000|1000|1
serve|5000|5000|1" "$(by_session)"

fresh
./stretches shutdown || fail "status $?"
expect_calls leaf 11330

# two runs at the same time report themselves only
fresh
for i in 1 2 3; do
    "$TKA" run --format json -o run$i.json ./stretches 2>/dev/null &
done
wait
for i in 1 2 3; do
    expect "calls of run $i" 11330 "$(sqlite3 :memory: "SELECT json_extract(readfile('run$i.json'),'\$.functions[0].calls')")"
done

# commit and folder
if command -v git >/dev/null; then
    git init -q repo
    cd repo || exit 1
    git -c user.name=t -c user.email=t@t commit -q --allow-empty -m x
    commit=$(git rev-parse HEAD)
    mkdir below
    cd below || exit 1
    fresh
    ../../stretches
    expect "commit" "$commit" "$(query "SELECT git_commit FROM session LIMIT 1")"
    git pack-refs --all
    fresh
    ../../stretches
    expect "packed commit" "$commit" "$(query "SELECT git_commit FROM session LIMIT 1")"
    cd ../..
fi

# linked without annotations: the API answers and nothing is made
cat >api.c <<'C'
#include <tka/tka.h>
int main(void)
{
    TkaConfig config;
    return tka_session_start("x") == -1 && tka_flush() == -1 && tka_config_current(&config) == -1 ? 0 : 1;
}
C
"$CC" -I "$TKA_PREFIX/include" api.c -o api && ./api || fail "the API without the runtime"
