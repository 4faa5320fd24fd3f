#!/usr/bin/env bash
# docs/schema.md: every query in it runs on the fixture and finds something; every
# table and column is explained.
. "$(dirname "$0")/../inspector-report/common.sh"
document=$tests/../docs/schema.md

awk -v work="$WORK" '/^```sql/ { n++; inside = 1; next } /^```/ { inside = 0 }
    inside { print > (work "/query-" n ".sql") }' "$document"
queries=$(ls query-*.sql 2>/dev/null | wc -l)
[ "$queries" -ge 5 ] || fail "only $queries queries in the document"
for query in query-*.sql; do
    sqlite3 -bail fixture.db <"$query" >out 2>err || fail "$query: $(cat err "$query")"
    [ -s out ] || fail "$query finds nothing: $(cat "$query")"
done

for table in $(sqlite3 fixture.db "SELECT name FROM sqlite_master WHERE type = 'table'"); do
    grep -q "^### $table" "$document" || fail "table $table is not in the document"
    for column in $(sqlite3 fixture.db "SELECT name FROM pragma_table_info('$table')"); do
        sed -n "/^### $table\$/,/^###\? /p" "$document" | grep -q "\`$column\`" ||
            fail "column $table.$column is not in the document"
    done
done
exit $failed
