/* process_usage - what a process takes of the machine, from the kernel.
 */
#ifndef TKA_PROCESS_USAGE_H
#define TKA_PROCESS_USAGE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ProcessUsage {
    int64_t cpu_ns; /* user and system, of all threads so far; -1: not known */
    int64_t rss_bytes, threads; /* -1: not known */
} ProcessUsage;

ProcessUsage process_usage_read(int pid);

#endif
