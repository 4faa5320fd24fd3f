#define _GNU_SOURCE
#include "process_usage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* To the nanosecond, where /proc has hundredths of a second. */
static int64_t cpu_time(int pid)
{
    struct timespec time;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
        return -1;
    }
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Fields 20 and 24 of proc(5)'s stat; the second, in brackets, may hold anything. */
static void read_stat(const char *line, ProcessUsage *usage)
{
    const char *rest = strrchr(line, ')');
    long threads, pages;

    if (rest &&
        sscanf(rest + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
               "%ld %*d %*u %*u %ld",
               &threads, &pages) == 2) {
        usage->threads = threads;
        usage->rss_bytes = (int64_t)pages * sysconf(_SC_PAGESIZE);
    }
}

ProcessUsage process_usage_read(int pid)
{
    ProcessUsage usage = {cpu_time(pid), -1, -1};
    char path[64], line[1024];
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "re");
    if (file) {
        if (fgets(line, sizeof line, file)) {
            read_stat(line, &usage);
        }
        fclose(file);
    }
    return usage;
}
