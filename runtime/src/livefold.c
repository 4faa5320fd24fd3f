#include "livefold.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collect.h"
#include "dbwriter.h"
#include "livemap.h"
#include "os.h"
#include "rollup.h"
#include <tka/live.h>

#define EXPORT __attribute__((visibility("default")))
#define WAIT_MS 10000

/* A fold of a folder; the database is opened when there is something to store. */
struct fold {
    const char *data_dir, *db_path;
    TkaFold what;
    int most, wait_ms;
    struct tkai_livemap_here here;
    struct tkai_db *db;
    int gave_up;
    TkaFoldResult *result;
};

static void set_error(struct fold *fold, const char *path, const char *what)
{
    snprintf(fold->result->error, sizeof fold->result->error, "%s: %.120s", what, path);
}

/* The last store's figures are old; the file's own time is the better guess. */
static void complete_header(struct tkai_livemap *file, int alive)
{
    struct tka_live_header *h = file->header;
    int64_t last = (int64_t)file->st.st_mtim.tv_sec * 1000000000 + file->st.st_mtim.tv_nsec;
    int64_t wall = (alive ? tkai_os_unix_ns() : last) - h->started_at;

    h->wall_ns = wall > h->wall_ns ? wall : h->wall_ns;
    if (!alive && h->exit_kind == TKA_EXIT_NONE) {
        h->exit_kind = TKA_EXIT_LOST;
    }
}

static int64_t ended_at(const struct tka_live_header *header)
{
    return header->started_at + header->wall_ns;
}

static int store_file(struct fold *fold, struct tkai_livemap *file, int alive)
{
    struct tkai_collected collected;
    int failed;

    if (fold->db == NULL) {
        fold->db = tkai_db_open(fold->db_path, fold->wait_ms,
                                          fold->result->error, sizeof fold->result->error);
        if (fold->db == NULL) {
            fold->gave_up = 1; /* it would be the same for every file */
            return -1;
        }
    }
    complete_header(file, alive);
    if (tkai_livemap_chunks(file) != 0 ||
        tkai_collect(&collected, file->chunks, file->chunk_count, ended_at(file->header)) != 0) {
        set_error(fold, file->path, "out of memory");
        return -1;
    }
    failed = tkai_dbwriter_store(fold->db, file->header, &collected, NULL,
                                 alive ? "running" : "recovered", fold->result->error,
                                 sizeof fold->result->error);
    tkai_collect_release(&collected);
    return failed;
}

static void fold_mapped(struct fold *fold, struct tkai_livemap *file)
{
    int alive = tkai_livemap_is_alive(&fold->here, file);

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
static int is_never_started(const struct tkai_livemap *file)
{
    return file->st.st_nlink > 0 && file->st.st_mtime + 60 < time(NULL) &&
           (file->header == NULL || file->header->magic[0] == '\0') &&
           tkai_os_life_locked(file->fd) != 1;
}

static void fold_file(struct fold *fold, const char *name)
{
    struct tkai_livemap file = {.private = 1};
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
        usable = tkai_livemap_map(&file);
        if (usable == 1) {
            fold_mapped(fold, &file);
        } else if (usable == 0 && is_never_started(&file)) {
            unlink(file.path);
        } else if (usable < 0 || file.st.st_mtime + 60 < time(NULL)) {
            set_error(fold, file.path, "not a live file of this version; left in place");
            fold->result->failed++;
        }
    }
    tkai_livemap_close(&file);
}

static int fold_entry(void *argument, const char *name)
{
    struct fold *fold = argument;

    if (fold->result->recovered >= fold->most || fold->gave_up) {
        return 0;
    }
    fold_file(fold, name);
    return 1;
}

int tkai_livefold(const char *data_dir, const char *db_path, TkaFold what, int most,
                  int wait_ms, TkaFoldResult *result)
{
    struct fold fold = {.data_dir = data_dir, .db_path = db_path, .what = what,
                        .most = most, .wait_ms = wait_ms, .result = result};

    memset(result, 0, sizeof *result);
    tkai_livemap_where(&fold.here);
    tkai_livemap_each(data_dir, fold_entry, &fold);
    tkai_db_close(fold.db);
    return result->failed != 0 ? -1 : 0;
}

EXPORT int tka_store_fold(const char *data_dir, const char *db_path, TkaFold what,
                          TkaFoldResult *result)
{
    return tkai_livefold(data_dir, db_path, what, INT_MAX, WAIT_MS, result);
}

EXPORT int tka_store_upgrade(const char *db_path, char *error, int error_size)
{
    struct tkai_db *db;

    error[0] = '\0';
    if (access(db_path, F_OK) != 0) {
        return 0;
    }
    db = tkai_db_open(db_path, WAIT_MS, error, (size_t)error_size);
    tkai_db_close(db);
    return db == NULL ? -1 : 0;
}

EXPORT int tka_store_prune(const char *db_path, double retention_days, TkaPruned *pruned,
                           char *error, int error_size)
{
    struct tkai_db *db;
    int failed;

    *pruned = (TkaPruned){0};
    error[0] = '\0';
    if (access(db_path, F_OK) != 0) {
        return 0;
    }
    db = tkai_db_open(db_path, WAIT_MS, error, (size_t)error_size);
    if (db == NULL) {
        return -1;
    }
    failed = tkai_rollup_all(db, tkai_os_unix_ns(), retention_days, pruned);
    tkai_db_close(db);
    return failed;
}

EXPORT int tka_store_exit(const char *db_path, int pid, long long started_after_ns,
                          const char *kind, int status)
{
    char error[256];
    struct tkai_db *db;
    int failed;

    if (access(db_path, F_OK) != 0) {
        return 0;
    }
    db = tkai_db_open(db_path, WAIT_MS, error, sizeof error);
    if (db == NULL) {
        return -1;
    }
    failed = tkai_dbwriter_set_exit(db, pid, started_after_ns, kind, status);
    tkai_db_close(db);
    return failed;
}
