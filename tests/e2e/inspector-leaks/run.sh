#!/usr/bin/env bash
# tka leaks: verdicts, growth, suppressions and baselines on a fixed database; then a
# program that leaks, with a forked child that leaks more.
. "$(dirname "$0")/../inspector-report/common.sh"
sqlite3 fixture.db <"$tests/e2e/inspector-memory/memory.sql" || fail "fixture"
sqlite3 fixture.db "DELETE FROM memory_interval"

# A server that keeps a block of each request, and frees what else it needs. Readings are
# half a second apart at least: it runs beside the rest.
if [ "$CC $OPT" = "gcc -O2" ]; then
cat >server.c <<'P'
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tka/tka.h>
struct session {
    struct session *next;
    char data[1000];
};
struct session *all;
TKA_PROFILE __attribute__((noinline)) void remember(void)
{
    struct session *one = malloc(sizeof *one); // line 12
    memset(one, 0, sizeof *one);
    one->next = all;
    all = one;
}
TKA_PROFILE __attribute__((noinline)) void answer(int i)
{
    char *text = malloc(2000 + i % 500);
    text[0] = 'x';
    free(text);
}
TKA_PROFILE __attribute__((noinline)) void request(int i)
{
    remember();
    answer(i);
}
int main(void)
{
    struct timespec pause = {0, 1000000};
    for (int i = 0; i < 17000; i++) {
        request(i);
        nanosleep(&pause, NULL);
    }
    return 0;
}
P
    "$TKA_CC" $CC -g $OPT -fno-builtin -c server.c -o server.o && "$TKA_CC" $CC server.o -o server || fail "build"
    TKA_PERFORMANCE_DATA_DIR=grown TKA_MONITORING_INTERVAL=50 TKA_MONITORING_MEMORY_TRACKING=exact \
        LD_PRELOAD=$TKA_PREFIX/lib/libtka-mem.so ./server &
fi

# number VALUE: as unsigned LEB128, in hex
number()
{
    local value=$1
    while [ $value -ge 128 ]; do
        printf '%02X' $((value % 128 + 128))
        value=$((value / 128))
    done
    printf '%02X' $value
}

status 0 "$TKA" leaks --db fixture.db -s 1
says out "No memory was recorded"

status 1 "$TKA" leaks --db fixture.db
says out "Lost: 4.15 kB in 5 blocks, and through these 16.1 kB in 16 blocks; still reachable: 584 kB in 383 blocks" \
    "No verdict (process 201): sampled: some pointers are in blocks that are not known" \
    "definite  4.03 kB       4  main > request > parse  app+0x1234" \
    "definite    120 B       1  (no profiled function)  libz.so.1+0x100" \
    "indirect  16.1 kB      16  main > request > parse  app+0x1234" \
    "/src/app/app is not there any more"
grep -q "^reachable" out && fail "reachable without being asked for: $(cat out)"
status 1 "$TKA" leaks --db fixture.db --reachable
says out "reachable   383 kB     380  main > request > parse  app+0x1234"
status 1 "$TKA" leaks --db fixture.db --min-bytes 1000
says out "Smaller: 1, 120 B in 1 block"
status 0 "$TKA" leaks --db fixture.db --min-bytes 5000
status 1 "$TKA" leaks --db fixture.db --format csv
says out "definite,4032,4,,main > request > parse,,app+0x1234,,,,,"
status 1 "$TKA" leaks --db fixture.db --format json
says out '{"kind": "definite", "blocks": 4, "bytes": 4032, "path": "main > request > parse", "function": "parse"' \
    '"indirect": {"findings": 1, "blocks": 16, "bytes": 16128}' '"pid": 201, "mode": "sampled", "verdict": false'
command -v python3 >/dev/null && { python3 -m json.tool out >/dev/null || fail "not JSON"; }
[ "$(sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.kind') || json_extract(value, '\$.blocks')) FROM json_tree(readfile('out')) WHERE type = 'object' AND json_extract(value, '\$.kind') IS NOT NULL AND json_extract(value, '\$.blocks') IS NOT NULL")" = definite4,definite1,indirect16 ] ||
    fail "objects with a kind are the findings only: $(cat out)"

# Suppressions: what each took is counted.
cat >rules <<'R'
# of the library
module:libz.so*
path:main>request>parse   # both kinds
R
status 0 "$TKA" leaks --db fixture.db --suppressions rules
says out "Suppressed: 3, 20.3 kB in 21 blocks" "  1 by line 2, module:libz.so*" \
    "  2 by line 3, path:main>request>parse"
status 0 "$TKA" leaks --db fixture.db --suppressions rules --format json
says out '{"rule": "module:libz.so*", "line": 2, "findings": 1, "total_blocks": 1, "total_bytes": 120}'
echo "nonsense" >>rules
status 3 "$TKA" leaks --db fixture.db --suppressions rules
one_error
says err "rules:4: not a rule"
status 3 "$TKA" leaks --db fixture.db --suppressions no-such-file
one_error

