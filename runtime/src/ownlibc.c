/* The memory and string functions that the runtime and its SQLite call, for them
 * alone: the build renames their references to these. A profiled program may
 * define memset or strlen itself, probed or peculiar, and the dynamic linker
 * would give us that one. Semantics as in ISO C and POSIX. Compiled so that
 * the compiler does not turn a loop into a call of what it implements. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define OWN(type, name) type tkai_own_##name

OWN(void *, memcpy)(void *to, const void *from, size_t size);
OWN(void *, memmove)(void *to, const void *from, size_t size);
OWN(void *, memset)(void *to, int value, size_t size);
OWN(void *, memcpy_chk)(void *to, const void *from, size_t size, size_t room);
OWN(void *, memset_chk)(void *to, int value, size_t size, size_t room);
OWN(int, memcmp)(const void *a, const void *b, size_t size);
OWN(void *, memchr)(const void *in, int value, size_t size);
OWN(void *, memmem)(const void *in, size_t size, const void *what, size_t length);
OWN(size_t, strlen)(const char *s);
OWN(int, strcmp)(const char *a, const char *b);
OWN(int, strncmp)(const char *a, const char *b, size_t size);
OWN(int, strcasecmp)(const char *a, const char *b);
OWN(char *, strchr)(const char *s, int c);
OWN(char *, strchrnul)(const char *s, int c);
OWN(char *, strrchr)(const char *s, int c);
OWN(char *, strstr)(const char *in, const char *what);
OWN(size_t, strspn)(const char *s, const char *set);
OWN(size_t, strcspn)(const char *s, const char *set);

typedef union {
    const char *in;
    char *out;
} Pointer;

static char *writable(const char *s)
{
    Pointer p = {s};

    return p.out;
}

OWN(void *, memcpy)(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

#if defined __x86_64__
    if (size >= 256) {
        __asm__ volatile("rep movsb" : "+D"(t), "+S"(f), "+c"(size) : : "memory");
        return to;
    }
#endif
    for (; size >= 8; size -= 8, t += 8, f += 8) {
        __builtin_memcpy(t, f, 8);
    }
    for (; size > 0; size--) {
        *t++ = *f++;
    }
    return to;
}

OWN(void *, memmove)(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if ((uintptr_t)t - (uintptr_t)f >= size) {
        return tkai_own_memcpy(to, from, size);
    }
    while (size >= 8) {
        uint64_t word;

        size -= 8;
        __builtin_memcpy(&word, f + size, 8);
        __builtin_memcpy(t + size, &word, 8);
    }
    while (size > 0) {
        size--;
        t[size] = f[size];
    }
    return to;
}

OWN(void *, memset)(void *to, int value, size_t size)
{
    unsigned char *t = to;

#if defined __x86_64__
    if (size >= 64) {
        __asm__ volatile("rep stosb" : "+D"(t), "+c"(size) : "a"(value) : "memory");
        return to;
    }
#endif
    for (; size > 0; size--) {
        *t++ = (unsigned char)value;
    }
    return to;
}

OWN(void *, memcpy_chk)(void *to, const void *from, size_t size, size_t room)
{
    if (size > room) {
        abort();
    }
    return tkai_own_memcpy(to, from, size);
}

OWN(void *, memset_chk)(void *to, int value, size_t size, size_t room)
{
    if (size > room) {
        abort();
    }
    return tkai_own_memset(to, value, size);
}

OWN(int, memcmp)(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;

    for (; size > 0; size--, x++, y++) {
        if (*x != *y) {
            return *x - *y;
        }
    }
    return 0;
}

OWN(void *, memchr)(const void *in, int value, size_t size)
{
    const char *s = in;

    for (; size > 0; size--, s++) {
        if (*s == (char)value) {
            return writable(s);
        }
    }
    return NULL;
}

OWN(void *, memmem)(const void *in, size_t size, const void *what, size_t length)
{
    const char *s = in;

    for (; size >= length; size--, s++) {
        if (tkai_own_memcmp(s, what, length) == 0) {
            return writable(s);
        }
    }
    return NULL;
}

OWN(size_t, strlen)(const char *s)
{
    size_t length = 0;

    while (s[length] != '\0') {
        length++;
    }
    return length;
}

OWN(int, strncmp)(const char *a, const char *b, size_t size)
{
    for (; size > 0; size--, a++, b++) {
        if (*a != *b || *a == '\0') {
            return (unsigned char)*a - (unsigned char)*b;
        }
    }
    return 0;
}

OWN(int, strcmp)(const char *a, const char *b)
{
    return tkai_own_strncmp(a, b, SIZE_MAX);
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

OWN(int, strcasecmp)(const char *a, const char *b)
{
    while (lower(*a) == lower(*b) && *a != '\0') {
        a++;
        b++;
    }
    return lower(*a) - lower(*b);
}

OWN(char *, strchrnul)(const char *s, int c)
{
    while (*s != '\0' && *s != (char)c) {
        s++;
    }
    return writable(s);
}

OWN(char *, strchr)(const char *s, int c)
{
    char *found = tkai_own_strchrnul(s, c);

    return *found == (char)c ? found : NULL;
}

OWN(char *, strrchr)(const char *s, int c)
{
    const char *found = NULL;

    for (;; s++) {
        if (*s == (char)c) {
            found = s;
        }
        if (*s == '\0') {
            return writable(found);
        }
    }
}

OWN(char *, strstr)(const char *in, const char *what)
{
    return tkai_own_memmem(in, tkai_own_strlen(in), what, tkai_own_strlen(what));
}

OWN(size_t, strspn)(const char *s, const char *set)
{
    size_t length = 0;

    while (s[length] != '\0' && tkai_own_strchr(set, s[length]) != NULL) {
        length++;
    }
    return length;
}

OWN(size_t, strcspn)(const char *s, const char *set)
{
    size_t length = 0;

    while (s[length] != '\0' && tkai_own_strchr(set, s[length]) == NULL) {
        length++;
    }
    return length;
}
