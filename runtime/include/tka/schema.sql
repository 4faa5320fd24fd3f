-- The TKA database, schema version 4 (PRAGMA user_version). docs/schema.md
-- explains every table and unit. Times are nanoseconds; *_at columns are
-- nanoseconds since 1970-01-01 UTC. Every process writes absolute values of
-- its own rows, so writing them again changes nothing.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT
) WITHOUT ROWID;

-- A run of a program (with the children it forked), or a named stretch of one.
CREATE TABLE session (
    id          INTEGER PRIMARY KEY,
    uid         TEXT NOT NULL UNIQUE,   -- made by the first process
    parent_id   INTEGER REFERENCES session(id), -- run of which it is a stretch
    name        TEXT NOT NULL,          -- TKA_SESSION_NAME, stretch, or program
    host        TEXT NOT NULL,
    command     TEXT NOT NULL,          -- arguments, shell-quoted
    executable  TEXT NOT NULL,
    directory   TEXT NOT NULL,          -- working directory at start
    build_id    TEXT,                   -- hex, of the executable
    git_commit  TEXT,                   -- of the working directory at start
    tags        TEXT,                   -- JSON object
    tka_version TEXT NOT NULL,
    mode        TEXT NOT NULL,          -- off, count, sampled, exact
    overhead_threshold REAL NOT NULL,   -- percent
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,                -- NULL while it runs
    exit_kind   TEXT,                   -- exit, signal, lost (recovered, status
                                        -- unknown), stretch; NULL while it runs
    exit_status INTEGER                 -- status or signal number; NULL unknown
);
CREATE INDEX session_started ON session(started_at);
CREATE INDEX session_parent ON session(parent_id);

-- One process of a session.
CREATE TABLE process (
    id            INTEGER PRIMARY KEY,
    uid           TEXT NOT NULL UNIQUE, -- the live file's
    session_id    INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    pid           INTEGER NOT NULL,
    parent_pid    INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    stored_at     INTEGER NOT NULL,     -- last time its rows were written
    state         TEXT NOT NULL,        -- running, ended, recovered
    clock         TEXT NOT NULL,        -- tsc, monotonic, cntvct
    count_cost_ns REAL NOT NULL,        -- calibrated cost of a counted call
    timed_cost_ns REAL NOT NULL,        -- additional cost of a timed call
    cpu_ns        INTEGER NOT NULL,     -- user + system, whole process
    wall_ns       INTEGER NOT NULL,
    threads       INTEGER NOT NULL,     -- that made a profiled call
    lost_calls    INTEGER NOT NULL,     -- calls that could not be recorded
    lost_samples  INTEGER NOT NULL,     -- timings that could not be recorded
    lost_paths    INTEGER NOT NULL,     -- samples whose call path was cut
    mode          TEXT NOT NULL DEFAULT '', -- when last stored; it can be switched
    store_ns      INTEGER NOT NULL DEFAULT 0, -- CPU time that watching and storing took
    note          TEXT                  -- what went wrong, in words
);
CREATE INDEX process_session ON process(session_id);

-- A probed function or block, whatever build or run it was seen in. The same
-- inline function in many translation units is one row.
CREATE TABLE function (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,             -- shown: annotation's or function's
    function TEXT NOT NULL,             -- enclosing function (C++: qualified)
    file     TEXT NOT NULL,             -- absolute
    line     INTEGER NOT NULL,
    kind     TEXT NOT NULL,             -- function, critical, block
    size     INTEGER NOT NULL,          -- statements; 0 not known
    UNIQUE (name, function, file, line, kind)
);

-- What a build annotated: one row per build of a module and annotated place.
CREATE TABLE build (
    id       INTEGER PRIMARY KEY,
    build_id TEXT NOT NULL,             -- hex, or path:mtime:size without one
    path     TEXT NOT NULL,             -- executable or shared library
    seen_at  INTEGER NOT NULL,
    UNIQUE (build_id, path)
);
CREATE TABLE annotation (
    build_id    INTEGER NOT NULL REFERENCES build(id) ON DELETE CASCADE,
    function_id INTEGER NOT NULL REFERENCES function(id),
    reason      TEXT NOT NULL,          -- why skipped; '' instrumented
    PRIMARY KEY (build_id, function_id)
) WITHOUT ROWID;
CREATE TABLE session_build (
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    build_id    INTEGER NOT NULL REFERENCES build(id) ON DELETE CASCADE,
    PRIMARY KEY (session_id, build_id)
) WITHOUT ROWID;

