# zlib with its own configure and makefile and every function instrumented: the same
# configuration, the same results of its own tests, and a profile. zlib is C89 with
# old-style definitions, and configure probes the compiler some thirty times.
fail()
{
    echo "FAIL: $*"
    exit 1
}
root=$(cd "$(dirname "$0")/../../.." && pwd)
source=$("$root/tests/conformance/fetch.sh" zlib) || exit 77
export TKA_PERFORMANCE_DATA_DIR=$WORK/data

for kind in plain tka; do
    cp -r "$source" $kind
    (
        cd $kind || exit 1
        launcher=
        [ $kind = plain ] || launcher="$TKA_CC --all "
        CC="$launcher$CC" CFLAGS="$OPT" ./configure >configure.out 2>&1 || exit 1
        ! grep -q TKA_PERFORMANCE configure.log || exit 1
        [ ! -e "$TKA_PERFORMANCE_DATA_DIR" ] || touch ../left-data
        make -j2 >make.out 2>&1 || exit 1
        make test >test.out 2>&1
        echo "status $?" >>test.out
    ) || { tail -n 20 $kind/*.out; fail "$kind: configure or make"; }
done
[ ! -e left-data ] || fail "configure's probes left a profile"

# What configure found and what the tests say, but for names of temporary files.
diff plain/configure.out <(sed "s|$TKA_CC --all ||" tka/configure.out) ||
    fail "configure came to other results"
diff plain/zconf.h tka/zconf.h || fail "other zconf.h"
results()
{
    grep -i 'test ok\|fail\|status\|^inflate\|^uncompress\|^gz' "$1"
}
diff <(results plain/test.out) <(results tka/test.out) || fail "other test results"
results tka/test.out | grep -q 'zlib shared test OK' || { cat tka/test.out; fail "no test ran"; }

# Warnings are about the same lines of the same files.
warnings()
{
    grep -o '^[^ ]*\.[ch]:[0-9]*:.*warning' "$1" | sed 's/:[0-9]*: warning/: warning/' | sort -u
}
diff <(warnings plain/make.out) <(warnings tka/make.out) || fail "other warnings"

"$TKA" report --all-sessions --format json >report.json || fail "tka report"
called=$(sqlite3 -batch :memory: "SELECT count(*) FROM
    json_each(CAST(readfile('report.json') AS TEXT), '\$.functions')
    WHERE json_extract(value, '\$.calls') > 0")
[ "$called" -ge 70 ] || fail "only $called functions were called"
echo "$called functions called"
