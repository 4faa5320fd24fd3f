/* operator new and delete, all forms: the same, but that the caller is the place of the
 * allocation and not the C++ library. What the next ones do, a replacement of the
 * program's included, stays as it is. Compiled with -fexceptions: they may throw through
 * us. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "hooks.h"

typedef void *(*New)(size_t);
typedef void *(*NewAligned)(size_t, size_t);
typedef void *(*NewNothrow)(size_t, const void *);
typedef void *(*NewBoth)(size_t, size_t, const void *);
typedef void (*Delete)(void *);
typedef void (*DeleteSized)(void *, size_t);
typedef void (*DeleteNothrow)(void *, const void *);
typedef void (*DeleteSizedAligned)(void *, size_t, size_t);
typedef void (*DeleteAlignedNothrow)(void *, size_t, const void *);

/* A C++ library that came with a plug-in is not among those that are searched next. */
static __attribute__((noinline)) void *find(const char *name)
{
    static const char *const libraries[] = {"libstdc++.so.6", "libc++.so.1"};
    void *volatile found = dlsym(RTLD_NEXT, name);

    for (size_t i = 0; found == NULL && i < sizeof libraries / sizeof *libraries; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);

        if (library != NULL) {
            found = dlsym(library, name);
        }
    }
    if (found == NULL) {
        abort(); /* who could have called? the symbol is of that library */
    }
    return found;
}

/* Whether what it gives is the real malloc's, who can be asked for its size. */
static __attribute__((noinline)) int is_allocators(const void *function)
{
    Dl_info ours, allocators;
    const void *real;

    memcpy(&real, &tkah_real.malloc, sizeof real);
    return dladdr(function, &ours) != 0 && dladdr(real, &allocators) != 0 &&
           ours.dli_fbase == allocators.dli_fbase;
}

#define NEW(symbol, type, parameters, arguments)                                         \
    EXPORT void *symbol parameters;                                                      \
    EXPORT void *symbol parameters                                                       \
    {                                                                                    \
        static type next;                                                                \
        static int allocators;                                                           \
        void *block;                                                                     \
                                                                                         \
        if (UNLIKELY(next == NULL)) {                                                    \
            void *found = find(#symbol);                                                 \
                                                                                         \
            allocators = is_allocators(found);                                           \
            memcpy(&next, &found, sizeof next);                                          \
        }                                                                                \
        tkah_called_from(__builtin_return_address(0));                                   \
        block = next arguments;                                                          \
        if (UNLIKELY(allocators)) {                                                      \
            tkah_note_new(block, size, __builtin_return_address(0));                     \
        }                                                                                \
        tkah_called_from(NULL);                                                          \
        return block;                                                                    \
    }

#define DELETE(symbol, type, parameters, arguments)                                      \
    EXPORT void symbol parameters;                                                       \
    EXPORT void symbol parameters                                                        \
    {                                                                                    \
        static type next;                                                                \
                                                                                         \
        if (UNLIKELY(next == NULL)) {                                                    \
            void *found = find(#symbol);                                                 \
                                                                                         \
            memcpy(&next, &found, sizeof next);                                          \
        }                                                                                \
        if (block != NULL) {                                                             \
            tkah_note_delete(block);                                                     \
        }                                                                                \
        next arguments;                                                                  \
        tkah_deleted();                                                                  \
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

DELETE(_ZdlPv, Delete, (void *block), (block))
DELETE(_ZdaPv, Delete, (void *block), (block))
DELETE(_ZdlPvm, DeleteSized, (void *block, size_t size), (block, size))
DELETE(_ZdaPvm, DeleteSized, (void *block, size_t size), (block, size))
DELETE(_ZdlPvSt11align_val_t, DeleteSized, (void *block, size_t alignment),
       (block, alignment))
DELETE(_ZdaPvSt11align_val_t, DeleteSized, (void *block, size_t alignment),
       (block, alignment))
DELETE(_ZdlPvmSt11align_val_t, DeleteSizedAligned,
       (void *block, size_t size, size_t alignment), (block, size, alignment))
DELETE(_ZdaPvmSt11align_val_t, DeleteSizedAligned,
       (void *block, size_t size, size_t alignment), (block, size, alignment))
DELETE(_ZdlPvRKSt9nothrow_t, DeleteNothrow, (void *block, const void *nothrow),
       (block, nothrow))
DELETE(_ZdaPvRKSt9nothrow_t, DeleteNothrow, (void *block, const void *nothrow),
       (block, nothrow))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, DeleteAlignedNothrow,
       (void *block, size_t alignment, const void *nothrow), (block, alignment, nothrow))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, DeleteAlignedNothrow,
       (void *block, size_t alignment, const void *nothrow), (block, alignment, nothrow))
