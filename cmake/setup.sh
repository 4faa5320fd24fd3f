#!/usr/bin/env bash
# Installs the Debian packages that TKA needs and this machine lacks.
#
#   cmake/setup.sh [build] [test] [conformance] [demo] [peers]      default: build
#
#   build         compile and use TKA
#   test          what tests/run.sh needs beyond that
#   conformance   what tests/run.sh --all wants, 340 MB: another libclang, a cross compiler,
#                 what real projects are built and tested with
#   demo          what examples/demo.sh needs beyond that
#   peers         what tests/bench/peers.sh, programs.sh and memory.sh need: other profilers to compare
#                 with, what SQLite is built with
#
# Runs apt-get as root or through "sudo -n". Where neither is possible it prints
# the command to type and exits with 2.
set -u

build=(gcc g++ make cmake ninja-build libclang-14-dev clang libsqlite3-dev libdw-dev
       pkg-config)
test=(valgrind libcmocka-dev ccache gdb sqlite3 python3 dpkg-dev xz-utils csmith
      libcsmith-dev)
conformance=(libclang1-19 libclang-common-19-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross
             meson tcl-dev libgtest-dev libgmock-dev googletest libbenchmark-dev
             libffi-dev libpcre2-dev zlib1g-dev gettext)
demo=(dpkg-dev xz-utils)
peers=(uftrace lttng-tools liblttng-ust-dev clang libclang-rt-14-dev
       tcl valgrind sqlite3 dpkg-dev xz-utils
       libjansson-dev heaptrack libgoogle-perftools4 libjemalloc2 liblsan0)

installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

wanted=()
for group in "${@:-build}"; do
    case $group in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    conformance) wanted+=("${conformance[@]}") ;;
    demo) wanted+=("${demo[@]}") ;;
    peers) wanted+=("${peers[@]}") ;;
    *) echo "setup.sh: unknown group '$group' (build, test, conformance, demo, peers)" >&2; exit 2 ;;
    esac
done

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    echo "setup.sh: not a Debian system; TKA needs the equivalents of:" >&2
    echo "    ${build[*]} ${test[*]}" >&2
    exit 2
}

missing=
for package in "${wanted[@]}"; do
    installed "$package" || missing="$missing${missing:+ }$package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "Packages are missing and this is not root. Type:" >&2
    echo "    sudo apt-get install -y $missing" >&2
    exit 2
fi

apt()
{
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" </dev/null
}

echo "installing: $missing"
log=$(mktemp)
# The package lists may be absent (containers) or stale (404): then once more.
if ! apt install -y --no-install-recommends $missing >"$log" 2>&1; then
    if ! { apt update && apt install -y --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "setup.sh: apt-get could not install: $missing" >&2
        rm -f "$log"
        exit 2
    fi
fi
rm -f "$log"
