#include "memorymap.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "os.h"

#define SHORTEST_LINE 40u
#define MOST_SEGMENTS 32

static ssize_t read_whole(char *text, size_t size)
{
    int fd = tkai_os_open("/proc/thread-self/maps", O_RDONLY, 0);
    size_t length = 0;
    ssize_t got = 0;

    if (fd < 0) {
        return -1;
    }
    while (length + 1 < size && (got = read(fd, text + length, size - 1 - length)) > 0) {
        length += (size_t)got;
    }
    close(fd);
    text[length] = '\0';
    return got < 0 ? -1 : (ssize_t)length;
}

static const char *read_number(const char *p, unsigned base, uint64_t *number)
{
    for (*number = 0;; p++) {
        unsigned digit = *p >= '0' && *p <= '9'   ? (unsigned)(*p - '0')
                         : *p >= 'a' && *p <= 'f' ? (unsigned)(*p - 'a') + 10
                                                  : 99;

        if (digit >= base) {
            return p;
        }
        *number = *number * base + digit;
    }
}

static enum tkai_mapping_kind kind_of(const char *name, uint64_t inode)
{
    if (inode != 0 || name[0] == '/') {
        return TKAI_MAPPING_FILE;
    }
    if (name[0] == '\0' || strncmp(name, "[anon", 5) == 0) {
        return TKAI_MAPPING_ANONYMOUS;
    }
    if (strcmp(name, "[heap]") == 0) {
        return TKAI_MAPPING_HEAP;
    }
    return strncmp(name, "[stack", 6) == 0 ? TKAI_MAPPING_STACK : TKAI_MAPPING_KERNEL;
}

/* low-high rwxp offset device inode      name */
static void parse_line(const char *p, struct tkai_mapping *mapping)
{
    uint64_t low, high, inode, part;

    p = read_number(p, 16, &low);
    p = read_number(p + (*p == '-'), 16, &high);
    p += *p == ' ';
    mapping->range = (struct tkai_range){(uintptr_t)low, (uintptr_t)high};
    mapping->readable = p[0] == 'r';
    mapping->writable = p[0] != '\0' && p[1] == 'w';
    mapping->shared = strncmp(p + strcspn(p, "ps"), "s", 1) == 0;
    p += strcspn(p, " ");
    p = read_number(p + (*p == ' '), 16, &mapping->offset);
    p = read_number(p + (*p == ' '), 16, &part);
    p = read_number(p + (*p == ':'), 16, &part);
    p = read_number(p + (*p == ' '), 10, &inode);
    mapping->name = p + strspn(p, " ");
    mapping->kind = kind_of(mapping->name, inode);
}

static void parse(struct tkai_memorymap *map, char *text)
{
    map->count = 0;
    while (*text != '\0') {
        char *end = strchr(text, '\n');

        if (end == NULL) {
            return;
        }
        *end = '\0';
        parse_line(text, &map->at[map->count++]);
        text = end + 1;
    }
}

/* A text of n bytes has at most n / SHORTEST_LINE lines: the mappings follow the room for
 * the text in the same memory. */
static ssize_t try_size(struct tkai_memorymap *map, size_t text_size)
{
    ssize_t length;

    map->size = text_size + text_size / SHORTEST_LINE * sizeof(struct tkai_mapping);
    map->memory = tkai_os_memory(map->size);
    if (map->memory == NULL) {
        return -1;
    }
    length = read_whole(map->memory, text_size);
    map->at = (struct tkai_mapping *)(void *)(map->memory + text_size);
    return length;
}

int tkai_memorymap_read(struct tkai_memorymap *map)
{
    for (size_t text_size = (size_t)128 << 10; text_size < (size_t)1 << 30; text_size *= 4) {
        ssize_t length = try_size(map, text_size);

        if (length > 0 && (size_t)length + 1 < text_size) {
            parse(map, map->memory);
            return 0;
        }
        tkai_memorymap_release(map);
        if (length <= 0) {
            return -1;
        }
    }
    return -1;
}

void tkai_memorymap_release(struct tkai_memorymap *map)
{
    if (map->memory != NULL) {
        tkai_os_memory_free(map->memory, map->size);
    }
    *map = (struct tkai_memorymap){0};
}

const char *tkai_mapping_base_name(const struct tkai_mapping *mapping)
{
    const char *slash = strrchr(mapping->name, '/');

    return slash == NULL ? mapping->name : slash + 1;
}

int tkai_mapping_add_data(const struct tkai_mapping *mapping, struct tkai_ranges *ranges)
{
    const char *start = (const char *)mapping->range.low;
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[MOST_SEGMENTS];
    uintptr_t bias = 0;
    int count, seen = 0;

    if (mapping->offset != 0 || tkai_os_peek(&header, start, sizeof header) != 0 ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_phentsize != sizeof segments[0]) {
        return -1;
    }
    count = header.e_phnum < MOST_SEGMENTS ? header.e_phnum : MOST_SEGMENTS;
    if (tkai_os_peek(segments, start + header.e_phoff, (size_t)count * sizeof segments[0]) != 0) {
        return -1;
    }
    for (int i = 0; i < count; i++) {
        const ElfW(Phdr) *segment = &segments[i];

        if (segment->p_type != PT_LOAD) {
            continue;
        }
        if (!seen++) {
            bias = mapping->range.low - (segment->p_vaddr & ~(uintptr_t)0xfff);
        }
        if (segment->p_flags & PF_W) {
            tkai_ranges_add(ranges, bias + segment->p_vaddr,
                            bias + segment->p_vaddr + segment->p_memsz);
        }
    }
    return 0;
}
