/* A plug-in: opened, left open or closed; built from this file, too. */
#define _GNU_SOURCE
#include "../leak.h"

#ifdef LEAK_BUILD_PLUGIN

void *plugin_global, *plugin_owned;
__thread void *plugin_thread_local;

void plugin_lose(size_t bytes)
{
    leak_lose(bytes);
    LEAK_CLOBBER_STACK();
}

void plugin_keep(size_t bytes)
{
    static void *hidden;

    plugin_global = leak_block(bytes);
    hidden = leak_block(bytes);
    LEAK_ESCAPE(&hidden);
}

void plugin_keep_thread_local(size_t bytes)
{
    plugin_thread_local = leak_block(bytes);
}

void plugin_own(size_t bytes)
{
    plugin_owned = leak_block(bytes);
}

__attribute__((destructor)) static void plugin_end(void)
{
    free(plugin_owned);
}

#else

#include <dlfcn.h>

static void *plugin;

LEAK_NOINLINE static void open_and_call(const char *function, size_t bytes)
{
    void (*call)(size_t);

    plugin = dlopen(LEAK_PLUGIN, RTLD_NOW);
    leak_need(plugin != NULL, "dlopen failed");
    *(void **)&call = dlsym(plugin, function);
    leak_need(call != NULL, "dlsym failed");
    call(bytes);
}

LEAK_NOINLINE static void shut(void)
{
    leak_need(dlclose(plugin) == 0, "dlclose failed");
    plugin = NULL;
    LEAK_ESCAPE(&plugin);
}

/* LEAK lost_in_open definite=1 bytes=41 */
static void lost_in_open(void)
{
    open_and_call("plugin_lose", 41);
}

/* LEAK lost_in_closed definite=1 bytes=42 */
static void lost_in_closed(void)
{
    open_and_call("plugin_lose", 42);
    shut();
}

/* Both of its variables go with the plug-in. */
/* LEAK globals_closed definite=2 bytes=86 */
static void globals_closed(void)
{
    open_and_call("plugin_keep", 43);
    shut();
}

/* CLEAN globals_open */
static void globals_open(void)
{
    open_and_call("plugin_keep", 44);
}

/* CLEAN handle_dropped */
static void handle_dropped(void)
{
    open_and_call("plugin_keep", 44);
    plugin = NULL;
    LEAK_ESCAPE(&plugin);
}

/* A global of the plug-in is overwritten from the program. */
/* LEAK global_overwritten definite=1 bytes=45 */
static void global_overwritten(void)
{
    open_and_call("plugin_keep", 45);
    *(void **)dlsym(plugin, "plugin_global") = NULL;
}

/* Its memory is got on first use, by the dynamic linker. */
/* CLEAN thread_local_open */
static void thread_local_open(void)
{
    open_and_call("plugin_keep_thread_local", 46);
}

/* The C library keeps the memory of the plug-in's thread-local variables until the thread
 * ends, the pointer in it: to the program the block is lost, to a scanner a live block of
 * the C library holds it. lsan and memcheck are silent. */
/* UNDECIDABLE thread_local_closed */
static void thread_local_closed(void)
{
    open_and_call("plugin_keep_thread_local", 47);
    shut();
}

/* CLEAN freed_on_close */
static void freed_on_close(void)
{
    open_and_call("plugin_own", 48);
    shut();
}

/* CLEAN freed_at_exit */
static void freed_at_exit(void)
{
    open_and_call("plugin_own", 49);
}

/* LEAK opened_ten_times definite=10 bytes=500 */
static void opened_ten_times(void)
{
    for (int i = 0; i < 10; i++) {
        open_and_call("plugin_lose", 50);
        shut();
    }
}

/* Loaded once, closed once of two times: it stays. */
/* CLEAN closed_once_of_two */
static void closed_once_of_two(void)
{
    open_and_call("plugin_keep", 51);
    leak_need(dlopen(LEAK_PLUGIN, RTLD_NOW) == plugin, "another plug-in");
    shut();
}

/* CLEAN errors_of_dlopen */
static void errors_of_dlopen(void)
{
    leak_need(dlopen("/nowhere/plug-in.so", RTLD_NOW) == NULL, "dlopen succeeded");
    leak_need(dlerror() != NULL, "dlerror is silent");
}

LEAK_MAIN(SCENE(lost_in_open), SCENE(lost_in_closed), SCENE(globals_closed),
          SCENE(globals_open), SCENE(handle_dropped), SCENE(global_overwritten),
          SCENE(thread_local_open), SCENE(thread_local_closed), SCENE(freed_on_close),
          SCENE(freed_at_exit), SCENE(opened_ten_times), SCENE(closed_once_of_two),
          SCENE(errors_of_dlopen))

#endif