# Baselines: a file, a session, a damaged one.
status 1 "$TKA" leaks --db fixture.db --write-baseline known.json
status 0 "$TKA" leaks --db fixture.db --baseline known.json
says out "Known: 3, 20.3 kB in 21 blocks"
status 0 "$TKA" leaks --db fixture.db --baseline 2
sqlite3 fixture.db "UPDATE memory_measurement SET lost = 5, lost_bytes = 5040 WHERE lost = 4"
status 1 "$TKA" leaks --db fixture.db --baseline known.json
says out "Kind        Bytes  Blocks      Was" "definite  5.04 kB       5  4.03 kB  main > request > parse" "Known: 2, "
status 1 "$TKA" leaks --db fixture.db --baseline known.json --format json
says out '"bytes": 5040, "known_bytes": 4032'
echo '{"findings": 1}' >broken.json
for wrong in broken.json missing.json no-such-session; do
    status 3 "$TKA" leaks --db fixture.db --baseline $wrong
    one_error
done

# Growth: allocation 1 of process 3, sampled, for 40 seconds, by 10 MB each; 5 is steady.
rows=
for i in $(seq 1 40); do
    rows="$rows${rows:+,}(3, $((i % 7 ? 2 : 3)), $((1750000100000000000 + i * 1000000000)), X'01$(number $((i * 10000000 + i % 3)))05$(number 50000)')"
done
sqlite3 fixture.db "INSERT INTO memory_interval VALUES $rows;
    UPDATE memory_measurement SET lost = NULL; UPDATE process_memory SET verdict = 'none', why = NULL"
status 1 "$TKA" leaks --db fixture.db
says out "No verdict (process 200): nobody looked at its exit" \
    "No verdict (process 201): sampled: run with \`tka run --memory=exact\`" \
    "  main > request > parse  app+0x1234  (process 201)" "    has grown by " "36.0 GB/h" \
    "What lives, lost or not" "Growth was judged of 2 allocations"
status 1 "$TKA" leaks --db fixture.db --format json
says out '"kind": "growth", "blocks": null' '"pid": 201, "bytes_per_hour": 36'
status 1 "$TKA" leaks --db fixture.db --format csv
grep -q '^growth,[0-9]*,,,main > request > parse,,app+0x1234,201,36' out || fail "csv: $(cat out)"
status 0 "$TKA" leaks --db fixture.db --no-growth
status 1 "$TKA" leaks --db fixture.db --write-baseline grew.json
status 0 "$TKA" leaks --db fixture.db --baseline grew.json
echo "path:*parse" >rules
status 0 "$TKA" leaks --db fixture.db --suppressions rules

for wrong in operand "-a -s 1" "--min-bytes x"; do
    status 2 "$TKA" leaks --db fixture.db $wrong
    one_error
done

# A program: a list whose head is lost, and a text; a child that loses two more.
cat >app.c <<'P'
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>
struct node {
    struct node *next;
    char data[40];
};
char *kept;
TKA_PROFILE __attribute__((noinline)) struct node *list(int n)
{
    struct node *head = NULL;
    while (n-- > 0) {
        struct node *one = malloc(sizeof *one); // line 15
        one->next = head;
        head = one;
    }
    return head;
}
TKA_PROFILE __attribute__((noinline)) void drop(void)
{
    volatile struct node *lost = list(5);
    lost->data[0] = 1;
}
TKA_PROFILE __attribute__((noinline)) void text(void)
{
    volatile char *lost = malloc(100);
    lost[0]++;
}
int main(int count, char **arguments)
{
    (void)arguments;
    for (int i = 0; i < 10; i++) {
        drop();
    }
    text();
    kept = malloc(77);
    if (count > 1 && fork() == 0) {
        text();
        text();
        exit(0);
    }
    wait(NULL);
    return 0;
}
P
"$TKA_CC" $CC -g $OPT -fno-builtin -c app.c -o app.o && "$TKA_CC" $CC app.o -o app || fail "build"
run_app()
{
    TKA_PERFORMANCE_DATA_DIR=data TKA_MONITORING_MEMORY_TRACKING=$1 LD_PRELOAD=$TKA_PREFIX/lib/libtka-mem.so \
        ./app ${2:-} || fail "run"
}
run_app exact
status 1 "$TKA" leaks --data-dir data --format csv
says out "definite,480,10,,drop > list,list," "definite,100,1,,text,text," "indirect,1920,40,,drop > list,list,"
status 1 "$TKA" leaks --data-dir data --reachable
says out "still reachable: 77 B in 1 block" "reachable     77 B       1  (no profiled function)  main"
case $(ldd "$TKA") in
*libdw*) says out "list  app.c:15" ;;
esac
run_app exact fork
status 1 "$TKA" leaks --data-dir data --baseline 1
says out "definite    300 B       3  100 B  text" "Known: 2, 2.40 kB in 50 blocks" "2 processes" \
    "definite    480 B      10    new  (inherited at fork)  list"
status 1 "$TKA" leaks --data-dir data --format csv
says out "definite,300,3,,text,text," # 1 of the parent, 2 of the child
status 0 "$TKA" memory --data-dir data --by place --format csv
[ "$(grep -c "^list," out)" = 1 ] || fail "inherited: $(cat out)"
printf 'function:list\nfunction:text\npath:(inherited*\n' >rules
status 0 "$TKA" leaks --data-dir data --suppressions rules
run_app true
status 0 "$TKA" leaks --data-dir data
says out "sampled: run with \`tka run --memory=exact\`"

[ -e server ] || exit $failed
wait
status 1 "$TKA" leaks --data-dir grown
says out "Lost: 0 B in 0 blocks; still reachable: 17.1 MB in 17,000 blocks" "request > remember" "has grown by"
[ "$(grep -c "has grown" out)" = 1 ] || fail "growth of one path: $(cat out)"
status 0 "$TKA" leaks --data-dir grown --no-growth
exit $failed
