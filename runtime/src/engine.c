#include "engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "config.h"
#include "flush.h"
#include "identity.h"
#include "monitor.h"
#include "os.h"
#include "slowpath.h"
#include "thread.h"

#define EXPORT __attribute__((visibility("default")))

struct tkai_engine tkai_engine;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sigset_t signals_at_fork;
static struct tka_live_session session; /* survives fork */
static int clock_ready;

void tkai_engine_lock(sigset_t *old)
{
    tkai_os_block_signals(old);
    pthread_mutex_lock(&lock);
}

void tkai_engine_unlock(const sigset_t *old)
{
    pthread_mutex_unlock(&lock);
    tkai_os_restore_signals(old);
}

/* --- fork and exit ------------------------------------------------------ */

static void before_fork(void)
{
    tkai_flush_before_fork();
    tkai_engine_lock(&signals_at_fork);
}

static void after_fork_parent(void)
{
    tkai_engine_unlock(&signals_at_fork);
    tkai_flush_after_fork();
}

/* The counters are shared memory and the parent's: the child begins with none
 * of its own, and makes a live file only if it profiles something. */
static void after_fork_child(void)
{
    if (tkai_engine.state == TKAI_ON) {
        tkai_engine.state = TKAI_NEW;
        tkai_engine.forked = 1;
        tkai_thread_forget_all();
        tkai_livefile_forget(&tkai_engine.file);
        tkai_monitor_forget();
    }
    tkai_flush_after_fork_child();
    pthread_mutex_init(&lock, NULL);
    tkai_os_restore_signals(&signals_at_fork);
}

static void note_exit_status(int status, void *unused)
{
    (void)unused;
    if (tkai_engine.state == TKAI_ON) {
        tkai_engine_header()->exit_kind = TKA_EXIT_EXIT;
        tkai_engine_header()->exit_status = status & 0xff;
    }
}

/* Runs after all other destructors of its module, and so after the program's
 * own exit handlers and static destructors. */
static __attribute__((destructor(101))) void finish(void)
{
    int saved_errno = errno;

    if (tkai_engine.state == TKAI_ON) {
        tkai_slowpath_close_scopes();
        tkai_monitor_stop();
        tkai_flush_from_program(TKAI_FLUSH_EXIT);
    }
    errno = saved_errno;
}

/* --- start -------------------------------------------------------------- */

static void set_session(void)
{
    const char *name = tkai_engine.config.session_name;
    const char *program;

    if (tkai_engine.forked) {
        return; /* the parent's: a run includes the children it forks */
    }
    memset(&session, 0, sizeof session);
    snprintf(session.uid, sizeof session.uid, "%llx-%x-%s",
             (unsigned long long)tkai_os_unix_ns(), (unsigned)getpid(), "s");
    program = strrchr(tkai_engine_header()->executable, '/');
    snprintf(session.name, sizeof session.name, "%s",
             name[0] != '\0'   ? name
             : program != NULL ? program + 1
                               : "");
    session.pid = getpid();
    session.started_at = tkai_os_unix_ns();
}

static void fill_header(struct tka_live_header *header, const char *uid)
{
    const TkaConfig *config = &tkai_engine.config;

    tkai_identity_process(header);
    set_session();
    snprintf(header->uid, sizeof header->uid, "%s", uid);
    header->session = session;
    header->started_at = tkai_os_unix_ns();
    snprintf(header->db_path, sizeof header->db_path, "%s", config->db_path);
    snprintf(header->mode, sizeof header->mode, "%s",
             tkai_config_mode_name(config->mode));
    header->overhead_threshold = config->overhead_threshold;
    header->clock = tkai_clock.kind;
    header->start_ticks = tkai_clock.start_ticks;
    header->ns_per_tick = tkai_clock.ns_per_tick;
}

static void register_handlers(void)
{
    static int done;

    if (!done) {
        done = 1;
        pthread_atfork(before_fork, after_fork_parent, after_fork_child);
        on_exit(note_exit_status, NULL);
    }
}

/* Modules that an earlier life of this process knew need their names again. */
static int describe_module(uint32_t id);

static int open_live_file(void)
{
    char uid[64];

    snprintf(uid, sizeof uid, "%llx-%x", (unsigned long long)tkai_os_unix_ns(),
             (unsigned)getpid());
    if (tkai_livefile_create(&tkai_engine.file, tkai_engine.config.data_dir, uid) != 0) {
        return -1;
    }
    fill_header(tkai_engine_header(), uid);
    if (!clock_ready) {
        tkai_slowpath_calibrate();
        clock_ready = 1;
    }
    tkai_engine_header()->timed_cost_ns =
        tkai_engine.timed_cost * tkai_clock.ns_per_tick;
    tkai_engine_header()->count_cost_ns =
        tkai_engine.count_cost * tkai_clock.ns_per_tick;
    for (uint32_t i = 0; i < tkai_engine.module_count; i++) {
        describe_module(i);
    }
    memcpy(tkai_engine_header()->magic, TKA_LIVE_MAGIC, sizeof TKA_LIVE_MAGIC);
    return 0;
}

void tkai_engine_start(void)
{
    TkaConfig *config = &tkai_engine.config;

    if (tkai_engine.state != TKAI_NEW) {
        return;
    }
    if (!tkai_engine.configured) {
        tkai_config_read(config);
        tkai_config_resolve(config);
        tkai_engine.configured = 1;
    }
    tkai_engine.share = config->overhead_threshold / 100;
    if (!config->profiling_enabled || config->mode == TKA_MODE_OFF) {
        tkai_engine.state = TKAI_OFF;
        return;
    }
    if (!clock_ready) {
        tkai_clock_init();
    }
    tkai_thread_init();
    if (open_live_file() != 0) {
        tkai_engine.state = TKAI_OFF;
        return;
    }
    register_handlers();
    tkai_engine.state = TKAI_ON;
}

