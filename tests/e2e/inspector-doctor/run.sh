#!/usr/bin/env bash
# tka doctor: a session's coverage and probe cost; objects, archives, programs and
# folders without a run.
. "$(dirname "$0")/../inspector-report/common.sh"

status 1 "$TKA" doctor --db fixture.db
says out "7 instrumented, 1 skipped, 1 never called" "alloca in a loop" "never_called" \
    "lost 7 calls and 3 timings" "Costliest probes" \
    "warn  suspended    rare: counting cost more than the budget" \
    "warn  system       process 201 has no system metrics"
! grep -q "slow calls" out || fail "all slow calls are kept: $(cat out)"
sqlite3 fixture.db "UPDATE measurement SET off_reason = 'request', slow_calls = slow_calls * 2
    WHERE function_id IN (3, 4)"
status 1 "$TKA" doctor --db fixture.db
says out "warn  switched off rare: on request" \
    "warn  slow calls   4 over the bottleneck threshold, 2 of them kept for tka slow"
status 1 "$TKA" doctor --db fixture.db --format json
says out '"never_called": 1' '"state": "skipped"' '"checks": [' '"probes": ['
status 1 "$TKA" doctor --db fixture.db --format csv
says out "skipped_one,skipped_one,/src/app/main.c,120,function,8,/src/app/app,skipped,alloca in a loop,0"

# The text of a site is data in a section: no need of tka-cc to make one.
site() { printf 'static const char %s[] __attribute__((section("tka_text"), used, aligned(1))) = "1\\t%s\\t%s\\t%s\\t/src/%s.c\\t%s\\t5\\t%s";\n' "$@"; }
{ site a f alpha alpha a 10 ""; site b s beta beta a 20 "asm goto"; } >a.c
site c b gamma alpha b 30 "" >b.c
echo 'int main(void) { return 0; }' >main.c
"$CC" -c a.c b.c main.c || exit 1
"$CC" -fPIC -shared b.c -o libb.so && "$CC" a.o b.o main.o -o app &&
    ar rcs both.a a.o b.o && ar rcsT thin.a a.o b.o || exit 1

status 0 "$TKA" doctor a.o
says out "1 file read, 1 with annotations" "1 instrumented, 1 skipped" "alpha" "asm goto"
for file in app both.a; do
    status 0 "$TKA" doctor $file
    says out "2 instrumented, 1 skipped" "gamma [block]" "/src/b.c:30"
done
status 1 "$TKA" doctor --strict app
status 0 "$TKA" doctor --strict libb.so
status 0 "$TKA" doctor .
says out "2 instrumented, 1 skipped" "       1  asm goto" \
    "          3             2        1  ./app          asm goto (1)" \
    "          1             1        0  ./libb.so"
status 0 "$TKA" doctor . --format json
says out '{"module": "./both.a(a.o)", "instrumented": 1, "skipped": 1, "reasons": [{"reason": "asm goto", "places": 1}]}'
status 0 "$TKA" doctor app --format csv
says out "alpha,alpha,/src/a.c,10,function,5,app,instrumented,,"
status 0 "$TKA" doctor thin.a
status 0 "$TKA" doctor main.o
says out "1 file read, 0 with annotations"

head -c 700 app >cut
status 1 "$TKA" doctor cut
says out "1 damaged"
status 3 "$TKA" doctor a.c
one_error
status 3 "$TKA" doctor nothing_there
one_error

# A program whose probes lead nowhere, and one that was linked with the runtime.
[ -x "${TKA_CC:-}" ] || exit $failed
printf '#include <tka/tka.h>\nTKA_PROFILE int main(void) { return 0; }\n' >probed.c
"$TKA_CC" "$CC" -I "${TKA_PREFIX:-/usr}/include" -c probed.c -o probed.o &&
    "$TKA_CC" "$CC" probed.o -o whole && "$CC" probed.o -o bare || exit 1
status 0 "$TKA" doctor whole
status 1 "$TKA" doctor bare
says out "1 program has probes but not the runtime"
exit $failed
