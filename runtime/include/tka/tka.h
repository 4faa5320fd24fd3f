/* tka/tka.h - what a user of TKA writes: annotations, and the optional API.
 *
 *     #include <tka/tka.h>
 *
 *     TKA_PROFILE int parse(const char *text);
 *
 * The annotations expand to nothing except while tka-cc reads the source, so
 * a build without tka-cc makes the very same object files as if they were not
 * there. The functions do nothing unless the program is linked with the
 * runtime. No system header is included. C89 to C23, C++11 to C++20.
 */
#ifndef TKA_TKA_H
#define TKA_TKA_H
#pragma GCC system_header

/* --- annotations --------------------------------------------------------
 *
 * TKA_PROFILE              before a function's declaration or definition:
 *                          count and time its calls.
 * TKA_PROFILE_AS("name")   the same; reports show the name given.
 * TKA_CRITICAL_PATH("name") the same, and every call is timed whatever the mode
 *                          would sample; reports mark it.
 * TKA_NOPROFILE            never instrument the function; wins over all else.
 * TKA_PROFILE_FILE         at file scope, without a semicolon: TKA_PROFILE for all
 *                          functions of the file that it stands in, not of those
 *                          that this file includes.
 * TKA_BLOCK("name") { ... } in a function: the compound statement that follows
 *                          is counted and timed as one call, however it is
 *                          left: end, break, continue, goto, return, throw.
 */
#if defined __TKA_INSTRUMENT__
#define TKA_PROFILE __attribute__((annotate("tka.profile")))
#define TKA_PROFILE_AS(name) __attribute__((annotate("tka.profile:" name)))
#define TKA_CRITICAL_PATH(name) __attribute__((annotate("tka.critical:" name)))
#define TKA_NOPROFILE __attribute__((annotate("tka.noprofile")))
#define TKA_PROFILE_FILE extern int tka_profile_file_marker_;
#define TKA_BLOCK(name) if (tka_block_marker_(name))
#ifdef __cplusplus
extern "C"
#endif
int tka_block_marker_(const char *name);
#else
#define TKA_PROFILE
#define TKA_PROFILE_AS(name)
#define TKA_CRITICAL_PATH(name)
#define TKA_NOPROFILE
#define TKA_PROFILE_FILE
#define TKA_BLOCK(name)
#endif

/* --- roles --------------------------------------------------------------
 *
 * What a function is to the program, for `tka caches`, `tka services` and `tka leaks`.
 * They stand where TKA_PROFILE does and imply it; a function may have several.
 *
 * TKA_CACHE("name")        the lookup of a cache. A call is a hit if it returns a pointer
 *                          that is not null, true, a signed integer that is not
 *                          negative, an unsigned one or an enumerator that is not 0; in
 *                          C++ a smart pointer or a std::optional that holds something.
 * TKA_CACHE_HIT();         statements in a lookup that returns something else: this call
 * TKA_CACHE_MISS();        is a hit, or is none. With one of them in it no result of the
 *                          function is looked at. Elsewhere they do nothing.
 * TKA_CACHE_KEY            before a parameter of the lookup, its key: text (char *), an
 *                          integer, an enumeration, a pointer, std::string or
 *                          std::string_view. Only its hash is kept.
 * TKA_CACHE_PUT("name")    what puts into the cache of that name,
 * TKA_CACHE_EVICT("name")  takes out of it,
 * TKA_CACHE_LOAD("name")   makes what the lookup did not find.
 *
 * TKA_RESOLVES             hands out services. It failed if it returns a null pointer (an
 *                          empty smart pointer), false or a negative integer, or leaves
 *                          by an exception.
 * TKA_SERVICE_KEY          before a parameter of the resolver: which service, as
 *                          TKA_CACHE_KEY.
 * TKA_SERVICE_KEY_FIELD(field)  the same of a struct, or a pointer or reference to one:
 *                          that field is the key. Without a key it is the arguments of
 *                          the template, or else the function's name.
 * TKA_CONSTRUCTS           a factory: the resolution around it gets something new.
 * TKA_SCOPE_BEGIN("name"); from here on the thread resolves for a scope of that name,
 * TKA_SCOPE_END();         a request or a session, to here. Scopes nest.
 *
 * TKA_MEMORY_INTENSIVE("name")  profiled under that name; the memory that it and what it
 *                          calls get is tracked exactly.
 */
