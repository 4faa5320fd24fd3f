/* The functions of tka/tka.h, and the end of the process. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <tka/tka.h>
#include <unistd.h>

#include "config.h"
#include "control.h"
#include "engine.h"
#include "flush.h"
#include "identity.h"
#include "memleaks.h"
#include "monitor.h"
#include "os.h"
#include "slowpath.h"
#include "state.h"
#include "stretch.h"
#include "thread.h"

#define EXPORT __attribute__((visibility("default")))

/* Of a forked child that allocated nothing the verdict on what it inherited. */
static void begin_recording(uintptr_t here)
{
    struct tkai_os_mask old;

    tkai_identity_prepare();
    tkai_state_lock(&old);
    tkai_slowpath_start();
    if (tkai_state.phase == TKAI_ON && tkai_thread_self == NULL) {
        tkai_thread_attach(here);
    }
    tkai_state_unlock(&old);
}

/* Runs after all other destructors of its module, and so after the program's
 * own exit handlers and static destructors. In a static executable that has some of
 * the lowest priority, 101, too: ours is lower, as a C library's may be. */
static void finish(void)
{
    int saved_errno = errno;

    if (tkai_memleaks_are_wanted()) {
        begin_recording((uintptr_t)&saved_errno);
    }
    if (tkai_engine_is_own_process()) {
        tkai_slowpath_close_scopes();
        tkai_monitor_stop();
        tkai_memleaks_find();
        tkai_flush_from_program(TKAI_FLUSH_EXIT);
    }
    errno = saved_errno;
}
static __attribute__((used, section(".fini_array.00001"))) void (*at_end)(void) = finish;

EXPORT int tka_rt_initialize(const TkaConfig *config)
{
    struct tkai_os_mask old;
    int done = -1;

    tkai_state_lock(&old);
    if (tkai_state.phase == TKAI_NEW && !tkai_state.forked) {
        if (config != NULL) {
            tkai_state.config = *config;
        } else {
            tkai_config_read(&tkai_state.config);
        }
        tkai_config_resolve(&tkai_state.config);
        tkai_state.configured = 1;
        done = 0;
    }
    tkai_state_unlock(&old);
    return done;
}

EXPORT void tka_rt_shutdown(void)
{
    int saved_errno = errno;

    tkai_engine_all_off();
    if (tkai_engine_is_own_process()) {
        tkai_monitor_stop();
        tkai_flush_from_program(TKAI_FLUSH_EXIT);
    }
    tkai_state.phase = TKAI_OFF;
    errno = saved_errno;
}

static int store_now(void)
{
    return tkai_flush_from_program(TKAI_FLUSH_SESSION);
}

/* Stretches may begin before the first profiled call. */
static int is_recording(void)
{
    struct tkai_os_mask old;

    tkai_identity_prepare();
    tkai_state_lock(&old);
    tkai_slowpath_start();
    tkai_state_unlock(&old);
    return tkai_engine_is_own_process();
}

EXPORT int tka_rt_session_start(const char *name)
{
    int saved_errno = errno, failed = -1;

    if (name != NULL && is_recording()) {
        failed = tkai_stretch_begin(name, store_now);
    }
    errno = saved_errno;
    return failed;
}

EXPORT int tka_rt_session_stop(void)
{
    int saved_errno = errno, failed = -1;

    if (tkai_engine_is_own_process()) {
        failed = tkai_stretch_end(store_now);
    }
    errno = saved_errno;
    return failed;
}

EXPORT int tka_rt_flush(void)
{
    int saved_errno = errno, failed = -1;

    if (tkai_engine_is_own_process()) {
        failed = store_now();
    }
    errno = saved_errno;
    return failed;
}

EXPORT int tka_rt_control(const char *request)
{
    char answer[256];
    int saved_errno = errno, failed = -1;

    if (request != NULL && !tkai_os_is_confined() && is_recording()) {
        failed = tkai_control_carry_out(request, store_now, answer, sizeof answer);
    }
    errno = saved_errno;
    return failed;
}

EXPORT void tka_rt_config_default(TkaConfig *config)
{
    tkai_config_default(config);
}

EXPORT void tka_rt_config_from_environment(TkaConfig *config)
{
    tkai_config_read(config);
}

EXPORT void tka_rt_config_current(TkaConfig *config)
{
    if (tkai_state.configured) {
        *config = tkai_state.config;
    } else {
        tkai_config_read(config);
    }
}
