# kill -9 loses no call that was counted: the program counts on its own in a
# shared mapping and is killed in the middle; the next reader recovers all.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >victim.c <<'C'
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <tka/tka.h>

TKA_PROFILE static __attribute__((noinline)) uint64_t leaf(uint64_t x)
{
    return x * 3 + 1;
}

int main(void)
{
    int fd = open("truth", O_RDWR | O_CREAT, 0666);
    volatile uint64_t *truth;
    uint64_t x = 1;

    if (fd < 0 || ftruncate(fd, 8) != 0) {
        return 1;
    }
    truth = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    for (int i = 0; i < 100000000 || x == 0; i++) {
        x = leaf(x);
        ++*truth;
    }
    for (;;) {
        pause();
    }
}
C
build victim.c

truth()
{
    od -An -tu8 truth 2>/dev/null | tr -d ' '
}

# Until it is at work, and then a little.
let_work()
{
    for _ in $(seq 500); do
        [ "$(truth)" -gt 0 ] 2>/dev/null && break
        sleep 0.02
    done
    sleep "$1"
}

for wait in 0.05 0.3 2.5; do
    fresh
    rm -f truth
    ./victim &
    victim=$!
    let_work $wait
    kill -9 $victim
    wait $victim 2>/dev/null
    truth=$(truth)
    fold || fail "the report after kill -9"
    counted=$(calls leaf)
    [ "$truth" -gt 0 ] || fail "the victim made no call"
    # the call under way may or may not be in either figure
    [ $((counted - truth)) -ge 0 ] && [ $((counted - truth)) -le 1 ] ||
        fail "after $wait s: $truth calls made, $counted recovered"
    expect "state" "recovered|lost" \
        "$(query 'SELECT state,exit_kind FROM process JOIN session ON session.id=session_id')"
    expect "live files left" "" "$(ls data/live)"
done

# the next process of the same data folder recovers too, without tka
fresh
rm -f truth
./victim &
victim=$!
let_work 0.2
kill -9 $victim
wait $victim 2>/dev/null
cat >next.c <<'C'
#include <tka/tka.h>
TKA_PROFILE static void other(void) { }
int main(void)
{
    other();
    return 0;
}
C
build next.c
./next
truth=$(truth)
counted=$(calls leaf)
[ $((counted - truth)) -ge 0 ] && [ $((counted - truth)) -le 1 ] ||
    fail "$truth calls made, $counted recovered by the next process"
expect_calls other 1
