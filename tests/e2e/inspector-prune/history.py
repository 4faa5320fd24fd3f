"""make DB: a database with a history of intervals. truth DB, sums DB: what it must keep.

sums prints, for each session and function, sums and merged histogram over intervals
and all resolutions, and the same minute by minute where nothing is coarser.
"""
import random
import sqlite3
import sys
import time

SECOND = 10**9
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND


def number(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def read(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def histogram(buckets):
    out, last = b"", -1
    for bucket in sorted(buckets):
        out += number(bucket - last - 1) + number(buckets[bucket])
        last = bucket
    return out


def buckets_of(blob):
    buckets, at, bucket = {}, 0, -1
    while blob and at < len(blob):
        gap, at = read(blob, at)
        count, at = read(blob, at)
        bucket += gap + 1
        buckets[bucket] = buckets.get(bucket, 0) + count
    return buckets


def function_data(rng, function):
    samples = rng.choice([0, 1, 5, 40])
    calls = samples + rng.randrange(1, 1000)
    buckets = {}
    for _ in range(samples):
        bucket = rng.randrange(0, 496)
        buckets[bucket] = buckets.get(bucket, 0) + rng.choice([1, 64, 8192])
    weight = sum(buckets.values())
    self_ns = rng.randrange(-1000, 10**7)
    blob = histogram(buckets)
    zigzag = self_ns * 2 if self_ns >= 0 else -self_ns * 2 - 1
    return b"".join(map(number, [function, calls, samples, weight, rng.randrange(10**8),
                                 zigzag, len(blob)])) + blob


def session(db, ids, started, ended, stored):
    run, parent = ids
    db.execute("INSERT INTO session(id,uid,parent_id,name,host,command,executable,directory,"
               "tka_version,mode,overhead_threshold,started_at,ended_at) "
               "VALUES(?,?,?,'s','h','c','e','d','0','sampled',1,?,?)",
               (run, f"s{run}", parent, started, ended))
    if parent is None:
        for k in (0, 1):
            db.execute("INSERT INTO process(id,uid,session_id,pid,parent_pid,started_at,stored_at,"
                       "state,clock,count_cost_ns,timed_cost_ns,cpu_ns,wall_ns,threads,lost_calls,"
                       "lost_samples,lost_paths) VALUES(?,?,?,?,1,?,?,'ended','tsc',1,1,1,1,1,0,0,0)",
                       (run * 10 + k, f"p{run}.{k}", run, run * 10 + k, started, stored))


def intervals(db, rng, process, session_id, begin, end, step, functions):
    at = begin
    while at < end:
        data = b"".join(function_data(rng, f) for f in rng.sample(range(1, functions + 1),
                                                                  min(functions, 4)))
        db.execute("INSERT INTO interval VALUES(?,?,?,?,?)",
                   (process, session_id, at, at + step, data))
        at += step + rng.randrange(SECOND // 50)


def make(path):
    rng, now = random.Random(7), time.time_ns()
    db = sqlite3.connect(path)
    functions = 300
    for f in range(1, functions + 1):
        db.execute("INSERT INTO function VALUES(?,?,?,'/f.c',?,'function',3)", (f, f"f{f}", f"f{f}", f))
    session(db, (1, None), now - 50 * MINUTE, None, now)
    session(db, (2, 1), now - 40 * MINUTE, now - 30 * MINUTE, None)      # a stretch of 1
    session(db, (3, None), now - 27 * HOUR, now - 26 * HOUR, now - 26 * HOUR)
    session(db, (4, None), now - 45 * DAY, now - HOUR, now - HOUR)       # it ran for long
    session(db, (5, None), now - 45 * DAY, now - 44 * DAY, now - 44 * DAY)
    session(db, (6, 5), now - 45 * DAY, now - 44 * DAY, None)
    for k in (0, 1):
        intervals(db, rng, 10 + k, 1, now - 50 * MINUTE, now - 40 * MINUTE, SECOND, functions)
        intervals(db, rng, 10 + k, 2, now - 40 * MINUTE, now - 30 * MINUTE, SECOND, functions)
        intervals(db, rng, 10 + k, 1, now - 30 * MINUTE, now - 5 * SECOND, SECOND, functions)
        intervals(db, rng, 30 + k, 3, now - 27 * HOUR, now - 26 * HOUR, 20 * SECOND, functions)
        intervals(db, rng, 40 + k, 4, now - 45 * DAY, now - HOUR, 7 * HOUR, functions)
        intervals(db, rng, 50 + k, 5, now - 45 * DAY, now - 44 * DAY, HOUR, functions)
    db.execute("INSERT INTO callpath VALUES(1,0,1)")
    for s in (1, 5, 6):
        for f in (1, 2):
            db.execute("INSERT INTO measurement(process_id,session_id,function_id,calls,samples,"
                       "weight,total_ns,child_ns,variance) VALUES(?,?,?,1,0,0,0,0,0)",
                       (10 if s == 1 else 50, s, f))
        db.execute("INSERT INTO path_measurement VALUES(?,?,1,1,1,1,0)", (10 if s == 1 else 50, s))
        db.execute("INSERT INTO slow_call(process_id,session_id,thread,sequence,function_id,"
                   "callpath_id,started_at,duration_ns,events) VALUES(?,?,?,1,1,1,1,1,'[]')",
                   (10 if s == 1 else 50, s, s))
    for s, b in ((1, 1), (5, 2)):
        db.execute("INSERT INTO build VALUES(?,?,'p',1)", (b, f"b{b}"))
        db.execute("INSERT INTO session_build VALUES(?,?)", (s, b))
        db.execute("INSERT INTO annotation VALUES(?,1,'')", (b,))
    for p in (10, 50):
        db.execute("INSERT INTO system_sample VALUES(?,1,1,1,1,1,1,1,1,1,1)", (p,))
    db.commit()


def rows(db):
    """(session, function, started_at, seconds, calls, samples, weight, total, self, buckets)"""
    for session_id, started, data in db.execute("SELECT session_id,started_at,data FROM interval"):
        at = 0
        while at < len(data):
            n = []
            for _ in range(7):
                value, at = read(data, at)
                n.append(value)
            self_ns = n[5] // 2 if n[5] % 2 == 0 else -(n[5] + 1) // 2
            yield (session_id, n[0], started, 0, n[1], n[2], n[3], n[4], self_ns,
                   buckets_of(data[at:at + n[6]]))
            at += n[6]
    for r in db.execute("SELECT session_id,function_id,started_at,seconds,calls,samples,weight,"
                        "total_ns,self_ns,histogram FROM rollup"):
        assert r[2] % (r[3] * SECOND) == 0
        yield r[:9] + (buckets_of(r[9]),)


def merged(rows_, key):
    sums = {}
    for row in rows_:
        to = sums.setdefault(key(row), [0, 0, 0, 0, 0, {}])
        for i in range(5):
            to[i] += row[4 + i]
        for bucket, count in row[9].items():
            to[5][bucket] = to[5].get(bucket, 0) + count
    return sums


def show(path):
    db = sqlite3.connect(path)
    all_rows = list(rows(db))
    for key, s in sorted(merged(all_rows, lambda r: (r[0], r[1])).items()):
        print(key, s[:5], sorted(s[5].items()))
    length = {1: MINUTE, 2: MINUTE, 3: HOUR, 4: DAY, 5: DAY, 6: DAY}
    for key, s in sorted(merged(all_rows, lambda r: (r[0], r[1], r[2] // length[r[0]])).items()):
        print(key, s[:5], sorted(s[5].items()))


if __name__ == "__main__":
    {"make": make, "sums": show}[sys.argv[1]](sys.argv[2])