/* --- modules ------------------------------------------------------------ */

/* A chunk with the module's path and all of its texts, as the reader will find
 * no module to look into. */
static int describe_module(uint32_t id)
{
    const struct tkai_module *m = &tkai_engine.modules[id];
    const struct tka_module *module = m->module;
    size_t text_size = (size_t)(module->text_end - module->text);
    uint32_t sites = (uint32_t)(m->sites_end - m->sites);
    struct tka_live_module *described;
    struct tka_live_chunk *chunk =
        tkai_livefile_add(&tkai_engine.file, TKA_CHUNK_MODULE, id, 0,
                          sizeof *described + sites * sizeof(uint32_t) + text_size, NULL);
    uint32_t *offsets;

    if (chunk == NULL) {
        return -1;
    }
    described = tkai_chunk_content(chunk);
    offsets = (uint32_t *)(void *)(described + 1);
    tkai_identity_module(m->sites, described->path, sizeof described->path,
                         described->build_id, sizeof described->build_id);
    described->sites = sites;
    described->text_size = text_size;
    for (uint32_t i = 0; i < sites; i++) {
        offsets[i] = (uint32_t)(m->sites[i].text - module->text);
    }
    memcpy(offsets + sites, module->text, text_size);
    chunk->used = 1;
    return 0;
}

int tkai_engine_module(struct tka_module *module)
{
    uint32_t count = tkai_engine.module_count;
    uintptr_t known = (uintptr_t)module->state;

    if (known != 0 && known <= count &&
        tkai_engine.modules[known - 1].module == module) {
        return (int)known - 1;
    }
    if (count >= TKAI_MODULES_MOST) {
        return -1;
    }
    tkai_engine.modules[count] =
        (struct tkai_module){module->sites, module->sites_end, module};
    if (describe_module(count) != 0) {
        return -1;
    }
    module->state = (void *)(uintptr_t)(count + 1);
    __atomic_store_n(&tkai_engine.module_count, count + 1, __ATOMIC_RELEASE);
    return (int)count;
}

void tkai_engine_module_off(struct tka_module *module)
{
    for (struct tka_site *site = module->sites; site < module->sites_end; site++) {
        *site->on = 0;
    }
}

/* --- public ------------------------------------------------------------- */

EXPORT int tka_rt_initialize(const TkaConfig *config)
{
    sigset_t old;
    int done = -1;

    tkai_engine_lock(&old);
    if (tkai_engine.state == TKAI_NEW && !tkai_engine.forked) {
        if (config != NULL) {
            tkai_engine.config = *config;
        } else {
            tkai_config_read(&tkai_engine.config);
        }
        tkai_config_resolve(&tkai_engine.config);
        tkai_engine.configured = 1;
        done = 0;
    }
    tkai_engine_unlock(&old);
    return done;
}

EXPORT void tka_rt_shutdown(void)
{
    int saved_errno = errno;
    sigset_t old;

    if (tkai_engine.state == TKAI_ON) {
        tkai_monitor_stop();
    }
    tkai_engine_lock(&old);
    for (uint32_t i = 0; i < tkai_engine.module_count; i++) {
        tkai_engine_module_off(tkai_engine.modules[i].module);
    }
    tkai_engine_unlock(&old);
    if (tkai_engine.state == TKAI_ON) {
        tkai_flush_from_program(TKAI_FLUSH_EXIT);
    }
    tkai_engine.state = TKAI_OFF;
    errno = saved_errno;
}

/* What was measured before a stretch begins or ends goes to the session it
 * belongs to; only then may the name change. */
static int change_stretch(const char *name)
{
    struct tka_live_session *stretch = &tkai_engine_header()->stretch;
    int failed = tkai_flush_from_program(TKAI_FLUSH_SESSION);

    if (name != NULL && failed != 0) {
        return -1;
    }
    if (name == NULL) {
        memset(stretch, 0, sizeof *stretch);
        return failed;
    }
    snprintf(stretch->name, sizeof stretch->name, "%s", name);
    stretch->pid = getpid();
    stretch->started_at = tkai_os_unix_ns();
    snprintf(stretch->uid, sizeof stretch->uid, "%llx-%x-t",
             (unsigned long long)stretch->started_at, (unsigned)getpid());
    return 0;
}

/* Stretches may begin before the first profiled call. */
static int is_recording(void)
{
    sigset_t old;

    tkai_engine_lock(&old);
    tkai_engine_start();
    tkai_engine_unlock(&old);
    return tkai_engine.state == TKAI_ON;
}

EXPORT int tka_rt_session_start(const char *name)
{
    int saved_errno = errno, failed = -1;

    if (name != NULL && is_recording() && tkai_engine_header()->stretch.uid[0] == '\0') {
        failed = change_stretch(name);
    }
    errno = saved_errno;
    return failed;
}

EXPORT int tka_rt_session_stop(void)
{
    int saved_errno = errno, failed = -1;

    if (tkai_engine.state == TKAI_ON && tkai_engine_header()->stretch.uid[0] != '\0') {
        tkai_engine_header()->stretch.ended_at = tkai_os_unix_ns();
        failed = change_stretch(NULL);
    }
    errno = saved_errno;
    return failed;
}

EXPORT int tka_rt_flush(void)
{
    int saved_errno = errno, failed = -1;

    if (tkai_engine.state == TKAI_ON) {
        failed = tkai_flush_from_program(TKAI_FLUSH_SESSION);
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
    if (tkai_engine.configured) {
        *config = tkai_engine.config;
    } else {
        tkai_config_read(config);
    }
}
