# What the runtime records of services: exact counts, what was made and what was
# cached, failures, what needed what, cycles, scopes; resolvers left by exceptions and
# longjmps, in coroutines, in threads, in forked children, in named stretches.
. "$(dirname "$0")/../../lib/runtime_case.sh"
lib=$(dirname "$0")/../../lib

# hand NAME.c|NAME.cpp [FLAGS]: calls of the probes are in the source.
hand()
{
    local compiler=$CC source=$1
    shift
    [ "${source%.cpp}" = "$source" ] || compiler=$CXX
    "$compiler" $OPT -g -Wall -Wextra -I "$lib" -I "$TKA_PREFIX/include" "$source" \
        -o "${source%.*}" -L "$TKA_PREFIX/lib" -Wl,--no-as-needed -ltka \
        -Wl,-rpath,"$TKA_PREFIX/lib" "$@" >build.log 2>&1 || { cat build.log; fail "$source"; }
    [ ! -s build.log ] || { cat build.log; fail "$source builds with messages"; }
}

# services COLUMNS [WHERE]: one line a service, by key
services()
{
    query "SELECT s.key,$1 FROM service_measurement m JOIN service s ON s.id=m.service_id
        WHERE ${2-1} ORDER BY s.key"
}

edges()
{
    query "SELECT coalesce(p.key,'-'),s.key,$1 FROM service_edge e JOIN service s ON
        s.id=e.service_id LEFT JOIN service p ON p.id=e.parent_id ORDER BY 1,2"
}

cat >lifetimes.c <<'C'
#include "inserted.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

SITE(1, "get", "resolver")
SITE(2, "make", "constructs")

static const char *const names[] = {"database", "log", "request", "temporary"};
static void *cache[4];
static void *get(const char *key);

static void nap(long ms)
{
    struct timespec time = {0, ms * 1000000};

    nanosleep(&time, 0);
}

static void *make(int i)
{
    FACTORY(2);
    if (i == 0) {
        get("log");
        get("request");
        nap(8);
    } else if (i == 1) {
        nap(4);
    } else if (i == 3) {
        get("log");
    }
    return malloc(16);
}

static void *find(const char *key)
{
    for (int i = 0; i < 4; i++) {
        if (!strcmp(key, names[i])) {
            if (i != 3 && cache[i]) {
                return cache[i];
            }
            return cache[i] = make(i);
        }
    }
    return 0;
}

static void *get(const char *key)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, find(key));
}

static void *work(void *nothing)
{
    for (int i = 0; i < 1000; i++) {
        get("log");
    }
    return nothing;
}

int main(void)
{
    pthread_t thread;

    for (int request = 0; request < 5; request++) {
        tka_rt_scope_begin("request");
        cache[2] = 0;
        for (int i = 0; i < 3; i++) {
            get("request");
        }
        get("database");
        get("temporary");
        get("nothing");
        tka_rt_scope_end();
    }
    pthread_create(&thread, 0, work, 0);
    pthread_join(thread, 0);
    for (int i = 0; i < 100000; i++) {
        char key[4] = "log";

        get(key);
    }
    return 0;
}
C
hand lifetimes.c -pthread
for mode in sampled exact count; do
    fresh
    TKA_PROFILING_MODE=$mode ./lifetimes || fail "status in mode $mode"
    expect_no_loss
    expect "counts in mode $mode" "database|5|0|1|1|0
log|101006|0|1|1|0
nothing|5|5|0|0|0
request|16|0|5|5|0
temporary|5|0|5|5|0" "$(services 'resolutions,failures,constructed,factories,cycles')"
    expect "instances in mode $mode" "database|5|0|5|5|1|0|1|0
