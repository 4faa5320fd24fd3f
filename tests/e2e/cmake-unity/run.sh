#!/usr/bin/env bash
# Unity builds and precompiled headers: every marked function is measured, and
# compile_commands.json holds commands that compile without tka-cc.
set -u
. "$(dirname "$0")/../../lib/cmake_case.sh"
cd "$WORK" || exit 1
prefix=$WORK/prefix
installed "$prefix"
mkdir -p project
cat >project/CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.16)
project(together C CXX)
set(CMAKE_UNITY_BUILD ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_package(TKA REQUIRED)
add_executable(app a.c b.c main.c)
add_executable(app_cxx a.cpp b.cpp)
target_precompile_headers(app_cxx PRIVATE <vector> v.h)
tka_instrument(app app_cxx)
C
cat >project/a.c <<'C'
#include <tka/tka.h>
TKA_PROFILE static int in_a(int x) { return x; }
int a(int x) { return in_a(x); }
C
sed 's/in_a/in_b/;s/int a/int b/' project/a.c >project/b.c
echo 'int a(int), b(int); int main(void) { return a(0) + b(0); }' >project/main.c
echo '#include <tka/tka.h>
TKA_PROFILE inline int in_header(int x) { return x; }' >project/v.h
echo 'namespace { TKA_PROFILE int hidden(int x) { return in_header(x); } }
int first(int x) { std::vector<int> v; return hidden(x) + (int)v.size(); }' >project/a.cpp
echo 'int first(int); TKA_PROFILE int second(int x) { return x; }
int main() { return first(0) + second(0); }' >project/b.cpp
sed -i 's/in_b(x); }/in_b(x) + in_b(0); }/' project/b.c

CMAKE_GENERATOR="Unix Makefiles"
configure project build -DTKA_PROFILING=ON -DCMAKE_PREFIX_PATH="$prefix"
build build
grep '^tka: \|tka: .* is not instrumented' build.log && fail "not all is instrumented"
build/app && build/app_cxx || fail "exit status"
"$TKA" report --all-sessions --format csv >report.csv || fail "no report"
for name in in_a in_b in_header '(anonymous namespace)::hidden' second; do
    grep -qF "$name" report.csv || { cat report.csv; fail "$name was not measured"; }
done
grep -o '"command": ".*"' build/compile_commands.json | grep -q . || fail "no commands"
grep -q tka-cc build/compile_commands.json && fail "tools would run tka-cc"
exit 0
