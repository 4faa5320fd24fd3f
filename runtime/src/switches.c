#include "switches.h"

#include <stdio.h>
#include <string.h>

#include "glob.h"
#include "identity.h"
#include "os.h"

#define REQUESTS_MOST 64

/* In the order they came: the last that matches decides. */
static struct request {
    char glob[200];
    int on;
} requests[REQUESTS_MOST];
static int request_count;

static int matches_field(const char *glob, const char *text, int field)
{
    int length;
    const char *value = tkai_site_field(text, field, &length);

    return tkai_glob_matches(glob, value, (size_t)length);
}

static int matches_file(const char *glob, const char *text)
{
    int length;
    const char *file = tkai_site_field(text, TKAI_SITE_FILE, &length);

    for (int i = length; i > 0; i--) {
        if (file[i - 1] == '/') {
            return tkai_glob_matches(glob, file + i, (size_t)(length - i)) ||
                   tkai_glob_matches(glob, file, (size_t)length);
        }
    }
    return tkai_glob_matches(glob, file, (size_t)length);
}

static int matches(const char *glob, const char *text)
{
    return matches_field(glob, text, TKAI_SITE_NAME) ||
           matches_field(glob, text, TKAI_SITE_FUNCTION) || matches_file(glob, text);
}

/* 1 on, 0 off, -1 no request speaks of it. */
static int requested(const char *text)
{
    for (int i = request_count; i-- > 0;) {
        if (matches(requests[i].glob, text)) {
            return requests[i].on;
        }
    }
    return -1;
}

static void set(uint32_t module, uint32_t site, enum tka_off_reason reason)
{
    const struct tkai_module *m = &tkai_state.modules[module];
    struct tka_switch *entry = m->switches != NULL ? &m->switches[site] : NULL;

    *m->sites[site].on = reason == TKA_OFF_NOT;
    if (entry == NULL) {
        return;
    }
    if (reason == TKA_OFF_NOT) {
        entry->off_ns += entry->off_since != 0 ? tkai_os_unix_ns() - entry->off_since : 0;
        entry->off_since = 0;
    } else {
        entry->reason = reason;
        if (entry->off_since == 0) {
            entry->off_since = tkai_os_unix_ns();
        }
    }
}

/* As of the last look. */
static unsigned char loaded[sizeof tkai_state.modules / sizeof *tkai_state.modules];

void tkai_switches_look(void)
{
    uint32_t count = __atomic_load_n(&tkai_state.module_count, __ATOMIC_ACQUIRE);

    for (uint32_t i = 0; i < count; i++) {
        struct tka_module *m = tkai_state.modules[i].module;

        loaded[i] = tkai_identity_is_loaded(m) && m->state == (void *)(uintptr_t)(i + 1);
    }
}

void tkai_switches_add(uint32_t module)
{
    loaded[module] = 1;
    tkai_switches_apply(module); /* loaded again all its probes are on */
}

static int is_suspended(const struct tkai_module *m, uint32_t site)
{
    return m->switches != NULL && m->switches[site].off_since != 0 &&
           m->switches[site].reason == TKA_OFF_BUDGET;
}

static enum tka_off_reason wanted(const struct tkai_module *m, uint32_t site)
{
    int request;

    if (tkai_state.config.mode == TKA_MODE_OFF) {
        return TKA_OFF_REQUEST;
    }
    request = request_count > 0 ? requested(m->sites[site].text) : -1;
    if (request >= 0) {
        return request ? TKA_OFF_NOT : TKA_OFF_REQUEST;
    }
    /* where the user wants all calls counted or timed the budget does not matter */
    return is_suspended(m, site) && tkai_state.config.mode == TKA_MODE_SAMPLED
               ? TKA_OFF_BUDGET
               : TKA_OFF_NOT;
}

void tkai_switches_apply(uint32_t module)
{
    const struct tkai_module *m = &tkai_state.modules[module];

    if (!loaded[module]) {
        return;
    }
    for (uint32_t site = 0; site < tkai_module_sites(m); site++) {
        set(module, site, wanted(m, site));
    }
}

void tkai_switches_apply_all(void)
{
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        tkai_switches_apply(i);
    }
}

static int count_matches(const char *glob)
{
    int count = 0;

    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        const struct tkai_module *m = &tkai_state.modules[i];

        for (uint32_t site = 0; loaded[i] && site < tkai_module_sites(m); site++) {
            count += matches(glob, m->sites[site].text);
        }
    }
    return count;
}

int tkai_switches_request(const char *glob, int on)
{
    int kept = 0;

    /* the same again takes no new place; after one for all functions the others that came
     * before say nothing more */
    for (int i = 0; strcmp(glob, "*") != 0 && i < request_count; i++) {
        if (strcmp(requests[i].glob, glob) != 0) {
            requests[kept++] = requests[i];
        }
    }
    request_count = kept;
    if (request_count == REQUESTS_MOST || strlen(glob) >= sizeof requests[0].glob) {
        return -1;
    }
    snprintf(requests[request_count].glob, sizeof requests[0].glob, "%s", glob);
    requests[request_count++].on = on;
    tkai_switches_apply_all();
    return count_matches(glob);
}

/* Whether two texts name the same function: all fields up to its size. */
static int is_same_function(const char *a, const char *b)
{
    int length;
    const char *size = tkai_site_field(a, TKAI_SITE_SIZE, &length);

    return strncmp(a, b, (size_t)(size - a)) == 0;
}

void tkai_switches_suspend(const char *text)
{
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        const struct tkai_module *m = &tkai_state.modules[i];

        for (uint32_t site = 0; loaded[i] && site < tkai_module_sites(m); site++) {
            if (is_same_function(text, m->sites[site].text)) {
                set(i, site, TKA_OFF_BUDGET);
            }
        }
    }
}

void tkai_switches_count(uint32_t *sites, uint32_t *off)
{
    *sites = *off = 0;
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        const struct tkai_module *m = &tkai_state.modules[i];

        for (uint32_t site = 0; loaded[i] && site < tkai_module_sites(m); site++) {
            ++*sites;
            *off += *m->sites[site].on == 0;
        }
    }
}
