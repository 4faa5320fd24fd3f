/* tka/live.h - layout of a live file, version 4: the counters of one process,
 * mapped shared into it, so that they outlive it however it ends.
 *
 * A live file is a header and then chunks, back to back, each a multiple of
 * TKA_LIVE_PAGE and described by its own head. Only the process that made it
 * writes to it, but for header.control, through which others ask it to do things. A reader maps it and walks the chunks up to header.committed.
 * Pointers in it are addresses of the writing process: a chunk's head tells
 * where it was mapped, so that a reader can turn them into places in the file.
 *
 * While the owner lives it holds a POSIX write lock on the file's first byte;
 * whoever folds it into the database holds flock(LOCK_EX) meanwhile.
 */
#ifndef TKA_LIVE_H
#define TKA_LIVE_H

#include <stdint.h>
#include <tka/store.h>

#define TKA_LIVE_MAGIC "TKALIVE"
#define TKA_LIVE_VERSION 4u
#define TKA_LIVE_PAGE 4096u
#define TKA_LIVE_SUFFIX ".tka"

enum tka_exit_kind {
    TKA_EXIT_NONE, TKA_EXIT_EXIT, TKA_EXIT_SIGNAL, TKA_EXIT_LOST
};
enum tka_clock_kind { TKA_CLOCK_MONOTONIC, TKA_CLOCK_TSC, TKA_CLOCK_CNTVCT };

/* Names and ids of a session; empty uid: none. */
struct tka_live_session {
    char uid[64];
    char name[256];
    int64_t pid;                    /* of the process that began it */
    int64_t started_at;             /* ns since the epoch */
    int64_t ended_at;               /* 0 while it runs */
};

/* How a running process is asked to change. Whoever asks holds a POSIX write lock on
 * the file's second byte, writes the request, adds 1 to asked and wakes it as a (shared)
 * futex; the store thread carries the request out, writes the answer, then done =
 * asked. Requests in words: see tka_live_ask() in store.h. */
struct tka_live_control {
    uint32_t asked, done;
    uint32_t listening;             /* 1: the store thread runs */
    int32_t failed;                 /* of the last request */
    char request[256];
    char answer[256];
};

enum tka_memory_mode { TKA_MEMORY_OFF, TKA_MEMORY_SAMPLED, TKA_MEMORY_EXACT };
enum tka_verdict { TKA_VERDICT_NONE, TKA_VERDICT_DONE };

struct tka_live_memory {
    uint32_t mode;                  /* enum tka_memory_mode */
    uint32_t verdict;               /* enum tka_verdict */
    uint64_t sample_bytes;          /* mean distance of samples */
    int64_t live_bytes;             /* exact: bytes of all that lives; else estimated */
    int64_t peak_bytes;
    int64_t peak_at;                /* ns since the epoch */
    int64_t alert_at;               /* when it last crossed the threshold; 0 never */
    int64_t alert_bytes, alert_threshold;
    uint64_t lost_rows;             /* blocks that no row could be had for */
    uint64_t lost_samples;
    int64_t scan_ns;                /* how long the search for lost blocks took */
    char why[128];                  /* there is no verdict */
};

struct tka_live_header {
    char magic[8];
    uint32_t version;
    uint32_t size;                  /* of this header, a multiple of the page */
    uint64_t committed;             /* bytes of the file in use */
    /* who */
    char uid[64];                   /* of the process */
    char host[64];
    char boot_id[40];
    uint64_t pid_namespace;         /* inode number; 0 unknown */
    int32_t pid, parent_pid;
    int64_t started_at;             /* of the process, ns since the epoch */
    uint64_t start_jiffies;         /* field 22 of /proc/PID/stat */
    struct tka_live_session session;
    struct tka_live_session stretch;
    char executable[1024];
    char directory[1024];
    char command[1024];
    char build_id[64];
    char git_commit[64];
    int64_t run_id;                 /* TKA_RUN_ID; 0 none */
    char db_path[1024];
    char mode[16];
    double overhead_threshold;
    /* clock */
    uint32_t clock;                 /* enum tka_clock_kind */
    uint32_t threads;               /* that made a probed call, so far */
    uint64_t start_ticks;
    double ns_per_tick;
    double count_cost_ns, timed_cost_ns;
    double each_cost_ns, rare_cost_ns; /* a timed call where every call is; where few are */
    double each_long_cost_ns, long_call_ns; /* where every call is and takes so long */
    double cpu_cost_ns;             /* a pair of readings of the thread's CPU time */
    /* how it goes */
    int64_t cpu_ns, wall_ns;        /* when last stored */
    uint64_t lost_calls, lost_samples, lost_paths;
    uint32_t exit_kind;             /* enum tka_exit_kind */
    int32_t exit_status;
    char note[256];
    struct tka_live_memory memory;
    struct tka_live_control control;
};
#define TKA_LIVE_HEADER_SIZE (2 * TKA_LIVE_PAGE)