-- Calls and times of one function in one process and session. calls is exact.
-- The times estimate the sum over all calls from the timed ones (Horvitz-
-- Thompson); variance is the sampling variance of total_ns: 0 when every call
-- was timed. histogram: docs/schema.md; NULL when no call was timed.
CREATE TABLE measurement (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    function_id INTEGER NOT NULL REFERENCES function(id),
    calls       INTEGER NOT NULL,
    samples     INTEGER NOT NULL,       -- calls that were timed
    weight      INTEGER NOT NULL,       -- calls that the samples stand for
    total_ns    INTEGER NOT NULL,       -- inclusive, of every call: recursive
                                        -- calls count again
    outer_ns    INTEGER NOT NULL DEFAULT 0,      -- inclusive, of calls that are not inside
                                        -- another call of the same function
    child_ns    INTEGER NOT NULL,       -- of total_ns, inside probed callees
    min_ns      INTEGER,                -- of the timed calls; NULL if none
    max_ns      INTEGER,
    variance    REAL NOT NULL,          -- of total_ns, ns^2
    rare_weight REAL NOT NULL DEFAULT 0, -- sums over the timed calls of w (w - 1), with w
    rare_ns     REAL NOT NULL DEFAULT 0, -- the call's weight, and of that times its time
    histogram   BLOB,
    timing_ns   REAL,                   -- what timing its calls cost; NULL not told
    cpu_ns      INTEGER NOT NULL DEFAULT 0, -- CPU time of those calls of 50 us and more
    cpu_wall_ns INTEGER NOT NULL DEFAULT 0, -- whose CPU time was read, and their time
    slow_calls  INTEGER NOT NULL DEFAULT 0, -- timed calls over the bottleneck threshold
    off_ns      INTEGER NOT NULL DEFAULT 0, -- how long its probes were switched off
    off_reason  TEXT,                   -- budget, request; NULL they are on
    PRIMARY KEY (session_id, function_id, process_id)
) WITHOUT ROWID;
CREATE INDEX measurement_process ON measurement(process_id);

-- Call paths: a node is a function called by its parent node. A root has the
-- parent 0. Recursion is unfolded once: a function met again on its own path
-- has a second node there, and further activations count with that one.
CREATE TABLE callpath (
    id          INTEGER PRIMARY KEY,
    parent_id   INTEGER NOT NULL,
    function_id INTEGER NOT NULL REFERENCES function(id),
    UNIQUE (parent_id, function_id)
);
CREATE TABLE path_measurement (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    callpath_id INTEGER NOT NULL REFERENCES callpath(id),
    samples     INTEGER NOT NULL,
    weight      INTEGER NOT NULL,       -- estimated calls along this path
    total_ns    INTEGER NOT NULL,
    child_ns    INTEGER NOT NULL,
    PRIMARY KEY (session_id, callpath_id, process_id)
) WITHOUT ROWID;
CREATE INDEX path_measurement_process ON path_measurement(process_id);

-- Since version 3.

-- A call that took longer than the bottleneck threshold. events: what the thread
-- did before its end, a JSON array of [callpath_id, start, duration], in ns from the
-- call's start, oldest first; duration null: still open when the call ended.
CREATE TABLE slow_call (
    id          INTEGER PRIMARY KEY,
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    thread      INTEGER NOT NULL,       -- the system's id
    sequence    INTEGER NOT NULL,       -- of the process's captures on this record
    function_id INTEGER NOT NULL REFERENCES function(id),
    callpath_id INTEGER NOT NULL REFERENCES callpath(id),
    started_at  INTEGER NOT NULL,
    duration_ns INTEGER NOT NULL,
    cpu_ns      INTEGER,                -- NULL not read
    events      TEXT NOT NULL,
    UNIQUE (process_id, thread, sequence)
);
CREATE INDEX slow_call_session ON slow_call(session_id, duration_ns);