log|101006|0|6|5|1|0|2|0
nothing|0|0|0|0|0|0|1|0
request|16|4|16|5|5|0|1|0
temporary|5|4|5|5|5|0|1|0" "$(services 'instances,changes,scope_resolutions,scope_visits,
        scope_changes,scope_others,threads,other_threads')"
    expect "edges in mode $mode" "-|database|5|1
-|log|101000|0
-|nothing|5|0
-|request|15|5
-|temporary|5|5
database|log|1|1
database|request|1|0
temporary|log|5|0" "$(edges 'resolutions,constructed')"
done
expect "times in mode count" 0 "$(query 'SELECT sum(samples)+sum(construct_ns) FROM service_measurement')"
expect "events in mode count" 0 "$(query 'SELECT count(*) FROM service_event')"

fresh
TKA_PROFILING_MODE=exact ./lifetimes
expect "timed in mode exact" 0 "$(query 'SELECT sum(samples<>resolutions) FROM service_measurement')"
expect "of the database" "1|1|1" "$(query "SELECT construct_ns BETWEEN 12e6 AND 2e9,
    construct_self_ns BETWEEN 8e6 AND construct_ns - 3e6, slow FROM service_measurement m JOIN
    service s ON s.id=service_id WHERE key='database'")"
fresh
./lifetimes
expect "sampled" 1 "$(query "SELECT weight BETWEEN 90000 AND 112000 AND samples BETWEEN 5000
    AND 8000 AND total_ns > 4e6 AND child_ns=0 AND histogram IS NOT NULL FROM
    service_measurement m JOIN service s ON s.id=service_id WHERE key='log'")"
expect "times of functions" 1 "$(query "SELECT sum(total_ns) < 3*wall_ns AND min(total_ns >= 0) FROM
    measurement m JOIN process p ON p.id=process_id WHERE function_id=(SELECT id FROM function WHERE name='get')
    AND weight > 0")"
expect "first events" "request|constructed|-
log|constructed|database
database|constructed|-
temporary|constructed|-
nothing|first|-" "$(query "SELECT s.key,e.kind,coalesce(p.key,'-') FROM service_event e JOIN service s
    ON s.id=service_id LEFT JOIN service p ON p.id=parent_id ORDER BY sequence LIMIT 5")"
expect "the log's event" 1 "$(query "SELECT duration_ns BETWEEN 4e6 AND 2e9 AND self_ns > 3.9e6
    AND started_at >= (SELECT started_at FROM process) FROM service_event e JOIN service s ON
    s.id=service_id WHERE key='log' AND e.kind='constructed'")"

# Keys of all kinds; a resolver that hands its key on; cycles; deep recursion; failure.
cat >keys.c <<'C'
#include "inserted.h"
#include <stdlib.h>
#include <string.h>

SITE(1, "get", "memory\nresolver;7=SEVEN;18446744073709551615=NONE\nconstructs")
SITE(2, "make", "constructs")
SITE(3, "get_outer", "resolver")
SITE(4, "make_early", "constructs")

static int object;

static void *get_number(unsigned long long number)
{
    RESOLVER(1, TKA_KEY_NUMBER, 0, number);
    return RESULT(1, &object);
}

static void *get_bytes(const char *text, unsigned long length)
{
    RESOLVER(3, TKA_KEY_BYTES, text, length);
    return RESULT(3, &object);
}

static void *get_type(const char *pretty)
{
    RESOLVER(3, TKA_KEY_TYPE, pretty, 0);
    return RESULT(3, &object);
}

static void *get_only(void)
{
    RESOLVER(3, TKA_KEY_NONE, 0, 0);
    return RESULT(3, &object);
}

static void *get(const char *key, int depth);

static void *make(const char *key, int depth)
{
    FACTORY(2);
    if (!strcmp(key, "chicken") && depth > 0) {
        get("egg", depth - 1);
    } else if (!strcmp(key, "egg") && depth > 0) {
        get("chicken", depth - 1);
    } else if (!strcmp(key, "own") && depth > 0) {
        get("own", depth - 1);
    }
    return &object;
}

/* The container, and the one around it. */
static void *get_inner(const char *key, int depth)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, strcmp(key, "missing") ? make(key, depth) : 0);
}

static void *get(const char *key, int depth)
{
    RESOLVER(3, TKA_KEY_TEXT, key, 0);
    return RESULT(3, get_inner(key, depth));
}

static void make_early(void)
{
    FACTORY(4);
    get("early", 0);
}

