#!/usr/bin/env bash
# The bash completion offers every command and every long option of its help, and
# names from the database.
. "$(dirname "$0")/../inspector-report/common.sh"
. "$tests/../inspector/completion/tka.bash"
mkdir bin && ln -s "$TKA" bin/tka && PATH=$PWD/bin:$PATH

compopt() { :; }

# offers LINE...: completions of the last word, one line
offers()
{
    COMP_WORDS=(tka "$@")
    COMP_CWORD=$#
    _tka
    echo " ${COMPREPLY[*]} "
}

for command in $("$TKA" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    [[ $(offers "") == *" $command "* ]] || fail "command $command"
    [ $command = help ] && continue
    for option in $("$TKA" $command --help | sed -n '/^Options:/,/^Examples:/s/^  \(-., \)\?\(--[a-z-]*\).*/\2/p'); do
        [[ $(offers $command --) == *" $option "* ]] || fail "$command $option"
    done
done
[[ $(offers report --sort p) == " p50 p90 p95 p99 " ]] || fail "sort keys"
[[ $(offers show --db fixture.db pa) == " parse " ]] || fail "function names: $(offers show --db fixture.db pa)"
[[ $(offers report --db fixture.db --session n) == " nightly " ]] || fail "sessions"
exit $failed
