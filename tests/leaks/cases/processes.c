/* fork, vfork and exec. The label is the sum over the processes, which all end by exit().
 */
#define _GNU_SOURCE
#include "../leak.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static void *global;

/* Waits; the child's status may be that of a detector, which ends a child that lost
 * memory. */
LEAK_NOINLINE static void wait_for(pid_t child)
{
    int status = -1;

    leak_need(child > 0, "no child");
    leak_need(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
                  (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 23),
              "the child failed");
}

/* Ends a child; nothing that the scene lost is on the stack. */
LEAK_NOINLINE static void end(void)
{
    LEAK_CLOBBER_STACK();
    exit(0);
}

/* LEAK child_loses definite=1 bytes=50 */
static void child_loses(void)
{
    pid_t child = fork();

    if (child == 0) {
        leak_lose(50);
        end();
    }
    wait_for(child);
}

/* CLEAN child_frees */
static void child_frees(void)
{
    pid_t child = fork();

    if (child == 0) {
        free(leak_block(50));
        end();
    }
    wait_for(child);
}

/* LEAK parent_loses definite=1 bytes=51 */
static void parent_loses(void)
{
    pid_t child = fork();

    if (child == 0) {
        end();
    }
    leak_lose(51);
    wait_for(child);
}

/* LEAK both_lose definite=2 bytes=104 */
static void both_lose(void)
{
    pid_t child = fork();

    leak_lose(52);
    if (child == 0) {
        end();
    }
    wait_for(child);
}

/* Lost before the fork: each of the two processes has it. */
/* LEAK lost_before_fork definite=2 bytes=106 */
static void lost_before_fork(void)
{
    pid_t child;

    leak_lose(53);
    child = fork();
    if (child == 0) {
        end();
    }
    wait_for(child);
}

/* CLEAN inherited_kept reachable=2 reachable_bytes=108 */
static void inherited_kept(void)
{
    pid_t child;

    global = leak_block(54);
    LEAK_ESCAPE(&global);
    child = fork();
    if (child == 0) {
        end();
    }
    wait_for(child);
}

/* LEAK inherited_lost_by_child definite=1 bytes=55 */
static void inherited_lost_by_child(void)
{
    pid_t child;

    global = leak_block(55);
    LEAK_ESCAPE(&global);
    child = fork();
    if (child == 0) {
        global = NULL;
        LEAK_ESCAPE(&global);
        end();
    }
    wait_for(child);
}

/* CLEAN inherited_freed_by_both */
static void inherited_freed_by_both(void)
{
    pid_t child;

    global = leak_block(56);
    LEAK_ESCAPE(&global);
    child = fork();
    free(global);
    global = NULL;
    LEAK_ESCAPE(&global);
    if (child == 0) {
        end();
    }
    wait_for(child);
}

/* LEAK grandchild_loses definite=1 bytes=57 */
static void grandchild_loses(void)
{
    pid_t child = fork();

    if (child == 0) {
        child = fork();
        if (child == 0) {
            leak_lose(57);
            end();
        }
        wait_for(child);
        end();
    }
    wait_for(child);
}

/* CLEAN child_executes */
static void child_executes(void)
{
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    wait_for(child);
}

/* CLEAN vfork_child reachable=1 reachable_bytes=58 */
static void vfork_child(void)
{
    pid_t child;

    global = leak_block(58);
    LEAK_ESCAPE(&global);
    child = vfork();
    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    wait_for(child);
}

/* LEAK lost_after_vfork definite=1 bytes=59 */
static void lost_after_vfork(void)
{
    pid_t child = vfork();

    if (child == 0) {
        _exit(0);
    }
    wait_for(child);
    leak_lose(59);
}

/* CLEAN spawned */
static void spawned(void)
{
    char name[] = "true", *arguments[] = {name, NULL};
    pid_t child = -1;

    leak_need(posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) == 0,
              "posix_spawn failed");
    wait_for(child);
}

/* CLEAN piped */
static void piped(void)
{
    char line[16];
    FILE *out = popen("echo hello", "r");

    leak_need(out && fgets(line, sizeof line, out), "popen failed");
    leak_need(pclose(out) == 0, "pclose failed");
}

LEAK_MAIN(SCENE(child_loses), SCENE(child_frees), SCENE(parent_loses), SCENE(both_lose),
          SCENE(lost_before_fork), SCENE(inherited_kept), SCENE(inherited_lost_by_child),
          SCENE(inherited_freed_by_both), SCENE(grandchild_loses), SCENE(child_executes),
          SCENE(vfork_child), SCENE(lost_after_vfork), SCENE(spawned), SCENE(piped))