int main(void)
{
    static char long_key[2000];

    get_number(7);
    get_number(8);
    get_number(~0ull);
    get_number(~0ull - 4);
    get_bytes("a\0b\n\xc3\xa4\xff", 7);
    get_bytes("text", 4);
    get_bytes(0, 0);
    memset(long_key, 'x', sizeof long_key - 1);
    get_bytes(long_key, sizeof long_key);
    get_type("T *Container::get() [with T = Log]");
    get_type("T *Container::get() [T = Other]");
    get_type("T *Container::get() [with T = std::vector<int, A[3]>; U = int]");
    get_type("T *Container::get() [with T = Text<int>; std::string = std::basic<char>]");
    get_type("no arguments");
    get_only();
    get("text", 0);
    get("missing", 0);
    get("chicken", 200);
    get("own", 1);
    make_early();
    for (int i = 0; i < 6000; i++) {
        char key[20] = "many-";

        for (int n = i, at = 5; n > 0; n /= 10) {
            key[at++] = (char)('0' + n % 10);
        }
        get_bytes(key, strlen(key));
    }
    return 0;
}
C
hand keys.c
fresh
TKA_PROFILING_MODE=exact ./keys || fail "status of keys"
expect_no_loss
expect "numbers" "-5 8 NONE SEVEN" "$(query "SELECT group_concat(key,' ') FROM (SELECT key FROM
    service WHERE kind='number' ORDER BY key)")"
expect "types" "Log
Other
T = std::vector<int, A[3]>; U = int
Text<int>
no arguments" "$(query "SELECT key FROM service WHERE kind='type' ORDER BY key")"
expect "texts" 'a\x00b\x0aä\xff' "$(query "SELECT key FROM service WHERE key LIKE 'a\\x00%'")"
expect "the empty and the long one" "0
480" "$(query "SELECT length(key) FROM service WHERE kind='text' AND (key='' OR key LIKE 'xx%') ORDER BY 1")"
expect "handed on, and text as bytes" "2|0" "$(query "SELECT resolutions,failures FROM
    service_measurement JOIN service s ON s.id=service_id WHERE key='text'")"
expect "missing" "1|1" "$(query "SELECT sum(resolutions),sum(failures) FROM
    service_measurement JOIN service s ON s.id=service_id WHERE key='missing'")"
expect "no key" "get_outer|1|0
make_early|0|1" "$(query "SELECT f.name,resolutions,constructed FROM service_measurement JOIN
    service s ON s.id=service_id JOIN function f ON f.id=function_id WHERE s.kind='none' ORDER BY 1")"
expect "cycle" "chicken|101|100|1
egg|100|99|1" "$(query "SELECT key,resolutions,cycles,constructed=resolutions FROM
    service_measurement JOIN service s ON s.id=service_id WHERE key IN ('chicken','egg') ORDER BY 1")"
expect "edges of the cycle" "chicken|egg|1
egg|chicken|1
make_early|early|0" "$(query "SELECT coalesce(nullif(p.key,''),f.name),s.key,cycles>0 FROM service_edge JOIN
    service s ON s.id=service_id JOIN service p ON p.id=parent_id JOIN function f ON
    f.id=p.function_id WHERE s.key<>'own' ORDER BY 1")"
expect "of itself" "own|own|1" "$(query "SELECT p.key,s.key,cycles FROM service_edge JOIN service s ON
    s.id=service_id JOIN service p ON p.id=parent_id WHERE s.key='own'")"
expect "keys beyond the most" "6000|1" "$(query "SELECT sum(resolutions),sum(s.kind='more' AND
    resolutions > 1900) FROM service_measurement JOIN service s ON s.id=service_id WHERE key LIKE
    'many%' OR s.kind='more'")"
[ "$(query 'SELECT count(*) FROM service')" -le 4110 ] || fail "more services than allowed"

# A stretch has what was resolved in it, the run what was resolved before and after.
cat >stretch.c <<'C'
#include "inserted.h"
#include <sys/wait.h>
#include <unistd.h>

SITE(1, "get", "resolver")

static int object;

static void *get(const char *key)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, &object);
}

static void times(int n)
{
    for (int i = 0; i < n; i++) {
        get("one");
    }
}

int main(void)
{
    times(10);
    tka_session_start("stretch");
    times(100);
    tka_session_stop();
    times(1000);
    RESOLVER(1, TKA_KEY_TEXT, "open", 0);
    if (fork() == 0) {
        times(7);
        return 0; /* "open" is left in the child, which did not begin it */
    }
    wait(0);
    times(10000);
    return RESULT(1, 0) != 0;
}
C
hand stretch.c
fresh
./stretch || fail "status of stretch"
fold || fail "cannot fold"
expect "by session" "stretch|one|100|0
stretch|one|11017|0
stretch|open|1|1" "$(query "SELECT max(n.name),s.key,sum(resolutions),sum(failures) FROM service_measurement m
    JOIN service s ON s.id=service_id JOIN session n ON n.id=session_id GROUP BY session_id,s.key
    ORDER BY 2,3")"
expect "in the child" "-|one|7" "$(query "SELECT coalesce(p.key,'-'),s.key,e.resolutions FROM service_edge e
    JOIN service s ON s.id=service_id LEFT JOIN service p ON p.id=parent_id JOIN process
    ON process.id=process_id WHERE parent_pid IN (SELECT pid FROM process)")"
expect "histograms of the stretch" 0 "$(query "SELECT count(*) FROM service_measurement WHERE samples>0 AND
    histogram IS NULL")"

# Left by longjmp: what was open is given up (but that it was a cycle), and what follows is not inside of it.
cat >jump.c <<'C'
#include "inserted.h"
#include <setjmp.h>
#include <ucontext.h>

SITE(1, "get", "resolver")

static int object;
static jmp_buf out;

static __attribute__((noinline)) void *get(const char *key, int depth)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    if (depth > 0) {
        return RESULT(1, get(depth % 2 ? "odd" : "even", depth - 1));
    }
    if (key[0] == 'o') {
        longjmp(out, 1);
    }
    return RESULT(1, &object);
}

static ucontext_t main_context, routine_context;

static void routine(void)
{
    for (int i = 0; i < 50; i++) {
        RESOLVER(1, TKA_KEY_TEXT, "suspended", 0);
        swapcontext(&routine_context, &main_context);
        get("inside", 0);
        (void)RESULT(1, &object);
    }
}

int main(void)
{
    static char stack[65536];

    for (volatile int i = 0; i < 100; i++) {
        if (setjmp(out) == 0) {
            get("outer", 5);
        }
        get("after", 0);
    }
    getcontext(&routine_context);
    routine_context.uc_stack.ss_sp = stack;
    routine_context.uc_stack.ss_size = sizeof stack;
    routine_context.uc_link = &main_context;
    makecontext(&routine_context, routine, 0);
    for (int i = 0; i <= 50; i++) {
        swapcontext(&main_context, &routine_context);
        get("between", 0);
    }
    return 0;
}
C
hand jump.c
fresh
./jump || fail "status of jump"
expect "after jumps, and between coroutines" "-|after|100
-|between|51
-|suspended|50
even|odd|0
odd|even|0
suspended|inside|50" "$(edges resolutions)"

# Signals in the middle of it: a handler that resolves, and one that jumps away. Counts
# stay exact, but for what interrupted the recorder, which is counted as lost.
cat >signals.c <<'C'
#include "inserted.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

SITE(1, "get", "resolver")

static int object;
static volatile long handled, done;
static sigjmp_buf out;
static volatile int jumps;

static void *get(const char *key)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, &object);
}

