/* Three annotated functions, one of them called often. */
#include <stdio.h>
#include <string.h>
#include <tka/tka.h>

#define WORDS 20000

/* Called for every word: counted each time, timed now and then. */
TKA_PROFILE
static unsigned hash(const char *text)
{
    unsigned h = 2166136261u;
    for (; *text; text++) {
        h = (h ^ (unsigned char)*text) * 16777619u;
    }
    return h;
}

TKA_PROFILE
static unsigned count_values(int words)
{
    static unsigned char seen[1 << 16];
    unsigned distinct = 0;

    memset(seen, 0, sizeof seen);
    for (int i = 0; i < words; i++) {
        char word[32];
        snprintf(word, sizeof word, "word-%d", i % 5000);
        unsigned char *slot = &seen[hash(word) & 0xffff];
        distinct += *slot == 0;
        *slot = 1;
    }
    return distinct;
}

int main(void)
{
    unsigned distinct = 0;

    for (int round = 0; round < 10; round++) {
        TKA_BLOCK("round")
        {
            distinct = count_values(WORDS);
        }
    }
    printf("hello: %u hash values\n", distinct);
    return 0;
}
