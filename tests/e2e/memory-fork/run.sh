# fork() of a process whose other threads allocate: children allocate, live to their end and
# have counts of their own; vfork() and exec() as without the hooks.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >family.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

#define FORKS 200

static volatile int ends;
static void *volatile kept[64];

TKA_PROFILE static void in_parent(unsigned x)
{
    void *old = kept[x % 64];

    kept[x % 64] = NULL;
    free(old);
    old = malloc(x % 3000);
    free(old);
}

static void *work(void *seed)
{
    for (unsigned x = (unsigned)(size_t)seed; !ends; x = x * 1103515245u + 12345u) {
        in_parent(x >> 8);
    }
    return NULL;
}

TKA_PROFILE static void in_child(void *before)
{
    free(before); /* the parent's */
    for (int i = 0; i < 100; i++) {
        char *block = malloc(50);

        block = realloc(block, 5000);
        memset(block, 1, 5000);
        free(block);
    }
}

int main(void)
{
    pthread_t threads[3];
    int failed = 0;

    for (size_t i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    }
    for (int i = 0; i < FORKS; i++) {
        void *before = malloc(70);
        pid_t child = fork();
        int status;

        if (child == 0) {
            alarm(20);
            in_child(before);
            if (i % 2 == 0) {
                _exit(0);
            }
            exit(0);
        }
        free(before);
        if (waitpid(child, &status, 0) != child || status != 0) {
            failed++;
        }
    }
    ends = 1;
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < 20; i++) {
        pid_t child = vfork();
        int status;

        if (child == 0) {
            execl("/bin/true", "true", (char *)NULL);
            _exit(9);
        }
        if (waitpid(child, &status, 0) != child || status != 0) {
            failed++;
        }
    }
    printf("%d failed\n", failed);
    return failed != 0;
}
C
compile family.c -pthread

for mode in false sampled exact; do
    fresh
    hooked $mode ./family >out || fail "family, $mode: $(cat out)"
    [ $mode != false ] || continue
    fold
    expect "allocations of children, $mode" 40000 "$(figure allocations in_child)"
    expect "bytes of children, $mode" $((200 * 100 * 5050)) "$(figure bytes in_child)"
    [ "$(figure allocations in_parent)" -gt 1000 ] || fail "the parent's threads did nothing"
    expect "live files, $mode" "" "$(ls data/live)"
    [ $mode = sampled ] || expect "tracked blocks of children that live" 0 "$(figure 'tracked-freed' in_child)"
done
