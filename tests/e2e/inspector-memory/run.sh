#!/usr/bin/env bash
# tka memory: by function, path and place, one function, and memory in other reports, on a
# fixed database; then a program that allocates.
. "$(dirname "$0")/../inspector-report/common.sh"
here=$(dirname "$0")

rows()
{
    awk '/^Alloc/ { on = 1; next } /^Alloc.* and counts/ { on = 0 } on && NF' out
}

status 0 "$TKA" memory --db fixture.db
says out "No memory was recorded"
sqlite3 fixture.db <"$here/memory.sql" || fail "fixture"

status 0 "$TKA" memory --db fixture.db
says out "2 processes" \
    "Memory: 8.60 MB live at the end (+-23.2%), most 9.90 MB; 1,562 allocations of 54.0 MB, 1,071 frees; one block in 524 kB sampled, all followed in 1 of 2 processes" \
    "Lost: 2 samples" \
    "  51.0 MB   1,510  33.8 kB  8.40 MB  23.8%  609 kB  7.50 MB  16.6%      -        -  parse               /src/app/parse.c:20" \
    "  3.00 MB      42  71.4 kB   201 kB  exact  300 kB   201 kB  0.00%     40  1.50 MB  request [critical]  /src/app/server.c:30" \
    "    700 B       7    100 B        -      -       -        -  0.00%      -        -  lookup [block]      /src/app/cache.h:5" \
    "    300 B       3    100 B    360 B  exact   360 B    360 B  0.00%      -        -  ? (not profiled)    libz.so.1+0x100" \
    "Over 800 kB at 2025-06-15 15:08:21.000: process 200 had 900 kB, most of it from" \
    "  500 kB  main > request > parse  app+0x1234" "     7 B  (no longer kept)" \
    "/src/app/app is not there any more: its places have no names"
status 0 "$TKA" memory --db fixture.db --sort live --format csv
[ "$(cut -d, -f1 out | xargs)" = "name parse request lookup" ] ||
    [ "$(cut -d, -f1 out | sed 1d | head -2 | xargs)" = "parse request" ] || fail "by live: $(cat out)"
says out "parse,/src/app/parse.c:20,true,8403200,"
status 0 "$TKA" memory --db fixture.db --sort allocations -n 1
says out "3 more; --limit 0 shows all"
status 0 "$TKA" memory --db fixture.db -f 'req*'
[ "$(grep -c 'src/app/' out)" = 2 ] || fail "filtered: $(cat out)"
status 0 "$TKA" memory --db fixture.db -s 1
says out "No memory was recorded"
status 0 "$TKA" memory --db fixture.db -a
says out "51.0 MB   1,510"

status 0 "$TKA" memory --db fixture.db --by place
says out "app+0x1234" "app+0x2000" "libz.so.1+0x100"
[ "$(rows | grep -c "?  *app+0x1234")" = 1 ] || fail "one place, two paths: $(cat out)"
status 0 "$TKA" memory --db fixture.db --by path
says out "  100%    54.0 MB      0 B   1,559  8.60 MB  23.2%  main                    /src/app/main.c:10" \
    "  \`- request" "(no profiled function)" "2 smaller or filtered nodes"
status 0 "$TKA" memory --db fixture.db --by path --format csv
says out "main;request;parse,51000000,51000000,1500,8403200,2000000" "main;parse,20000,20000,10,0,0"
status 0 "$TKA" memory --db fixture.db --by path --format json
says out '"self_bytes": 3000000' '"outside": {' '"bytes": 300,'

status 0 "$TKA" memory --db fixture.db parse
says out "Sizes from" "    512 B  ########################################   1.00 k   66.2%" \
    "By path" "main > request > parse" "main > parse" "By place" "app+0x1234" \
    "Over time, from 2025-06-15 15:08:20" "  live  "
status 0 "$TKA" memory --db fixture.db request
says out "realloc() let blocks grow 40 times, 20.0 times a block, and copied 1.50 MB, 50.0% of what was allocated" \
    "mmap(): 1 times, 4.10 kB"
status 0 "$TKA" memory --db fixture.db request --format json
says out '"ladders": 2' '"low_bytes": 16384, "high_bytes": 32767, "allocations": 18' \
    '"live_bytes": 200672' '"path": "main > request"' '"lost": 0'
status 0 "$TKA" memory --db fixture.db --format json
says out '"mode": "mixed"' '"lost_samples": 2' '"live_error_bytes": 2000000' \
    '"threshold_bytes": 800000' '"name": "lookup"' '"live_bytes": null'
command -v python3 >/dev/null && {
    python3 -m json.tool out >/dev/null || fail "not JSON"
}
status 3 "$TKA" memory --db fixture.db nothing_like_it
one_error
status 3 "$TKA" memory --db fixture.db r
one_error
says err "could be"
for wrong in "a b" "--by size" "--sort size" "-a -s 1"; do
    status 2 "$TKA" memory --db fixture.db $wrong
    one_error
