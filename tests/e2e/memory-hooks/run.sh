# Each function that allocates is counted as the program itself counts: calls, bytes,
# frees, in both modes; results and errno are as without the hooks.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >calls.c <<'C'
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <tka/tka.h>

static void *kept[4096];

static void fail_at(int line)
{
    fprintf(stderr, "calls.c:%d: errno %d\n", line, errno);
    _exit(1);
}

#define SAY(function, expression, value) printf("%s %s %ld\n", function, expression, (long)(value))

TKA_PROFILE static void use_malloc(void)
{
    long bytes = 0;

    for (int i = 0; i < 1000; i++) {
        kept[i] = malloc((size_t)i);
        bytes += i;
    }
    for (int i = 0; i < 1000; i++) {
        free(kept[i]);
    }
    free(NULL);
    SAY("use_malloc", "allocations", 1000);
    SAY("use_malloc", "bytes", bytes);
}

TKA_PROFILE static void use_calloc(void)
{
    for (int i = 0; i < 500; i++) {
        char *block = calloc(7, (size_t)i);

        for (int k = 0; k < 7 * i; k++) {
            if (block[k] != 0) {
                fail_at(__LINE__);
            }
        }
        kept[i] = block;
    }
    for (int i = 0; i < 500; i++) {
        free(kept[i]);
    }
    SAY("use_calloc", "allocations", 500);
    SAY("use_calloc", "bytes", 7 * 499 * 500 / 2);
}

TKA_PROFILE static void use_temporary(void)
{
    for (int i = 0; i < 300; i++) {
        free(malloc(10));
    }
    SAY("use_temporary", "temporary", 300);
    SAY("use_temporary", "allocations", 300);
}

TKA_PROFILE static void use_realloc(void)
{
    char *block = NULL;

    for (size_t size = 10; size <= 1000; size += 10) {
        block = realloc(block, size);
        block[size - 1] = 1;
    }
    free(block);
    SAY("use_realloc", "allocations", 100);
    SAY("use_realloc", "resized", 99);
    SAY("use_realloc", "ladders", 1);
    SAY("use_realloc", "bytes", 10 * 100 * 101 / 2);
}

TKA_PROFILE static void use_reallocarray(void)
{
    int *block = NULL;

    for (size_t n = 1; n <= 50; n++) {
        block = reallocarray(block, n, sizeof *block);
        block[n - 1] = (int)n;
    }
    for (int n = 1; n <= 50; n++) {
        if (block[n - 1] != n) {
            fail_at(__LINE__);
        }
    }
    free(block);
    SAY("use_reallocarray", "allocations", 50);
    SAY("use_reallocarray", "bytes", 4 * 50 * 51 / 2);
}

static void check_aligned(void *block, size_t alignment)
{
    if ((uintptr_t)block % alignment != 0) {
        fail_at(__LINE__);
    }
    memset(block, 1, 100);
    free(block);
}

TKA_PROFILE static void use_aligned(void)
{
    void *block;

    for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
        if (posix_memalign(&block, alignment, 100) != 0) {
            fail_at(__LINE__);
        }
        check_aligned(block, alignment);
        check_aligned(aligned_alloc(alignment, 100), alignment);
        check_aligned(memalign(alignment, 100), alignment);
    }
    check_aligned(valloc(100), 4096);
    check_aligned(pvalloc(100), 4096);
    SAY("use_aligned", "allocations", 3 * 14 + 2);
    SAY("use_aligned", "bytes", 100 * (3 * 14 + 2));
}

TKA_PROFILE static void use_strings(void)
{
    char *line = NULL, *text;
    size_t size = 0;
    FILE *file = fmemopen((void *)"first\nsecond\n", 13, "r");

    for (int i = 0; i < 100; i++) {
        text = strdup("0123456789");
        if (strcmp(text, "0123456789") != 0) {
            fail_at(__LINE__);
        }
        free(text);
        free(strndup("0123456789", 4));
    }
    if (getline(&line, &size, file) != 6 || strcmp(line, "first\n") != 0) {
        fail_at(__LINE__);
    }
    free(line);
    fclose(file);
}

TKA_PROFILE static void use_asprintf(void)
{
    char *text;

    for (int i = 0; i < 20; i++) {
        if (asprintf(&text, "%d %s", i, "text") < 0) {
            fail_at(__LINE__);
        }
        free(text);
    }
}

TKA_PROFILE static void keep_some(void)
{
    for (int i = 0; i < 64; i++) {
        kept[i] = malloc(1000);
    }
    SAY("keep_some", "allocations", 64);
}

TKA_PROFILE static void map_some(void)
{
    char *memory = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    memory[65535] = 1;
    memory = mremap(memory, 1 << 16, 1 << 17, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED || memory[65535] != 1 || munmap(memory, 1 << 17) != 0) {
        fail_at(__LINE__);
    }
    if (mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED || errno != EINVAL ||
        munmap((void *)1, 1) != -1 || errno != EINVAL) {
        fail_at(__LINE__);
    }
    SAY("map_some", "mapped", 1);
    SAY("map_some", "mapped_bytes", 1 << 16);
}

