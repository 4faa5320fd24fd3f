# How the projects of projects.sh are built and tested. Sourced, not run.
#
# For a project NAME, each run in the copy of its source with CC and CXX set:
#   needs_NAME      status 1 and a reason when something is not installed
#   configure_NAME  optional
#   build_NAME      its CPU time and warnings are compared
#   test_NAME       prints what the project's tests say
#   results_NAME    of that (standard input) a line for each test, "... ok" if it passed;
#                   these are compared, so without times, temporary names, addresses

PROJECTS="zlib bzip2 expat jansson tinyxml2 lz4 cmark tcc pugixml"
declare -A PACKAGE=([zstd]=libzstd)
declare -A LANGUAGE=([zlib]=C [bzip2]=C [expat]=C [jansson]=C [tinyxml2]=C++ [lz4]=C
                     [cmark]=C [tcc]=C [pugixml]=C++)
JOBS=${JOBS:-2}

needs()
{
    local word
    for word; do
        command -v "$word" >/dev/null || { echo "$word is not installed"; return 1; }
    done
}

cmake_configure()
{
    cmake -S "$1" -B build -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=Release "${@:2}"
}

cmake_build()
{
    cmake --build build -j "$JOBS"
}

ctest_all()
{
    (cd build && ctest -j "$JOBS" --timeout 300)
}

# "Test #3: name ....   Passed 0.1 sec" of ctest
ctest_results()
{
    sed -nE 's/^ *[0-9]+\/[0-9]+ +Test +#[0-9]+: ([^ ]+) \.*\**(.*[^ ]) +[0-9.]+ sec.*/\1 \2/p' |
        sed -E 's/ +Passed$/ ok/'
}

# zlib: configure and make; C89 with definitions of the old style
needs_zlib() { needs make; }
configure_zlib() { CFLAGS=-O2 ./configure; }
build_zlib() { make -j "$JOBS"; }
test_zlib() { make -k test; }
results_zlib()
{
    sed -nE 's/^[ \t]*\*\*\* (.*) (OK|FAILED) \*\*\*$/\1 \2/p; /^(inflate|uncompress|gz|large_)/s/$/ ok/p; /^status/p' |
        sed -E 's/ OK$/ ok/; s/^status 0$/exit status ok/'
}

# bzip2: its makefile only
needs_bzip2() { needs make; }
build_bzip2() { make -j "$JOBS" bzip2 bzip2recover libbz2.a; }
test_bzip2()
{
    local n
    make -k test
    for n in 1 2 3; do
        cmp sample$n.bz2 sample$n.rb2 && echo "RESULT compress $n ok"
        cmp sample$n.ref sample$n.tst && echo "RESULT decompress $n ok"
    done
}
results_bzip2() { sed -n 's/^RESULT //p; s/^status 0$/exit status ok/p; s/^status/&/p'; }

# expat: CMake; one file is included three times with other macros
needs_expat() { needs cmake; }
configure_expat()
{
    cmake_configure expat -DEXPAT_BUILD_DOCS=OFF -DCMAKE_C_FLAGS="-Wall -Wextra" || return 1
    # The package gives it a value in its autotools configuration only.
    sed -i 's/^#define XML_DTD *$/#define XML_DTD 1/' build/expat_config.h
}
build_expat() { cmake_build; }
test_expat()
{
    build/tests/runtests -v
    echo "RESULT runtests status $?"
    build/tests/runtestspp -v
    echo "RESULT runtestspp status $?"
    ctest_all
}
results_expat()
{
    sed -nE 's/^RESULT //p; s/^PASS: (.*)/\1 ok/p; s/^FAIL: .*/&/p; ' |
        sed 's/status 0$/ok/'
}

# jansson: CMake and ctest
needs_jansson() { needs cmake; }
configure_jansson() { cmake_configure . -DJANSSON_BUILD_DOCS=OFF; }
build_jansson() { cmake_build; }
test_jansson() { ctest_all; }
results_jansson() { ctest_results; }

