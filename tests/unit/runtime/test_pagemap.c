#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "os.h"
#include "pagemap.h"

enum way { AS_OPENED, BY_PAGES, NOT_TOLD };

static void open_so(struct tkai_pagemap *pages, enum way way)
{
    tkai_pagemap_open(pages);
    if (way != AS_OPENED) {
        pages->tells_runs = 0;
    }
    if (way == NOT_TOLD) {
        tkai_pagemap_close(pages);
    }
}

/* Page i of 300 holds something if i % 7 < 3 or it is among the last 100. */
static void check(enum way way)
{
    const size_t page = 4096, count = 300;
    char *memory = tkai_os_sparse(count * page);
    uintptr_t begin = (uintptr_t)memory, end = begin + count * page - 100;
    static int told[300];
    struct tkai_pagemap pages;

    assert_non_null(memory);
    for (size_t i = 0; i < count; i++) {
        told[i] = 0;
        if (i % 7 < 3 || i >= 200) {
            memory[i * page] = 1;
        }
    }
    open_so(&pages, way);
    for (uintptr_t low = begin + 8, high; tkai_pagemap_next(&pages, &low, &high, end);
         low = high) {
        assert_true(low >= begin + 8 && low < high && high <= end);
        for (uintptr_t at = low; at < high; at++) {
            told[(at - begin) / page]++;
        }
    }
    tkai_pagemap_close(&pages);
    for (size_t i = 0; i < count; i++) {
        int whole = i == 0 ? 4088 : i == 299 ? 3996 : 4096;

        assert_int_equal(told[i], way == NOT_TOLD || i % 7 < 3 || i >= 200 ? whole : 0);
    }
    tkai_os_memory_free(memory, count * page);
}

static void pages_in_use_are_told(void **state)
{
    (void)state;
    check(AS_OPENED);
}

static void older_kernels_tell_by_page(void **state)
{
    (void)state;
    check(BY_PAGES);
}

static void without_a_map_all_pages_are(void **state)
{
    (void)state;
    check(NOT_TOLD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_in_use_are_told),
        cmocka_unit_test(older_kernels_tell_by_page),
        cmocka_unit_test(without_a_map_all_pages_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