int main(void)
{
    static char buffer[65536];

    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    fflush(stdout);
    errno = 77;
    use_malloc();
    use_calloc();
    use_temporary();
    use_realloc();
    use_reallocarray();
    use_aligned();
    keep_some();
    if (errno != 77) {
        fprintf(stderr, "errno %d\n", errno);
        return 1;
    }
    use_strings();
    use_asprintf();
    map_some();
    return 0;
}
C
compile calls.c

cat >forms.cpp <<'C'
#include <cstdio>
#include <cstdlib>
#include <new>
#include <tka/tka.h>

struct alignas(128) Wide {
    char bytes[256];
};
static void *volatile kept;

TKA_PROFILE static void plain_forms()
{
    for (int i = 0; i < 100; i++) {
        int *one = new int(7), *many = new int[10];
        kept = one;
        delete one;
        kept = many;
        delete[] many;
    }
    std::printf("plain_forms* allocations 200\nplain_forms* bytes %d\n", 100 * (4 + 40));
}

TKA_PROFILE static void nothrow_forms()
{
    for (int i = 0; i < 100; i++) {
        void *one = operator new(24, std::nothrow), *many = operator new[](48, std::nothrow);
        kept = one;
        operator delete(one, std::nothrow);
        kept = many;
        operator delete[](many, std::nothrow);
    }
    std::printf("nothrow_forms* allocations 200\nnothrow_forms* bytes %d\n", 100 * (24 + 48));
}

TKA_PROFILE static void aligned_forms()
{
    for (int i = 0; i < 100; i++) {
        Wide *one = new Wide, *many = new Wide[2];
        if (((unsigned long)one | (unsigned long)many) % 128 != 0) {
            std::abort();
        }
        kept = one;
        delete one;
        kept = many;
        delete[] many;
        operator delete(operator new(256, std::align_val_t(64), std::nothrow), std::align_val_t(64),
                        std::nothrow);
        operator delete[](operator new[](256, std::align_val_t(64), std::nothrow), std::align_val_t(64),
                          std::nothrow);
    }
    std::printf("aligned_forms* allocations 400\n");
}

TKA_PROFILE static void sized_forms()
{
    for (int i = 0; i < 50; i++) {
        operator delete(operator new(40), 40);
        operator delete[](operator new[](40), 40);
        operator delete(operator new(128, std::align_val_t(64)), 128, std::align_val_t(64));
        operator delete[](operator new[](128, std::align_val_t(64)), 128, std::align_val_t(64));
    }
    std::printf("sized_forms* allocations 200\nsized_forms* temporary 200\n");
}

TKA_PROFILE static void failing_forms()
{
    volatile std::size_t huge = ~std::size_t(0) / 2;
    int caught = 0;
    for (int i = 0; i < 10; i++) {
        try {
            kept = operator new(huge);
        } catch (const std::bad_alloc &) {
            caught++;
        }
        try {
            kept = operator new[](huge, std::align_val_t(64));
        } catch (const std::bad_alloc &) {
            caught++;
        }
        if (operator new(huge, std::nothrow) != nullptr) {
            std::abort();
        }
    }
    if (caught != 20) {
        std::abort();
    }
    std::printf("failing_forms* 0 0\n");
}

static int handled;
static void handler()
{
    if (++handled == 3) {
        std::set_new_handler(nullptr);
    }
}

TKA_PROFILE static void handled_forms()
{
    volatile std::size_t huge = ~std::size_t(0) / 2;
    std::set_new_handler(handler);
    try {
        kept = operator new(huge);
    } catch (const std::bad_alloc &) {
        handled += 100;
    }
    if (handled != 103) {
        std::abort();
    }
}

int main()
{
    static char buffer[4096];

    std::setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    plain_forms();
    nothrow_forms();
    aligned_forms();
    sized_forms();
    failing_forms();
    handled_forms();
    return 0;
}
C
compile forms.cpp -std=c++17 -fsized-deallocation

for mode in sampled exact; do
    for program in calls forms; do
        fresh
        hooked $mode "./$program" >truth || fail "$program fails, $mode"
        fold || fail "does not fold"
        expect_told truth
        expect_nothing_lost
        if [ $program = calls ]; then
            # the C library's own callers: at least what the program saw
            [ "$(figure allocations use_strings)" -ge 201 ] || fail "strdup and getline: $(figure allocations use_strings)"
            [ "$(figure allocations use_asprintf)" -ge 20 ] || fail "asprintf: $(figure allocations use_asprintf)"
        fi
        [ $mode = exact ] || continue
        expect "$program: freed of tracked" "$([ $program = forms ] || echo 64)" \
            "$(query "SELECT nullif(sum(tracked - freed), 0) FROM memory_measurement m
                JOIN allocation a ON a.id = allocation_id WHERE callpath_id != 0 AND bytes > 0
                AND callpath_id IN (SELECT c.id FROM callpath c JOIN function f ON f.id = function_id
                                    WHERE f.name NOT GLOB 'use_strings')")"
    done
done

fresh
hooked false ./calls >/dev/null || fail "calls fails, off"
fold
expect "rows with tracking off" 0 "$(query 'SELECT count(*) FROM memory_measurement')"
