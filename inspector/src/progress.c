#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

static const char *stage = "";
static size_t stage_at, stage_count, steps;

static void show(void)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\rvalidate: %s (%zu of %zu)", stage, stage_at, stage_count);
        if (steps) {
            fprintf(stderr, ", run %zu", steps);
        }
        fputs("\033[K", stderr);
        fflush(stderr);
    }
}

void progress_stage(const char *name, size_t at, size_t count)
{
    stage = name;
    stage_at = at;
    stage_count = count;
    steps = 0;
    show();
}

void progress_step(void)
{
    steps++;
    show();
}

void progress_clear(void)
{
    if (isatty(STDERR_FILENO)) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
