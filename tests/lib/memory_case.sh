# Shared by the tests/e2e/memory-* scripts; sourced, runs in $WORK. Programs are linked
# with the hooks by no more than preloading them.

. "$(dirname "${BASH_SOURCE[0]}")/runtime_case.sh"
hooks=$TKA_PREFIX/lib/libtka-mem.so

# compile NAME.c|NAME.cpp [FLAGS]: through tka-cc, no allocation optimised away.
compile()
{
    build "$@" -fno-builtin -w
}

# hooked MODE COMMAND...: with the hooks preloaded, within 40 s
hooked()
{
    local mode=$1
    shift
    timeout -s KILL "${seconds:-40}" env LD_PRELOAD="$hooks${preload:+ $preload}" \
        TKA_MONITORING_MEMORY_TRACKING=$mode "$@"
}

# The sum of an expression over what was allocated in the functions that match the
# pattern, whatever called them.
figure()
{
    query "SELECT coalesce(sum($1),0) FROM memory_measurement m JOIN allocation a ON a.id = allocation_id
           JOIN callpath c ON c.id = callpath_id JOIN function f ON f.id = function_id
           WHERE f.name GLOB '$2'"
}

# "path|allocations|bytes" of each call path, by path
paths()
{
    query "WITH RECURSIVE
        named(id, text) AS (
            SELECT c.id, f.name FROM callpath c JOIN function f ON f.id = function_id
            WHERE parent_id = 0
            UNION ALL
            SELECT c.id, text || ' > ' || f.name FROM named n JOIN callpath c ON c.parent_id = n.id
            JOIN function f ON f.id = function_id)
        SELECT text, sum(allocations), sum(bytes) FROM memory_measurement
        JOIN allocation a ON a.id = allocation_id JOIN named ON named.id = callpath_id
        GROUP BY text ORDER BY text"
}

# expect_told FILE: each of its lines "PATTERN EXPRESSION FIGURE" is what is told.
expect_told()
{
    local pattern expression value
    while read -r pattern expression value; do
        expect "$pattern, $expression" "$value" "$(figure "$expression" "$pattern")"
    done <"$1"
}

expect_nothing_lost()
{
    expect "lost rows and samples" "0|0" "$(query 'SELECT sum(lost_rows),sum(lost_samples) FROM process_memory')"
    expect "live files left" "" "$(ls "$WORK/data/live")"
}
