#include "engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cachelog.h"
#include "clock.h"
#include "config.h"
#include "flush.h"
#include "identity.h"
#include "memory.h"
#include "monitor.h"
#include "os.h"
#include "service.h"
#include "state.h"
#include "switches.h"
#include "thread.h"

static struct tka_live_session session; /* survives fork */
static int clock_ready;
static int starting;

/* --- fork and exit ------------------------------------------------------ */

/* The counters are shared memory and the parent's: the child begins with none
 * of its own, and makes a live file only if it profiles something. No lock is
 * taken before a fork, as the program's own handlers may make probed calls
 * between: what another thread was in the middle of is made anew here, and the
 * list of modules is published entry by entry. */
static void after_fork_child(void)
{
    if (tkai_state.phase == TKAI_ON || starting) {
        starting = 0;
        tkai_state.phase = TKAI_NEW;
        tkai_state.forked = 1;
        tkai_thread_forget_all();
        tkai_livefile_forget(&tkai_state.file);
        tkai_service_forget();
        tkai_monitor_forget();
        tkai_memory_forget();
        tkai_cachelog_forget();
    }
    tkai_flush_after_fork_child();
    tkai_state_lock_anew();
}

int tkai_engine_is_own_process(void)
{
    return tkai_state.phase == TKAI_ON && tkai_state_header()->pid == getpid();
}

static void note_exit_status(int status, void *unused)
{
    (void)unused;
    if (tkai_engine_is_own_process()) {
        tkai_state_header()->exit_kind = TKA_EXIT_EXIT;
        tkai_state_header()->exit_status = status & 0xff;
    }
}

/* --- start -------------------------------------------------------------- */

/* A run begins when the program is loaded, and is the run of all children that it forks,
 * also where it profiles nothing itself. Again by the first profiled call, if that comes
 * before this constructor. */
static __attribute__((constructor)) void begin_session(void)
{
    if (session.pid == 0) {
        session.pid = getpid();
        session.started_at = tkai_os_unix_ns();
        snprintf(session.uid, sizeof session.uid, "%llx-%x-%s",
                 (unsigned long long)session.started_at, (unsigned)getpid(), "s");
    }
}

/* Before any thread can be in the middle of starting the runtime when another one forks. */
static __attribute__((constructor)) void watch_forks(void)
{
    pthread_atfork(NULL, NULL, after_fork_child);
}

static void set_session(void)
{
    const char *name = tkai_state.config.session_name;
    const char *program = strrchr(tkai_state_header()->executable, '/');

    begin_session();
    if (session.name[0] == '\0') {
        snprintf(session.name, sizeof session.name, "%s",
                 name[0] != '\0'   ? name
                 : program != NULL ? program + 1
                                   : "");
    }
}

/* `tka run` marks all processes of one of its runs. */
static int64_t run_id(void)
{
    const char *text = getenv("TKA_RUN_ID");

    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static void fill_header(struct tka_live_header *header, const char *uid)
{
    const TkaConfig *config = &tkai_state.config;

    tkai_identity_process(header);
    set_session();
    snprintf(header->uid, sizeof header->uid, "%s", uid);
    header->session = session;
    header->run_id = run_id();
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
        on_exit(note_exit_status, NULL);
    }
}

static void describe_again(uint32_t id);

void tkai_engine_publish_costs(void)
{
    struct tka_live_header *header = tkai_state_header();

    header->timed_cost_ns = tkai_state.timed_cost * tkai_clock.ns_per_tick;
    header->count_cost_ns = tkai_state.count_cost * tkai_clock.ns_per_tick;
    header->each_cost_ns = tkai_state.each_cost * tkai_clock.ns_per_tick;
    header->each_long_cost_ns = tkai_state.each_long_cost * tkai_clock.ns_per_tick;
    header->long_call_ns = tkai_state.long_ticks * tkai_clock.ns_per_tick;
    header->rare_cost_ns = tkai_state.rare_cost * tkai_clock.ns_per_tick;
    header->cpu_cost_ns = tkai_state.cpu_cost * tkai_clock.ns_per_tick;
}

static int open_live_file(void)
{
    char uid[64];

    snprintf(uid, sizeof uid, "%llx-%x", (unsigned long long)tkai_os_unix_ns(),
             (unsigned)getpid());
    if (tkai_livefile_create(&tkai_state.file, tkai_state.config.data_dir, uid) != 0) {
        return -1;
    }
    fill_header(tkai_state_header(), uid);
    tkai_engine_publish_costs();
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        describe_again(i);
    }
    memcpy(tkai_state_header()->magic, TKA_LIVE_MAGIC, sizeof TKA_LIVE_MAGIC);
    return 0;
}