static void handler(int signal)
{
    (void)signal;
    handled++;
    get("handler");
    if (jumps && handled % 3 == 0) {
        siglongjmp(out, 1);
    }
}

int main(void)
{
    struct itimerval timer = {{0, 200}, {0, 200}};

    signal(SIGALRM, handler);
    setitimer(ITIMER_REAL, &timer, 0);
    for (long n = 0; n < 3000000; n++) {
        get("main");
        done++;
    }
    for (volatile int i = 0; i < 500; i++) {
        if (sigsetjmp(out, 1) == 0) {
            jumps = 1; /* not before there is somewhere to jump to */
            for (;;) {
                char key[8] = "n";

                key[1] = (char)('a' + handled % 26);
                get(key);
            }
        }
    }
    timer = (struct itimerval){{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &timer, 0);
    for (int i = 0; i < 1000; i++) {
        get("after");
    }
    printf("%ld %ld\n", handled, done);
    return 0;
}
C
hand signals.c
fresh
timeout -s KILL 60 ./signals >truth || fail "status of signals"
read -r handled done <truth
expect "with signals" "1|1|1" "$(query "SELECT max(resolutions*(key='main'))=$done,
    max(resolutions*(key='after'))=1000, max(resolutions*(key='handler')) BETWEEN $handled -
    (SELECT lost_calls FROM process) AND $handled FROM service_measurement JOIN service s ON
    s.id=service_id")"
expect "not inside of what was left" "-" "$(query "SELECT DISTINCT coalesce(p.key,'-') FROM
    service_edge e JOIN service s ON s.id=service_id LEFT JOIN service p ON p.id=parent_id WHERE
    s.key='after'")"

# Scopes that a longjmp leaves without their end: each is one.
cat >left.c <<'C'
#include "inserted.h"
#include <setjmp.h>

SITE(1, "get", "resolver")

static jmp_buf out;
static int objects[2];

static void *get(const char *key, int which)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, &objects[which]);
}

