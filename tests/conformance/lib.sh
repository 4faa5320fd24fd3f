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
