#!/usr/bin/env bash
# Fetches the sources of a conformance suite or of a real program from Debian's
# source packages, unpacks them once into a cache, and prints the folder.
#
#   tests/conformance/fetch.sh lua5.4      a source package
#   tests/conformance/fetch.sh gcc-tests   of the package gcc-12-source: gcc.c-torture,
#                                          g++.dg, g++.old-deja
#   tests/conformance/fetch.sh poco-dev    headers and libraries of Poco's binary packages
#
# Cache: ${TKA_CORPORA:-$HOME/.cache/tka-corpora}. The folder printed must not be
# written to; copy it. Nothing under /etc or /var is changed. Exit 2 with a message
# on stderr when the package cannot be had; progress goes to stderr as well.
set -u
cache=${TKA_CORPORA:-${HOME:-/tmp}/.cache/tka-corpora}

# The versions that expectations were written for. Security updates replace
# packages: the current version is taken where the pinned one is gone.
pinned_version()
{
    case $1 in
    lua5.4) echo 5.4.4-3+deb12u1 ;;
    zlib) echo 1:1.2.13.dfsg-1 ;;
    gcc-12) echo 12.2.0-14+deb12u1 ;;
    esac
}

die()
{
    echo "fetch.sh: $*" >&2
    exit 2
}

# apt-get with lists and cache of its own, so that deb-src lines are neither
# needed in /etc nor added there, and no root is required.
apt_private()
{
    local state=$cache/apt
    apt-get -qq -o Dir::Etc::sourcelist="$state/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$state/lists" \
        -o Dir::Cache="$state/cache" -o APT::Sandbox::User="$(id -un)" \
        -o Acquire::Retries=3 "$@" </dev/null
}

prepare_lists()
{
    local state=$cache/apt site codename
    [ -n "${lists_ready:-}" ] && return 0
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
    {
        apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | sort -u
        echo http://deb.debian.org/debian
    } | head -n 1 >"$state/site"
    read -r site <"$state/site"
    {
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $codename main"
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $codename main"
    } >"$state/sources.list"
    # Lists of less than a day are good enough.
    if [ -z "$(find "$state/lists" -maxdepth 1 -name '*Sources*' -mtime -1 2>/dev/null)" ]; then
        echo "fetch.sh: reading Debian's list of source packages" >&2
        apt_private update --error-on=any >"$state/log" 2>&1 || {
            tail -n 5 "$state/log" >&2
            die "apt-get update failed"
        }
    fi
    lists_ready=1
}

# Puts the unpacked package into $1 (a folder that does not exist).
fetch_source_package()
{
    local name=$1 into=$2 version
    command -v dpkg-source >/dev/null || die "dpkg-dev is missing (cmake/setup.sh demo)"
    prepare_lists
    version=$(pinned_version "$name")
    mkdir -p "$into.part"
    cd "$into.part" || die "cannot write $cache"
    echo "fetch.sh: fetching $name" >&2
    if ! { [ -n "$version" ] && apt_private source "$name=$version" >log 2>&1; }; then
        [ -z "$version" ] || echo "fetch.sh: $name $version is gone, taking the current version" >&2
        apt_private source "$name" >log 2>&1 || {
            tail -n 5 log >&2
            die "source package $name could not be fetched"
        }
    fi
    set -- */
    [ -d "${1:-}" ] || die "source package $name did not unpack"
    mv "$1" "$into"
}

# The tests are in a tarball inside of a binary package: 83 MB, most of a minute.
fetch_gcc_tests()
{
    local into=$1 version deb
    prepare_lists
    version=$(pinned_version gcc-12)
    mkdir -p "$into.part"
    cd "$into.part" || die "cannot write $cache"
    echo "fetch.sh: fetching gcc-12-source (83 MB)" >&2
    if ! apt_private download "gcc-12-source=$version" >log 2>&1 &&
       ! apt_private download gcc-12-source >log 2>&1; then
        tail -n 5 log >&2
        die "package gcc-12-source could not be fetched"
    fi
    deb=$(echo gcc-12-source_*.deb)
    dpkg-deb --fsys-tarfile "$deb" | tar x --wildcards -O './usr/src/gcc-12/gcc-*.tar.xz' |
        tar xJ --wildcards --strip-components=3 '*/gcc/testsuite/gcc.c-torture/*' \
            '*/gcc/testsuite/g++.dg/*' '*/gcc/testsuite/g++.old-deja/*' ||
        die "gcc-12-source holds no test suites where they are expected"
    mkdir "$into"
    mv gcc.c-torture g++.dg g++.old-deja "$into"
}

# fetch_packages INTO PACKAGE...: unpacked into one folder, not installed.
fetch_packages()
{
    local into=$1 deb
    shift
    prepare_lists
    mkdir -p "$into.part"
    cd "$into.part" || die "cannot write $cache"
    echo "fetch.sh: fetching $*" >&2
    apt_private download "$@" >log 2>&1 || {
        tail -n 5 log >&2
        die "packages $* could not be fetched"
    }
    mkdir "$into"
    for deb in *.deb; do
        dpkg-deb -x "$deb" "$into" || die "$deb does not unpack"
    done
}

name=${1:-}
[ -n "$name" ] || die "usage: fetch.sh NAME"
folder=$cache/$name
if [ ! -e "$folder/.complete" ]; then
    mkdir -p "$cache" || die "cannot write $cache"
    exec 9>"$cache/.lock"
    flock 9
    if [ ! -e "$folder/.complete" ]; then
        rm -rf "$folder" "$folder.part"
        case $name in
        gcc-tests) fetch_gcc_tests "$folder" ;;
        poco-dev) fetch_packages "$folder" libpoco-dev libpocofoundation80 libpocoutil80 \
            libpocoxml80 libpocojson80 ;;
        *) fetch_source_package "$name" "$folder" ;;
        esac
        touch "$folder/.complete"
        rm -rf "$folder.part"
    fi
    flock -u 9
fi
echo "$folder"
