# tinyxml2 (C++) with $CXX by its own CMake project, not a file of it changed: a file named on
# the command line instruments its targets. Its 463 checks say what they say plainly,
# and methods are reported under their qualified names.
. "$(dirname "$0")/../../lib/cmake_case.sh"

CMAKE_GENERATOR=Ninja
source=$("$source_root/tests/conformance/fetch.sh" tinyxml2) || exit 77
cp -r "$source" source
installed "$WORK/prefix"
cat >instrument.cmake <<'END'
find_package(TKA REQUIRED)
cmake_language(DEFER CALL tka_instrument tinyxml2 xmltest ALL)
END

for kind in plain tka; do
    options=()
    [ $kind = plain ] || options=(-DTKA_PROFILING=ON -DCMAKE_PREFIX_PATH="$WORK/prefix"
                                  -DCMAKE_PROJECT_INCLUDE="$WORK/instrument.cmake")
    configure source $kind -Dtinyxml2_BUILD_TESTING=ON -DBUILD_TESTING=ON "${options[@]}"
    build $kind
    cp -r "$source" run-$kind
    mkdir -p run-$kind/resources/out
    (cd run-$kind && "../$kind/xmltest" 2>&1; echo "status $?") |
        sed 's/[0-9.]* milli\{0,1\}-\{0,1\}s.*//; s/duration.*//' >$kind.out
done
diff plain.out tka.out || fail "other results than plain"
grep -q '^Pass [0-9][0-9]*, Fail 0' tka.out || { tail -n 5 tka.out; fail "its tests do not pass"; }
diff -r run-plain/resources/out run-tka/resources/out || fail "it wrote other files"

calls=$(calls 'tinyxml2::XMLDocument::Parse()')
[ "$calls" -gt 50 ] || fail "XMLDocument::Parse(): $calls calls"
expect_rebuilt tka "" "second build"
