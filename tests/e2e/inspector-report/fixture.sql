-- A small database with every case that a report must tell apart. Used by the
-- inspector's tests; load it after runtime/include/tka/schema.sql.
PRAGMA user_version = 4;
INSERT INTO session (id, uid, parent_id, name, host, command, executable, directory,
    build_id, git_commit, tags, tka_version, mode, overhead_threshold, started_at,
    ended_at, exit_kind, exit_status) VALUES
(1, 'run-a', NULL, 'app', 'alpha', './app', '/src/app/app', '/src/app', 'aa01', NULL,
 NULL, '0.1.0', 'sampled', 1.0, 1750000000000000000, 1750000001000000000, 'signal', 9),
(2, 'run-b', NULL, 'nightly', 'alpha', './app --fast ''a b''', '/src/app/app', '/src/app',
 'aa02', 'c0ffee', '{"branch":"main"}', '0.1.0', 'sampled', 1.0, 1750000100000000000,
 1750000102500000000, 'exit', 0),
(3, 'stretch-b1', 2, 'warmup', 'alpha', './app --fast ''a b''', '/src/app/app',
 '/src/app', 'aa02', 'c0ffee', NULL, '0.1.0', 'sampled', 1.0, 1750000100100000000,
 1750000100900000000, 'stretch', NULL);

INSERT INTO process (id, uid, session_id, pid, parent_pid, started_at, stored_at, state,
    clock, count_cost_ns, timed_cost_ns, cpu_ns, wall_ns, threads, lost_calls, lost_samples,
    lost_paths, note) VALUES
(1, 'p-a', 1, 100, 1, 1750000000000000000, 1750000001000000000, 'recovered', 'tsc',
 1.0, 30.0, 900000000, 1000000000, 1, 0, 0, 0, 'data folder was read-only'),
(2, 'p-b', 2, 200, 1, 1750000100000000000, 1750000102500000000, 'ended', 'tsc',
 1.0, 40.0, 2000000000, 2500000000, 4, 0, 0, 0, NULL),
(3, 'p-b-child', 2, 201, 200, 1750000101000000000, 1750000102400000000, 'ended', 'tsc',
 2.0, 40.0, 500000000, 1400000000, 1, 7, 3, 2, NULL);

INSERT INTO function VALUES
(1, 'main', 'main', '/src/app/main.c', 10, 'function', 30),
(2, 'parse', 'parse', '/src/app/parse.c', 20, 'function', 12),
(3, 'request', 'handle', '/src/app/server.c', 30, 'critical', 40),
(4, 'rare', 'rare', '/src/app/parse.c', 90, 'function', 3),
(5, 'lookup', 'find', '/src/app/cache.h', 5, 'block', 2),
(6, 'lookup', 'find_again', '/src/app/cache.h', 5, 'block', 2),
(7, 'never_called', 'never_called', '/src/app/main.c', 99, 'function', 8),
(8, 'skipped_one', 'skipped_one', '/src/app/main.c', 120, 'function', 8),
(9, 'ns::Parser<int>::step(const std::vector<int>&, unsigned long)',
 'ns::Parser<int>::step(const std::vector<int>&, unsigned long)', '/src/app/parser.hpp',
 44, 'function', 8);

INSERT INTO build VALUES (1, 'aa01', '/src/app/app', 1750000000000000000),
    (2, 'aa02', '/src/app/app', 1750000100000000000);
INSERT INTO session_build VALUES (1, 1), (2, 2);
INSERT INTO annotation SELECT 1, id, '' FROM function WHERE id <> 8;
INSERT INTO annotation SELECT 2, id, '' FROM function WHERE id <> 8;
INSERT INTO annotation VALUES (2, 8, 'alloca in a loop');

INSERT INTO measurement (process_id, session_id, function_id, calls, samples, weight,
    total_ns, child_ns, min_ns, max_ns, variance, histogram) VALUES
(1, 1, 1, 1, 1, 1, 900000000, 0, 900000000, 900000000, 0, NULL),
-- main: one call, timed: exact, but no percentile
(2, 2, 1, 1, 1, 1, 2400000000, 2300000000, 2400000000, 2400000000, 0, NULL),
-- parse: sampled, the weights reach 100,000 of 110,000 calls
(2, 2, 2, 110000, 1000, 100000, 200000000, 50000000, 700, 9500, 4e12,
 X'3CC0B80202C8DF020B904E0C8827'),
