# Other allocators: linked, preloaded, or the program's own malloc or operator new. The
# program does what it does without the hooks.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >mixed.cpp <<'C'
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>
#include <tka/tka.h>

TKA_PROFILE static unsigned long mixed(int n)
{
    std::vector<std::string> list;
    unsigned long sum = 0;
    for (int i = 0; i < n; i++) {
        list.push_back(std::string(100, char('a' + i % 26)));
        char *copy = strdup(list.back().c_str());
        copy = (char *)std::realloc(copy, 500);
        sum += std::strlen(copy);
        std::free(copy);
    }
    return sum;
}

int main()
{
    std::thread other([] { mixed(1000); });
    std::printf("%lu\n", mixed(1000));
    other.join();
    return 0;
}
C
compile mixed.cpp -pthread

cat >own_malloc.c <<'C'
/* A program with a malloc of its own, which C++ and the C library's functions use. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tka/tka.h>

static char arena[1 << 22] __attribute__((aligned(16)));
static size_t used;

void *malloc(size_t size)
{
    char *block = arena + used + 16;

    size = (size + 31) & ~(size_t)15;
    if (size > sizeof arena - used) {
        return NULL;
    }
    memcpy(block - 16, &size, sizeof size);
    used += size + 16;
    return block;
}

void free(void *block)
{
    if (block != NULL && ((char *)block < arena || (char *)block >= arena + sizeof arena)) {
        abort();
    }
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size);
}

void *realloc(void *old, size_t size)
{
    void *block = malloc(size);

    if (old != NULL && block != NULL) {
        memcpy(block, old, size);
    }
    return block;
}

TKA_PROFILE static char *work(void)
{
    char *text = strdup("text");

    free(malloc(100));
    return text;
}

int main(void)
{
    puts(work());
    return 0;
}
C
compile own_malloc.c

cat >own_new.cpp <<'C'
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <tka/tka.h>

static int news, deletes;

void *operator new(std::size_t size)
{
    news++;
    char *block = (char *)std::malloc(size + 16);
    return block + 16;
}

void operator delete(void *block) noexcept
{
    deletes += block != nullptr;
    if (block != nullptr) {
        std::free((char *)block - 16);
    }
}

void operator delete(void *block, std::size_t) noexcept
{
    operator delete(block);
}

TKA_PROFILE static void work()
{
    for (int i = 0; i < 100; i++) {
        std::string text(100 + i, 'x');
        delete new int(i);
    }
}

int main()
{
    work();
    std::printf("%d %d\n", news, deletes);
    return 0;
}
C
compile own_new.cpp

for program in mixed own_malloc own_new; do
    timeout 40 ./$program >expected || fail "$program fails without hooks"
    for mode in false sampled exact; do
        fresh
        hooked $mode ./$program >truth || fail "$program fails, $mode: status $?"
        cmp expected truth || fail "$program writes something else, $mode"
    done
done
fold
mixed=$(timeout 40 ./mixed)
expect "own operator new" 200 "$(figure allocations 'work*')"

for library in libjemalloc.so.2 libtcmalloc_minimal.so.4 libmimalloc.so.2.0 libtcmalloc.so.4; do
    path=$(ls /usr/lib/*/"$library" 2>/dev/null | head -n 1)
    [ -n "$path" ] || continue
    for mode in false sampled exact; do
        for order in before behind linked; do
            fresh
            case $order in
            before) LD_PRELOAD="$path $hooks" TKA_MONITORING_MEMORY_TRACKING=$mode timeout 40 ./mixed >truth ;;
            behind) preload=$path hooked $mode ./mixed >truth ;;
            linked)
                [ -e mixed.$library ] || "$TKA_CC" "$CXX" -O2 -fno-builtin -w mixed.cpp -o mixed.$library "$path" -pthread || fail link
                hooked $mode ./mixed.$library >truth ;;
            esac
            expect "status with $library, $order, $mode" 0 $?

            expect "output with $library, $order, $mode" "$mixed" "$(cat truth)"
            [ $mode != false ] && [ $order != before ] || continue
            fold
            [ "$(figure allocations 'mixed*')" -ge 6022 ] || fail "$library, $order, $mode: $(figure allocations 'mixed*') noted"
            [ $mode != exact ] || expect "left, $library, $order" 0 "$(figure tracked-freed 'mixed*')"
        done
    done
done