enum tka_chunk_kind {
    TKA_CHUNK_MODULE = 1,           /* struct tka_live_module, offsets, text, switches */
    TKA_CHUNK_RECORDS,              /* one tka_record per site of the module */
    TKA_CHUNK_NODES,                /* tka_node[used] */
    TKA_CHUNK_HISTOGRAMS,           /* tka_histogram[used] */
    TKA_CHUNK_CAPTURES,             /* tka_capture[used], a thread's last slow calls */
    TKA_CHUNK_MEMORY,               /* tka_memory_row[used], of all threads */
    TKA_CHUNK_IMAGES,               /* tka_image[used]: where rows' places lie */
    TKA_CHUNK_CACHES,               /* tka_cache_row[used] */
    TKA_CHUNK_SERVICES,             /* tka_service[used], of a thread */
    TKA_CHUNK_NAMES,                /* tka_name, of `used` bytes together */
    TKA_CHUNK_SERVICE_NODES,        /* tka_service_node[used], of a thread */
    TKA_CHUNK_SERVICE_EVENTS        /* tka_service_event[used], the process's first */
};

#define TKA_CHUNK_MAGIC 0x4b434b54u /* "TKCK" */

struct tka_live_chunk {             /* 64 bytes; the content follows */
    uint32_t magic;
    uint32_t kind;
    uint64_t size;                  /* with this head */
    uint64_t address;               /* of this head in the writing process */
    uint32_t module;
    uint32_t thread;
    uint32_t used;                  /* elements in use */
    uint32_t reserved[7];
};

struct tka_live_module {
    char path[1024];
    char build_id[64];
    uint64_t text_size;             /* bytes of text after the offsets */
    uint32_t sites;                 /* number of offsets: each site's text */
    uint32_t switches;              /* where the tka_switch of each site lie, from here */
};

/* A thread's counters for one site. The calls so far, modulo 2^32, are
 * armed - countdown: one 64-bit read. calls holds the upper bits too, as of
 * the last time the countdown was armed. Times are with the nodes. */
struct tka_record {
    int32_t countdown;              /* overlays tka_site.countdown */
    uint32_t armed;
    uint64_t calls;
    uint64_t histogram;             /* address of the tka_histogram; 0 none */
    uint64_t min_complement;        /* ~ticks, so that 0 is a valid start */
    uint64_t max;                   /* ticks */
    uint64_t nested;                /* weighted ticks in no node's total */
    uint64_t cpu_readings;          /* of calls that are over */
    uint64_t hits;                  /* of a cache's lookups, see tka/roles.h */
};

/* One call path of one thread: a function called from its parent's. A function
 * that is met again on its own path is a node of its own once; further
 * activations count with that second node, its calls but not its total, which
 * has their time already (tka_record.nested has it for the function's mean). */
struct tka_node {
    uint64_t parent;                /* address; the thread's root has 0 */
    uint64_t record;                /* address; the thread's root has 0 */
    uint64_t weight;
    uint64_t samples;
    uint64_t total, child;          /* weighted ticks */
    uint64_t last_child;            /* address; the one that was entered last */
    uint64_t memory;                /* address of its first tka_memory_row; 0 none */
};

