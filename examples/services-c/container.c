#include "container.h"

#include <stdlib.h>
#include <string.h>

#define MOST 32

typedef struct Entry {
    const char *name;
    Keep keep;
    Factory *factory;
    void *instance;
} Entry;

struct Container {
    Entry entries[MOST];
    int count;
};

Container *container_new(void)
{
    return calloc(1, sizeof(Container));
}

void container_free(Container *container)
{
    for (int i = 0; i < container->count; i++) {
        free(container->entries[i].instance);
    }
    free(container);
}

void container_register(Container *container, const char *name, Keep keep,
                        Factory *factory)
{
    if (container->count < MOST) {
        container->entries[container->count++] = (Entry){name, keep, factory, NULL};
    }
}

void *container_get(Container *container, const char *name)
{
    for (int i = 0; i < container->count; i++) {
        Entry *entry = &container->entries[i];

        if (strcmp(entry->name, name) == 0) {
            if (entry->keep == KEEP_NOT) {
                return entry->factory(container);
            }
            if (entry->instance == NULL) {
                entry->instance = entry->factory(container);
            }
            return entry->instance;
        }
    }
    return NULL;
}

void container_begin(Container *container)
{
    (void)container;
    TKA_SCOPE_BEGIN("request");
}

void container_end(Container *container)
{
    for (int i = 0; i < container->count; i++) {
        if (container->entries[i].keep == KEEP_SCOPED) {
            free(container->entries[i].instance);
            container->entries[i].instance = NULL;
        }
    }
    TKA_SCOPE_END();
}