-- The process as the system sees it, every monitoring interval; times and counts
-- since its start.
CREATE TABLE system_sample (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    at          INTEGER NOT NULL,
    user_ns     INTEGER NOT NULL,
    system_ns   INTEGER NOT NULL,
    rss_bytes   INTEGER NOT NULL,
    threads     INTEGER NOT NULL,       -- ours is one of them
    voluntary_switches   INTEGER NOT NULL,
    involuntary_switches INTEGER NOT NULL,
    minor_faults INTEGER NOT NULL,
    major_faults INTEGER NOT NULL,
    open_files  INTEGER NOT NULL,
    PRIMARY KEY (process_id, at)
) WITHOUT ROWID;

-- What the functions did between two stores. data: per function the numbers
-- function_id, calls, samples, weight, total_ns, self_ns (zigzag), bytes of its
-- histogram, each unsigned LEB128, and the histogram. Rows older than 15 minutes
-- become rows of rollup.
CREATE TABLE interval (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    data        BLOB NOT NULL,
    PRIMARY KEY (process_id, started_at)
) WITHOUT ROWID;
CREATE INDEX interval_started ON interval(started_at);

-- Sums of intervals over whole minutes, hours or days.
CREATE TABLE rollup (
    seconds     INTEGER NOT NULL,       -- 60, 3600 or 86400
    function_id INTEGER NOT NULL REFERENCES function(id),
    started_at  INTEGER NOT NULL,       -- a multiple of seconds
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    calls       INTEGER NOT NULL,
    samples     INTEGER NOT NULL,
    weight      INTEGER NOT NULL,
    total_ns    INTEGER NOT NULL,
    self_ns     INTEGER NOT NULL,
    histogram   BLOB,
    PRIMARY KEY (seconds, function_id, started_at, session_id)
) WITHOUT ROWID;

-- Since version 4.

-- What a function is besides: lookup, put, evict or load of the cache `name`, a
-- resolver of services, constructs (a factory), memory (tracked exactly inside).
CREATE TABLE role (
    function_id INTEGER NOT NULL REFERENCES function(id),
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,          -- of the cache; '' none
    PRIMARY KEY (function_id, kind, name)
) WITHOUT ROWID;

-- A place in code: an address as a file's own sections have it.
CREATE TABLE place (
    id       INTEGER PRIMARY KEY,
    path     TEXT NOT NULL,             -- executable or shared library
    build_id TEXT NOT NULL,             -- hex; '' none
    address  INTEGER NOT NULL,          -- to which the allocating call returns
    UNIQUE (path, build_id, address)
);

-- Where memory is allocated: at a place, on a call path.
CREATE TABLE allocation (
    id          INTEGER PRIMARY KEY,
    callpath_id INTEGER NOT NULL,       -- 0: outside of probed functions
    place_id    INTEGER NOT NULL,       -- 0: not known
    UNIQUE (callpath_id, place_id)
);

-- What was allocated there in one process and session. Counts and bytes as asked for are
-- exact. What lives is told by tracked blocks (tracked - freed), and
-- for those that are not tracked estimated by samples.
CREATE TABLE memory_measurement (
    process_id    INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id    INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    allocation_id INTEGER NOT NULL REFERENCES allocation(id),
    allocations   INTEGER NOT NULL,     -- those of realloc() too, as a free and one of these
    bytes         INTEGER NOT NULL,
    temporary     INTEGER NOT NULL,     -- freed before the thread's next allocation
    resized       INTEGER NOT NULL,     -- by realloc()
    grown         INTEGER NOT NULL,     -- of those, to more than the block had
    ladders       INTEGER NOT NULL,     -- runs of resizings of one block
    moved_bytes   INTEGER NOT NULL,     -- that realloc() copied
    tracked       INTEGER NOT NULL,     -- allocations whose block is followed to its end
    tracked_bytes INTEGER NOT NULL,
    freed         INTEGER NOT NULL,     -- of those
    freed_bytes   INTEGER NOT NULL,
    peak_bytes    INTEGER NOT NULL,     -- most that lived at once; sum over threads
    samples       INTEGER NOT NULL,     -- sampled blocks that live
    sampled_blocks REAL NOT NULL,       -- what they stand for
    sampled_bytes INTEGER NOT NULL,
    at_peak_bytes INTEGER NOT NULL,     -- that lived when the process had most
    mapped        INTEGER NOT NULL,     -- anonymous mmap()s
    mapped_bytes  INTEGER NOT NULL,
    lost            INTEGER,            -- at the exit: out of reach, and not from
    lost_bytes      INTEGER,            -- another lost block; NULL: no verdict
    indirect        INTEGER,            -- out of reach, but from a lost block
    indirect_bytes  INTEGER,
    reachable       INTEGER,
    reachable_bytes INTEGER,
    sizes         BLOB,                 -- histogram: bucket i has 2^i bytes and more
    PRIMARY KEY (session_id, allocation_id, process_id)
) WITHOUT ROWID;
CREATE INDEX memory_measurement_process ON memory_measurement(process_id);

