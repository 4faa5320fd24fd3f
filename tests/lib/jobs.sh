# A queue of test jobs: each prints one line when it ends and leaves its counts
# and its log. Sourced by tests/run.sh.
#
#   job_add ID COMMAND...    run beside others
#   job_add_alone ID ...     run with nothing else running, after the others
#   jobs_run N               run what was added, N at a time; then empty the queue
#   jobs_summary             failed jobs' logs, then the totals
#
# The command writes anything to stdout and stderr. Its result is its exit status:
# 0 passed, 77 skipped, else failed; unless it calls counts PASSED FAILED SKIPPED.
# Expects: job_out, a folder for logs.

job_ids=() job_commands=() alone_ids=() alone_commands=()

job_add()
{
    local id=$1
    shift
    job_ids+=("$id")
    job_commands+=("$(printf '%q ' "$@")")
}

job_add_alone()
{
    local id=$1
    shift
    alone_ids+=("$id")
    alone_commands+=("$(printf '%q ' "$@")")
}

# For commands: how many tests they made.
counts()
{
    echo "$1 $2 $3" >"$job_folder/counts"
}

# For commands: takes the counts from a log whose last line is
# "N passed, N failed, N skipped"; false if it is not.
counts_from_last_line()
{
    local line
    line=$(tail -n 1 "$1" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
    [ -n "$line" ] && counts $line
}

job_run()
{
    local id=$1 command=$2 status start passed failed skipped word line tenths
    job_folder=$job_out/${id//\//.}
    mkdir -p "$job_folder"
    start=$(date +%s%N)
    ( eval "$command" ) >"$job_folder/log" 2>&1 </dev/null
    status=$?
    if [ ! -s "$job_folder/counts" ]; then
        case $status in
        0) counts 1 0 0 ;;
        77) counts 0 0 1 ;;
        *) counts 0 1 0 ;;
        esac
    fi
    read -r passed failed skipped <"$job_folder/counts"
    # A command that fails after it counted no failure has still failed.
    if [ "$status" != 0 ] && [ "$status" != 77 ] && [ "$failed" = 0 ]; then
        failed=1
        counts "$passed" 1 "$skipped"
        echo "exit status $status" >>"$job_folder/log"
    fi
    if [ "$passed$failed$skipped" = 000 ]; then
        failed=1
        counts 0 1 0
        echo "no test was run" >>"$job_folder/log"
    fi
    word=ok
    [ "$passed" != 0 ] || word=skip
    [ "$failed" = 0 ] || word=FAIL
    tenths=$((($(date +%s%N) - start) / 100000000))
    line=$(printf '%-4s  %-46s %4d passed' "$word" "$id" "$passed")
    [ "$failed" = 0 ] || line="$line, $failed failed"
    [ "$skipped" = 0 ] || line="$line, $skipped skipped"
    # In one write: other jobs print, too.
    echo "$line  ($((tenths / 10)).$((tenths % 10)) s)"
}

jobs_run()
{
    local limit=$1 i running=0
    for i in "${!job_ids[@]}"; do
        if [ "$running" -ge "$limit" ]; then
            wait -n
            running=$((running - 1))
        fi
        job_run "${job_ids[$i]}" "${job_commands[$i]}" &
        running=$((running + 1))
    done
    wait
    for i in "${!alone_ids[@]}"; do
        job_run "${alone_ids[$i]}" "${alone_commands[$i]}"
    done
    job_ids=() job_commands=() alone_ids=() alone_commands=()
}

# True if the job has run and none of its tests failed.
job_passed()
{
    local passed failed skipped
    read -r passed failed skipped 2>/dev/null <"$job_out/${1//\//.}/counts" &&
        [ "$failed" = 0 ]
}

jobs_summary()
{
    local file folder passed failed skipped all_passed=0 all_failed=0 all_skipped=0
    for file in "$job_out"/*/counts; do
        [ -e "$file" ] || continue
        folder=${file%/counts}
        read -r passed failed skipped <"$file"
        all_passed=$((all_passed + passed))
        all_failed=$((all_failed + failed))
        all_skipped=$((all_skipped + skipped))
        if [ "$failed" != 0 ]; then
            printf '\n==== %s\n' "${folder##*/}"
            tail -n 60 "$folder/log" | cut -c1-400
        fi
    done
    printf '\n%d seconds\n%d passed, %d failed, %d skipped\n' \
        "$SECONDS" "$all_passed" "$all_failed" "$all_skipped"
    [ "$all_failed" = 0 ] && [ "$all_passed" != 0 ]
}
