# Shared by the benchmarks that keep a table in docs/performance.md. Sourced, not run.

performance_page=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/docs/performance.md

# Puts standard input between <!-- $1:begin --> and <!-- $1:end -->.
performance_update()
{
    local new
    new=$(mktemp)
    cat >"$new.table"
    awk -v name="$1" -v table="$new.table" '
        index($0, "<!-- " name ":end -->") { within = 0; ended = 1 }
        !within
        index($0, "<!-- " name ":begin -->") {
            within = 1
            while ((getline line <table) > 0) print line
        }
        END { exit !ended }' "$performance_page" >"$new" || {
        rm -f "$new" "$new.table"
        echo "$performance_page has no place for the table $1" >&2
        return 1
    }
    cat "$new" >"$performance_page"
    rm -f "$new" "$new.table"
}
