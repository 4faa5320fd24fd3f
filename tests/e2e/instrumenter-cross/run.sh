#!/usr/bin/env bash
# A cross compiler's sources are read as those of its machine, and its programs link
# although the runtime here is not for them. The runtime compiles for that machine.
set -u
fail() { echo "$*"; [ -e log ] && cat log; exit 1; }
root=$(cd "$(dirname "$0")/../../.." && pwd)
command -v aarch64-linux-gnu-gcc >/dev/null || { echo "no cross compiler"; exit 77; }
case $CC in
*gcc*) cross=aarch64-linux-gnu-gcc ;;
*) cross="$CC --target=aarch64-linux-gnu" ;;
esac
cd "$WORK" || exit 1
cat >source.c <<'C'
#include <arm_neon.h>
#include <stdlib.h>
#include <tka/tka.h>
#if !defined __aarch64__ || !defined __CHAR_UNSIGNED__
#error another machine
#endif
_Static_assert(sizeof(long double) == 16 && (wchar_t)-1 > 0, "its types");
TKA_PROFILE float32x4_t add(float32x4_t a, float32x4_t b) { return vaddq_f32(a, b); }
TKA_PROFILE size_t size(size_t x)
{
    __asm__ volatile("mov x9, x9" ::: "x9");
    free(malloc(x));
    return x;
}
#if __SIZEOF_WCHAR_T__ == 4 && defined __ARM_NEON
TKA_PROFILE static int only_there(int x) { return x; }
#endif
int main(void)
{
    TKA_BLOCK("block") { size(1); }
    return only_there(0);
}
C
for flags in "$OPT" "$OPT -march=armv8.2-a+fp16 -fPIC"; do
    "$TKA_CC" --verbose $cross $flags -c source.c -o source.o 2>log || fail "compile: $flags"
    [ "$(cat log)" = "tka: source.c: 4 instrumented, 0 skipped" ] || fail "not all: $flags"
    aarch64-linux-gnu-objdump -d -r source.o >disassembly || fail "another machine's object"
    for name in tka_sites tka_enter_cold_ tka_leave_cold_; do
        grep -q "R_AARCH64.*$name" disassembly || fail "no probe: $name, $flags"
    done
    strings -a source.o | grep -q '^1	b	block	main	' || fail "no record"
done

# The runtime for this machine cannot be linked: one line, and the program is there.
if $cross -o plain -idirafter "$TKA_PREFIX/include" source.c 2>log; then
    "$TKA_CC" $cross source.o -o program 2>log || fail "the link fails"
    [ "$(wc -l <log)" = 1 ] && grep -q '^tka: the runtime cannot be linked' log || fail "message"
    aarch64-linux-gnu-objdump -f program | grep -q aarch64 || fail "no program"
    "$TKA_CC" --strict $cross source.o -o program 2>/dev/null && fail "--strict links"
fi

mkdir -p sqlite && cp "$(echo '#include <sqlite3.h>' | gcc -M -E -x c - | tr ' ' '\n' | grep sqlite3.h)" sqlite ||
    fail "no sqlite3.h"
for file in "$root"/runtime/src/*.c; do
    $cross -std=c11 -O2 -D_GNU_SOURCE -DTKA_VERSION='"test"' -Wall -Wextra -Werror \
        -DTKAI_SCHEMA_FILE="\"$root/runtime/include/tka/schema.sql\"" \
        -I"$root/runtime/include" -I"$root/runtime/src" -I"$root/runtime/src/arch/aarch64" \
        -Isqlite -c "$file" -o runtime.o 2>log || fail "runtime: $file"
done
exit 0
