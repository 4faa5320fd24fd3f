#!/usr/bin/env bash
# tka show: one function, found in several ways.
. "$(dirname "$0")/../inspector-report/common.sh"

status 0 "$TKA" show --db fixture.db parse
says out "/src/app/parse.c:20" "160,000" "Durations from" "##" "Called from" "request" "Calls" "rare"
status 0 "$TKA" show --db fixture.db step
says out "ns::Parser<int>::step" "12,345,678"
status 0 "$TKA" show --db fixture.db server.c:30
says out "request [critical]" "in handle" "computed 20.0% of their time and waited 80.0%" \
    "2 of its calls took longer than the bottleneck threshold: \`tka slow -f 'request'\`"
status 0 "$TKA" show --db fixture.db 'loo*'
says out "lookup [block]" "800" "~1.20 us"
status 2 "$TKA" show --db fixture.db er
one_error
says err "functions; name one"
status 0 "$TKA" show --db fixture.db main --format csv
[ "$(wc -l <out)" = 3 ] || fail "history of main: $(cat out)"
status 0 "$TKA" show --db fixture.db never_called
says out "Never called in any session"
status 0 "$TKA" show --db fixture.db parse --format json
says out '"callers": [' '"low_ns": 960, "high_ns": 1023, "weight": 45000'

# Source, when it is here.
printf 'first\nsecond\n\tbody\n' >here.c
sqlite3 fixture.db "UPDATE function SET file = '$PWD/here.c', line = 2 WHERE id = 4"
status 0 "$TKA" show --db fixture.db rare
says out "here.c:2" ">     2 second" "      3         body" "changed since"
exit $failed
