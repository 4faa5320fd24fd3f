/* The runtime's own memory and string functions against the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <strings.h>

void *tkai_own_memcpy(void *to, const void *from, size_t size);
void *tkai_own_memmove(void *to, const void *from, size_t size);
void *tkai_own_memset(void *to, int value, size_t size);
int tkai_own_memcmp(const void *a, const void *b, size_t size);
void *tkai_own_memchr(const void *in, int value, size_t size);
size_t tkai_own_strlen(const char *s);
int tkai_own_strcmp(const char *a, const char *b);
int tkai_own_strncmp(const char *a, const char *b, size_t size);
int tkai_own_strcasecmp(const char *a, const char *b);
char *tkai_own_strchr(const char *s, int c);
char *tkai_own_strrchr(const char *s, int c);
char *tkai_own_strstr(const char *in, const char *what);
size_t tkai_own_strspn(const char *s, const char *set);
size_t tkai_own_strcspn(const char *s, const char *set);

#define SIZE 700

static uint32_t state = 1;

static uint32_t next_random(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)(state >> 8) * below) >> 24);
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void memory_functions_do_as_the_library_s(void **unused)
{
    static unsigned char a[SIZE], b[SIZE];

    (void)unused;
    for (int round = 0; round < 20000; round++) {
        size_t to = next_random(SIZE / 2), from = next_random(SIZE / 2);
        size_t size = next_random(SIZE / 2);

        for (int i = 0; i < 8; i++) {
            a[next_random(SIZE)] = (unsigned char)next_random(256);
        }
        memcpy(b, a, SIZE);
        tkai_own_memmove(a + to, a + from, size);
        memmove(b + to, b + from, size);
        assert_memory_equal(a, b, SIZE);
        tkai_own_memset(a + to, (int)size, size / 2);
        memset(b + to, (int)size, size / 2);
        assert_memory_equal(a, b, SIZE);
        tkai_own_memcpy(a, b + SIZE / 2, size);
        assert_memory_equal(a, b + SIZE / 2, size);
        assert_int_equal(sign(tkai_own_memcmp(a, b, SIZE)), sign(memcmp(a, b, SIZE)));
        assert_ptr_equal(tkai_own_memchr(a, (int)size & 255, SIZE), memchr(a, (int)size & 255, SIZE));
    }
}

static void string_functions_do_as_the_library_s(void **unused)
{
    (void)unused;
    for (int round = 0; round < 50000; round++) {
        char s[20], t[8];
        size_t length = next_random(sizeof s), short_length = next_random(sizeof t);

        for (size_t i = 0; i < sizeof s; i++) {
            s[i] = i < length ? "abAB\xc3"[next_random(5)] : '\0';
        }
        s[sizeof s - 1] = '\0';
        for (size_t i = 0; i < sizeof t; i++) {
            t[i] = i < short_length ? "abAB\xc3"[next_random(5)] : '\0';
        }
        t[sizeof t - 1] = '\0';
        assert_int_equal(tkai_own_strlen(s), strlen(s));
        assert_int_equal(sign(tkai_own_strcmp(s, t)), sign(strcmp(s, t)));
        assert_int_equal(sign(tkai_own_strncmp(s, t, 3)), sign(strncmp(s, t, 3)));
        assert_int_equal(sign(tkai_own_strcasecmp(s, t)), sign(strcasecmp(s, t)));
        assert_ptr_equal(tkai_own_strchr(s, 'b'), strchr(s, 'b'));
        assert_ptr_equal(tkai_own_strchr(s, 0), strchr(s, 0));
        assert_ptr_equal(tkai_own_strrchr(s, 'A'), strrchr(s, 'A'));
        assert_ptr_equal(tkai_own_strstr(s, t), strstr(s, t));
        assert_int_equal(tkai_own_strspn(s, t), strspn(s, t));
        assert_int_equal(tkai_own_strcspn(s, t), strcspn(s, t));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_functions_do_as_the_library_s),
        cmocka_unit_test(string_functions_do_as_the_library_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