int main(void)
{
    for (volatile int i = 0; i < 50; i++) {
        if (setjmp(out) == 0) {
            tka_scope_begin_("request");
            get("scoped", i % 2);
            get("scoped", i % 2);
            longjmp(out, 1);
        }
    }
    return 0;
}
C
hand left.c
fresh
./left || fail "status of left"
expect "scopes left by longjmp" "scoped|50|50|0" \
    "$(services "scope_visits,scope_changes,scope_others")"

# Two coroutines at the same service at once, neither within the other, and left in the
# order in which they were begun.
cat >two.c <<'C'
#include "inserted.h"
#include <ucontext.h>

SITE(1, "get", "resolver")

static char stacks[2][65536];
static ucontext_t main_context, contexts[2];
static int object;

static void *get(const char *key, int mine)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    if (key[0] == 's') {
        swapcontext(&contexts[mine], &main_context);
    } else {
        get("shared", mine);
    }
    return RESULT(1, &object);
}

static void routine(int mine)
{
    get(mine == 0 ? "first" : "other", mine);
}

int main(void)
{
    for (int i = 0; i < 2; i++) {
        int mine = 1 - i; /* the one that is begun later lies lower */

        getcontext(&contexts[mine]);
        contexts[mine].uc_stack.ss_sp = stacks[mine == 0];
        contexts[mine].uc_stack.ss_size = sizeof stacks[0];
        contexts[mine].uc_link = &main_context;
        makecontext(&contexts[mine], (void (*)(void))routine, 1, mine);
    }
    for (int i = 0; i < 4; i++) {
        swapcontext(&main_context, &contexts[i % 2]);
    }
    return 0;
}
C
hand two.c -Wno-cast-function-type
fresh
./two || fail "status of two"
expect "two coroutines at one service" "-|first|1|0
-|other|1|0
first|shared|1|0
other|shared|1|0" "$(edges "resolutions,cycles")"

# Coroutines that end in another thread than they began in, and 2000 that never end: what
# follows is recorded.
cat >moved.c <<'C'
#include "inserted.h"
#include <pthread.h>
#include <stdlib.h>
#include <ucontext.h>

SITE(1, "get", "resolver")

static int object;
static ucontext_t caller, routine_context;

static void *get(const char *key, int leave)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    if (leave) {
        swapcontext(&routine_context, &caller);
    }
    return RESULT(1, &object);
}

static void routine(void)
{
    get("moved", 1);
}

static void begin(void)
{
    static char stacks[2001][8192];
    static int next;

    getcontext(&routine_context);
    routine_context.uc_stack.ss_sp = stacks[next++];
    routine_context.uc_stack.ss_size = sizeof stacks[0];
    routine_context.uc_link = &caller;
    makecontext(&routine_context, routine, 0);
    swapcontext(&caller, &routine_context);
}

static void *go_on(void *nothing)
{
    get("other thread", 0);
    swapcontext(&caller, &routine_context);
    get("other thread", 0);
    return nothing;
}

int main(void)
{
    pthread_t thread;

    begin();
    pthread_create(&thread, 0, go_on, 0);
    pthread_join(thread, 0);
    for (int i = 0; i < 2000; i++) {
        begin();
        get("after", 0);
    }
    return 0;
}
C
hand moved.c -pthread
fresh
./moved || fail "status of moved"
expect "coroutines that moved or were left" "after|2000|-
other thread|2|-" "$(query "SELECT s.key,e.resolutions,coalesce(p.key,'-') FROM service_edge e JOIN service s
    ON s.id=service_id LEFT JOIN service p ON p.id=parent_id WHERE resolutions>0 ORDER BY 1")"
[ "$(query 'SELECT lost_calls FROM process')" -lt 20 ] || fail "too many lost"

# Exceptions: failed.
cat >throw.cpp <<'C'
#include "inserted.h"
#include <cstdlib>

SITE(1, "get", "resolver")

static int object;

static void *get(const char *key, int depth)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    if (depth == 0) {
        throw 1;
    }
    return RESULT(1, key[0] == 'b' ? get("leaf", 0) : &object);
}

