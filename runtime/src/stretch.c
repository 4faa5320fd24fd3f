#include "stretch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os.h"
#include "state.h"

int tkai_stretch_begin(const char *name, tkai_store_now *store)
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

int tkai_stretch_end(tkai_store_now *store)
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
