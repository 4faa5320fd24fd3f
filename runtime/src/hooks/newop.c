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

enum way {
    UNKNOWN,
    STRAIGHT,                       /* the C++ library's: malloc and free and no more */
    ALLOCATORS,                     /* from where malloc is, without calling it */
    OTHER
};

static int is_same_file(const void *a, const void *b)
{
    Dl_info one, other;

    return dladdr(a, &one) != 0 && dladdr(b, &other) != 0 && one.dli_fbase == other.dli_fbase;
}

static int is_standard(const void *function)
{
    Dl_info info;
    const char *name;

    if (dladdr(function, &info) == 0 || info.dli_fname == NULL) {
        return 0;
    }
    name = strrchr(info.dli_fname, '/');
    name = name != NULL ? name + 1 : info.dli_fname;
    return strncmp(name, "libstdc++.so", 12) == 0 || strncmp(name, "libc++.so", 9) == 0 ||
           strncmp(name, "libc++abi.so", 12) == 0;
}

/* A program with a malloc of its own is called by the C++ library past us. */
static int is_ours(const char *name, const void *hook)
{
    void *volatile found = dlsym(RTLD_DEFAULT, name);

    return found == hook;
}

static __attribute__((noinline)) enum way way_of(const void *function)
{
    const void *real, *our_malloc, *our_free;
    void *(*allocate)(size_t) = malloc;
    void (*release)(void *) = free;

    memcpy(&real, &tkah_real.malloc, sizeof real);
    memcpy(&our_malloc, &allocate, sizeof our_malloc);
    memcpy(&our_free, &release, sizeof our_free);
    if (is_same_file(function, real)) {
        return ALLOCATORS;
    }
    return is_standard(function) && is_ours("malloc", our_malloc) && is_ours("free", our_free)
               ? STRAIGHT
               : OTHER;
}

#define FIND(symbol)                                                                     \
    if (UNLIKELY(way == UNKNOWN)) {                                                      \
        void *found = find(#symbol);                                                     \
                                                                                         \
        memcpy(&next, &found, sizeof next);                                              \
        __atomic_store_n(&way, way_of(found), __ATOMIC_RELEASE);                         \
    }

/* What fails straight tries again: new handlers, and an exception. */
#define NEW(symbol, type, parameters, arguments, plain)                                  \
    EXPORT void *symbol parameters;                                                      \
    EXPORT void *symbol parameters                                                       \
    {                                                                                    \
        static type next;                                                                \
        static enum way way;                                                             \
        void *block;                                                                     \
                                                                                         \
        FIND(symbol)                                                                     \
        if (plain && LIKELY(way == STRAIGHT)) {                                          \
            block = tkah_new(size, __builtin_return_address(0),                         \
                             (uintptr_t)__builtin_dwarf_cfa());                          \
            if (LIKELY(block != NULL)) {                                                 \
                return block;                                                            \
            }                                                                            \
        }                                                                                \
        tkah_called_from(__builtin_return_address(0));                                   \
        block = next arguments;                                                          \
        if (way == ALLOCATORS) {                                                         \
            tkah_note_new(block, size, __builtin_return_address(0),                      \
                          (uintptr_t)__builtin_dwarf_cfa());                             \
        }                                                                                \
        tkah_called_from(NULL);                                                          \
        return block;                                                                    \
    }

#define DELETE(symbol, type, parameters, arguments)                                      \
    EXPORT void symbol parameters;                                                       \
    EXPORT void symbol parameters                                                        \
    {                                                                                    \
        static type next;                                                                \
        static enum way way;                                                             \
                                                                                         \
        FIND(symbol)                                                                     \
        if (LIKELY(way == STRAIGHT)) {                                                   \
            free(block);                                                                 \
        } else if (way == ALLOCATORS && block != NULL) {                                 \
            tkah_note_delete(block);                                                     \
            next arguments;                                                              \
            tkah_deleted();                                                              \
        } else {                                                                         \
            next arguments;                                                              \
        }                                                                                \
    }

NEW(_Znwm, New, (size_t size), (size), 1)
NEW(_Znam, New, (size_t size), (size), 1)
NEW(_ZnwmSt11align_val_t, NewAligned, (size_t size, size_t alignment), (size, alignment), 0)
NEW(_ZnamSt11align_val_t, NewAligned, (size_t size, size_t alignment), (size, alignment), 0)
NEW(_ZnwmRKSt9nothrow_t, NewNothrow, (size_t size, const void *nothrow), (size, nothrow), 1)
NEW(_ZnamRKSt9nothrow_t, NewNothrow, (size_t size, const void *nothrow), (size, nothrow), 1)
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, NewBoth,
    (size_t size, size_t alignment, const void *nothrow), (size, alignment, nothrow), 0)
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, NewBoth,
    (size_t size, size_t alignment, const void *nothrow), (size, alignment, nothrow), 0)

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