(3, 2, 2, 50000, 500, 50000, 100000000, 0, 750, 9400, 1e12, NULL),
-- request: critical, all timed
(2, 2, 3, 100, 100, 100, 105000000, 100000000, 1000000, 1099000, 0, X'8F01310033'),
-- rare: too few timed
(2, 2, 4, 5000, 10, 5120, 2560000, 0, 480, 530, 1e9, X'378827'),
-- one block under two enclosing functions; one of them in a stretch
(2, 2, 5, 800, 40, 1000, 5000, 0, 5, 7, 100, X'05A00601C801'),
(2, 3, 6, 200, 10, 200, 1200, 0, 4, 9, 100, NULL),
-- counted only
(2, 2, 9, 12345678, 0, 0, 0, 0, NULL, NULL, 0, NULL);
UPDATE measurement SET outer_ns = total_ns;
-- request calls itself: 80 of its calls are the outermost
UPDATE measurement SET outer_ns = 85000000 WHERE function_id = 3;

INSERT INTO callpath VALUES (1, 0, 1), (2, 1, 3), (3, 2, 2), (4, 1, 2), (5, 3, 4),
    (6, 2, 5);
INSERT INTO path_measurement VALUES
(2, 2, 1, 1, 1, 2400000000, 2300000000),
(2, 2, 2, 100, 100, 105000000, 100000000),
(2, 2, 3, 600, 60000, 120000000, 30000000),
(2, 2, 4, 400, 40000, 80000000, 20000000),
(2, 2, 5, 10, 5120, 2560000, 0),
(2, 2, 6, 40, 1000, 5000, 0);

-- request: slow twice, waiting most of the time; lookup was switched off for a while
-- its timing cost less than the process's mode at its end would tell
UPDATE measurement SET timing_ns = 2500 WHERE function_id = 3;
UPDATE process SET mode = 'sampled' WHERE id > 1;
UPDATE measurement SET cpu_ns = 20000000, cpu_wall_ns = 100000000, slow_calls = 2
WHERE function_id = 3;
UPDATE measurement SET off_ns = 1500000000, off_reason = 'budget'
WHERE function_id = 4 AND session_id = 2;
INSERT INTO slow_call (id, process_id, session_id, thread, sequence, function_id,
    callpath_id, started_at, duration_ns, cpu_ns, events)
SELECT n, 2, 2, 200, n, 3, (SELECT id FROM callpath WHERE function_id = 3 LIMIT 1),
    1750000100500000000 + n * 100000000, 60000000 * n, nullif(10000000 * (n - 1), 0),
    json_array(json_array((SELECT id FROM callpath WHERE function_id = 1 LIMIT 1), -1000000, NULL),
               json_array((SELECT id FROM callpath WHERE function_id = 2 LIMIT 1), 5000, 20000000),
               json_array((SELECT id FROM callpath WHERE function_id = 3 LIMIT 1), 0, 60000000 * n))
FROM (SELECT 1 AS n UNION SELECT 2);
INSERT INTO system_sample VALUES
(2, 1750000101000000000, 800000000, 100000000, 50000000, 4, 100, 20, 5000, 1, 12),
(2, 1750000102000000000, 1600000000, 150000000, 52000000, 5, 180, 50, 5600, 1, 14);
-- parse: 1000 calls, 10 timed with weight 1000, 2 ms, self 1 ms, all of 1792 to 2047 ns
INSERT INTO interval VALUES
(2, 2, 1750000100000000000, 1750000101000000000, X'02E8070AE80780897A80897A0346E807'),
(2, 2, 1750000101000000000, 1750000102000000000, X'02D00F14D00F8092F4018092F4010346D00F');
INSERT INTO rollup VALUES
(60, 2, 1750000080000000000, 2, 5000, 50, 5000, 10000000, 5000000, X'468827'),
(3600, 2, 1749996000000000000, 2, 90000, 900, 90000, 180000000, 90000000, X'4690BF05');
