# TKA_PROFILING off: object files are those of a source without annotations, no
# program needs TKA, and TKA in the project builds nothing.
. "$(dirname "$0")/../../lib/cmake_case.sh"

CMAKE_GENERATOR=Ninja
cp -r "$here/../cmake-project" source
installed "$WORK/prefix"
configure source packaged -DCMAKE_PREFIX_PATH="$WORK/prefix"
build packaged
! ldd packaged/app | grep libtka || fail "needs libtka"
! grep -r --include='*.ninja' tka-cc packaged || fail "tka-cc is part of the build"
run_fresh packaged/app
[ ! -e "$TKA_PERFORMANCE_DATA_DIR" ] || fail "left data"

configure source subdirectory -DTKA_SUBDIRECTORY="$source_root"
expect_rebuilt subdirectory "area.c aside.c later.cpp main.c plus.cpp"
[ ! -e subdirectory/tka/bin/tka-cc ] || fail "TKA was built"

# The same source with the annotations deleted, compiled by hand.
mkdir bare
for file in area.h area.c main.c only_main.h later.cpp; do
    sed 's/TKA_PROFILE //; s|#include <tka/tka.h>||' "source/$file" >"bare/$file"
done
for file in area.c main.c later.cpp; do
    compiler=$CC
    case $file in *.cpp) compiler=$CXX ;; esac
    (cd bare && must "$compiler" "$OPT" -c "$file" -o "$file.o")
    for build in packaged subdirectory; do
        for object in $(find $build/CMakeFiles -name "$file.o"); do
            cmp "$object" "bare/$file.o" || fail "$object is not that of the bare source"
        done
    done
done
