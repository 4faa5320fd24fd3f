#include "images.h"

#include <string.h>
#include <tka/live.h>

#include "identity.h"
#include "state.h"

#define IMAGES_MOST 1024u
#define CHUNK_IMAGES 14u            /* four pages */

static struct tka_image *images[IMAGES_MOST];
static uint32_t count;
static struct tka_live_chunk *chunk;

/* The same file in the same place: its number + 1; 0. Where a library was loaded there
 * may be another one now. */
static uint32_t find_known(const struct tka_image *found)
{
    for (uint32_t i = __atomic_load_n(&count, __ATOMIC_ACQUIRE); i-- > 0;) {
        const struct tka_image *image = images[i];

        if (image->low == found->low && image->high == found->high &&
            strcmp(image->path, found->path) == 0 &&
            strcmp(image->build_id, found->build_id) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static struct tka_image *new_image(void)
{
    if (chunk == NULL || chunk->used == CHUNK_IMAGES) {
        chunk = tkai_livefile_add(&tkai_state.file, TKA_CHUNK_IMAGES, 0, 0,
                                  CHUNK_IMAGES * sizeof(struct tka_image), NULL);
    }
    return chunk == NULL ? NULL : (struct tka_image *)tkai_chunk_content(chunk) + chunk->used;
}

static uint32_t add(const struct tka_image *found)
{
    struct tkai_os_mask old;
    uint32_t number;

    tkai_state_lock(&old);
    number = find_known(found);
    if (number == 0 && count < IMAGES_MOST) {
        struct tka_image *image = new_image();

        if (image != NULL) {
            *image = *found;
            chunk->used++;
            images[count] = image;
            number = count + 1;
            __atomic_store_n(&count, number, __ATOMIC_RELEASE);
        }
    }
    tkai_state_unlock(&old);
    return number;
}

/* The loader is asked without a lock of ours: it has one of its own. */
uint32_t tkai_images_find(const void *place)
{
    struct tka_image found = {0};
    uintptr_t low, high, base;
    uint32_t known;

    if (place == NULL || tkai_identity_range(place, &low, &high, &base) != 0) {
        return 0;
    }
    found.low = low;
    found.high = high;
    found.base = base;
    tkai_identity_module(place, found.path, sizeof found.path, found.build_id,
                         sizeof found.build_id);
    known = find_known(&found);
    return known != 0 ? known : add(&found);
}

int tkai_images_is_loader(uint32_t found)
{
    const char *name;

    if (found == 0 || found > __atomic_load_n(&count, __ATOMIC_ACQUIRE)) {
        return 0;
    }
    name = strrchr(images[found - 1]->path, '/');
    return name != NULL && strncmp(name, "/ld-", 4) == 0;
}

void tkai_images_forget(void)
{
    count = 0;
    chunk = NULL;
}
