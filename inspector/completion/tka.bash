# bash completion for tka; source it, or install it as tka in
# share/bash-completion/completions.

_tka_database()
{
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --db) printf '%s\n' --db "${COMP_WORDS[i + 1]}" ;;
        --data-dir) printf '%s\n' --data-dir "${COMP_WORDS[i + 1]}" ;;
        esac
    done
}

# One field of each row of `tka COMMAND --format csv`, names without commas.
_tka_names()
{
    local column=$1
    shift
    local -a where
    mapfile -t where < <(_tka_database)
    tka "$@" "${where[@]}" --format csv 2>/dev/null | cut -d, -f"$column" | sed 1d |
        grep -v '["[:space:]]' | sort -u
}

# Names of the sessions that run.
_tka_running()
{
    local -a where
    mapfile -t where < <(_tka_database)
    tka sessions "${where[@]}" --format csv 2>/dev/null |
        awk -F, 'NR > 1 && $6 == "" && $2 == "" { print $3 }' | grep -v '["[:space:]]' | sort -u
}

_tka()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local more= command=${COMP_WORDS[1]} common="--db --data-dir --format --color --no-color --width --help"
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "run report show slow memory leaks caches services sessions top ctl advise doctor validate prune help --version" -- "$word")
        return
    fi
    case $command:$before in
    memory:-b) mapfile -t COMPREPLY < <(compgen -W "function path place" -- "$word"); return ;;
    memory:--sort) mapfile -t COMPREPLY < <(compgen -W "bytes live peak at-peak allocations copied" -- "$word"); return ;;
    services:--sort) mapfile -t COMPREPLY < <(compgen -W "total self count p99 start name" -- "$word"); return ;;
    services:--graph | services:-g) mapfile -t COMPREPLY < <(compgen -W "dot mermaid" -- "$word"); return ;;
    services:--allow) mapfile -t COMPREPLY < <(compgen -W "failure cycle captive transient slow" -- "$word"); return ;;
    slow:--sort) mapfile -t COMPREPLY < <(compgen -W "duration time" -- "$word"); return ;;
    top:--sort) mapfile -t COMPREPLY < <(compgen -W "self calls total mean p50 p99 name" -- "$word"); return ;;
    ctl:mode) mapfile -t COMPREPLY < <(compgen -W "off count sampled exact" -- "$word"); return ;;
    esac
    case $before in
    --baseline | -b) mapfile -t COMPREPLY < <(compgen -f -W "$(_tka_names 3 sessions)" -- "$word"); return ;;
    --db | --suppressions | --write-baseline | --export | -e | --output | -o | --write-rules | -w) compopt -o default; return ;;
    --data-dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --format)
        [ "$command" != caches ] || more=prometheus
        mapfile -t COMPREPLY < <(compgen -W "text json csv $more" -- "$word"); return ;;
    --memory | -M) mapfile -t COMPREPLY < <(compgen -W "sampled exact off" -- "$word"); return ;;
    --mode | -m) mapfile -t COMPREPLY < <(compgen -W "sampled exact count off" -- "$word"); return ;;
    --group-by | -g) mapfile -t COMPREPLY < <(compgen -W "file class namespace" -- "$word"); return ;;
    --by) mapfile -t COMPREPLY < <(compgen -W "function path place" -- "$word"); return ;;
    --sort) mapfile -t COMPREPLY < <(compgen -W "self total calls mean p50 p90 p95 p99 max overhead name" -- "$word"); return ;;
    --only) mapfile -t COMPREPLY < <(compgen -W "toolchain cost overhead accuracy store memory crash" -- "$word"); return ;;
    --cc) mapfile -t COMPREPLY < <(compgen -c -- "$word"); return ;;
    --session) mapfile -t COMPREPLY < <(compgen -W "last $(_tka_names 3 sessions)" -- "$word"); return ;;
    esac
    case $command in
    run)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --mode --memory --name --output --limit --quiet" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -c -- "$word"); compopt -o default ;;
        esac ;;
    report) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --sort --filter --limit --tree --min-share --group-by" -- "$word") ;;
    sessions) mapfile -t COMPREPLY < <(compgen -W "$common --limit --system" -- "$word") ;;
    show)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --session --limit" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_tka_names 1 report)" -- "$word") ;;
        esac ;;
    slow)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --sort --filter --limit --export" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_tka_names 1 slow)" -- "$word") ;;
        esac ;;
    memory)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --by --sort --filter --limit --min-share" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_tka_names 1 memory)" -- "$word") ;;
        esac ;;
    leaks) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --reachable --no-growth --strict --min-bytes --suppressions --baseline --write-baseline" -- "$word") ;;
    services) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --sort --filter --limit --tree --timeline --graph --threshold --check --allow" -- "$word") ;;
    advise) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --budget --write-rules --limit" -- "$word") ;;
    caches)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --filter --check" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_tka_names 1 caches)" -- "$word") ;;
        esac ;;
    doctor)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --session --all-sessions --limit --strict" -- "$word") ;;
        *) compopt -o default ;;
        esac ;;
    top)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --interval --count --sort --filter --limit --batch" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_tka_running)" -- "$word") ;;
        esac ;;
    ctl)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$common --wait" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "mode threshold bottleneck memory off on start stop dump status $(_tka_running)" -- "$word") ;;
        esac ;;
    validate) mapfile -t COMPREPLY < <(compgen -W "$common --cc --quick --only --keep" -- "$word") ;;
    prune) mapfile -t COMPREPLY < <(compgen -W "$common --days --dry-run" -- "$word") ;;
    help) mapfile -t COMPREPLY < <(compgen -W "run report show slow memory leaks caches services sessions top ctl advise doctor validate prune" -- "$word") ;;
    esac
}
complete -F _tka tka
