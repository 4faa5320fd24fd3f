# Every folder of examples/ builds and runs as its README says; the counts are those
# the README names. pkg-config finds an installation wherever it stands.
. "$(dirname "$0")/../../lib/cmake_case.sh"

CMAKE_GENERATOR=Ninja
installed "$WORK/prefix"
export PATH=$WORK/prefix/bin:$PATH
TKA=$WORK/prefix/bin/tka
export PKG_CONFIG_PATH=$WORK/prefix/lib/pkgconfig
case $CC in *clang*) options=-Werror ;; *) options="-Werror -Wall -Wextra" ;; esac

cp -r "$source_root/examples" .
# example NAME: built with profiling and without; the same output.
example()
{
    configure "examples/$1" "$1-plain" -DCMAKE_PREFIX_PATH="$WORK/prefix"
    build "$1-plain"
    configure "examples/$1" "$1" -DCMAKE_PREFIX_PATH="$WORK/prefix" -DTKA_PROFILING=ON \
        -DCMAKE_C_FLAGS="$OPT $options" -DCMAKE_CXX_FLAGS="$OPT $options"
    build "$1"
    "$1-plain/$1" >expected || fail "$1: plain program fails"
    run_fresh "$1/$1"
    cmp expected output || fail "$1: other output than the plain program"
}

example hello
expect_calls hash 200000
expect_calls count_values 10
expect_calls round 10

example shapes
parse='shapes::parse(const std::string &)'
[ "$(calls "$parse")" = 5000 ] || {
    # The spelling of a library type is the compiler's.
    sqlite3 "$TKA_PERFORMANCE_DATA_DIR/performance.db" \
        "SELECT name, sum(calls) FROM measurement JOIN function ON function.id = function_id
         GROUP BY name" >names
    grep -q '^shapes::parse(.*|5000$' names || { cat names; fail "shapes::parse: not 5000 calls"; }
}
expect_calls 'shapes::Circle::area() const' 1000
expect_calls 'shapes::Circle::Circle(double)' 2000

example memory
expect_calls parse 20000
allocations=$(sqlite3 "$TKA_PERFORMANCE_DATA_DIR/performance.db" \
    "SELECT sum(allocations) FROM memory_measurement m
     JOIN allocation a ON a.id = m.allocation_id JOIN callpath c ON c.id = a.callpath_id
     JOIN function f ON f.id = c.function_id WHERE f.name = 'parse'")
[ "$allocations" = 60000 ] || fail "memory: $allocations allocations in parse, not 60000"

# What the program counted itself, and the verdicts that the README gives. On a busy machine
# a square may take 4 ms.
verdicts()
{
    "$TKA" caches --format csv >caches.csv || fail "cache: tka caches"
    grep -q '^pages,.*,$' caches.csv && grep -q '^records,.* thrashing$' caches.csv &&
        grep -q '^squares,.*useless' caches.csv
}
export TKA_PROFILING_MODE=exact
example cache
for _ in $(seq 10); do
    verdicts && break
    run_fresh cache/cache
done
unset TKA_PROFILING_MODE
verdicts || { cat caches.csv; fail "cache: verdicts"; }
while IFS=': ' read -r name hits of requests; do
    [ "$of" = of ] || continue
    grep -q "^$name,$requests,$hits," caches.csv || { cat caches.csv; fail "cache: $name $hits"; }
done <output
"$TKA" caches --check >/dev/null && fail "cache: --check finds nothing"

example services-c
"$TKA" services --format csv --sort name >services
expect_service()
{
    grep -q "^$1\$" services || { cat services; fail "services-c: no service $1"; }
}
expect_service 'audit,text,singleton,false,1001,1,0,.*'
expect_service 'config,text,not known,false,1,1,0,.*'
expect_service 'database,text,singleton,false,1001,1,0,.*'
expect_service 'formatter,text,transient,false,2000,2000,0,.*'
expect_service 'metrics,text,not known,true,1000,,1000,.*'
expect_service 'user,text,scoped,false,11001,1000,0,.*'
"$TKA" services --allow failure,slow >findings && fail "services-c: no captive found"
grep -q '^captive *audit keeps user, which is scoped$' findings || { cat findings; fail "services-c: findings"; }

cd examples/plain-make || exit 1
must make CC="$CC"
./primes >"$WORK/expected"
! ldd primes | grep libtka || fail "plain-make: the plain program needs libtka"
must make clean
must make CC="tka-cc $CC"
run_fresh ./primes
cmp "$WORK/expected" "$WORK/output" || fail "plain-make: other output"
expect_calls is_prime 49998
expect_calls count_by_sieve 1

# pkg-config: the API's functions, without tka-cc.
cd "$WORK" || exit 1
cat >api.c <<'END'
#include <tka/tka.h>
int main(void)
{
    TkaConfig config;
    return tka_config_default(&config) || config.retention_days != 30;
}
END
must $CC api.c -o api $(pkg-config --cflags tka) $(pkg-config --libs tka)
must ./api