-- The memory of one process as a whole.
CREATE TABLE process_memory (
    process_id   INTEGER PRIMARY KEY REFERENCES process(id) ON DELETE CASCADE,
    mode         TEXT NOT NULL,         -- sampled, exact
    sample_bytes INTEGER NOT NULL,      -- mean distance of two samples
    released     INTEGER NOT NULL,      -- frees
    live_bytes   INTEGER NOT NULL,      -- at the last store
    peak_bytes   INTEGER NOT NULL,
    peak_at      INTEGER,
    lost_rows    INTEGER NOT NULL,      -- allocations that could not be noted
    lost_samples INTEGER NOT NULL,
    verdict      TEXT NOT NULL,         -- on what was left at the exit: none, done
    scan_ns      INTEGER NOT NULL,      -- what finding it took
    why          TEXT                   -- there is none
);

-- What lived at each store. data: pairs of unsigned LEB128 numbers, allocation_id and
-- bytes. Rows older than 15 minutes are thinned to one a minute, older than a day to one
-- an hour.
CREATE TABLE memory_interval (
    process_id INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    data       BLOB NOT NULL,
    PRIMARY KEY (process_id, at)
) WITHOUT ROWID;

-- A threshold that was crossed. kind: memory (bytes that live).
CREATE TABLE event (
    id         INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    value      REAL NOT NULL,
    threshold  REAL NOT NULL,
    detail     TEXT NOT NULL,           -- JSON: [[allocation_id, bytes], ...], most first
    UNIQUE (process_id, kind, at)
);

-- Beside the measurement of a cache's lookup. Of the keys one in 2^rate_log2 is followed,
-- chosen by its hash.
CREATE TABLE cache_measurement (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    function_id INTEGER NOT NULL REFERENCES function(id),
    hits        INTEGER NOT NULL,       -- of the measurement's calls; exact
    refs        INTEGER NOT NULL,       -- lookups of keys that were followed
    weight      INTEGER NOT NULL,       -- lookups that these stand for
    cold        INTEGER NOT NULL,       -- of the weight: of keys not met before
    dropped     INTEGER NOT NULL,       -- such lookups that could not be followed
    rate_log2   INTEGER NOT NULL,       -- 0: no key was met
    distances   BLOB,                   -- histogram of weights, by the number of other
                                        -- keys since the key was looked up last
    PRIMARY KEY (session_id, function_id, process_id)
) WITHOUT ROWID;
CREATE INDEX cache_measurement_process ON cache_measurement(process_id);

-- What a cache's lookup did between two stores; older ones are merged as intervals are.
CREATE TABLE cache_interval (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    function_id INTEGER NOT NULL REFERENCES function(id),
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    calls       INTEGER NOT NULL,
    hits        INTEGER NOT NULL,
    PRIMARY KEY (session_id, function_id, process_id, started_at)
) WITHOUT ROWID;
CREATE INDEX cache_interval_started ON cache_interval(started_at);

-- The processor's own counters: of all threads of the process, in user mode.
CREATE TABLE hardware_counter (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    name        TEXT NOT NULL,          -- cycles, instructions, cache_references, ...
    value       INTEGER,                -- NULL not known
    enabled_ns  INTEGER NOT NULL,       -- time of threads in which it was wanted
    running_ns  INTEGER NOT NULL,       -- and counted; value is scaled up where it is less
    reason      TEXT,                   -- why it is not known
    PRIMARY KEY (process_id, name)
) WITHOUT ROWID;

