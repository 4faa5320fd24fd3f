/* What the C library keeps, or hands out for the program to give back. Where a label has
 * no bytes, they are the C library's own matter. */
#define _GNU_SOURCE
#include "../leak.h"

#include <dirent.h>
#include <locale.h>
#include <pwd.h>
#include <regex.h>
#include <search.h>

/* CLEAN setenv_kept */
static void setenv_kept(void)
{
    for (int i = 0; i < 100; i++) {
        char name[16];

        snprintf(name, sizeof name, "LEAK_%d", i);
        setenv(name, "some value", 1);
    }
    setenv("LEAK_5", "a longer value than the one before", 1);
    unsetenv("LEAK_7");
}

static const char variable[] = "LEAK_PUT=put";

/* The environment itself is the one that points to the string. memcheck has the C library
 * free the environment's array before it looks (--run-libc-freeres): a false alarm. */
/* CLEAN putenv_kept differs=memcheck */
static void putenv_kept(void)
{
    char *text = (char *)leak_block(40);

    strcpy(text, variable);
    leak_need(putenv(text) == 0, "putenv failed");
}

/* LEAK putenv_removed definite=1 bytes=40 */
static void putenv_removed(void)
{
    putenv_kept();
    unsetenv("LEAK_PUT");
}

/* LEAK putenv_replaced definite=1 bytes=40 */
static void putenv_replaced(void)
{
    static char other[] = "LEAK_PUT=other";

    putenv_kept();
    putenv(other);
}

/* The C library has a list of its streams. */
/* CLEAN stream_left_open */
static void stream_left_open(void)
{
    FILE *file = fopen("/dev/null", "w");

    leak_need(file != NULL, "fopen failed");
    fputs("hello", file);
}

/* CLEAN stream_closed */
static void stream_closed(void)
{
    FILE *file = fopen("/dev/null", "w");

    leak_need(file != NULL, "fopen failed");
    fputs("hello", file);
    fclose(file);
}

/* The stream has its buffer from the program. memcheck: see putenv_kept. */
/* CLEAN buffer_of_stream differs=memcheck */
static void buffer_of_stream(void)
{
    setvbuf(stdout, (char *)leak_block(8192), _IOFBF, 8192);
    puts("hello");
    fflush(stdout);
}

/* LEAK buffer_of_closed_stream definite=1 bytes=4096 */
static void buffer_of_closed_stream(void)
{
    FILE *file = fopen("/dev/null", "w");

    leak_need(file != NULL, "fopen failed");
    setvbuf(file, (char *)leak_block(4096), _IOFBF, 4096);
    fputs("hello", file);
    fclose(file);
}

/* CLEAN output_buffered */
static void output_buffered(void)
{
    for (int i = 0; i < 1000; i++) {
        printf("%d\n", i);
    }
}

/* LEAK directory_not_closed definite=1 */
static void directory_not_closed(void)
{
    DIR *directory = opendir("/");

    leak_need(directory && readdir(directory), "opendir failed");
}

/* CLEAN directory_closed */
static void directory_closed(void)
{
    DIR *directory = opendir("/");

    leak_need(directory && readdir(directory), "opendir failed");
    closedir(directory);
}

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* CLEAN scandir_freed */
static void scandir_freed(void)
{
    struct dirent **entries;
    int count = scandir("/", &entries, no_dots, alphasort);

    leak_need(count > 0, "scandir failed");
    while (count > 0) {
        free(entries[--count]);
    }
    free(entries);
}

static int only_proc(const struct dirent *entry)
{
    return strcmp(entry->d_name, "proc") == 0;
}

/* The array is freed, the entry in it is not. */
/* LEAK scandir_entry definite=1 */
static void scandir_entry(void)
{
    struct dirent **entries;

    leak_need(scandir("/", &entries, only_proc, NULL) == 1, "scandir failed");
    free(entries);
}

/* CLEAN locales */
static void locales(void)
{
    locale_t one;

    setlocale(LC_ALL, "C.UTF-8");
    one = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    if (one) {
        uselocale(one);
        uselocale(LC_GLOBAL_LOCALE);
        freelocale(one);
    }
    setlocale(LC_ALL, "C");
}

static int compare(const void *left, const void *right)
{
    long a = *(const long *)left, b = *(const long *)right;

    return (a > b) - (a < b);
}

/* qsort takes memory from malloc for big arrays. */
/* CLEAN big_sort */
static void big_sort(void)
{
    long *numbers = (long *)leak_block(200000 * sizeof *numbers);

    for (int i = 0; i < 200000; i++) {
        numbers[i] = (i * 7919L) % 200000;
    }
    qsort(numbers, 200000, sizeof *numbers, compare);
    leak_need(numbers[5] == 5, "not sorted");
    free(numbers);
}

static void *search_root;

LEAK_NOINLINE static void grow_search_tree(int count)
{
    for (int i = 0; i < count; i++) {
        long *number = (long *)leak_block(sizeof *number);

        *number = i;
        tsearch(number, &search_root, compare);
    }
    LEAK_ESCAPE(&search_root);
}

/* glibc marks red nodes in the lowest bit of their children's pointers. */
/* CLEAN search_tree_kept reachable=100 */
static void search_tree_kept(void)
{
    grow_search_tree(50);
}

/* LEAK search_tree_lost definite=1 indirect=99 */
static void search_tree_lost(void)
{
    grow_search_tree(50);
    search_root = NULL;
    LEAK_ESCAPE(&search_root);
}

/* CLEAN search_tree_destroyed */
static void search_tree_destroyed(void)
{
    grow_search_tree(50);
    tdestroy(search_root, free);
    search_root = NULL;
    LEAK_ESCAPE(&search_root);
}

/* CLEAN hash_table_destroyed */
static void hash_table_destroyed(void)
{
    ENTRY entry = {(char *)(size_t)variable, NULL};

    leak_need(hcreate(100) != 0, "hcreate failed");
    leak_need(hsearch(entry, ENTER) != NULL, "hsearch failed");
    hdestroy();
}

/* CLEAN expression_freed */
static void expression_freed(void)
{
    regex_t expression;

    leak_need(regcomp(&expression, "a(b|c)*[d-f]+", REG_EXTENDED) == 0, "regcomp failed");
    leak_need(regexec(&expression, "xabcbcdef", 0, NULL, 0) == 0, "regexec failed");
    regfree(&expression);
}

/* CLEAN expression_static */
static void expression_static(void)
{
    static regex_t expression;

    LEAK_ESCAPE(&expression);
    leak_need(regcomp(&expression, "a(b|c)*[d-f]+", REG_EXTENDED) == 0, "regcomp failed");
    leak_need(regexec(&expression, "xabcbcdef", 0, NULL, 0) == 0, "regexec failed");
}

/* CLEAN users */
static void users(void)
{
    leak_need(getpwuid(0) != NULL, "getpwuid failed");
    endpwent();
}

LEAK_MAIN(SCENE(setenv_kept), SCENE(putenv_kept), SCENE(putenv_removed),
          SCENE(putenv_replaced), SCENE(stream_left_open), SCENE(stream_closed),
          SCENE(buffer_of_stream), SCENE(buffer_of_closed_stream), SCENE(output_buffered),
          SCENE(directory_not_closed), SCENE(directory_closed), SCENE(scandir_freed),
          SCENE(scandir_entry), SCENE(locales), SCENE(big_sort), SCENE(search_tree_kept),
          SCENE(search_tree_lost), SCENE(search_tree_destroyed),
          SCENE(hash_table_destroyed), SCENE(expression_freed), SCENE(expression_static),
          SCENE(users))