struct tka_histogram {
    uint64_t record;                /* address of its owner */
    uint64_t variance[2];           /* sum of w (w - 1) ticks^2, low word first */
    uint64_t rare_weight, rare_ticks; /* sums of w (w - 1), and of that times ticks */
    uint16_t period_log2;           /* of the sampling period to be used next */
    uint16_t armed_log2;            /* of the period the current gap was drawn with */
    uint16_t cpu_choice;            /* 0; k + 1: CPU time of one timed call in 2^k is read */
    uint16_t counting;              /* calls are only counted; where all four are 0 they are
                                     * all timed, and no more */
    uint32_t review_in;             /* samples until the period is reconsidered */
    uint16_t nudged;                /* time the next call: written by the store thread */
    uint16_t critical;              /* every call is timed, whatever the mode */
    uint64_t rare;                  /* samples that stand for more than one call */
    uint64_t cpu_ns, cpu_wall;      /* weighted CPU ns, and ticks, of calls with both */
    uint64_t slow_calls;            /* over the bottleneck threshold */
    uint64_t reviewed_total, reviewed_weight; /* of its nodes, at the last review */
    uint64_t reviewed_node;         /* address of the node they are of */
    uint64_t bucket[TKA_HISTOGRAM_BUCKETS]; /* weights, by ns */
};

/* What a cache's lookup, a site of the chunk's module, told of its keys, over all threads.
 * Of the keys one in 2^rate_log2 is followed, a lookup of which stands for as many. */
struct tka_cache_row {
    uint32_t site;                  /* its number */
    uint32_t rate_log2;             /* now */
    uint64_t references;            /* lookups of keys that are followed */
    uint64_t weight;                /* lookups that these stand for */
    uint64_t cold;                  /* of weight: of keys not met before */
    uint64_t dropped;               /* references not followed: another thread was at it */
    uint64_t bucket[TKA_HISTOGRAM_BUCKETS]; /* weights, by the number of other keys since */
};

/* When a site's probes were off though the process was recording. */
struct tka_switch {
    int64_t off_since;              /* ns since the epoch; 0: they are on */
    int64_t off_ns;                 /* before that */
    uint32_t reason;                /* enum tka_off_reason, of the last time */
    uint32_t reserved;
};
enum tka_off_reason { TKA_OFF_NOT, TKA_OFF_BUDGET, TKA_OFF_REQUEST };

/* A call that ended, or (ticks TKA_STILL_OPEN) one that had not. */
struct tka_event {
    uint64_t node, start, ticks;
};
#define TKA_MEMORY_SIZES 48u
#define TKA_STILL_OPEN UINT64_MAX
#define TKA_NOT_READ UINT64_MAX
#define TKA_CAPTURE_EVENTS 80u

/* A slow call and the last events of its thread before it ended, oldest first. */
struct tka_capture {
    uint64_t sequence;              /* of this process's captures; 0: being written */
    uint64_t node, start, ticks;
    uint64_t cpu_ns;                /* TKA_NOT_READ */
    uint32_t tid;
    uint32_t event_count;
    struct tka_event events[TKA_CAPTURE_EVENTS];
};

/* What one thread allocated on one call path at one place. */
struct tka_memory_row {             /* 640 bytes */
    uint64_t node;                  /* address; a thread's root lies in no chunk */
    uint64_t place;                 /* where the call returns to; 0 not known */
    uint64_t next;                  /* address of the node's next row */
    uint32_t image, thread;         /* image: its number + 1, 0 not known */
    uint32_t id, reserved;
    /* exact; realloc() counts as a free and an allocation */
    uint64_t allocations, bytes;    /* as asked for */
    uint64_t temporary;             /* freed before the thread's next allocation */
    uint64_t resized, grown;        /* by realloc(): of existing blocks; to more */
    uint64_t ladders;               /* of resizings one after the other of one block */
    uint64_t moved_bytes;           /* that realloc() had to copy */
    uint64_t released;              /* frees by the thread, whatever; its first row only */
    /* of blocks that are tracked; bytes asked for, where the allocator gave up to 4 KiB
     * more than that */
    uint64_t tracked, tracked_bytes, freed, freed_bytes;
    uint64_t peak_bytes;            /* most that lived at once */
    uint64_t foreign_freed, foreign_freed_bytes; /* by other threads */
    /* of those that are not: samples that live, what they stand for */
    uint64_t samples, sampled_blocks, sampled_bytes; /* blocks in 1/256 */
    uint64_t at_peak_bytes;         /* that lived when the process had most */
    uint64_t mapped, mapped_bytes;  /* by mmap() */
    /* at the exit; of tracked blocks */
    uint64_t lost, lost_bytes, indirect, indirect_bytes, reachable, reachable_bytes;
    uint64_t sizes[TKA_MEMORY_SIZES]; /* allocations of 2^i to 2^(i + 1) - 1 bytes */
};

