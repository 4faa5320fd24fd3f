#!/usr/bin/env bash
# Real containers, observed by rules, their source as it is: Poco's factories and
# subsystems (C++ templates in headers; a key that is text, one that is a type), and the
# extension points of GIO, built from Debian's source package by its own build system.
# What `tka services` tells must be what the programs did.
#
#   tests/conformance/containers.sh [--cc "gcc clang"] [--keep] [poco] [gio]
#
# Environment: TKA_CC, TKA (default: build/gcc/bin). Last line: "N passed, N failed, N
# skipped"; exit 1 if any failed, 77 when nothing can be had.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

compilers="gcc clang" keep='' names=()
while [ $# -gt 0 ]; do
    case $1 in
    --cc) compilers=$2; shift ;;
    --keep) keep=1 ;;
    poco | gio) names+=("$1") ;;
    *) echo "containers.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || names=(poco gio)
conformance_tools
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-containers.XXXXXX")
trap '[ -n "$keep" ] && echo "kept in $work" >&2 || rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
unset CFLAGS CXXFLAGS LDFLAGS TKA_CC_RULES
export LC_ALL=C.UTF-8 TKA_PERFORMANCE_DATA_DIR=$work/data

result()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1)); echo "pass  $2"
    else
        failed=$((failed + 1)); echo "FAIL  $2"
    fi
}

skip()
{
    echo "skip  $1"
    skipped=$((skipped + 1))
}

# run NAME COMMAND...: with no profile yet; its services go to $work/services.
run()
{
    local name=$1
    shift
    rm -rf "$TKA_PERFORMANCE_DATA_DIR"
    timeout 60 "$@" >"$work/output" 2>"$work/errors"
    result $? "$name runs: $(head -c 60 "$work/output")"
    "$TKA" services --sort name --format csv >"$work/services" 2>"$work/errors" ||
        cat "$work/errors"
}

# service NAME PATTERN...: rows that must be there.
service()
{
    local name=$1 row
    shift
    for row in "$@"; do
        grep -q "^$row" "$work/services"
        result $? "$name: $row"
    done
}

poco()
{
    local cxx=g++ poco libraries
    [ "$1" = gcc ] || cxx=$1++
    command -v $cxx >/dev/null || { skip "$cxx: not installed"; return; }
    poco=$("$here/fetch.sh" poco-dev) || { skip "Poco: cannot be had"; return; }
    libraries=$(dirname "$(find "$poco/usr/lib" -name libPocoUtil.so | head -n 1)")
    TKA_CC_RULES=$here/containers/poco.rules "$TKA_CC" $cxx -std=c++17 -O2 -isystem \
        "$poco/usr/include" "$here/containers/poco.cpp" -o "$work/poco" -L "$libraries" \
        -lPocoUtil -lPocoFoundation -Wl,-rpath-link,"$libraries" >"$work/build" 2>&1
    result $? "Poco, $cxx: builds"
    [ ! -s "$work/build" ] || cat "$work/build"
    run "Poco, $cxx" env LD_LIBRARY_PATH="$libraries" "$work/poco"
    service "Poco, $cxx" \
        "triangle,text,transient,false,1500,1500,0," "square,text,transient,false,500,500,0," \
        "circle,text,not known,true,1,,1," "Cache,type,singleton,true,1001,,0," \
        "Mail,type,singleton,true,1000,,0," "Absent,type,not known,true,1,,1,"
}

# GLib's libraries up to GIO, into $work/gio-$1: some two minutes of CPU time.
build_gio()
(
    local source=$2 folder=$work/gio-$1
    cp -r "$source" "$folder.source" && cd "$folder.source" || exit 1
    export TKA_CC_RULES=$here/containers/gio.rules CC="$TKA_CC $1"
    meson setup "$folder" --buildtype=release -Dselinux=disabled -Dlibmount=disabled \
        -Dtests=false -Dnls=disabled -Dxattr=false -Dman=false -Dlibelf=disabled &&
        ninja -C "$folder" -j "${JOBS:-2}" \
            "$(ninja -C "$folder" -t targets all | sed -n 's/^\(gio\/libgio-2.0.so.[0-9.]*\): .*/\1/p' |
                awk '{print length, $0}' | sort -rn | awk 'NR == 1 {print $2}')"
)

gio()
{
    local source folder=$work/gio-$1 library flags
    command -v "$1" >/dev/null || { skip "$1: not installed"; return; }
    command -v meson >/dev/null || { skip "GIO: no meson (cmake/setup.sh conformance)"; return; }
    source=$("$here/fetch.sh" glib2.0) || { skip "GIO: cannot be had"; return; }
    build_gio "$1" "$source" >"$work/build" 2>&1
    result $? "GIO, $1: builds"
    grep 'tka:' "$work/build"
    flags="-I $folder.source -I $folder.source/glib -I $folder.source/gmodule -I $folder -I $folder/glib -I $folder/gio"
    library=$folder/gio:$folder/gobject:$folder/glib:$folder/gmodule
    "$1" -O2 $flags "$here/containers/gio.c" -o "$work/gio" -L "$folder/gio" -L "$folder/gobject" \
        -L "$folder/glib" -L "$folder/gmodule" -lgio-2.0 -lgobject-2.0 -lglib-2.0 \
        -Wl,-rpath-link,"$library" || { tail -n 5 "$work/build"; result 1 "GIO, $1: program builds"; return; }
    run "GIO, $1" env LD_LIBRARY_PATH="$library" GIO_MODULE_DIR="$work/none" "$work/gio"
    service "GIO, $1" \
        "gio-network-monitor,text,not known,false,1,1,0," "gio-proxy-resolver,text,not known,false,1,1,0," \
        "gio-tls-backend,text,not known,false,1,1,0," "gio-vfs,text,not known,false,1,1,0," \
        "gopher,text,not known,true,1000,,1000," "local,text,singleton,true,1000,,0,"
}

for name in "${names[@]}"; do
    for compiler in $compilers; do
        "$name" "$compiler"
        # one compiler is enough of what takes minutes
        [ "$name" != gio ] || break
    done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] || exit 1
[ $passed != 0 ] || exit 77
