#include "elf_symbols.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocation.h"
#include "elf_file.h"

#define NOTE_HEAD        12 /* lengths of name and content, type */
#define BUILD_ID_LONGEST 64

typedef struct Mapped {
    const uint8_t *bytes;
    size_t size;
    char build_id[2 * BUILD_ID_LONGEST + 1];
} Mapped;

static void note_build_id(void *context, const ElfSection *section)
{
    Mapped *mapped = context;
    uint32_t name_size, size;

    if (strcmp(section->name, ".note.gnu.build-id") != 0 || section->size < NOTE_HEAD) {
        return;
    }
    memcpy(&name_size, section->bytes, sizeof name_size);
    memcpy(&size, section->bytes + 4, sizeof size);
    if (name_size > 16 || size > BUILD_ID_LONGEST ||
        NOTE_HEAD + ((name_size + 3) & ~3u) + size > section->size) {
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        static const char digits[] = "0123456789abcdef";
        uint8_t byte = section->bytes[NOTE_HEAD + ((name_size + 3) & ~3u) + i];

        mapped->build_id[2 * i] = digits[byte >> 4];
        mapped->build_id[2 * i + 1] = digits[byte & 15];
    }
    mapped->build_id[2 * size] = '\0';
}

static void close_file(void *file)
{
    Mapped *mapped = file;

    munmap((void *)(uintptr_t)mapped->bytes, mapped->size);
    free(mapped);
}

/* Mapped rather than read: of a large library only the tables are looked at. */
static void *open_file(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    Mapped *mapped;
    void *bytes;

    if (descriptor < 0) {
        return NULL;
    }
    bytes =
        fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size
            ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0)
            : MAP_FAILED;
    close(descriptor);
    if (bytes == MAP_FAILED) {
        return NULL;
    }
    mapped = allocate_zeroed(1, sizeof *mapped);
    mapped->bytes = bytes;
    mapped->size = (size_t)status.st_size;
    if (elf_file_kind(mapped->bytes, mapped->size) != ELF_LINKED) {
        close_file(mapped);
        return NULL;
    }
    elf_sections(mapped->bytes, mapped->size, note_build_id, mapped);
    return mapped;
}

static char *build_id(void *file)
{
    const Mapped *mapped = file;

    return duplicate_text(mapped->build_id);
}

static void find(void *file, uint64_t address, SymbolFrames *frames)
{
    const Mapped *mapped = file;
    const char *name = elf_function_at(mapped->bytes, mapped->size, address);

    if (name) {
        frames->items = grow_array(frames->items, frames->count, &frames->capacity,
                                   sizeof *frames->items);
        frames->items[frames->count++] =
            (SymbolFrame){duplicate_text(name), duplicate_text(""), 0};
    }
}

const SymbolReader elf_symbols = {open_file, close_file, build_id, find};
