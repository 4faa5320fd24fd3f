/* recorder - a stand-in for the runtime that says on standard error what inserted code
 * calls for roles, and at the end the hits of each lookup. */
#include <tka/probe.h>
#include <tka/roles.h>

#include <stdio.h>
#include <string.h>

static struct tka_module *the_module;
static int is_exact;
static unsigned long seen;

void tka_enter_due(struct tka_scope *scope, struct tka_site *site,
                   struct tka_module *module, __INTPTR_TYPE__ *delta,
                   __INTPTR_TYPE__ used)
{
    (void)scope;
    (void)delta;
    (void)used;
    the_module = module;
    site->countdown = 1 << 30;
}

/* The third field, which ends at its parenthesis. */
static void say_name(const char *text)
{
    int length;

    for (int i = 0; i < 2; i++) {
        text = strchr(text, '\t') + 1;
    }
    length = (int)strcspn(text, "\t(");
    fprintf(stderr, "%.*s", length, text);
}

static void say(const char *what, const struct tka_site *site)
{
    fprintf(stderr, "%s ", what);
    say_name(site->text);
}

void tka_cache_seen(struct tka_site *site, struct tka_module *module,
                    unsigned long long hash)
{
    (void)module;
    /* Not those whose key is an address. */
    seen += hash >> 58 == 0 &&
            (strstr(site->text, "lookup:numbers") || strstr(site->text, "lookup:texts"));
}

/* No thread has records here. */
void tka_cache_hit(struct tka_site *site, struct tka_module *module)
{
    unsigned long long *hits = (unsigned long long *)(void *)((char *)site + 56);

    (void)module;
    ++*hits;
}

void tka_resolution_enter(struct tka_resolution *resolution, struct tka_site *site,
                          struct tka_module *module, enum tka_key_kind kind,
                          const char *text, unsigned long long number)
{
    static const char *const kinds[] = {"none", "text", "bytes", "number", "type"};

    (void)module;
    say("resolve", site);
    fprintf(stderr, " %s", kinds[kind]);
    if (kind == TKA_KEY_TEXT) {
        fprintf(stderr, " %s", text ? text : "(null)");
    } else if (kind == TKA_KEY_BYTES) {
        fprintf(stderr, " %.*s", (int)number, text ? text : "(null)");
    } else if (kind == TKA_KEY_NUMBER) {
        fprintf(stderr, " %lld", (long long)number);
    } else if (kind == TKA_KEY_TYPE) {
        fprintf(stderr, " %s", strstr(text, "Log") ? "Log" : "other");
    }
    fputc('\n', stderr);
    resolution->word[0] = site;
    resolution->word[1] = NULL;
}

void tka_resolution_result(struct tka_resolution *resolution,
                           const volatile void *instance, int failed)
{
    resolution->word[1] = instance ? "instance" : failed ? "failed" : "no instance";
    if (failed && instance) {
        resolution->word[1] = "nonsense";
    }
}

void tka_resolution_leave(struct tka_resolution *resolution)
{
    const char *result = resolution->word[1];

    say("leave", resolution->word[0]);
    fprintf(stderr, ": %s\n", result ? result : "not said");
}

void tka_construction_enter(struct tka_resolution *resolution, struct tka_site *site,
                            struct tka_module *module)
{
    (void)module;
    say("construct", site);
    fputc('\n', stderr);
    resolution->word[0] = site;
    resolution->word[1] = "built";
}

int tka_memory_intensive(int exact)
{
    int before = is_exact;

    is_exact = exact;
    fprintf(stderr, "memory %d\n", exact);
    return before;
}

void tka_rt_scope_begin(const char *name)
{
    fprintf(stderr, "scope %s\n", name);
}

void tka_rt_scope_end(void)
{
    fprintf(stderr, "end of scope\n");
}

__attribute__((__destructor__)) static void say_hits(void)
{
    for (struct tka_site *site = the_module->sites; site < the_module->sites_end;
         site++) {
        unsigned long long hits;

        memcpy(&hits, (char *)site + 56, sizeof hits);
        if (strstr(site->text, "\tlookup:")) {
            say("hits", site);
            fprintf(stderr, " %llu of %d%s\n", hits,
                    site->countdown ? (1 << 30) - site->countdown + 1 : 0,
                    site->flags & TKA_SITE_ROLE ? "" : " (no flag)");
        }
    }
    fprintf(stderr, "%lu keys\n", seen);
}