#if defined __TKA_INSTRUMENT__
#define TKA_CACHE(name) __attribute__((annotate("tka.role.lookup:" name)))
#define TKA_CACHE_PUT(name) __attribute__((annotate("tka.role.put:" name)))
#define TKA_CACHE_EVICT(name) __attribute__((annotate("tka.role.evict:" name)))
#define TKA_CACHE_LOAD(name) __attribute__((annotate("tka.role.load:" name)))
#define TKA_CACHE_KEY __attribute__((annotate("tka.key.cache")))
#define TKA_RESOLVES __attribute__((annotate("tka.role.resolver")))
#define TKA_SERVICE_KEY __attribute__((annotate("tka.key.service")))
#define TKA_SERVICE_KEY_FIELD(field) __attribute__((annotate("tka.key.service:" #field)))
#define TKA_CONSTRUCTS __attribute__((annotate("tka.role.constructs")))
#define TKA_MEMORY_INTENSIVE(name) __attribute__((annotate("tka.role.memory:" name)))
#define TKA_CACHE_HIT() tka_cache_marker_()
#define TKA_CACHE_MISS() tka_cache_marker_()
#ifdef __cplusplus
extern "C"
#endif
void tka_cache_marker_(void);
#else
#define TKA_CACHE(name)
#define TKA_CACHE_PUT(name)
#define TKA_CACHE_EVICT(name)
#define TKA_CACHE_LOAD(name)
#define TKA_CACHE_KEY
#define TKA_RESOLVES
#define TKA_SERVICE_KEY
#define TKA_SERVICE_KEY_FIELD(field)
#define TKA_CONSTRUCTS
#define TKA_MEMORY_INTENSIVE(name)
#if defined TKA_ROLES_H
#define TKA_CACHE_HIT() tka_cache_result_(tka_here_, tka_here_on_, 1)
#else
#define TKA_CACHE_HIT() ((void)0)
#endif
#define TKA_CACHE_MISS() ((void)0)
#endif
#if defined TKA_ROLES_H && !defined __TKA_INSTRUMENT__
#define TKA_SCOPE_BEGIN(name) tka_scope_begin_(name)
#define TKA_SCOPE_END() tka_scope_end_()
#else
#define TKA_SCOPE_BEGIN(name) ((void)0)
#define TKA_SCOPE_END() ((void)0)
#endif

/* --- configuration ------------------------------------------------------ */

/* How calls are measured (TKA_PROFILING_MODE). */
typedef enum TkaMode {
    TKA_MODE_OFF,           /* probes are off */
    TKA_MODE_COUNT,         /* every call counted, none timed */
    TKA_MODE_SAMPLED,       /* every call counted, timed within the budget */
    TKA_MODE_EXACT          /* every call counted and timed */
} TkaMode;

/* Values of memory_tracking (TKA_MONITORING_MEMORY_TRACKING: unset, false, true or sampled,
 * exact). All need libtka-mem, which `tka-cc --memory` links and `tka run --memory` loads. */
#define TKA_MEMORY_TRACKING_IF_LINKED (-1) /* sampled, from the first profiled call on */
#define TKA_MEMORY_TRACKING_OFF 0
#define TKA_MEMORY_TRACKING_SAMPLED 1      /* allocations exact, what lives sampled */
#define TKA_MEMORY_TRACKING_EXACT 2        /* every block tracked: leaks are told at exit */

/* Comes from the environment; tka_initialize() may replace it before the first
 * profiled call. Strings are copied by the functions that take the struct. */
typedef struct TkaConfig {
    int profiling_enabled;          /* TKA_PROFILING_ENABLED: 1 */
    TkaMode mode;                   /* TKA_PROFILING_MODE: sampled */
    double overhead_threshold;      /* TKA_PROFILING_OVERHEAD_THRESHOLD: 1.0 % */
    double bottleneck_threshold_ms; /* TKA_PROFILING_BOTTLENECK_THRESHOLD: 50 ms */
    double memory_threshold_mb;     /* TKA_PROFILING_MEMORY_THRESHOLD: 200 MB */
    int monitoring_enabled;         /* TKA_MONITORING_ENABLED: 1: store thread runs */
    int monitoring_interval_ms;     /* TKA_MONITORING_INTERVAL: 1000 ms */
    int system_metrics;             /* TKA_MONITORING_SYSTEM_METRICS: 1 */
    int qt_metrics;                 /* TKA_MONITORING_QT_METRICS: 1 */
    int memory_tracking;            /* TKA_MONITORING_MEMORY_TRACKING: if linked */
    int hardware_counters;          /* TKA_MONITORING_HARDWARE_COUNTERS: 0 */
    int retention_days;             /* TKA_PERFORMANCE_RETENTION_DAYS: 30 */
    char data_dir[1024];            /* TKA_PERFORMANCE_DATA_DIR: data/performance */
    char db_path[1024];             /* TKA_PERFORMANCE_DB_PATH: DIR/performance.db */
    char session_name[256];         /* TKA_SESSION_NAME: empty */
} TkaConfig;

/* What is known of the process's memory; of libtka-mem's tracking. */
typedef struct TkaMemorySummary {
    int tracking;                   /* TKA_MEMORY_TRACKING_OFF, _SAMPLED, _EXACT */
    unsigned long long allocations, frees;  /* exact */
    unsigned long long bytes;       /* asked for, exact */
    long long live_bytes;           /* exact, or estimated with the error below */
    long long peak_bytes;
    double live_error;              /* relative standard error of live_bytes; 0: exact */
} TkaMemorySummary;

/* --- functions ---------------------------------------------------------- */