-- A service: what a resolver hands out by a key.
CREATE TABLE service (
    id          INTEGER PRIMARY KEY,
    function_id INTEGER NOT NULL REFERENCES function(id), -- the resolver; where something
                                        -- was made that nobody resolved, the factory
    kind        TEXT NOT NULL,          -- none, text, number, type; more: all keys that a
                                        -- thread had beyond 4096
    key         TEXT NOT NULL,          -- '' none
    UNIQUE (function_id, kind, key)
);

-- Resolutions of a service by one process in one session. Counts are exact; times are
-- estimates from the timed resolutions, as in measurement. A service's times include
-- what it resolved itself; construct_self_ns does not.
CREATE TABLE service_measurement (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    service_id  INTEGER NOT NULL REFERENCES service(id),
    resolutions INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    constructed INTEGER NOT NULL,       -- resolutions that ran a factory
    factories   INTEGER NOT NULL,       -- factories that were run; 0: none is known, and
                                        -- constructed says nothing
    construct_ns INTEGER NOT NULL,      -- in factories: all of them are timed
    construct_self_ns INTEGER NOT NULL, -- of that, not in resolutions within
    samples     INTEGER NOT NULL,
    weight      INTEGER NOT NULL,
    total_ns    INTEGER NOT NULL,
    child_ns    INTEGER NOT NULL,       -- of total_ns, in resolutions within
    cycles      INTEGER NOT NULL,       -- resolved while it was being resolved
    slow        INTEGER NOT NULL,       -- timed resolutions of 1 ms and more, weighted
    instances   INTEGER NOT NULL,       -- resolutions that told what they got
    changes     INTEGER NOT NULL,       -- of them, another one than the thread's last
    scope_resolutions INTEGER NOT NULL, -- of them, in a scope
    scope_visits INTEGER NOT NULL,      -- of these, in another scope than the last
    scope_changes INTEGER NOT NULL,     -- of these, another instance than the last
    scope_others INTEGER NOT NULL,      -- changes within one scope
    threads     INTEGER NOT NULL,       -- that resolved it
    other_threads INTEGER NOT NULL,     -- of them, whose first instance was not that of
                                        -- the first
    min_ns      INTEGER,                -- of the timed resolutions; NULL if none
    max_ns      INTEGER,
    histogram   BLOB,
    PRIMARY KEY (session_id, service_id, process_id)
) WITHOUT ROWID;
CREATE INDEX service_measurement_process ON service_measurement(process_id);

-- The same by what needed it: the service in whose resolution it was resolved.
CREATE TABLE service_edge (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    parent_id   INTEGER NOT NULL,       -- 0: nothing else was being resolved
    service_id  INTEGER NOT NULL REFERENCES service(id),
    resolutions INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    constructed INTEGER NOT NULL,
    factories   INTEGER NOT NULL,
    construct_ns INTEGER NOT NULL,
    construct_self_ns INTEGER NOT NULL,
    samples     INTEGER NOT NULL,
    weight      INTEGER NOT NULL,
    total_ns    INTEGER NOT NULL,
    child_ns    INTEGER NOT NULL,
    cycles      INTEGER NOT NULL,
    PRIMARY KEY (session_id, service_id, parent_id, process_id)
) WITHOUT ROWID;
CREATE INDEX service_edge_process ON service_edge(process_id);

-- A process's first 2048 constructions, 8 at most of a thread's place, and the first
-- resolutions of what is not known to be constructed.
CREATE TABLE service_event (
    process_id  INTEGER NOT NULL REFERENCES process(id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    sequence    INTEGER NOT NULL,
    parent_id   INTEGER NOT NULL,       -- service; 0: nothing else was being resolved
    service_id  INTEGER NOT NULL REFERENCES service(id),
    kind        TEXT NOT NULL,          -- constructed, first
    thread      INTEGER NOT NULL,       -- the system's id
    started_at  INTEGER NOT NULL,
    duration_ns INTEGER NOT NULL,
    self_ns     INTEGER NOT NULL,       -- not in resolutions within
    PRIMARY KEY (process_id, sequence)
) WITHOUT ROWID;
CREATE INDEX service_event_session ON service_event(session_id);
