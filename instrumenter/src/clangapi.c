#include "clangapi.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    "libclang-14.so.1", "libclang-14.so.13", "libclang-15.so.1", "libclang-16.so.1",
    "libclang-17.so.1", "libclang-18.so.1",  "libclang-19.so.1", "libclang-20.so.1",
    "libclang-21.so.1", "libclang.so.1",     "libclang.so",
};

static const char *const patterns[] = {
    "/usr/lib/llvm-*/lib/libclang.so.1",
    "/usr/lib/llvm-*/lib/libclang-*.so.*",
    "/usr/lib/llvm-*/lib/libclang.so",
};

static bool resolve(ClangApi *api, void *library)
{
    void *symbol;

    /* ISO C has no conversion from object to function pointers: copy the bytes. */
#define CLANGAPI_RESOLVE(name)                                                           \
    symbol = dlsym(library, "clang_" #name);                                             \
    if (!symbol) {                                                                       \
        return false;                                                                    \
    }                                                                                    \
    memcpy(&api->name, &symbol, sizeof symbol);
    CLANGAPI_FUNCTIONS(CLANGAPI_RESOLVE)
#undef CLANGAPI_RESOLVE
    return true;
}

static bool open_library(ClangApi *api, const char *name)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        return false;
    }
    if (!resolve(api, library)) {
        dlclose(library);
        return false;
    }
    return true;
}

static bool open_matching(ClangApi *api, const char *pattern)
{
    glob_t found;
    bool done = false;

    if (glob(pattern, 0, NULL, &found) != 0) {
        return false;
    }
    for (size_t i = found.gl_pathc; i-- > 0 && !done;) {
        done = open_library(api, found.gl_pathv[i]);
    }
    globfree(&found);
    return done;
}

static bool open_any(ClangApi *api)
{
    const char *chosen = getenv("TKA_CC_LIBCLANG");

    if (chosen) {
        return open_library(api, chosen);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (open_library(api, names[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        if (open_matching(api, patterns[i])) {
            return true;
        }
    }
    return false;
}

const ClangApi *clangapi_load(void)
{
    static ClangApi api;
    static bool loaded;

    if (!loaded) {
        loaded = open_any(&api);
    }
    return loaded ? &api : NULL;
}
