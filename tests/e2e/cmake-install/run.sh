# What cmake --install puts where; nothing of it names the build tree or the prefix.
. "$(dirname "$0")/../../lib/cmake_case.sh"

installed "$WORK/prefix"
cat >expected <<'END'
bin/tka
bin/tka-cc
include/tka/probe.h
include/tka/tka.h
lib/cmake/TKA/TKAConfig.cmake
lib/cmake/TKA/TKAConfigVersion.cmake
lib/cmake/TKA/TKAInstrument.cmake
lib/cmake/TKA/TKATargets.cmake
lib/libtka.a
lib/libtka.so
lib/pkgconfig/tka.pc
share/bash-completion/completions/tka
END
(cd prefix && find . -type f -o -type l) | sed 's|^\./||' | LC_ALL=C sort >found
missing=$(LC_ALL=C comm -23 expected found)
[ -z "$missing" ] || fail "not installed: $missing"
grep '\.in$\|^tests\|^build\|libtka_\|unit_' found && fail "these should not be installed"

for file in $(grep '\.cmake$\|\.pc$' found); do
    ! grep -H "$TKA_PREFIX\|$source_root\|$WORK" "prefix/$file" ||
        fail "$file names a folder of the machine it was built on"
done
export PKG_CONFIG_PATH=$WORK/prefix/lib/pkgconfig
[ "$(pkg-config --modversion tka)" = "$(sed -n 's/^project(TKA VERSION \([0-9.]*\).*/\1/p' \
    "$source_root/CMakeLists.txt")" ] || fail "pkg-config: another version"
cc=$(pkg-config --variable=tka_cc tka)
[ "$(readlink -f "$cc")" = "$WORK/prefix/bin/tka-cc" ] || fail "pkg-config: tka-cc is not at $cc"

# The programs work from where they stand now, and find the runtime beside them.
echo '#include <tka/tka.h>
TKA_PROFILE int marked(void);
int marked(void) { return 0; }
int main(void) { return marked(); }' >a.c
must prefix/bin/tka-cc gcc a.c -o a
TKA=$WORK/prefix/bin/tka
run_fresh ./a
expect_calls marked 1
must bash -n prefix/share/bash-completion/completions/tka
