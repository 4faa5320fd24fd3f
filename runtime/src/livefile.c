#include "livefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os.h"

/* Where few descriptors are allowed ours cannot be put out of the program's way:
 * then it is open only while the file grows. */
#define LOW_DESCRIPTORS 64

size_t tkai_livefile_chunk_size(size_t size)
{
    size += sizeof(struct tka_live_chunk);
    return (size + TKA_LIVE_PAGE - 1) / TKA_LIVE_PAGE * TKA_LIVE_PAGE;
}

static void set_note(struct tkai_livefile *file, const char *what, int error)
{
    if (file->header->note[0] == '\0') {
        snprintf(file->header->note, sizeof file->header->note, "%s: %s: %.160s", what,
                 strerrordesc_np(error), file->path);
    }
}

static int open_file(struct tkai_livefile *file, const char *data_dir, const char *name)
{
    char folder[1100];
    struct stat st;

    snprintf(folder, sizeof folder, "%s/live", data_dir);
    snprintf(file->path, sizeof file->path, "%s/%s" TKA_LIVE_SUFFIX, folder, name);
    if (tkai_os_make_folders(folder) != 0) {
        return -1;
    }
    file->fd = tkai_os_open(file->path, O_RDWR | O_CREAT | O_EXCL, 0666);
    if (file->fd < 0 || fstat(file->fd, &st) != 0) {
        return -1;
    }
    file->device = st.st_dev;
    file->inode = st.st_ino;
    tkai_os_lock_life(file->fd);
    return 0;
}

/* The program may have closed our descriptor and got its number for a file of
 * its own: never touch a file that is not ours. */
static int is_still_ours(struct tkai_livefile *file)
{
    struct stat st;

    return file->fd >= 0 && fstat(file->fd, &st) == 0 && st.st_dev == file->device &&
           st.st_ino == file->inode;
}

static int reopen(struct tkai_livefile *file)
{
    if (file->path[0] == '\0') {
        return -1;
    }
    file->fd = tkai_os_open(file->path, O_RDWR, 0);
    if (!is_still_ours(file)) {
        if (file->fd >= 0) {
            close(file->fd);
        }
        file->fd = -1;
        return -1;
    }
    tkai_os_lock_life(file->fd);
    return 0;
}

static void *map(struct tkai_livefile *file, uint64_t offset, size_t size, void *at)
{
    void *memory;

    if (!is_still_ours(file) && reopen(file) != 0) {
        return NULL;
    }
    memory = tkai_os_map_file(file->fd, offset, size, at);
    if (file->fd < LOW_DESCRIPTORS) {
        int error = errno;

        close(file->fd); /* the program may count on that number */
        file->fd = -1;
        errno = error;
    }
    return memory;
}

static void *private_memory(size_t size, void *at)
{
    void *memory;

    if (at == NULL) {
        return tkai_os_memory(size);
    }
    memory = mmap(at, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

int tkai_livefile_create(struct tkai_livefile *file, const char *data_dir,
                         const char *name)
{
    int error = 0;

    memset(file, 0, sizeof *file);
    file->fd = -1;
    file->chunks = tkai_os_memory(TKAI_CHUNKS_MOST * sizeof *file->chunks);
    if (file->chunks == NULL) {
        return -1;
    }
    if (open_file(file, data_dir, name) == 0) {
        file->header = map(file, 0, TKA_LIVE_HEADER_SIZE, NULL);
    }
    error = errno;
    if (file->header == NULL) {
        file->header = tkai_os_memory(TKA_LIVE_HEADER_SIZE);
        if (file->header == NULL) {
            return -1;
        }
        set_note(file, "live file", error);
        if (file->fd >= 0) {
            unlink(file->path);
            close(file->fd);
        }
        file->fd = -1;
        file->path[0] = '\0';
    }
    file->header->version = TKA_LIVE_VERSION;
    file->header->size = TKA_LIVE_HEADER_SIZE;
    file->header->committed = TKA_LIVE_HEADER_SIZE;
    return 0;
}

struct tka_live_chunk *tkai_livefile_add(struct tkai_livefile *file,
                                         enum tka_chunk_kind kind, uint32_t module,
                                         uint32_t thread, size_t size, void *at)
{
    size_t whole = tkai_livefile_chunk_size(size);
    struct tka_live_chunk *chunk = NULL;
    int in_file;

    if (file->chunk_count >= TKAI_CHUNKS_MOST) {
        return NULL;
    }
    if (file->path[0] != '\0') {
        chunk = map(file, file->header->committed, whole, at);
        if (chunk == NULL) {
            set_note(file, "live file could not grow; a crash may lose counts", errno);
        }
    }
    in_file = chunk != NULL;
    if (!in_file) {
        chunk = private_memory(whole, at);
        if (chunk == NULL) {
            return NULL;
        }
    }
    chunk->magic = TKA_CHUNK_MAGIC;
    chunk->kind = kind;
    chunk->size = whole;
    chunk->address = (uint64_t)(uintptr_t)chunk;
    chunk->module = module;
    chunk->thread = thread;
    if (in_file) {
        __atomic_store_n(&file->header->committed, file->header->committed + whole,
                         __ATOMIC_RELEASE);
    }
    file->chunks[file->chunk_count] = chunk;
    __atomic_store_n(&file->chunk_count, file->chunk_count + 1, __ATOMIC_RELEASE);
    return chunk;
}

void tkai_livefile_forget(struct tkai_livefile *file)
{
    if (is_still_ours(file)) {
        close(file->fd);
    }
    memset(file, 0, sizeof *file);
    file->fd = -1;
}
