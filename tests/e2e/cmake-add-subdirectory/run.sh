# TKA as a folder of the project: its programs are built before the first source
# that needs them, and a change of tka-cc's own source rebuilds what it compiled.
. "$(dirname "$0")/../../lib/cmake_case.sh"

CMAKE_GENERATOR=Ninja
[ "$CC" = gcc ] || CMAKE_GENERATOR="Unix Makefiles"
cp -r "$here/../cmake-project" source
mkdir tka
cp -r "$source_root"/{CMakeLists.txt,cmake,runtime,instrumenter,inspector} tka/
TKA=$WORK/build/tka/bin/tka

configure source build -DTKA_PROFILING=ON -DTKA_SUBDIRECTORY="$WORK/tka"
must cmake --build build -j 2 --target zero
must cmake --build build -j 2
run_fresh build/app
expect_calls area 1000
[ ! -e build/tka/tests ] || fail "TKA's tests are part of the project"
must cmake --install build --prefix "$WORK/installed"
[ ! -e installed/bin/tka-cc ] || fail "TKA is installed with the project"

expect_rebuilt build "" "nothing changed"
touch_later source/only_main.h
expect_rebuilt build "main.c" "header touched"

# Another tka-cc: rebuilt first, then everything that it compiled.
echo 'int tka_another_version = 1;' >>tka/instrumenter/src/main.c
sleep 1.1
must cmake --build build -j 2 --verbose
cp must.log build.log
for name in area.c later.cpp main.c plus.cpp; do
    grep -q "sample\|app\|$name" build.log && grep -q -- " -o [^ ]*$name.o" build.log ||
        fail "$name was not rebuilt with the new tka-cc"
done
! grep -q -- ' -o [^ ]*aside.c.o' build.log || fail "aside.c was rebuilt"
expect_rebuilt build "" "after the new tka-cc"