done

status 0 "$TKA" report --db fixture.db --format json
says out '"memory": {' '"peak_bytes": 9900000,'
status 0 "$TKA" show --db fixture.db parse
says out "  51.0 MB   1,510" "Sizes from"
status 0 "$TKA" show --db fixture.db parse --format json
says out '"memory": {' '"tracked_bytes": 1028160,'
status 0 "$TKA" show --db fixture.db rare --format json
grep -q '"memory"' out && fail "memory of what has none"

status 1 "$TKA" doctor --db fixture.db
says out "memory hooks" "process 200: exact, 651 frees noted, leaks told" \
    "process 201: sampled, 420 frees noted, no verdict on leaks" \
    "process 201 could not note 0 allocations and 2 samples"

# Too little was sampled to tell what lives.
cp fixture.db few.db
sqlite3 few.db "DELETE FROM memory_measurement WHERE allocation_id <> 5;
    DELETE FROM process_memory WHERE process_id <> 3"
status 0 "$TKA" memory --db few.db
says out "Memory: too little lives at the end for samples to tell, most 9.00 MB"

# Damaged: readings that end early, paths in a circle, figures of any size.
sqlite3 fixture.db "UPDATE memory_interval SET data = X'FFFFFFFFFFFFFFFFFFFF01' WHERE at % 2 = 0;
    UPDATE memory_measurement SET sizes = X'80', bytes = 9223372036854775807;
    UPDATE event SET detail = '[[1,'; UPDATE callpath SET parent_id = 3 WHERE id = 1"
for form in text json csv; do
    status 0 "$TKA" memory --db fixture.db --by path --format $form
    status 0 "$TKA" memory --db fixture.db parse --format $form
    status 0 "$TKA" memory --db fixture.db --format $form
done

# A program, whose places have names: inlined calls and templates too.
cat >app.cpp <<'P'
#include <cstdlib>
#include <vector>
#include <tka/tka.h>
static inline char *make(int size)
{
    return static_cast<char *>(std::malloc(size)); // line 6
}
char *kept[100];
TKA_PROFILE __attribute__((noinline)) void fill(int i)
{
    kept[i] = make(1000 + i);
    std::free(make(50));
}
TKA_PROFILE __attribute__((noinline)) int sum(int n)
{
    std::vector<int> numbers(n, 1); // line 16
    return numbers[n / 2];
}
int main()
{
    int all = 0;
    for (int i = 0; i < 100; i++) {
        fill(i);
        all += sum(i + 1);
    }
    for (int i = 0; i < 40; i++) {
        std::free(kept[i]);
    }
    return all == 100 ? 0 : 1;
}
P
"$TKA_CC" "$CXX" -g -O1 -fno-builtin-malloc -c app.cpp -o app.o && "$TKA_CC" "$CXX" app.o -o app || fail "build"
TKA_PERFORMANCE_DATA_DIR=data TKA_MONITORING_MEMORY_TRACKING=exact \
    LD_PRELOAD=$TKA_PREFIX/lib/libtka-mem.so ./app || fail "run: $?"
status 0 "$TKA" memory --data-dir data --format csv
says out "fill(int),$PWD/app.cpp:9,true,64170,0,550,0.5,200,109950,100," "sum(int),"
status 0 "$TKA" memory --data-dir data --by place
case $(ldd "$TKA") in
*libdw*) says out " make" "app.cpp:6" "app.cpp:16" ;;
*) says out "fill(int)" ;;
esac
status 0 "$TKA" doctor app
grep -q libtka-mem out && fail "linked with libtka-mem: $(cat out)"
"$TKA_CC" "$CXX" app.o -o linked -L"$TKA_PREFIX/lib" -Wl,-rpath,"$TKA_PREFIX/lib" -Wl,--no-as-needed -ltka-mem || fail "link"
status 0 "$TKA" doctor linked
says out "1 with libtka-mem, which notes allocations"
status 0 "$TKA" doctor linked --format json
says out '"with_memory": 1'

TKA_PERFORMANCE_DATA_DIR=sampled TKA_MONITORING_MEMORY_TRACKING=true \
    LD_PRELOAD=$TKA_PREFIX/lib/libtka-mem.so ./app || fail "run: $?"
status 0 "$TKA" memory --data-dir sampled
says out "one block in 524 kB sampled"

cp app app.old
echo 'int main() { return 0; }' >other.cpp
"$CXX" other.cpp -o app || fail "other"
status 0 "$TKA" memory --data-dir data --by place
says out "app+0x" "app is another build than the one that ran"
mv app.old app
exit $failed
