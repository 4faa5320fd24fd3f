# Shared by the conformance scripts: where the tools are. Sourced, not run.

# Sets and exports TKA_CC, TKA, TKA_PREFIX to absolute paths; an empty TKA_CC is
# left alone. Exit 2 when the tools have not been built.
conformance_tools()
{
    local root
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
    : "${TKA_PREFIX=$root/build/gcc}"
    : "${TKA_CC=$TKA_PREFIX/bin/tka-cc}"
    : "${TKA=$TKA_PREFIX/bin/tka}"
    if [ -n "$TKA_CC" ] && [ ! -x "$TKA_CC" ]; then
        echo "there is no $TKA_CC: build TKA first, or set TKA_CC" >&2
        exit 2
    fi
    export TKA_CC TKA TKA_PREFIX
}

# Copies Lua 5.4's source to $1 with upstream's makefile and paths, which
# Debian's first two patches replace (libtool, multiarch).
lua_source()
{
    local from patch
    from=$("$(dirname "${BASH_SOURCE[0]}")/fetch.sh" lua5.4) || return 1
    cp -r "$from" "$1" || return 1
    for patch in 0002-lua-modules-paths 0001-build-system; do
        [ ! -e "$1/debian/patches/$patch.patch" ] ||
            patch -d "$1" -R -s -p1 <"$1/debian/patches/$patch.patch" || return 1
    done
}

# Makes the copy in $1 do the same work in every run and build: hashes of pointers
# do not depend on addresses. Goes with LUA_FIXED_FLAGS, for seed and pivot.
lua_fix_hashes()
{
    sed -i 's/^\(#define point2uint(p)\).*/\1 ((void)(p), 0u)/' "$1/src/llimits.h"
}
LUA_FIXED_FLAGS='"-Dluai_makeseed(L)=42u" "-Dl_randomizePivot()=7u"'
