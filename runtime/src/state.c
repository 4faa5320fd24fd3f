#include "state.h"

#include <pthread.h>

#include "os.h"

struct tkai_state tkai_state = {
    .event_ticks = UINT64_MAX, .slow_ticks = UINT64_MAX, .full_ticks = UINT64_MAX,
    .cpu_ticks = UINT64_MAX
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void tkai_state_lock(struct tkai_os_mask *old)
{
    tkai_os_block_signals(old);
    pthread_mutex_lock(&lock);
}

void tkai_state_unlock(const struct tkai_os_mask *old)
{
    pthread_mutex_unlock(&lock);
    tkai_os_restore_signals(old);
}

void tkai_state_lock_anew(void)
{
    pthread_mutex_init(&lock, NULL);
}
