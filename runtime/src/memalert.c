#include "memalert.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os.h"

static pthread_mutex_t setting = PTHREAD_MUTEX_INITIALIZER;
static void (*callback)(long long, void *);
static void *context;
static int has_thread;
static uint32_t crossings;
static long long crossed_at;

static void *run(void *unused)
{
    uint32_t seen = 0;

    for (;;) {
        uint32_t now = __atomic_load_n(&crossings, __ATOMIC_ACQUIRE);
        void (*call)(long long, void *) = NULL;
        void *argument = NULL;

        if (now == seen) {
            syscall(SYS_futex, &crossings, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
            continue;
        }
        seen = now;
        pthread_mutex_lock(&setting);
        call = callback;
        argument = context;
        pthread_mutex_unlock(&setting);
        if (call != NULL) {
            call(__atomic_load_n(&crossed_at, __ATOMIC_RELAXED), argument);
        }
    }
    return unused;
}

static int start_thread(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    struct tkai_os_mask old;
    int failed;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    tkai_os_block_signals(&old); /* it inherits that */
    failed = pthread_create(&thread, &attributes, run, NULL);
    tkai_os_restore_signals(&old);
    pthread_attr_destroy(&attributes);
    return failed != 0 ? -1 : 0;
}

int tkai_memalert_set(void (*wanted)(long long, void *), void *wanted_context)
{
    int failed = 0, saved_errno = errno;

    pthread_mutex_lock(&setting);
    callback = wanted;
    context = wanted_context;
    if (wanted != NULL && !has_thread) {
        failed = start_thread();
        has_thread = failed == 0;
    }
    pthread_mutex_unlock(&setting);
    errno = saved_errno;
    return failed;
}

void tkai_memalert_tell(long long live_bytes)
{
    __atomic_store_n(&crossed_at, live_bytes, __ATOMIC_RELAXED);
    __atomic_add_fetch(&crossings, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &crossings, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void tkai_memalert_forget(void)
{
    pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;

    setting = unlocked;
    callback = NULL;
    has_thread = 0;
    crossings = 0;
}
