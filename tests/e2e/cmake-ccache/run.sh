# A project built with ccache and $CC: the second build comes from the cache and is
# instrumented; another rules file, other options or another tka-cc do not get
# stale objects.
. "$(dirname "$0")/../../lib/cmake_case.sh"
command -v ccache >/dev/null || exit 77

CMAKE_GENERATOR=Ninja
cp -r "$here/../cmake-project" source
installed "$WORK/prefix"
common=(-DTKA_PROFILING=ON -DCMAKE_PREFIX_PATH="$WORK/prefix"
        -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

statistic()
{
    ccache --print-stats | awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }'
}

hits()
{
    echo $(($(statistic direct_cache_hit) + $(statistic preprocessed_cache_hit)))
}

configure source first "${common[@]}"
build first
# Six objects, two of which have the same source, one instrumented and one not.
[ "$(statistic cache_miss)" = 6 ] || { ccache -s; fail "first build: not 6 misses"; }

configure source second "${common[@]}"
build second
[ "$(hits)" = 6 ] || { ccache -s; fail "second build: $(hits) hits of 6"; }
run_fresh second/app
expect_calls area 1000
expect_calls not_annotated 0

# Other options: nothing of what was cached without them fits the two targets.
configure source all "${common[@]}" -DSAMPLE_OPTIONS=ALL
build all
run_fresh all/app
expect_calls not_annotated 1000
expect_calls main 1

# The options of before hit again: neither pushed the other out.
before=$(hits)
configure source third "${common[@]}"
build third
[ "$(hits)" = $((before + 6)) ] || fail "options of before: no hits"

# Another tka-cc, and nothing else changed.
before=$(statistic cache_miss)
printf '\0' >>prefix/bin/tka-cc
touch_later source/area.c source/main.c
build second
[ "$(statistic cache_miss)" -gt "$before" ] || fail "another tka-cc: objects came from the cache"

# Another text in the same rules file.
echo 'INCLUDE FUNCTION not_annotated' >source/select.rules
configure source ruled "${common[@]}" "-DSAMPLE_OPTIONS=RULES;select.rules"
build ruled
run_fresh ruled/app
expect_calls not_annotated 1000
sleep 1.1
echo 'INCLUDE FUNCTION main' >source/select.rules
expect_rebuilt ruled "area.c main.c"
run_fresh ruled/app
expect_calls not_annotated 0
expect_calls main 1
expect_calls area 1000
