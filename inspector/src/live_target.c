#define _GNU_SOURCE
#include "live_target.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "location.h"
#include "textbuf.h"

#define MOST_PROCESSES 1024
#define MOST_LISTED    12 /* what fits into an error's line */

/* The processes that may be meant; the first stays open. */
typedef struct Choice {
    TkaLive *live;
    int pid, count;
    Text list; /* of them, for people */
} Choice;

static TkaLive *open_number(const char *name, int *number, Error *error)
{
    char reason[256] = "";
    char *end;
    long pid = strtol(name, &end, 10);
    TkaLive *live;

    if (*end || pid < 1 || pid > INT_MAX) {
        error_set(error, STATUS_USAGE, "\"%s\" is not the number of a process", name);
        return NULL;
    }
    *number = (int)pid;
    live = tka_live_open(*number, reason, sizeof reason);
    if (!live) {
        error_set(error, STATUS_FAILURE, "%s", reason);
    }
    return live;
}

static bool runs_program(int pid, const char *name)
{
    char link[64], path[PATH_MAX];
    ssize_t length;
    const char *slash;

    snprintf(link, sizeof link, "/proc/%d/exe", pid);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0) {
        return false;
    }
    path[length] = '\0';
    slash = strrchr(path, '/');
    return !strcmp(slash ? slash + 1 : path, name);
}

static void consider(Choice *choice, int pid, const char *name)
{
    char reason[256];
    TkaLive *live = tka_live_open(pid, reason, sizeof reason);
    TkaLiveProfile profile;

    if (!live) {
        return; /* ended meanwhile, or of another name space of processes */
    }
    if (tka_live_read(live, &profile, reason, sizeof reason) == 0 &&
        (!name || !strcmp(profile.name, name) || runs_program(pid, name))) {
        if (choice->count < MOST_LISTED) {
            text_format(&choice->list, "%s%d %.40s", choice->count ? ", " : "", pid,
                        profile.name);
        }
        if (choice->count++ == 0) {
            choice->live = live;
            choice->pid = pid;
            return;
        }
    }
    tka_live_close(live);
}

static Choice find(const char *data_dir, const char *name)
{
    int *pids = allocate_zeroed(MOST_PROCESSES, sizeof *pids);
    int count = tka_live_list(data_dir, pids, MOST_PROCESSES);
    Choice choice = {0};

    for (int i = 0; i < count && i < MOST_PROCESSES; i++) {
        consider(&choice, pids[i], name);
    }
    free(pids);
    return choice;
}

static void tell_none(const char *name, const char *data_dir, Error *error)
{
    if (name) {
        error_set(error, STATUS_FAILURE,
                  "no \"%s\" is being profiled below %s; name a process by its number",
                  name, data_dir);
    } else {
        error_set(error, STATUS_FAILURE,
                  "no profiled program is running below %s; name a process by its number",
                  data_dir);
    }
}

TkaLive *live_target_open(const Settings *settings, const char *name, int *pid,
                          Error *error)
{
    Location place = {0};
    Choice choice;

    if (name && *name >= '0' && *name <= '9') {
        return open_number(name, pid, error);
    }
    if (name && !strcmp(name, "-")) {
        name = NULL;
    }
    if (!location_find(settings->database, settings->data_dir, &place, error)) {
        return NULL;
    }
    choice = find(place.data_dir, name);
    if (choice.count == 0) {
        tell_none(name, place.data_dir, error);
    } else if (choice.count > 1) {
        error_set(error, STATUS_USAGE, "which one? %s%s", choice.list.data,
                  choice.count > MOST_LISTED ? ", ..." : "");
        tka_live_close(choice.live);
        choice.live = NULL;
    }
    *pid = choice.pid;
    text_release(&choice.list);
    location_release(&place);
    return choice.live;
}
