# The leak detectors that run.sh knows. Sourced; expects: work, prefix, cc.
#
# missing_TOOL: true if the tool can be used, else it prints why not.
# tool_TOOL LOG FILE SCENE: plays the scene in the current, empty folder and prints its state
# (ok, or what went wrong), and blocks and bytes of what was definitely lost, indirectly
# lost, possibly lost and reachable, tab-separated, "-" for what the tool does not tell.
# What several processes of a scene report is added up.
tool_functions=(tool_lsan tool_memcheck tool_tka state_of)

# state_of STATUS FINDING LOG: "ok" if the program ended with 0 or the tool's exit code for a
# finding.
state_of()
{
    if [ "$1" = 0 ] || [ "$1" = "$2" ]; then
        echo ok
    else
        echo "status $1, see $(basename "$3")"
    fi
}

missing_lsan()
{
    echo 'int main(void){return 0;}' >"$work/try.c"
    "$cc" -fsanitize=leak "$work/try.c" -o "$work/try" 2>/dev/null && "$work/try" 2>/dev/null && return
    echo "$cc -fsanitize=leak makes no program that runs here"
    return 1
}

tool_lsan()
{
    LSAN_OPTIONS=exitcode=23:symbolize=0:allocator_may_return_null=1 \
        timeout 60 "$work/lsan/$2" "$3" >"$1" 2>&1
    state_of $? 23 "$1" | tr '\n' '\t'
    awk '/^(Direct|Indirect) leak of / { bytes[$1] += $4; blocks[$1] += $7 }
         END { printf "%d\t%d\t%d\t%d\t-\t-\t-\t-\n", blocks["Direct"], bytes["Direct"],
                   blocks["Indirect"], bytes["Indirect"] }' "$1"
}

missing_memcheck()
{
    command -v valgrind >/dev/null && return
    echo "valgrind is not installed"
    return 1
}

tool_memcheck()
{
    timeout 120 valgrind --leak-check=full --errors-for-leak-kinds=definite \
        --error-exitcode=23 --num-callers=4 --log-file="$1.%p" "$work/plain/$2" "$3" >"$1" 2>&1
    local status=$?
    cat "$1".[0-9]* >>"$1"
    rm -f "$1".[0-9]*
    state_of $status 23 "$1" | tr '\n' '\t'
    awk '{ gsub(",", "") }
         / (definitely|indirectly|possibly) lost: [0-9]/ || / still reachable: [0-9]/ {
             bytes[$2] += $4; blocks[$2] += $7 }
         END { printf "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n",
                   blocks["definitely"], bytes["definitely"],
                   blocks["indirectly"], bytes["indirectly"],
                   blocks["possibly"], bytes["possibly"],
                   blocks["still"], bytes["still"] }' "$1"
}

missing_tka()
{
    if [ ! -e "$prefix/lib/libtka-mem.so" ]; then
        echo "there is no $prefix/lib/libtka-mem.so"
    elif ! "$prefix/bin/tka" leaks --help >/dev/null 2>&1; then
        echo "$prefix/bin/tka knows no command leaks"
    elif ! command -v sqlite3 >/dev/null; then
        echo "sqlite3 is not installed"
    else
        return 0
    fi
    return 1
}

# What is known of tka's interface is in this function and the one above.
tool_tka()
{
    local status answer tab=$'\t'
    LD_PRELOAD=$prefix/lib/libtka-mem.so TKA_MONITORING_MEMORY_TRACKING=exact \
        TKA_PERFORMANCE_DATA_DIR=$PWD timeout 60 "$work/plain/$2" "$3" >"$1" 2>&1
    status=$?
    if [ $status != 0 ]; then
        state_of $status 0 "$1"
        return
    fi
    "$prefix/bin/tka" leaks --reachable --db performance.db --format json >"$1.json" 2>>"$1"
    status=$?
    answer=$(sqlite3 -separator "$tab" :memory: "
        WITH finding(kind, blocks, bytes) AS (
            SELECT json_extract(value, '\$.kind'), json_extract(value, '\$.blocks'),
                json_extract(value, '\$.bytes')
            FROM json_tree(readfile('$1.json')) WHERE type = 'object')
        SELECT ifnull(sum(blocks) FILTER (WHERE kind = 'definite'), 0),
            ifnull(sum(bytes) FILTER (WHERE kind = 'definite'), 0),
            ifnull(sum(blocks) FILTER (WHERE kind = 'indirect'), 0),
            ifnull(sum(bytes) FILTER (WHERE kind = 'indirect'), 0),
            ifnull(sum(blocks) FILTER (WHERE kind = 'possible'), 0),
            ifnull(sum(bytes) FILTER (WHERE kind = 'possible'), 0),
            ifnull(sum(blocks) FILTER (WHERE kind = 'reachable'), 0),
            ifnull(sum(bytes) FILTER (WHERE kind = 'reachable'), 0)
        FROM finding WHERE blocks IS NOT NULL" 2>>"$1") || answer=
    if [ -z "$answer" ]; then
        echo "no answer that can be read, see $(basename "$1")"
        return
    fi
    state_of $status 1 "$1" | tr '\n' '\t'
    echo "$answer"
}
