# Programs built with sanitizers run on with the hooks, preloaded or linked, and the
# sanitizers find what they are there for. Whether blocks are noted depends on who comes
# first.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >plain.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tka/tka.h>

static volatile int shared;
static pthread_barrier_t both;
static char *volatile kept;

TKA_PROFILE static void work(void)
{
    for (int i = 0; i < 1000; i++) {
        char *text = strdup("text");

        text = realloc(text, 100);
        kept = text;
        free(text);
    }
    kept = NULL;
}

static void *race(void *argument)
{
    pthread_barrier_wait(&both);
    for (int i = 0; i < 20000; i++) {
        shared += argument != NULL;
    }
    work();
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    switch (argv[1][0]) {
    case 'g': work(); break;
    case 'a':
        kept = malloc(10);
        free(kept);
        return kept[1];
    case 't':
        pthread_barrier_init(&both, NULL, 2);
        pthread_create(&thread, NULL, race, argv);
        race(argv);
        pthread_join(thread, NULL);
        break;
    case 'l':
        for (int i = 0; i < 10; i++) {
            kept = malloc(1000);
        }
        kept = NULL;
        break;
    }
    puts("done");
    return 0;
}
C

# exec by setarch: TSan of these compilers cannot live with much randomisation
run()
{
    timeout -s KILL 60 setarch -R env LSAN_OPTIONS=exitcode=23 "$@" >out 2>err
}

ran=0
for sanitizer in address thread leak; do
    "$TKA_CC" "$CC" -w -g -fno-builtin -fsanitize=$sanitizer plain.c -o "$sanitizer" -pthread 2>/dev/null &&
        run "./$sanitizer" good || continue
    for way in first last; do
        flags="-Wl,--no-as-needed $hooks -Wl,-rpath,$TKA_PREFIX/lib"
        [ $way = last ] && flags="plain.c $flags" || flags="$flags plain.c"
        "$TKA_CC" "$CC" -w -g -fno-builtin -fsanitize=$sanitizer $flags -o "$sanitizer.$way" -pthread ||
            fail "linking $sanitizer, $way"
    done
    for mode in false sampled exact; do
        export TKA_MONITORING_MEMORY_TRACKING=$mode
        for way in preloaded first last; do
            program=./$sanitizer.$way set=
            [ $way != preloaded ] || {
                program=./$sanitizer set=LD_PRELOAD=$hooks
                # gcc's ASan will not start behind another preloaded library, whose ever
                [ "$sanitizer" != address ] || set="$set ASAN_OPTIONS=verify_asan_link_order=0"
            }
            fresh
            run $set $program good
            expect "status, $sanitizer, $way, $mode" 0 $?
            expect "output, $sanitizer, $way, $mode" done "$(cat out err)"
            fold
            noted=$(figure allocations work)
            # strdup() may be the sanitizer's own, which asks nobody
            case $noted in 0 | 1000 | 2000) ;; *) fail "$noted noted, $sanitizer, $way, $mode" ;; esac
            case $sanitizer in
            address) run TKA_PERFORMANCE_DATA_DIR=$WORK/other $set $program address; grep -q heap-use-after-free err ;;
            thread) run TKA_PERFORMANCE_DATA_DIR=$WORK/other $set $program thread; grep -q 'data race' err ;;
            leak) run TKA_PERFORMANCE_DATA_DIR=$WORK/other $set $program leak; grep -q 'LeakSanitizer' err ;;
            esac || { cat err; fail "$sanitizer finds nothing, $way, $mode"; }
            ran=$((ran + 1))
        done
    done
done
[ $ran -gt 0 ] || exit 77