/* A file that was mapped to execute: places between low and high. */
struct tka_image {
    uint64_t low, high;
    uint64_t base;                  /* place - base is an address in the file's sections */
    char path[1024];
    char build_id[64];
    uint64_t reserved[5];
};

/* A key of services. text: zeroes up to a multiple of 8 bytes follow; for types only
 * the part in which they differ, if there is one. */
struct tka_name {
    uint64_t hash;                  /* of the key as it was given */
    uint64_t number;
    uint32_t kind;                  /* enum tka_key_kind in roles.h, or TKA_KEY_FOLDED */
    uint32_t length;                /* of the text */
};
#define TKA_KEY_FOLDED 5u           /* keys beyond the most that a thread keeps */
#define TKA_KEY_TEXT_MOST 480u      /* longer ones are cut */

/* Resolutions of 2^36 ns and more share the last one. */
#define TKA_SERVICE_BUCKETS 272
#define TKA_SERVICE_SLOW_NS 1000000u

/* What one thread had of a resolver by one key, whatever led to it. */
struct tka_service {
    uint64_t record;                /* address, of the resolver's record; of the factory's,
                                     * where no resolution was open */
    uint64_t name;                  /* address of its tka_name */
    uint64_t min_complement, max;   /* ticks of timed resolutions, as in tka_record */
    uint64_t slow;                  /* timed ones over TKA_SERVICE_SLOW_NS, weighted */
    uint64_t instance;              /* the last one told */
    uint64_t first_instance;
    uint64_t instances;             /* resolutions that told one */
    uint64_t changes;               /* of them, another one than the last */
    uint64_t scope;                 /* serial number of the scope it was last resolved in */
    uint64_t scope_visits;          /* resolutions in another scope than the last */
    uint64_t scope_changes;         /* of them, another instance than the last */
    uint64_t scope_others;          /* changes within one scope */
    uint64_t scope_resolutions;     /* in any scope */
    uint64_t resolutions;
    uint64_t unused;
    uint64_t bucket[TKA_SERVICE_BUCKETS]; /* weights, by ns */
};

/* The same where it was needed by what its parent made. */
struct tka_service_node {
    uint64_t parent;                /* address; 0: nothing else was being resolved */
    uint64_t service;               /* address */
    uint64_t resolutions, failures;
    uint64_t constructed;           /* resolutions that ran a factory */
    uint64_t factories;             /* factories that were run */
    uint64_t construct_ticks, construct_self;  /* of all of them */
    uint64_t samples, weight;
    uint64_t total, child;          /* weighted ticks; child: in resolutions within */
    uint64_t cycles;                /* resolved while it was being resolved */
    int32_t countdown;              /* resolutions until the next timed one */
    uint32_t armed_log2;            /* of the calls that that one stands for */
    uint64_t unused[2];
};

/* A service was constructed, or (was_first) resolved for the first time by a thread. */
struct tka_service_event {
    uint64_t node;                  /* address; written last: 0 not complete */
    uint64_t start, ticks, self;
    uint32_t thread;                /* the system's id */
    uint32_t was_first;
    uint64_t unused[3];
};
#define TKA_SERVICE_EVENTS 2048u

/* Calls of a record; safe while its owner runs. */
static inline uint64_t tka_record_calls(const volatile struct tka_record *record)
{
    uint64_t base = record->calls;
    uint64_t pair = *(const volatile uint64_t *)(const volatile void *)record;
    uint32_t now = (uint32_t)(pair >> 32) - (uint32_t)pair;

    return base + (uint32_t)(now - (uint32_t)base);
}

#endif
