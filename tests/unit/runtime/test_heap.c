/* SQLite's allocator: pieces do not overlap, keep their content, are reused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "heap.h"
#include "scratch.h"

#define PIECES 500

static void pieces_keep_their_content(void **state)
{
    static unsigned char *pieces[PIECES];
    static int sizes[PIECES];
    uint64_t random = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        int i = (int)((random = random * 6364136223846793005ull + 1) >> 33) % PIECES;
        int size = 1 + (int)(random >> 40) % (round % 50 == 0 ? 300000 : 3000);

        for (int n = 0; n < sizes[i]; n += 97) {
            assert_int_equal(pieces[i][n], (unsigned char)i);
        }
        if (round % 3 == 0) {
            tkai_heap_give(pieces[i]);
            pieces[i] = tkai_heap_take(size);
        } else {
            pieces[i] = tkai_heap_resize(pieces[i], size);
        }
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        assert_true(tkai_heap_size(pieces[i]) >= size);
        memset(pieces[i], i, (size_t)size);
        sizes[i] = size;
    }
    for (int i = 0; i < PIECES; i++) {
        tkai_heap_give(pieces[i]);
    }
}

static void scratch_is_zeroed_and_fails_once_for_all(void **state)
{
    struct tkai_scratch scratch = {0};
    char *big, *small;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        small = tkai_scratch_take(&scratch, (size_t)i);
        assert_int_equal((uintptr_t)small % 16, 0);
        for (int n = 0; n < i; n++) {
            assert_int_equal(small[n], 0);
        }
        memset(small, 1, (size_t)i);
    }
    big = tkai_scratch_take(&scratch, 10 << 20);
    assert_non_null(big);
    assert_null(tkai_scratch_take(&scratch, SIZE_MAX / 2));
    assert_null(tkai_scratch_take(&scratch, 1));
    assert_true(scratch.failed);
    tkai_scratch_release(&scratch);
    assert_non_null(tkai_scratch_take(&scratch, 1));
    tkai_scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_keep_their_content),
        cmocka_unit_test(scratch_is_zeroed_and_fails_once_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