# tinyxml2: meson where it is installed
needs_tinyxml2() { needs meson ninja; }
configure_tinyxml2() { meson setup build -Dtests=true --buildtype=release --warnlevel=3; }
build_tinyxml2() { ninja -C build -j "$JOBS"; }
test_tinyxml2() { mkdir -p resources/out; ./build/xmltest; }
results_tinyxml2()
{
    sed -nE 's/^\[pass\](.*)/\1 ok/p; s/^\[fail\].*/&/p; s/^Pass [0-9]+, Fail [0-9]+/& ok/p; s/^status 0$/exit status ok/p'
}

# lz4: its makefiles; a .c includes another .c
needs_lz4() { needs make; }
build_lz4() { make -j "$JOBS" lib lz4 && make -C tests -j "$JOBS" fuzzer frametest fullbench datagen decompress-partial roundTripTest checkFrame checkTag; }
test_lz4()
{
    local test
    cd tests || return 1
    for test in "./fuzzer -s7 -i200" "./frametest -s7 -i60" ./decompress-partial \
        "./fullbench -i1 ../lib/lz4.c" "./roundTripTest ../lib/lz4hc.c" "./checkTag v1.9.4"; do
        timeout 300 $test
        echo "RESULT $test: status $?"
    done
    make -k -o lz4 -o datagen test-lz4-basic test-lz4-dict test-lz4-multiple test-lz4-skippable \
        test-lz4-frame-concatenation test-lz4-testmode test-lz4-contentSize
    echo "RESULT make test-lz4-...: status $?"
    ../lz4 -9 -c ../lib/lz4.c | cksum | sed 's/^/RESULT checksum /; s/$/ ok/'
}
results_lz4() { tr '\r' '\n' | sed -n 's/^RESULT //p' | sed 's/status 0$/ok/'; }

# cmark: CMake and ctest; generated scanners with #line
needs_cmark() { needs cmake python3; }
configure_cmark() { cmake_configure . -DCMARK_TESTS=ON; }
build_cmark() { cmake_build; }
test_cmark()
{
    ctest_all
    LD_LIBRARY_PATH=build/src python3 test/spec_tests.py --spec test/spec.txt --program build/src/cmark |
        tail -n 1 | sed 's/^/RESULT spec: /; s/ 0 failed, 0 errored.*/& ok/'
    build/api_test/api_test | sed -n 's/^ok .*/RESULT api: & ok/p; s/^not ok.*/RESULT api: &/p; s/.*tests passed.*/RESULT api: & ok/p'
}
results_cmark() { tee >(sed -n 's/^RESULT //p') | ctest_results; }

# tcc: configure and make; the tests compile, and run what was compiled
needs_tcc() { needs make; }
configure_tcc() { ./configure --cc="$CC"; }
build_tcc() { make -j "$JOBS"; }
test_tcc()
{
    make -k -C tests/tests2 test
    make -k -C tests -r hello-exe hello-run libtest vla_test-run abitest-tcc pp-dir
}
results_tcc()
{
    grep -aE '^Test: |^[-+][^-+]|^make.*Error|OK$|^status|success|fail' |
        sed -E 's/^(Test: .*)\.\.\.$/\1 ok/; s/success$/ok/; s/^status 0$/exit status ok/; s/^make\[[0-9]*\]/make/'
}

# pugixml: CMake; throws, counts its allocations
needs_pugixml() { needs cmake; }
configure_pugixml() { cmake_configure . -DBUILD_TESTING=ON -DPUGIXML_BUILD_TESTS=ON; }
build_pugixml() { cmake_build; }
test_pugixml() { ./build/pugixml-check; }
results_pugixml()
{
    sed -nE 's/^Success: .*/& ok/p; s/^(Test|FAILURE|Passed|Failed).*/&/p; s/^status 0$/exit status ok/p'
}
