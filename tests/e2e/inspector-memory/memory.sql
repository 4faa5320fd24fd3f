-- Memory of the fixture's processes; load it after inspector-report/fixture.sql.
-- Process 2 follows every block, process 3 samples; process 1 has no memory. The
-- program's file is not there: its places have no names.
INSERT INTO place VALUES (1, '/src/app/app', 'aa02', 4660), (2, '/src/app/app', 'aa02', 8192),
    (3, '/usr/lib/libz.so.1', '', 256), (4, '/src/app/app', 'aa02', 12288);
INSERT INTO allocation VALUES
    (1, 3, 1),      -- main > request > parse, at 0x1234
    (2, 4, 1),      -- main > parse, at the same place
    (3, 2, 2),      -- main > request
    (4, 0, 3),      -- outside of profiled functions
    (5, 6, 4);      -- main > request > lookup
INSERT INTO memory_measurement (process_id, session_id, allocation_id, allocations, bytes,
    temporary, resized, grown, ladders, moved_bytes, tracked, tracked_bytes, freed,
    freed_bytes, peak_bytes, samples, sampled_blocks, sampled_bytes, at_peak_bytes, mapped,
    mapped_bytes, lost, lost_bytes, indirect, indirect_bytes, reachable, reachable_bytes,
    sizes) VALUES
-- 1000 blocks of 1000 bytes: 600 freed, 4 lost, and 16 that hang on these
(2, 2, 1, 1000, 1000000, 250, 0, 0, 0, 0, 1000, 1008000, 600, 604800, 604800, 0, 0, 0,
 500000, 0, 0, 4, 4032, 16, 16128, 380, 383040, X'09E807'),
(2, 2, 2, 10, 20000, 0, 0, 0, 0, 0, 10, 20160, 10, 20160, 4032, 0, 0, 0, 2016, 0, 0,
 0, 0, 0, 0, 0, 0, X'0A0A'),
-- a buffer that grows: 40 steps in 2 blocks
(2, 2, 3, 42, 3000000, 0, 40, 40, 2, 1500000, 42, 3000672, 41, 2800000, 300000, 0, 0, 0,
 200672, 1, 4096, 0, 0, 0, 0, 1, 200672, X'0E120015'),
(2, 2, 4, 3, 300, 0, 0, 0, 0, 0, 3, 360, 0, 0, 360, 0, 0, 0, 360, 0, 0, 1, 120, 0, 0, 2,
 240, X'0603'),
-- sampled: 16 samples stand for 8 MB in 80 blocks; and of too few allocations, none
(3, 2, 1, 500, 50000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 80, 8000000, 7000000, 0, 0,
 NULL, NULL, NULL, NULL, NULL, NULL, X'10F403'),
(3, 2, 5, 7, 700, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL,
 NULL, NULL, X'0607');
INSERT INTO process_memory VALUES
(2, 'exact', 524288, 651, 604232, 900000, 1750000101000000000, 0, 0, 'done', 1000000, NULL),
(3, 'sampled', 524288, 420, 8000000, 9000000, 1750000102000000000, 0, 2, 'none', 0,
 'sampled: some pointers are in blocks that are not known');
-- process 2, a second each; allocation 3 stays, 1 comes and goes, 4 from the third on
INSERT INTO memory_interval VALUES
(2, 2, 1750000100500000000, X'01A08D0603C09F0C'),
(2, 2, 1750000101500000000, X'01A09C0103E09F0C04E802'),
(2, 2, 1750000102500000000, X'01C08E1803E09F0C04E802');
INSERT INTO event VALUES (1, 2, 2, 1750000101000000000, 'memory', 900000, 800000,
    '[[1,500000],[3,200672],[99,7]]');
