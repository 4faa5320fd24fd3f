/* flush - stores this process's counters in the database.
 *
 * Runs only on threads whose descriptors are their own (os.h); one at a time.
 */
#ifndef TKA_FLUSH_H
#define TKA_FLUSH_H

enum tkai_flush {
    TKAI_FLUSH_INTERVAL,    /* while the program runs */
    TKAI_FLUSH_SESSION,     /* a session's end */
    TKAI_FLUSH_EXIT         /* the process's end: remove the live file after */
};

/* 0; -1: could not be stored now; the live file keeps it. */
int tkai_flush_store(enum tkai_flush when);

/* The same from any thread of the program: a short-lived helper thread does it. */
int tkai_flush_from_program(enum tkai_flush when);

/* In a forked child. If the parent was storing at that moment, SQLite's state is
 * lost, and the child leaves its live file to others. */
void tkai_flush_after_fork_child(void);

/* The calling thread, which stored, is about to end: its CPU time is TKA's. */
void tkai_flush_thread_ends(void);

#endif
