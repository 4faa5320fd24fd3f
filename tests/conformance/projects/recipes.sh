# How the projects of projects.sh are built and tested. Sourced, not run.
#
# For a project NAME, each run in the copy of its source with CC and CXX set:
#   needs_NAME      status 1 and a reason when something is not installed
#   configure_NAME  optional
#   build_NAME      its CPU time and warnings are compared
#   test_NAME       prints what the project's tests say
#   results_NAME    of that (standard input) a line for each test, "... ok" if it passed;
#                   these are compared, so without times, temporary names, addresses

# The dear ones first, so that none of them is left alone at the end.
PROJECTS="sqlite mbedtls zstd fmt leveldb redis pugixml cmark expat jansson lz4 zlib bzip2 tcc tinyxml2"
declare -A PACKAGE=([zstd]=libzstd [fmt]=fmtlib [sqlite]=sqlite3)
declare -A LANGUAGE=([zlib]=C [bzip2]=C [expat]=C [jansson]=C [tinyxml2]=C++ [lz4]=C [cmark]=C
                     [tcc]=C [pugixml]=C++ [leveldb]=C++ [mbedtls]=C [zstd]=C [fmt]=C++
                     [sqlite]=C [redis]=C)
JOBS=${JOBS:-2}

needs()
{
    local word
    for word; do
        command -v "$word" >/dev/null || { echo "$word is not installed"; return 1; }
    done
}

# PACKAGE FILE: a package, told by a file of it
needs_file()
{
    [ -e "$2" ] || { echo "needs the package $1"; return 1; }
}

cmake_configure()
{
    cmake -S "$1" -B build -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=Release "${@:2}"
}