int main()
{
    for (int i = 0; i < 10; i++) {
        try {
            get("bad", 1);
        } catch (int) {
            get("good", 1);
        }
    }
    return 0;
}
C
hand throw.cpp
fresh
./throw || fail "status of throw"
expect "exceptions" "-|bad|10|10
-|good|10|0
bad|leaf|10|10" "$(edges resolutions,failures)"

# Many threads at once, their keys in common; pools of threads that end.
cat >threads.c <<'C'
#include "inserted.h"
#include <pthread.h>
#include <stdio.h>

SITE(1, "get", "resolver")

static int objects[8];

static void *get(const char *key, int i)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, &objects[i]);
}

static void *work(void *nothing)
{
    for (int i = 0; i < 8000; i++) {
        char key[20];

        snprintf(key, sizeof key, "key%d", i % 8);
        get(key, i % 8);
    }
    return nothing;
}

int main(void)
{
    pthread_t threads[16];

    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 16; i++) {
            pthread_create(&threads[i], 0, work, 0);
        }
        for (int i = 0; i < 16; i++) {
            pthread_join(threads[i], 0);
        }
    }
    return 0;
}
C
hand threads.c -pthread
fresh
./threads || fail "status of threads"
expect_no_loss
expect "of threads" "8|640000|0|0" "$(query "SELECT count(*),sum(resolutions),sum(changes),sum(other_threads)
    FROM service_measurement")"

# The budget suspends what is probed only, not resolvers: their counts would have gaps.
cat >busy.c <<'C'
#include "inserted.h"
#include <time.h>

SITE(1, "get", "resolver")
SITE(2, "leaf", "")

static int object;

static void *get(const char *key)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, &object);
}

static __attribute__((noinline)) void leaf(void)
{
    PROBE(2);
    object++;
}

int main(void)
{
    const volatile unsigned char *leaf_is_on = &tka_o2_;
    time_t end = time(0) + 3, at_last = end + 20; /* on a busy machine it is stored seldom */
    long n = 0;

    for (; time(0) < end || (*leaf_is_on && time(0) < at_last); n += 1000) {
        for (int i = 0; i < 1000; i++) {
            get("one");
            leaf();
        }
    }
    for (; n > 0; n -= 1000000) {
        get("millions");
    }
    return 0;
}
C
hand busy.c
fresh
TKA_PROFILING_OVERHEAD_THRESHOLD=0.01 TKA_MONITORING_INTERVAL=100 ./busy || fail "status of busy"
expect "suspended" "get|0|1
leaf|1|1" "$(query "SELECT name,off_ns>0,calls>0 FROM measurement JOIN function ON id=function_id ORDER BY 1")"
expect "no gap" 1 "$(query "SELECT (SELECT resolutions FROM service_measurement JOIN service s ON s.id=service_id
    WHERE key='one') BETWEEN 1000000*(resolutions-1)+1 AND 1000000*resolutions FROM service_measurement
    JOIN service s ON s.id=service_id WHERE key='millions'")"

# Killed: what was recorded is in the live file. And after a bare fork by system call, and
# with no live file to be had.
cat >killed.c <<'C'
#include "inserted.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

SITE(1, "get", "resolver")
SITE(2, "make", "constructs")

static int object;

static void *make(void)
{
    FACTORY(2);
    return &object;
}

static void *get(const char *key)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, make());
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 1234; i++) {
        get("one");
    }
    RESOLVER(1, TKA_KEY_TEXT, "open", 0);
    get("inside");
    if (argc > 1) {
        kill(getpid(), atoi(argv[1]));
    }
    return RESULT(1, &object) == 0;
}
C
hand killed.c
fresh
TKA_MONITORING_ENABLED=0 ./killed 9
fold || fail "cannot fold"
expect "of the killed one" "-|one|1234|1234
-|open|0|0
open|inside|1|1" "$(edges resolutions,constructed)"
expect "its events" 9 "$(query 'SELECT count(*) FROM service_event')"
mkdir ro && touch ro/live
TKA_PERFORMANCE_DATA_DIR=$WORK/ro TKA_PERFORMANCE_DB_PATH=$WORK/data/performance.db ./killed ||
    fail "status without a live file"
expect "without a live file" "one|1234" "$(query "SELECT s.key,resolutions FROM service_measurement m JOIN
    service s ON s.id=service_id WHERE s.key='one' ORDER BY process_id DESC LIMIT 1")"
