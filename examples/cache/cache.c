/* Three caches: one of pages that saves time; one of records that is read round and round
 * and is a little too small for that; one of squares that takes longer than squaring. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tka/tka.h>

#define REQUESTS 60000

/* What was used last comes first in the ring of its entries; the last one goes when there
 * is no room. */
typedef struct Entry {
    unsigned key, value;
    struct Entry *next, *before;
} Entry;

typedef struct Cache {
    Entry head;
    Entry *by_key[4096];            /* keys are small */
    unsigned count, most;
} Cache;

typedef struct Tally {
    const char *name;
    unsigned requests, hits;
} Tally;

static void init(Cache *cache, unsigned most)
{
    memset(cache, 0, sizeof *cache);
    cache->head.next = cache->head.before = &cache->head;
    cache->most = most;
}

static void unlink_entry(Entry *entry)
{
    entry->before->next = entry->next;
    entry->next->before = entry->before;
}

static void link_first(Cache *cache, Entry *entry)
{
    entry->next = cache->head.next;
    entry->before = &cache->head;
    entry->next->before = entry;
    cache->head.next = entry;
}

static Entry *find(Cache *cache, unsigned key)
{
    Entry *entry = cache->by_key[key];

    if (entry != NULL) {
        unlink_entry(entry);
        link_first(cache, entry);
    }
    return entry;
}

static Entry *new_entry(Cache *cache)
{
    Entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL) {
        exit(1);
    }
    cache->count++;
    return entry;
}

static Entry *take_oldest(Cache *cache)
{
    Entry *oldest = cache->head.before;

    unlink_entry(oldest);
    cache->by_key[oldest->key] = NULL;
    return oldest;
}

static void insert(Cache *cache, Entry *entry, unsigned key, unsigned value)
{
    entry->key = key;
    entry->value = value;
    cache->by_key[key] = entry;
    link_first(cache, entry);
}

static unsigned work(unsigned value, unsigned steps)
{
    while (steps-- > 0) {
        value = value * 1664525u + 1013904223u;
    }
    return value;
}

/* --- pages ----------------------------------------------------------------- */

static Cache pages;

TKA_CACHE("pages") static Entry *find_page(TKA_CACHE_KEY unsigned number)
{
    return find(&pages, number);
}

TKA_CACHE_LOAD("pages") static unsigned read_page(unsigned number)
{
    return work(number, 3000);
}

TKA_CACHE_EVICT("pages") static Entry *drop_page(void)
{
    return take_oldest(&pages);
}

TKA_CACHE_PUT("pages") static void put_page(unsigned number, unsigned content)
{
    insert(&pages, pages.count < pages.most ? new_entry(&pages) : drop_page(), number,
           content);
}

/* Low numbers are asked for far more often: half of the requests are for the first 128. */
static unsigned ask_for_page(unsigned random, Tally *tally)
{
    unsigned part = random % 2048, number = (part * part >> 11) * (part * part >> 11) >> 11;
    Entry *page = find_page(number);
    unsigned content;

    tally->requests++;
    if (page != NULL) {
        tally->hits++;
        return page->value;
    }
    content = read_page(number);
    put_page(number, content);
    return content;
}

/* --- records --------------------------------------------------------------- */

static Cache records;

TKA_CACHE("records") static Entry *find_record(TKA_CACHE_KEY unsigned number)
{
    return find(&records, number);
}

TKA_CACHE_LOAD("records") static unsigned read_record(unsigned number)
{
    return work(number, 1000);
}

TKA_CACHE_EVICT("records") static Entry *drop_record(void)
{
    return take_oldest(&records);
}

TKA_CACHE_PUT("records") static void put_record(unsigned number, unsigned content)
{
    insert(&records, records.count < records.most ? new_entry(&records) : drop_record(),
           number, content);
}

/* All 400 of them, again and again; 300 fit in. */
static unsigned ask_for_record(unsigned request, Tally *tally)
{
    unsigned number = request % 400, content;
    Entry *record = find_record(number);

    tally->requests++;
    if (record != NULL) {
        tally->hits++;
        return record->value;
    }
    content = read_record(number);
    put_record(number, content);
    return content;
}

/* --- squares --------------------------------------------------------------- */

static struct {
    unsigned number, square;
} squares[64];

/* A list, gone through from its start. It returns the square through a pointer, and whether
 * it was there. */
TKA_CACHE("squares") static int find_square(TKA_CACHE_KEY unsigned number, unsigned *square)
{
    for (int i = 0; i < 64; i++) {
        if (squares[i].number == number) {
            *square = squares[i].square;
            TKA_CACHE_HIT();
            return 1;
        }
    }
    TKA_CACHE_MISS();
    return 0;
}

TKA_CACHE_LOAD("squares") static unsigned make_square(unsigned number)
{
    return number * number;
}

static unsigned ask_for_square(unsigned request, Tally *tally)
{
    unsigned number = request % 80 + 1, square;

    tally->requests++;
    if (find_square(number, &square)) {
        tally->hits++;
        return square;
    }
    square = make_square(number);
    if (number <= 64) {
        squares[64 - number].number = number;
        squares[64 - number].square = square;
    }
    return square;
}

int main(void)
{
    Tally tally[] = {{"pages", 0, 0}, {"records", 0, 0}, {"squares", 0, 0}};
    unsigned random = 1, sum = 0;

    init(&pages, 1000);
    init(&records, 300);
    for (unsigned i = 0; i < REQUESTS; i++) {
        random = random * 1664525u + 1013904223u;
        sum += ask_for_page(random >> 8, &tally[0]);
        sum += ask_for_record(i, &tally[1]);
        sum += ask_for_square(i, &tally[2]);
    }
    for (int i = 0; i < 3; i++) {
        printf("%s: %u of %u\n", tally[i].name, tally[i].hits, tally[i].requests);
    }
    printf("sum %u\n", sum);
    return 0;
}