static void start(void)
{
    TkaConfig *config = &tkai_state.config;

    if (!tkai_state.configured) {
        tkai_config_read(config);
        tkai_config_resolve(config);
        tkai_state.configured = 1;
    }
    tkai_state.share = config->overhead_threshold / 100;
    if (!config->profiling_enabled || config->mode == TKA_MODE_OFF) {
        tkai_state.phase = TKAI_OFF;
        return;
    }
    if (!clock_ready) {
        tkai_clock_init();
        clock_ready = 1;
    }
    tkai_thread_init();
    if (open_live_file() != 0) {
        tkai_state.phase = TKAI_OFF;
        return;
    }
    register_handlers();
    tkai_state.phase = TKAI_ON;
}

void tkai_engine_start(void)
{
    if (tkai_state.phase == TKAI_NEW) {
        starting = 1;
        start();
        starting = 0;
    }
}

/* --- modules ------------------------------------------------------------ */

static struct tka_switch *switches_of(struct tka_live_module *described)
{
    return described->switches == 0
               ? NULL
               : (struct tka_switch *)(void *)((char *)described + described->switches);
}

/* A chunk with the module's path and all of its texts, as the reader will find
 * no module to look into. */
static int describe_module(uint32_t id, const char *path, const char *build_id)
{
    struct tkai_module *m = &tkai_state.modules[id];
    const struct tka_module *module = m->module;
    size_t text_size = (size_t)(module->text_end - module->text);
    uint32_t sites = (uint32_t)(m->size / sizeof *m->sites);
    struct tka_live_module *described;
    size_t size = (sizeof *described + sites * sizeof(uint32_t) + text_size + 7) & ~(size_t)7;
    struct tka_live_chunk *chunk =
        tkai_livefile_add(&tkai_state.file, TKA_CHUNK_MODULE, id, 0,
                          size + sites * sizeof(struct tka_switch), NULL);
    uint32_t *offsets;

    if (chunk == NULL) {
        return -1;
    }
    described = tkai_chunk_content(chunk);
    offsets = (uint32_t *)(void *)(described + 1);
    snprintf(described->path, sizeof described->path, "%s", path);
    snprintf(described->build_id, sizeof described->build_id, "%s", build_id);
    described->sites = sites;
    described->text_size = text_size;
    described->switches = size < UINT32_MAX ? (uint32_t)size : 0;
    for (uint32_t i = 0; i < sites; i++) {
        offsets[i] = (uint32_t)(m->sites[i].text - module->text);
    }
    memcpy(offsets + sites, module->text, text_size);
    __atomic_store_n(&chunk->used, 1, __ATOMIC_RELEASE);
    m->described = described;
    m->switches = switches_of(described);
    return 0;
}

/* A forked child's probes are off where its parent's were: since it began, for it. */
static struct tka_switch *inherit_switches(struct tka_live_module *described,
                                           const struct tka_switch *parents)
{
    struct tka_switch *switches = switches_of(described);

    for (uint32_t i = 0; parents != NULL && switches != NULL && i < described->sites; i++) {
        if (parents[i].off_since != 0) {
            switches[i].off_since = tkai_os_unix_ns();
            switches[i].reason = parents[i].reason;
        }
    }
    return switches;
}

/* In a forked child the parent's description goes into its own live file; the
 * module itself may have been unloaded. */
static void describe_again(uint32_t id)
{
    struct tkai_module *m = &tkai_state.modules[id];
    size_t text_end = sizeof *m->described + m->described->sites * sizeof(uint32_t) +
                      m->described->text_size;
    size_t size = m->described->switches + m->described->sites * sizeof(struct tka_switch);
    struct tka_live_chunk *chunk =
        tkai_livefile_add(&tkai_state.file, TKA_CHUNK_MODULE, id, 0,
                          size > text_end ? size : text_end, NULL);

    if (chunk == NULL) {
        m->switches = NULL;
    } else {
        struct tka_live_module *described = tkai_chunk_content(chunk);

        memcpy(described, m->described, text_end);
        m->described = described;
        m->switches = inherit_switches(described, m->switches);
        __atomic_store_n(&chunk->used, 1, __ATOMIC_RELEASE);
    }
}

