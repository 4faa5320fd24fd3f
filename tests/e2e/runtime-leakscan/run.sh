# The leak verdict by reachability, with hooks of the test's own: what is lost and what is
# not when main() returns, when exit() is called by main() or by another thread, and below
# threads that wait, run and are gone.
. "$(dirname "$0")/../../lib/runtime_case.sh"

here=$(cd "$(dirname "$0")" && pwd)
source_root=$(cd "$here/../../.." && pwd)
modules="blockset leakroots leakscan memorymap os_linux pagemap range shadow threadstacks"
[ "$(uname -m)" = aarch64 ] && architecture=aarch64 || architecture=x86_64
flags="-std=c11 -D_GNU_SOURCE -w -fvisibility=hidden -I$source_root/runtime/include -I$source_root/runtime/src \
    -I$source_root/runtime/src/arch/$architecture -I$here"
objects=
for module in $modules; do
    "$CC" $flags -O2 -fPIC -c "$source_root/runtime/src/$module.c" -o "$module.o" || fail "$module"
    objects="$objects $module.o"
done
# what the hooks themselves keep is not the program's
"$CC" $flags -O2 -g -fno-builtin -fPIC -shared "$here/hooks.c" $objects -fvisibility=default \
    -o libtka-hooks.so -ldl -pthread || fail "the hooks"
"$CC" -std=gnu11 -w $OPT -g -fno-builtin -I"$here" "$here/program.c" -o program ./libtka-hooks.so -pthread ||
    fail "the program"

# expect_verdicts WHEN LINE...: these and what is always so, whatever their order
expect_verdicts()
{
    local when=$1
    shift
    sort -n got >got.sorted
    { always; printf '%s\n' "$@"; } | sort -n >expected
    diff expected got.sorted >difference || { cat difference; fail "verdicts, $when"; }
}

# whatever the program does at its end
always()
{
    cat <<'V'
1 definite 10
2 definite 1
3 indirect 2
4 definite 1
4 indirect 1
5 definite 2
6 indirect 2
7 definite 1
8 definite 2
9 indirect 1
10 indirect 4
11 definite 2
12 definite 2000
13 definite 40
14 definite 50
15 definite 1
20 reachable 3
21 reachable 1
22 reachable 2
23 reachable 2
24 reachable 1
25 reachable 1
26 reachable 2
31 reachable 1
V
}

run()
{
    local status=$1
    shift
    timeout -s KILL 60 "$@" >got 2>got.err
    expect "status of $*" "$status" $?
    expect "stderr of $*" "" "$(cat got.err)"
}

run 3 ./program r
expect_verdicts "main() returns" "16 definite 1" "threads 0"
run 3 ./program e
expect_verdicts "exit() is called" "16 reachable 1" "threads 0"
run 3 ./program x
expect_verdicts "another thread calls exit()" "16 reachable 1" "30 reachable 1" "threads 1"
for i in 1 2 3 4 5; do
    run 3 ./program t
    expect_verdicts "threads wait and run" "16 definite 1" "27 reachable 1" "28 reachable 1" \
        "29 reachable 1" "threads 2"
done

# Other allocators may well keep a lost block's address where it counts; but nothing that
# is reachable may be called lost.
for allocator in libjemalloc.so.2 libtcmalloc_minimal.so.4 libmimalloc.so.2.0; do
    ldconfig -p | grep -q "$allocator" || continue
    for mode in r e x t; do
        run 3 env LD_PRELOAD="$PWD/libtka-hooks.so $allocator" ./program $mode
        awk '$1 >= 20 && $2 ~ /definite|indirect/ || /no verdict/ { print; bad = 1 } END { exit bad }' got ||
            fail "false alarms with $allocator, mode $mode"
        grep -q "1 definite [1-9]" got || fail "nothing lost with $allocator, mode $mode"
    done
done

# A program linked statically has its main thread's local storage in [heap].
cat >static.c <<'C'
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "leakscan.h"
#include "shadow.h"

static __thread void **volatile local;
static void *volatile global;

static void count(void *context, const struct tkai_leak_block *block)
{
    ((int *)context)[block->verdict] += (int)block->value - 1;
}

__attribute__((noinline)) static void *known(int row)
{
    void *block = calloc(1, 64);

    tkai_shadow_set((uintptr_t)block, (uint32_t)row + 1);
    return block;
}

int main(void)
{
    struct tkai_leakscan_input input = {.usable_size = malloc_usable_size,
                                        .allocator = TKAI_ALLOCATOR_GLIBC,
                                        .exit_kind = TKAI_EXIT_MAIN_RETURNED};
    struct tkai_leakscan_result result;
    int rows[3] = {0};

    local = known(1);
    *local = known(10);
    global = known(100);
    known(1000);
    if (tkai_leakscan_run(&input, count, rows, &result) != 0) {
        puts(result.reason);
    }
    printf("%d %d %d\n", rows[0], rows[1], rows[2]);
    return 0;
}
C
"$CC" $flags -O2 -fno-builtin -static static.c $objects -o static -pthread 2>static.log || {
    cat static.log
    fail "static.c"
}
expect "reachable, definite, indirect of static" "111 1000 0" "$(./static)"
