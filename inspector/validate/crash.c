/* Counts its calls in a shared file of its own, argv[1], until it is killed, for
 * `tka validate`: two threads, for each the number of calls begun and ended. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <tka/tka.h>

typedef struct Truth {
    volatile uint64_t begun, ended;
    char rest[112]; /* a cache line of its own, and the one next to it */
} Truth;

TKA_PROFILE __attribute__((noinline)) static uint64_t first(uint64_t x)
{
    return x * 3 + 1;
}

TKA_PROFILE __attribute__((noinline)) static uint64_t second(uint64_t x)
{
    return x * 5 + 1;
}

static void *count_second(void *truth)
{
    Truth *own = truth;
    volatile uint64_t x = 1;

    for (;;) {
        own->begun++;
        x = second(x);
        own->ended++;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int file = argc > 1 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;
    volatile uint64_t x = 1;
    pthread_t thread;
    Truth *truth;

    if (file < 0 || ftruncate(file, 2 * sizeof *truth) != 0) {
        return 1;
    }
    truth = mmap(0, 2 * sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (truth == MAP_FAILED || pthread_create(&thread, 0, count_second, truth + 1) != 0) {
        return 1;
    }
    for (;;) {
        truth->begun++;
        x = first(x);
        truth->ended++;
    }
}
