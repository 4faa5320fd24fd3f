# A launcher of the project's own is kept; options reach tka-cc; mistakes in
# tka_instrument() are told.
. "$(dirname "$0")/../../lib/cmake_case.sh"

CMAKE_GENERATOR=Ninja
installed "$WORK/prefix"
cat >log-launcher <<'END'
#!/bin/sh
echo "$*" >>"$LAUNCHER_LOG"
exec "$@"
END
chmod +x log-launcher
export LAUNCHER_LOG=$WORK/launcher.log

# project NAME LINES...: a project of one file with these CMake lines at its end.
project()
{
    local name=$1
    shift
    mkdir -p "$name"
    printf '%s\n' 'cmake_minimum_required(VERSION 3.20)' "project($name C)" \
        'find_package(TKA REQUIRED)' 'add_executable(app app.c)' "$@" >"$name/CMakeLists.txt"
    printf '%s\n' '#include <tka/tka.h>' 'TKA_PROFILE int marked(int n);' \
        'int marked(int n) { return n; }' 'static int other(int n) { return n; }' \
        'int main(void) { return marked(0) + other(0); }' >"$name/app.c"
}

# expect_configure WORD NAME ARGS...: configuring prints WORD.
expect_configure()
{
    local word=$1 name=$2
    shift 2
    rm -rf "$name/build"
    cmake -S "$name" -B "$name/build" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON "$@" >configure.log 2>&1
    grep -q -- "$word" configure.log || { cat configure.log; fail "$name: no '$word'"; }
}

project kept 'tka_instrument(app)'
configure kept kept/build -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON \
    -DCMAKE_C_COMPILER_LAUNCHER="$WORK/log-launcher"
build kept/build
grep -q 'app\.c\|tka' launcher.log || fail "the project's launcher was not run"
run_fresh kept/build/app
expect_calls marked 1
expect_calls other 0

project property 'set_target_properties(app PROPERTIES C_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;SEEN=1")' \
    'tka_instrument(app ALL STRICT)'
configure property property/build -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON
grep -rq --include='*.ninja' 'SEEN=1' property/build || fail "the target's launcher was dropped"
build property/build
run_fresh property/build/app
expect_calls other 1

project selected 'tka_instrument(app RULES only.rules)'
echo 'INCLUDE FUNCTION other' >selected/only.rules
configure selected selected/build -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON
build selected/build
run_fresh selected/build/app
expect_calls other 1
expect_calls main 0
sleep 1.1
echo 'INCLUDE FUNCTION main' >selected/only.rules
expect_rebuilt selected/build "app.c" "rules changed"
run_fresh selected/build/app
expect_calls other 0
expect_calls main 1

# Libraries: shared, static, object; linked by a program that is not instrumented.
project libraries 'add_library(one STATIC one.c)' 'add_library(two SHARED two.c)' \
    'add_library(three OBJECT three.c)' 'tka_instrument(one two three)' \
    'target_link_libraries(app one two three)'
for name in one two three; do
    printf '%s\n' '#include <tka/tka.h>' "TKA_PROFILE int $name(void);" \
        "int $name(void) { return 0; }" >libraries/$name.c
done
printf '%s\n' 'int one(void); int two(void); int three(void);' \
    'int main(void) { return one() + two() + three(); }' >libraries/app.c
configure libraries libraries/build -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON
build libraries/build
run_fresh libraries/build/app
for name in one two three; do expect_calls $name 1; done

project unity 'set_target_properties(app PROPERTIES UNITY_BUILD ON)' 'target_sources(app PRIVATE more.c)' \
    'tka_instrument(app RULES unity.rules)'
echo 'INCLUDE FUNCTION other' >unity/unity.rules
printf '%s\n' '#include <tka/tka.h>' 'TKA_PROFILE int more(void);' 'int more(void) { return 0; }' >unity/more.c
configure unity unity/build -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON
build unity/build
run_fresh unity/build/app
expect_calls marked 1
expect_calls other 1
sleep 1.1
echo 'INCLUDE FUNCTION main' >unity/unity.rules
build unity/build
run_fresh unity/build/app
expect_calls main 1

project mistakes 'tka_instrument(no_such_target)'
expect_configure "no target 'no_such_target'" mistakes
project mistakes 'tka_instrument(app RULES missing.rules)'
expect_configure "no rules file" mistakes
project mistakes 'tka_instrument(app app)'
expect_configure "called twice" mistakes
project mistakes 'add_library(headers INTERFACE)' 'tka_instrument(headers)'
expect_configure "compiles nothing" mistakes
project mistakes 'tka_instrument()'
expect_configure "no target named" mistakes
project mistakes 'tka_instrument(app MEMORY QT)'
expect_configure "QT is not available" mistakes
