#include "stretch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os.h"
#include "state.h"

/* Of two that begin or end one at once the second is refused. */
static int changing;

static int begin(const char *name, tkai_store_now *store)
{
    struct tka_live_session *stretch = &tkai_state_header()->stretch;

    if (stretch->uid[0] != '\0' || store() != 0) {
        return -1;
    }
    snprintf(stretch->name, sizeof stretch->name, "%s", name);
    stretch->pid = getpid();
    stretch->started_at = tkai_os_unix_ns();
    snprintf(stretch->uid, sizeof stretch->uid, "%llx-%x-t",
             (unsigned long long)stretch->started_at, (unsigned)getpid());
    return 0;
}

static int end(tkai_store_now *store)
{
    struct tka_live_session *stretch = &tkai_state_header()->stretch;
    int failed;

    if (stretch->uid[0] == '\0') {
        return -1;
    }
    stretch->ended_at = tkai_os_unix_ns();
    failed = store();
    memset(stretch, 0, sizeof *stretch);
    return failed;
}

int tkai_stretch_begin(const char *name, tkai_store_now *store)
{
    int failed = -1;

    if (__atomic_exchange_n(&changing, 1, __ATOMIC_ACQUIRE) == 0) {
        failed = begin(name, store);
        __atomic_store_n(&changing, 0, __ATOMIC_RELEASE);
    }
    return failed;
}

int tkai_stretch_end(tkai_store_now *store)
{
    int failed = -1;

    if (__atomic_exchange_n(&changing, 1, __ATOMIC_ACQUIRE) == 0) {
        failed = end(store);
        __atomic_store_n(&changing, 0, __ATOMIC_RELEASE);
    }
    return failed;
}