#ifdef __cplusplus
extern "C" {
#endif

/* The runtime's own symbols; call them through the wrappers below, which test
 * whether the runtime is linked. */
int tka_rt_initialize(const TkaConfig *config) __attribute__((__weak__));
void tka_rt_shutdown(void) __attribute__((__weak__));
int tka_rt_session_start(const char *name) __attribute__((__weak__));
int tka_rt_session_stop(void) __attribute__((__weak__));
int tka_rt_flush(void) __attribute__((__weak__));
int tka_rt_control(const char *request) __attribute__((__weak__));
int tka_rt_memory_summary(TkaMemorySummary *summary) __attribute__((__weak__));
int tka_rt_memory_on_threshold(void (*callback)(long long live_bytes, void *context),
                               void *context) __attribute__((__weak__));
void tka_rt_scope_begin(const char *name) __attribute__((__weak__));
void tka_rt_scope_end(void) __attribute__((__weak__));
void tka_rt_config_default(TkaConfig *config) __attribute__((__weak__));
void tka_rt_config_from_environment(TkaConfig *config) __attribute__((__weak__));
void tka_rt_config_current(TkaConfig *config) __attribute__((__weak__));

/* Start the runtime with this configuration (NULL: from the environment). Not
 * needed: the first profiled call starts it. 0; -1 when it is already running
 * or not linked. */
static __inline__ __attribute__((__unused__))
int tka_initialize(const TkaConfig *config)
{
    return tka_rt_initialize ? tka_rt_initialize(config) : -1;
}

/* Store what was measured and switch all probes off for the process's rest. */
static __inline__ __attribute__((__unused__))
void tka_shutdown(void)
{
    if (tka_rt_shutdown) {
        tka_rt_shutdown();
    }
}

/* Begin a named stretch: what is measured until tka_session_stop() belongs to
 * a session of its own, a child of the process's. Stretches do not nest. 0; -1
 * when one is open, or nothing is being recorded. */
static __inline__ __attribute__((__unused__))
int tka_session_start(const char *name)
{
    return tka_rt_session_start ? tka_rt_session_start(name) : -1;
}

static __inline__ __attribute__((__unused__))
int tka_session_stop(void)
{
    return tka_rt_session_stop ? tka_rt_session_stop() : -1;
}

/* Store what has been measured so far. 0; -1 when it could not be stored now
 * (it is kept in the live file and stored later). */
static __inline__ __attribute__((__unused__))
int tka_flush(void)
{
    return tka_rt_flush ? tka_rt_flush() : -1;
}

/* Change what is recorded, while it is, as `tka ctl` does from outside:
 *   "mode off|count|sampled|exact"   "threshold PERCENT"   "bottleneck MS"
 *   "off GLOB"   "on GLOB"           functions by name or file
 *   "memory off|sampled|exact"       allocations, where libtka-mem is there
 * Other threads follow at their next probed call. 0; -1 nothing is being recorded, or
 * the request is not one of these. */
static __inline__ __attribute__((__unused__))
int tka_control(const char *request)
{
    return tka_rt_control ? tka_rt_control(request) : -1;
}

/* 0; -1 when memory is not tracked (yet): *summary is all zero. */
static __inline__ __attribute__((__unused__))
int tka_memory_summary(TkaMemorySummary *summary)
{
    static TkaMemorySummary nothing;

    *summary = nothing;
    return tka_rt_memory_summary ? tka_rt_memory_summary(summary) : -1;
}

/* Call back whenever more bytes live than TKA_PROFILING_MEMORY_THRESHOLD says (and again
 * after there were less than 90 % of that): at once, on a thread of its own with all signals
 * blocked, which is made by the first of these calls. A forked child asks anew. NULL: no
 * more. 0; -1 memory is not tracked. */
static __inline__ __attribute__((__unused__))
int tka_memory_on_threshold(void (*callback)(long long live_bytes, void *context),
                            void *context)
{
    return tka_rt_memory_on_threshold ? tka_rt_memory_on_threshold(callback, context) : -1;
}

/* For the macros TKA_SCOPE_BEGIN() and TKA_SCOPE_END(), in what tka-cc compiles. */
static __inline__ __attribute__((__unused__))
void tka_scope_begin_(const char *name)
{
    if (tka_rt_scope_begin) {
        tka_rt_scope_begin(name);
    }
}

static __inline__ __attribute__((__unused__))
void tka_scope_end_(void)
{
    if (tka_rt_scope_end) {
        tka_rt_scope_end();
    }
}

/* 0; -1 and *config untouched when the runtime is not linked. */
static __inline__ __attribute__((__unused__))
int tka_config_default(TkaConfig *config)
{
    return tka_rt_config_default ? (tka_rt_config_default(config), 0) : -1;
}

static __inline__ __attribute__((__unused__))
int tka_config_from_environment(TkaConfig *config)
{
    return tka_rt_config_from_environment
        ? (tka_rt_config_from_environment(config), 0) : -1;
}

static __inline__ __attribute__((__unused__))
int tka_config_current(TkaConfig *config)
{
    return tka_rt_config_current ? (tka_rt_config_current(config), 0) : -1;
}

#ifdef __cplusplus
}
#endif
#endif