cmake_build()
{
    cmake --build build -j "$JOBS" "$@"
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
build_bzip2() { make -j "$JOBS" CC="$CC" bzip2 bzip2recover libbz2.a; }
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

# lz4: its makefiles; a .c includes another .c. Left out: fullbench, which runs for a
# fixed time, and most of the fuzzers' rounds.
needs_lz4() { needs make; }
build_lz4()
{
    make -j "$JOBS" lib lz4 && make -C tests -j "$JOBS" fuzzer frametest datagen \
        decompress-partial roundTripTest checkFrame checkTag
}
test_lz4()
{
    local test
    cd tests || return 1
    for test in "./fuzzer -s7 -i50" "./frametest -s7 -i20" ./decompress-partial \
        "./roundTripTest ../lib/lz4hc.c" "./checkTag v1.9.4"; do
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

# FOLDER TEST...: runs each and says its exit status
run_tests()
{
    local folder=$1 test
    shift
    for test; do
        timeout 300 "$folder/$test"
        echo "RESULT $test status $?"
    done
}

# Lines of googletest: "[       OK ] Suite.Case (3 ms)", "[  FAILED  ] Suite.Case"
gtest_results()
{
    sed -nE 's/^\[       OK \] ([^ ,]+).*/\1 ok/p; s/^\[  (FAILED|SKIPPED) +\] ([A-Za-z][^ ,]*).*/\2 \1/p' |
        sort -u
}

# leveldb: CMake; anonymous namespaces, thread annotations. 15 of its 29 test programs,
# at -O1: compiling the others (googletest's headers) and db_test take minutes.
needs_leveldb()
{
    needs cmake && needs_file libgtest-dev /usr/include/gtest/gtest.h &&
        needs_file libgmock-dev /usr/include/gmock/gmock.h &&
        needs_file libbenchmark-dev /usr/include/benchmark/benchmark.h
}
LEVELDB_TESTS="c_test env_test env_posix_test corruption_test recovery_test log_test skiplist_test
    version_edit_test write_batch_test memenv_test table_test cache_test bloom_test coding_test
    arena_test"
configure_leveldb()
{
    cmake_configure . -DLEVELDB_BUILD_BENCHMARKS=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O1
}
build_leveldb() { cmake_build -t $LEVELDB_TESTS; }
test_leveldb()
{
    # The default is one in /tmp, which two runs at a time would share.
    mkdir test.tmp
    TEST_TMPDIR=$PWD/test.tmp run_tests build $LEVELDB_TESTS
}
results_leveldb() { tee >(sed -nE 's/^RESULT (.*) status 0$/\1 ok/p; s/^RESULT //p') | gtest_results; }

# mbedtls: CMake; inline assembler, #line. Of 101 test programs the 39 that are cheap to
# build; ssl and x509parse fail in any case, as certificates have expired.
MBEDTLS_TESTS="aes.cbc aes.xts aria base64 bignum.misc ccm chacha20 chachapoly cipher.aes cipher.gcm
    cmac constant_time ctr_drbg debug des dhm ecdh ecdsa ecp entropy error gcm.misc hkdf
    hmac_drbg.misc md mdx net nist_kw oid pem pk pkcs1_v15 pkparse pkwrite poly1305 rsa
    shax timing x509write"
needs_mbedtls() { needs cmake python3; }
configure_mbedtls() { cmake_configure . -DENABLE_PROGRAMS=OFF -DENABLE_TESTING=ON; }
build_mbedtls() { cmake_build $(printf -- '-t test_suite_%s ' $MBEDTLS_TESTS); }
test_mbedtls()
{
    local test
    for test in $MBEDTLS_TESTS; do
        (cd build/tests && timeout 300 ./test_suite_$test --verbose)
        echo "RESULT $test status $?"
    done
}
results_mbedtls()
{
    sed -nE 's/^RESULT (.*) status 0$/\1 ok/p; s/^RESULT //p; s/^(.*[^ .]) ?\.+ (PASS|FAILED)$/\1 \2/p' |
        sed 's/ PASS$/ ok/'
}

# zstd: its CMake files; inline templates, static functions in headers, target attributes.
# At -O1, which halves the time; few of the fuzzers' rounds, with a fixed seed.
needs_zstd() { needs cmake; }
configure_zstd()
{
    cmake_configure build/cmake -DZSTD_BUILD_TESTS=ON -DZSTD_BUILD_SHARED=OFF \
        -DCMAKE_C_FLAGS_RELEASE=-O1
}
build_zstd() { cmake_build -t fuzzer zstreamtest zstd datagen; }
test_zstd()
{
    local level
    for level in 1 3 9 19 "-ultra -22" "-fast=3"; do
        build/programs/zstd -q -c -$level lib/compress/zstd_compress.c >out.zst &&
            build/programs/zstd -q -dc out.zst | cmp - lib/compress/zstd_compress.c &&
            echo "RESULT level $level $(cksum <out.zst) ok"
    done
    build/tests/fuzzer -v -s5346 -i20
    echo "RESULT fuzzer status $?"
    build/tests/zstreamtest -v -s5346 -i20
    echo "RESULT zstreamtest status $?"
}
results_zstd()
{
    tr '\r' '\n' | sed -nE 's/^RESULT (.*) status 0$/\1 ok/p; s/^RESULT //p; s/^test *([0-9]+ *: .*[^ ]) *: *OK.*/\1 ok/p' |
        sed -E 's/0x[0-9a-f]+/ADDRESS/g'
}

# fmt: CMake; constexpr, templates, headers. At -O1, 5 of 20 test programs: building is
# all the time.
needs_fmt() { needs cmake && needs_file googletest /usr/src/googletest/CMakeLists.txt; }
FMT_TESTS="args-test core-test ostream-test printf-test ranges-test"
configure_fmt() { cmake_configure . -DFMT_DOC=OFF -DFMT_PEDANTIC=ON -DCMAKE_CXX_FLAGS_RELEASE=-O1; }
build_fmt() { cmake_build -t $FMT_TESTS; }
test_fmt() { run_tests build/bin $FMT_TESTS; }
results_fmt() { results_leveldb; }

# sqlite: configure and make; 240,000 lines in one file. testfixture at -O1 and 35 of its
# Tcl scripts; some of the others fail as root (attach, wal2) or take minutes.
needs_sqlite() { needs make tclsh && needs_file tcl-dev /usr/include/tcl8.6/tcl.h; }
configure_sqlite() { CFLAGS=-O1 ./configure --with-tcl=/usr/lib/tcl8.6 --disable-shared; }
build_sqlite() { make -j "$JOBS" testfixture; }
SQLITE_TESTS="select1 select2 select4 insert update delete2 join where where2 index expr func cast
    trigger1 trigger2 view with1 window1 fts3aa rtree json101 vacuum savepoint memdb pragma
    analyze autovacuum collate1 date distinct blob capi2 types utf16align alter"
test_sqlite()
{
    local test
    for test in $SQLITE_TESTS; do
        timeout 300 ./testfixture test/$test.test --verbose=1
        echo "RESULT $test status $?"
    done
}
results_sqlite()
{
    sed -nE 's/^RESULT (.*) status 0$/\1 ok/p; s/^RESULT //p; s/^([a-z0-9A-Z_.-]+)\.\.\. Ok$/\1 ok/p; s/^! .*/&/p'
}

# redis: its makefile; fork, signals, threads, _Atomic. With libc's malloc and at -O1;
# 13 units, one client: those left out wait, need memory or several servers.
needs_redis() { needs make tclsh; }
build_redis()
{
    # One job: its makefile may link before it has made deps/ again.
    make -j 1 MALLOC=libc OPTIMIZATION=-O1 redis-server redis-cli redis-benchmark
}
REDIS_TESTS="unit/type/incr unit/type/string unit/type/hash unit/keyspace unit/auth
    unit/protocol unit/multi unit/dump unit/quit unit/bitops unit/hyperloglog
    unit/pubsub unit/acl"
test_redis()
{
    # Runs of two compilers at a time shall not look for the same ports.
    local port=21111
    [ "$CC" = gcc ] || port=30111
    ./runtest --clients 1 --baseport $port $(printf -- '--single %s ' $REDIS_TESTS)
}
results_redis()
{
    sed -nE 's/\x1b\[[0-9;]*m//g; s/^\[ok\]: (.*) \([0-9]+ ms\)$/\1 ok/p; s/^\[(err|exception)\].*/&/p'
}
