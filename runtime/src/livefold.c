#include "livefold.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collect.h"
#include "dbwriter.h"
#include "os.h"
#include <tka/live.h>

#define EXPORT __attribute__((visibility("default")))
#define WAIT_MS 10000

/* A fold of a folder; the database is opened when there is something to store. */
struct fold {
    const char *data_dir, *db_path;
    TkaFold what;
    int most, wait_ms;
    char boot_id[40];
    uint64_t pid_namespace;
    struct tkai_dbwriter *writer;
    int gave_up;
    TkaFoldResult *result;
};

/* One live file, mapped privately: our copy of the header can be completed. */
struct mapped {
    int fd;
    char path[1300];
    struct stat st;
    void *memory;
    struct tka_live_header *header;
    struct tka_live_chunk **chunks;
    uint32_t chunk_count;
    struct tkai_scratch scratch;
};

static void set_error(struct fold *fold, const char *path, const char *what)
{
    snprintf(fold->result->error, sizeof fold->result->error, "%s: %.120s", what, path);
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

static int find_chunks(struct mapped *file)
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

/* 1 mapped, 0 not a live file or not ready yet, -1 failed. */
static int map_file(struct mapped *file)
{
    if (fstat(file->fd, &file->st) != 0 || file->st.st_nlink == 0 ||
        file->st.st_size < (off_t)TKA_LIVE_HEADER_SIZE) {
        return 0;
    }
    file->memory = mmap(NULL, (size_t)file->st.st_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE, file->fd, 0);
    if (file->memory == MAP_FAILED) {
        file->memory = NULL;
        return -1;
    }
    file->header = file->memory;
    return is_valid_header(file->header, file->st.st_size);
}

static void unmap_file(struct mapped *file)
{
    tkai_scratch_release(&file->scratch);
    if (file->memory != NULL) {
        munmap(file->memory, (size_t)file->st.st_size);
    }
    close(file->fd);
}

/* A process may have lost its lock by closing all descriptors; it still has the
 * file mapped. In another boot or name space of processes the lock decides. */
static int is_alive(const struct fold *fold, const struct mapped *file)
{
    const struct tka_live_header *h = file->header;
    int mapped;

    if (tkai_os_life_locked(file->fd) == 1) {
        return 1;
    }
    if (strcmp(h->boot_id, fold->boot_id) != 0) {
        return 0;
    }
    if (h->pid_namespace != fold->pid_namespace) {
        return 0;
    }
    if (tkai_os_start_jiffies(h->pid) != h->start_jiffies) {
        return 0;
    }
    mapped = tkai_os_has_mapped(h->pid, file->path, file->st.st_dev, file->st.st_ino);
    return mapped != 0;
}

/* The last store's figures are old; the file's own time is the better guess. */
static void complete_header(struct mapped *file, int alive)
{
    struct tka_live_header *h = file->header;
    int64_t last = (int64_t)file->st.st_mtim.tv_sec * 1000000000 + file->st.st_mtim.tv_nsec;
    int64_t wall = (alive ? tkai_os_unix_ns() : last) - h->started_at;

    h->wall_ns = wall > h->wall_ns ? wall : h->wall_ns;
    if (!alive && h->exit_kind == TKA_EXIT_NONE) {
        h->exit_kind = TKA_EXIT_LOST;
    }
}

static int store_file(struct fold *fold, struct mapped *file, int alive)
{
    struct tkai_collected collected;
    int failed;

    if (fold->writer == NULL) {
        fold->writer = tkai_dbwriter_open(fold->db_path, fold->wait_ms,
                                          fold->result->error, sizeof fold->result->error);
        if (fold->writer == NULL) {
            fold->gave_up = 1; /* it would be the same for every file */
            return -1;
        }
    }
    complete_header(file, alive);
    if (find_chunks(file) != 0 ||
        tkai_collect(&collected, file->chunks, file->chunk_count) != 0) {
        set_error(fold, file->path, "out of memory");
        return -1;
    }
    failed = tkai_dbwriter_store(fold->writer, file->header, &collected,
                                 alive ? "running" : "recovered", fold->result->error,
                                 sizeof fold->result->error);
    tkai_collect_release(&collected);
    return failed;
}

static void fold_mapped(struct fold *fold, struct mapped *file)
{
    int alive = is_alive(fold, file);

    if (alive && fold->what == TKA_FOLD_DEAD) {
        fold->result->running++;
        return;
    }
    if (store_file(fold, file, alive) != 0) {
        fold->result->failed++;
    } else if (alive) {
        fold->result->running++;
    } else {
        unlink(file->path);
        fold->result->recovered++;
    }
}

/* A process that ended while it started leaves a file without a magic. */
static int is_never_started(const struct mapped *file)
{
    return file->st.st_nlink > 0 && file->st.st_mtime + 60 < time(NULL) &&
           (file->header == NULL || file->header->magic[0] == '\0') &&
           tkai_os_life_locked(file->fd) != 1;
}

static void fold_file(struct fold *fold, const char *name)
{
    struct mapped file = {0};
    int usable;

    snprintf(file.path, sizeof file.path, "%s/live/%s", fold->data_dir, name);
    file.fd = tkai_os_open(file.path, O_RDWR, 0);
    if (file.fd < 0 && errno == EACCES) {
        file.fd = tkai_os_open(file.path, O_RDONLY, 0);
    }
    if (file.fd < 0) {
        if (errno != ENOENT) {
            set_error(fold, file.path, strerrordesc_np(errno));
            fold->result->failed++;
        }
        return;
    }
    if (flock(file.fd, LOCK_EX | LOCK_NB) == 0) {
        usable = map_file(&file);
        if (usable == 1) {
            fold_mapped(fold, &file);
        } else if (usable == 0 && is_never_started(&file)) {
            unlink(file.path);
        } else if (usable < 0 || file.st.st_mtime + 60 < time(NULL)) {
            set_error(fold, file.path, "not a live file of this version; left in place");
            fold->result->failed++;
        }
    }
    unmap_file(&file);
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

static void fold_folder(struct fold *fold, int fd)
{
    _Alignas(16) char buffer[8192];
    ssize_t got;

    while ((got = getdents64(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < got;) {
            struct entry *entry = (struct entry *)(void *)(buffer + at);

            at += entry->length;
            if (fold->result->recovered >= fold->most || fold->gave_up) {
                return;
            }
            if (has_suffix(entry->name)) {
                fold_file(fold, entry->name);
            }
        }
    }
}

int tkai_livefold(const char *data_dir, const char *db_path, TkaFold what, int most,
                  int wait_ms, TkaFoldResult *result)
{
    struct fold fold = {.data_dir = data_dir, .db_path = db_path, .what = what,
                        .most = most, .wait_ms = wait_ms, .result = result};
    char folder[1200];
    int fd;

    memset(result, 0, sizeof *result);
    snprintf(folder, sizeof folder, "%s/live", data_dir);
    fd = tkai_os_open(folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) {
        return 0; /* nothing was ever profiled here */
    }
    tkai_os_read_file("/proc/sys/kernel/random/boot_id", fold.boot_id, sizeof fold.boot_id);
    fold.boot_id[strcspn(fold.boot_id, "\n")] = '\0';
    fold.pid_namespace = tkai_os_pid_namespace();
    fold_folder(&fold, fd);
    close(fd);
    tkai_dbwriter_close(fold.writer);
    return result->failed != 0 ? -1 : 0;
}

EXPORT int tka_store_fold(const char *data_dir, const char *db_path, TkaFold what,
                          TkaFoldResult *result)
{
    return tkai_livefold(data_dir, db_path, what, INT_MAX, WAIT_MS, result);
}

EXPORT int tka_store_upgrade(const char *db_path, char *error, int error_size)
{
    struct tkai_dbwriter *writer;

    error[0] = '\0';
    if (access(db_path, F_OK) != 0) {
        return 0;
    }
    writer = tkai_dbwriter_open(db_path, WAIT_MS, error, (size_t)error_size);
    tkai_dbwriter_close(writer);
    return writer == NULL ? -1 : 0;
}

EXPORT int tka_store_exit(const char *db_path, int pid, long long started_after_ns,
                          const char *kind, int status)
{
    char error[256];
    struct tkai_dbwriter *writer;
    int failed;

    if (access(db_path, F_OK) != 0) {
        return 0;
    }
    writer = tkai_dbwriter_open(db_path, WAIT_MS, error, sizeof error);
    if (writer == NULL) {
        return -1;
    }
    failed = tkai_dbwriter_set_exit(writer, pid, started_after_ns, kind, status);
    tkai_dbwriter_close(writer);
    return failed;
}
