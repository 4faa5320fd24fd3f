# What lives is estimated without bias: the mean of 30 runs lies within four standard errors
# of what does live, as theory has these (512 KiB apart).
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >lives.c <<'C'
#include <stdint.h>
#include <stdlib.h>
#include <tka/tka.h>

static void *kept[40000];

TKA_PROFILE static void keep_small(void)
{
    for (int i = 0; i < 40000; i++) {
        kept[i] = malloc(200);
    }
}

TKA_PROFILE static void keep_large(void)
{
    for (int i = 0; i < 20; i++) {
        kept[i] = malloc(400000);
    }
}

TKA_PROFILE static void churn(void)
{
    for (int i = 0; i < 40000; i++) {
        free(malloc(1000));
    }
}

int main(void)
{
    keep_small();
    keep_large();
    churn();
    _Exit(0);
}
C
compile lives.c
fresh
for run in $(seq 30); do
    hooked sampled ./lives || fail "run $run"
done
fold
for each in "keep_small 8000000 40000" "keep_large 8000000 20" "churn 0 0"; do
    read -r name bytes blocks <<<"$each"
    size=$((blocks ? bytes / blocks : 0))
    # a block of s bytes is a sample with p = 1 - exp(-s/R) and stands for 1/p
    verdict=$(awk -v told="$(figure sampled_bytes $name)" -v bytes="$bytes" -v blocks="$blocks" -v size="$size" '
        BEGIN {
            p = 1 - exp(-size / 524288)
            error = blocks ? size * sqrt(30 * blocks * (1 - p) / p) : 0
            off = told - 30 * bytes
            print (off < 0 ? -off : off) <= 4 * error + 1 ? "good" : told " " 30 * bytes " " error
        }')
    expect "$name: told, true, standard error" good "$verdict"
    [ $name = churn ] || expect "allocations of $name" $((30 * blocks)) "$(figure allocations $name)"
done
