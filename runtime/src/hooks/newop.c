/* operator new, all forms: the same, but that its caller is the place of the allocation
 * and not the C++ library. What the next one does, a replacement of the program's
 * included, stays as it is. Compiled with -fexceptions: it may throw through us. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "hooks.h"

typedef void *(*New)(size_t);
typedef void *(*NewAligned)(size_t, size_t);
typedef void *(*NewNothrow)(size_t, const void *);
typedef void *(*NewBoth)(size_t, size_t, const void *);

/* A C++ library that came with a plug-in is not among those that are searched next. */
static __attribute__((noinline)) void find(void *to, const char *name)
{
    static const char *const libraries[] = {"libstdc++.so.6", "libc++.so.1"};
    void *volatile found = dlsym(RTLD_NEXT, name);
    void *value;

    for (size_t i = 0; found == NULL && i < sizeof libraries / sizeof *libraries; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);

        if (library != NULL) {
            found = dlsym(library, name);
        }
    }
    value = found;
    if (value == NULL) {
        abort(); /* who could have called? the symbol is of that library */
    }
    memcpy(to, &value, sizeof value);
}

#define NEW(symbol, type, parameters, arguments)                                         \
    EXPORT void *symbol parameters;                                                      \
    EXPORT void *symbol parameters                                                       \
    {                                                                                    \
        static type next;                                                                \
        void *block;                                                                     \
                                                                                         \
        if (UNLIKELY(next == NULL)) {                                                    \
            find(&next, #symbol);                                                        \
        }                                                                                \
        tkah_called_from(__builtin_return_address(0));                                   \
        block = next arguments;                                                          \
        tkah_called_from(NULL);                                                          \
        return block;                                                                    \
    }

NEW(_Znwm, New, (size_t size), (size))
NEW(_Znam, New, (size_t size), (size))
NEW(_ZnwmSt11align_val_t, NewAligned, (size_t size, size_t alignment), (size, alignment))
NEW(_ZnamSt11align_val_t, NewAligned, (size_t size, size_t alignment), (size, alignment))
NEW(_ZnwmRKSt9nothrow_t, NewNothrow, (size_t size, const void *nothrow), (size, nothrow))
NEW(_ZnamRKSt9nothrow_t, NewNothrow, (size_t size, const void *nothrow), (size, nothrow))
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, NewBoth,
    (size_t size, size_t alignment, const void *nothrow), (size, alignment, nothrow))
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, NewBoth,
    (size_t size, size_t alignment, const void *nothrow), (size, alignment, nothrow))