void tkai_engine_find_loaded(struct tkai_loaded *loaded)
{
    const void *modules[TKAI_MODULES_MOST];
    struct tkai_os_mask old;
    uint32_t count;

    tkai_state_lock(&old);
    loaded->changes = tkai_state.module_changes;
    count = tkai_state.module_count;
    for (uint32_t i = 0; i < count; i++) {
        modules[i] = tkai_state.modules[i].module;
    }
    tkai_state_unlock(&old);
    for (uint32_t i = 0; i < count; i++) {
        loaded->is[i] = tkai_identity_is_loaded(modules[i]) != 0;
    }
}

static size_t size_of_sites(const struct tka_module *module)
{
    return (size_t)((const char *)module->sites_end - (const char *)module->sites);
}

static int has_text_of(const struct tkai_module *m, const struct tka_module *module)
{
    size_t text_size = (size_t)(module->text_end - module->text);
    const uint32_t *offsets = (const uint32_t *)(const void *)(m->described + 1);

    return m->size == size_of_sites(module) && m->described->text_size == text_size &&
           memcmp(offsets + m->described->sites, module->text, text_size) == 0;
}

/* A library that was unloaded and is loaded again to the same place goes on with
 * the counters that it had. -1: this is another one. */
static int find_earlier(const struct tka_module *module)
{
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        const struct tkai_module *m = &tkai_state.modules[i];

        if (m->module == module && m->sites == module->sites && has_text_of(m, module)) {
            return (int)i;
        }
    }
    return -1;
}

/* So does one that is loaded again to another place, if nothing has come or moved since
 * the loader was asked what is left of it. */
static int find_unloaded(const struct tka_module *module, const char *path,
                         const char *build_id, const struct tkai_loaded *loaded)
{
    if (loaded->changes != tkai_state.module_changes) {
        return -1;
    }
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        const struct tkai_module *m = &tkai_state.modules[i];

        if (!loaded->is[i] && has_text_of(m, module) &&
            strncmp(m->described->path, path, sizeof m->described->path - 1) == 0 &&
            strcmp(m->described->build_id, build_id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static int add_module(struct tka_module *module, const char *path, const char *build_id)
{
    uint32_t count = tkai_state.module_count;
    struct tka_live_header *header = tkai_state_header();

    if (count >= TKAI_MODULES_MOST) {
        if (header->note[0] == '\0') {
            snprintf(header->note, sizeof header->note,
                     "more than %u instrumented modules; calls in the others are lost",
                     TKAI_MODULES_MOST);
        }
        return -1;
    }
    tkai_state.modules[count] =
        (struct tkai_module){module->sites, size_of_sites(module), module, NULL, NULL};
    if (describe_module(count, path, build_id) != 0) {
        return -1;
    }
    __atomic_store_n(&tkai_state.module_count, count + 1, __ATOMIC_RELEASE);
    return (int)count;
}

int tkai_engine_module(struct tka_module *module, const char *path, const char *build_id,
                       const struct tkai_loaded *loaded)
{
    uintptr_t known = (uintptr_t)module->state;
    int id;

    if (known != 0 && known <= tkai_state.module_count &&
        tkai_state.modules[known - 1].module == module) {
        return (int)known - 1;
    }
    id = find_earlier(module);
    if (id < 0) {
        id = find_unloaded(module, path, build_id, loaded);
    }
    if (id < 0) {
        id = add_module(module, path, build_id);
    }
    if (id < 0) {
        return -1;
    }
    tkai_state.modules[id].module = module;
    __atomic_store_n(&tkai_state.modules[id].sites, module->sites, __ATOMIC_RELAXED);
    tkai_state.module_changes++;
    module->state = (void *)(uintptr_t)(id + 1);
    tkai_switches_add((uint32_t)id);
    return id;
}

void tkai_engine_module_off(struct tka_module *module)
{
    for (struct tka_site *site = module->sites; site < module->sites_end; site++) {
        *site->on = 0;
    }
}

void tkai_engine_all_off(void)
{
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        struct tka_module *module = tkai_state.modules[i].module;

        /* it may have been unloaded, and another one loaded in its place */
        if (tkai_identity_is_loaded(module) &&
            module->state == (void *)(uintptr_t)(i + 1)) {
            tkai_engine_module_off(module);
        }
    }
}
