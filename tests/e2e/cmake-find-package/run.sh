# With $CC, find_package(TKA) from an installation that was moved, with both generators:
# measures, rebuilds what it should when a source, a header, the rules, probe.h or
# tka-cc changes, and nothing else.
. "$(dirname "$0")/../../lib/cmake_case.sh"

installed "$WORK/a prefix/tka"
mv "$WORK/a prefix/tka" "$WORK/prefix"
prefix=$WORK/prefix

for CMAKE_GENERATOR in Ninja "Unix Makefiles"; do
    b=$WORK/build-${CMAKE_GENERATOR%% *}
    s=$WORK/source-${CMAKE_GENERATOR%% *}
    cp -r "$here/../cmake-project" "$s"
    configure "$s" "$b" -DTKA_PROFILING=ON -DCMAKE_PREFIX_PATH="$prefix"
    expect_rebuilt "$b" "area.c aside.c later.cpp main.c plus.cpp" "first build"
    run_fresh "$b/app"
    [ "$(cat "$WORK/output")" = "sum 1499500" ] || fail "output: $(cat "$WORK/output")"
    expect_calls area 1000
    expect_calls not_annotated 0
    run_fresh "$b/plus"
    expect_calls area 1
    expect_calls 'later(int)' 1
    run_fresh "$b/aside"
    [ ! -e "$TKA_PERFORMANCE_DATA_DIR" ] || fail "a program that is not measured left data"
    ! ldd "$b/aside" | grep libtka || fail "a program that is not measured needs libtka"

    expect_rebuilt "$b" "" "nothing changed"
    touch_later "$s/only_main.h"
    expect_rebuilt "$b" "main.c" "header touched"
    expect_rebuilt "$b" "" "after the header"
    touch_later "$s/area.h"
    expect_rebuilt "$b" "area.c aside.c main.c plus.cpp" "shared header touched"
    touch_later "$s/later.cpp"
    expect_rebuilt "$b" "later.cpp" "source touched"
    touch_later "$prefix/bin/tka-cc"
    expect_rebuilt "$b" "area.c later.cpp main.c plus.cpp" "tka-cc touched"
    touch_later "$prefix/include/tka/probe.h"
    expect_rebuilt "$b" "area.c later.cpp main.c plus.cpp" "probe.h touched"
    expect_rebuilt "$b" "" "after all"

    # What an editor reads is the plain command on the original file.
    grep -q "\"command\": \"[^\"]*area.c" "$b/compile_commands.json" || fail "no compile command"
    ! grep '"command"' "$b/compile_commands.json" | grep -q tka-cc ||
        echo "note: compile_commands.json names tka-cc"
done
