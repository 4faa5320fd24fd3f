#include <tka/memory.h>

#include "os.h"

__attribute__((visibility("default"))) uint32_t **tka_memory_shadow;

__attribute__((visibility("default"))) int tka_memory_shadow_grow(uintptr_t address)
{
    uintptr_t region = address >> TKA_SHADOW_REGION_LOG2;

    if (tka_memory_shadow == NULL) {
        tka_memory_shadow = tkai_os_memory(TKA_SHADOW_REGIONS * sizeof(uint32_t *));
    }
    if (tka_memory_shadow == NULL || region >= TKA_SHADOW_REGIONS) {
        return -1;
    }
    if (tka_memory_shadow[region] == NULL) {
        tka_memory_shadow[region] = tkai_os_memory(((size_t)1 << (TKA_SHADOW_REGION_LOG2 - TKA_SHADOW_SLOT_LOG2)) * 4);
    }
    return tka_memory_shadow[region] == NULL ? -1 : 0;
}
