#!/usr/bin/env bash
# tests/layers.sh finds each breach that it says it finds.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fresh()
{
    rm -rf "${work:?}"/*
    mkdir -p "$work"/{docs,tests,examples,{runtime,instrumenter,inspector}/src}
    printf '%s\n' 'runtime/low: tka/probe' 'runtime/high: low' \
        'instrumenter/reader:' 'clang-c: instrumenter/reader' >"$work/docs/layers.txt"
    echo '#include <tka/probe.h>' >"$work/runtime/src/low.c"
    printf '%s\n' '#include "high.h"' '#include "low.h"' '#include <stdio.h>' >"$work/runtime/src/high.c"
    echo '#include <clang-c/Index.h>' >"$work/instrumenter/src/reader.c"
}

expect()
{
    local output
    output=$(bash "$here/../layers.sh" "$work")
    if [ $? != "$1" ] || ! grep -q "$2" <<<"$output"; then
        printf 'expected exit %s and "%s", got:\n%s\n' "$1" "$2" "$output"
        failed=1
    fi
}

fresh; expect 0 '^$'
fresh; echo '#include "high.h"' >>"$work/runtime/src/low.c"; expect 1 'runtime/low may not include high.h'
fresh; : >"$work/runtime/src/new.c"; expect 1 'runtime/new has no line'
fresh; echo 'runtime/low: high' >>"$work/docs/layers.txt"; expect 1 'named twice'
fresh; sed -i 's|^runtime/low:|& high|' "$work/docs/layers.txt"; expect 1 'circle'
fresh; echo '#include <clang-c/Index.h>' >>"$work/runtime/src/low.c"; expect 1 'clang-c outside'
fresh; echo '#include "../../runtime/src/low.h"' >>"$work/instrumenter/src/reader.c"; expect 1 'of a wing by path'
fresh; echo '#include <sqlite3.h>' | tee -a "$work/runtime/src/low.c" >>"$work/runtime/src/high.c"
expect 1 'sqlite3.h is included by'
fresh; seq 801 >"$work/tests/long.c"; expect 1 '801 lines'
exit $failed
