#!/usr/bin/env bash
# A signal that ends tka-cc ends what it runs, and nothing temporary is left: while
# the compiler expands, compiles and links.
set -u
fail() { echo "$*"; exit 1; }
cd "$WORK" || exit 1
mkdir -p bin temporary
export TMPDIR=$WORK/temporary
cat >main.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int f(int x) { return x; }
int main(void) { return f(0); }
C
cp main.c other.c && sed -i 's/f(/g(/;/main/d' other.c

# A compiler that stops in the STAGE-th call and says so.
cat >bin/gcc <<'S'
#!/bin/bash
calls=$(($(cat calls) + 1))
echo $calls >calls
if [ $calls = "$STAGE" ]; then
    trap 'kill $!; echo ended >>log; exit 1' TERM INT HUP
    echo here >waiting
    sleep 60 &
    wait
fi
exec /usr/bin/env gcc "$@"
S
sed -i "s|/usr/bin/env gcc|$(command -v gcc)|" bin/gcc
chmod +x bin/gcc

# Expansions, compilations (of two sources), link: one to five.
for signal in TERM INT HUP; do
    for STAGE in 1 2 3 4 5; do
        rm -f waiting log && mkfifo waiting && echo 0 >calls
        export STAGE
        # Job control, or the shell would make the background ignore SIGINT.
        set -m
        "$TKA_CC" --no-link bin/gcc main.c other.c -o program &
        tka=$!
        set +m
        read -r <waiting
        kill -$signal $tka
        wait $tka 2>/dev/null
        [ $? = $((128 + $(kill -l $signal))) ] || fail "$signal, call $STAGE: another status"
        # the compiler may write that a little later than tka-cc ends
        for _ in $(seq 100); do [ -s log ] && break; sleep 0.05; done
        [ "$(cat log 2>/dev/null)" = ended ] || fail "$signal, call $STAGE: not passed on"
        [ -z "$(ls temporary)" ] || fail "$signal, call $STAGE: $(find temporary) is left"
        [ ! -e program ] || fail "$signal, call $STAGE: a program"
    done
done
trap '' HUP
echo 0 >calls
STAGE=0 "$TKA_CC" --no-link bin/gcc main.c other.c -o program && ./program || fail "plain"
[ -z "$(ls temporary)" ] || fail "left without a signal: $(find temporary)"
exit 0
