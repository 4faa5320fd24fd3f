#include "livemap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os.h"

void tkai_livemap_where(struct tkai_livemap_here *here)
{
    here->boot_id[0] = '\0';
    tkai_os_read_file("/proc/sys/kernel/random/boot_id", here->boot_id,
                      sizeof here->boot_id);
    here->boot_id[strcspn(here->boot_id, "\n")] = '\0';
    here->pid_namespace = tkai_os_pid_namespace();
}

static int has_suffix(const char *name)
{
    size_t length = strlen(name), suffix = sizeof TKA_LIVE_SUFFIX - 1;

    return length > suffix && strcmp(name + length - suffix, TKA_LIVE_SUFFIX) == 0;
}

/* Folder entries by raw system call: opendir() would call malloc. */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static void visit_entries(int fd, int (*visit)(void *, const char *), void *argument)
{
    _Alignas(16) char buffer[8192];
    ssize_t got;

    while ((got = getdents64(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < got;) {
            struct entry *entry = (struct entry *)(void *)(buffer + at);

            at += entry->length;
            if (has_suffix(entry->name) && !visit(argument, entry->name)) {
                return;
            }
        }
    }
}

void tkai_livemap_each(const char *data_dir, int (*visit)(void *, const char *),
                       void *argument)
{
    char folder[1200];
    int fd;

    snprintf(folder, sizeof folder, "%s/live", data_dir);
    fd = tkai_os_open(folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd >= 0) {
        visit_entries(fd, visit, argument);
        close(fd);
    } /* else nothing was ever profiled here */
}

static int is_terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

/* What the header says must make sense before any of it is used. */
static int is_valid_header(const struct tka_live_header *h, off_t size)
{
    return memcmp(h->magic, TKA_LIVE_MAGIC, sizeof TKA_LIVE_MAGIC) == 0 &&
           h->version == TKA_LIVE_VERSION && h->size == TKA_LIVE_HEADER_SIZE &&
           h->committed >= h->size && h->committed <= (uint64_t)size &&
           h->ns_per_tick > 0 && h->ns_per_tick < 1e6 &&
           is_terminated(h->uid, sizeof h->uid) && is_terminated(h->host, sizeof h->host) &&
           is_terminated(h->boot_id, sizeof h->boot_id) &&
           is_terminated(h->session.uid, sizeof h->session.uid) &&
           is_terminated(h->session.name, sizeof h->session.name) &&
           is_terminated(h->stretch.uid, sizeof h->stretch.uid) &&
           is_terminated(h->stretch.name, sizeof h->stretch.name) &&
           is_terminated(h->executable, sizeof h->executable) &&
           is_terminated(h->directory, sizeof h->directory) &&
           is_terminated(h->command, sizeof h->command) &&
           is_terminated(h->build_id, sizeof h->build_id) &&
           is_terminated(h->git_commit, sizeof h->git_commit) &&
           is_terminated(h->mode, sizeof h->mode) && is_terminated(h->note, sizeof h->note);
}

static int is_valid_chunk(const struct tka_live_chunk *chunk, uint64_t room)
{
    if (chunk->magic != TKA_CHUNK_MAGIC || chunk->size < TKA_LIVE_PAGE ||
        chunk->size % TKA_LIVE_PAGE != 0 || chunk->size > room) {
        return 0;
    }
    if (chunk->kind == TKA_CHUNK_MODULE) {
        const struct tka_live_module *module = (const void *)(chunk + 1);

        return is_terminated(module->path, sizeof module->path) &&
               is_terminated(module->build_id, sizeof module->build_id);
    }
    return 1;
}

int tkai_livemap_chunks(struct tkai_livemap *file)
{
    uint64_t end = file->header->committed;
    uint32_t room = (uint32_t)(end / TKA_LIVE_PAGE);

    file->chunks = tkai_scratch_take(&file->scratch, (room + 1) * sizeof *file->chunks);
    if (file->chunks == NULL) {
        return -1;
    }
    for (uint64_t at = file->header->size; at < end;) {
        struct tka_live_chunk *chunk = (void *)((char *)file->memory + at);

        if (!is_valid_chunk(chunk, end - at)) {
            break; /* what precedes a damaged chunk is still good */
        }
        file->chunks[file->chunk_count++] = chunk;
        at += chunk->size;
    }
    return 0;
}

int tkai_livemap_map(struct tkai_livemap *file)
{
    if (fstat(file->fd, &file->st) != 0 || file->st.st_nlink == 0 ||
        file->st.st_size < (off_t)TKA_LIVE_HEADER_SIZE) {
        return 0;
    }
    file->memory = mmap(NULL, (size_t)file->st.st_size,
                        file->private || file->writable ? PROT_READ | PROT_WRITE : PROT_READ,
                        file->private ? MAP_PRIVATE : MAP_SHARED, file->fd, 0);
    if (file->memory == MAP_FAILED) {
        file->memory = NULL;
        return -1;
    }
    file->header = file->memory;
    return is_valid_header(file->header, file->st.st_size);
}

void tkai_livemap_close(struct tkai_livemap *file)
{
    tkai_scratch_release(&file->scratch);
    if (file->memory != NULL) {
        munmap(file->memory, (size_t)file->st.st_size);
    }
    if (file->fd >= 0) {
        close(file->fd);
    }
}

/* A process may have lost its lock by closing all descriptors; it still has the
 * file mapped. In another boot or name space of processes the lock decides. */
int tkai_livemap_is_alive(const struct tkai_livemap_here *here,
                          const struct tkai_livemap *file)
{
    const struct tka_live_header *h = file->header;
    int mapped;

    if (tkai_os_life_locked(file->fd) == 1) {
        return 1;
    }
    if (strcmp(h->boot_id, here->boot_id) != 0) {
        return 0;
    }
    if (h->pid_namespace != here->pid_namespace) {
        return 0;
    }
    if (tkai_os_start_jiffies(h->pid) != h->start_jiffies) {
        return 0;
    }
    mapped = tkai_os_has_mapped(h->pid, file->path, file->st.st_dev, file->st.st_ino);
    return mapped != 0;
}
