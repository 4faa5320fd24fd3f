/* sqlite ROUNDS: a script of small statements on a database in memory, each prepared,
 * stepped and finalized anew, ROUNDS times. One thread, as SQLITE_THREADSAFE=0. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static sqlite3 *database;

static int print_nothing(void *sum, int columns, char **values, char **names)
{
    (void)names;
    for (int i = 0; i < columns; i++) {
        *(long *)sum += values[i] != NULL ? values[i][0] : 0;
    }
    return 0;
}

static long run(const char *format, int a, int b)
{
    char *message = NULL, *text = sqlite3_mprintf(format, a, b);
    long sum = 0;

    if (sqlite3_exec(database, text, print_nothing, &sum, &message) != SQLITE_OK) {
        fprintf(stderr, "sqlite: %s: %s\n", text, message);
        exit(1);
    }
    sqlite3_free(text);
    return sum;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 10;
    long sum = 0;

    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    if (sqlite3_open(":memory:", &database) != SQLITE_OK) {
        return 1;
    }
    run("CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, age INT, town INT);"
        "CREATE TABLE town(id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX at ON person(town)",
        0, 0);
    for (int i = 0; i < rounds; i++) {
        run("BEGIN; INSERT INTO town(name) VALUES('town %d of %d')", i, i);
        for (int k = 0; k < 25; k++) {
            run("INSERT INTO person(name, age, town) VALUES('person ' || %d, %d %% 90, 1)", k,
                k * 7 + i);
            sum += run("SELECT name, age FROM person WHERE id = %d AND age < %d", k + 1, 200);
        }
        sum += run("SELECT age, count(*), group_concat(name) FROM person WHERE id < %d "
                   "GROUP BY age ORDER BY 2 DESC, %d", 800, 1);
        sum += run("SELECT count(*), sum(age * id), max(name) FROM person WHERE age %% 7 < %d "
                   "AND town > %d", 5, 0);
        sum += run("SELECT p.name, t.name FROM person p JOIN town t ON t.id = p.town "
                   "WHERE p.id BETWEEN %d AND %d ORDER BY p.name", i * 50, i * 50 + 300);
        run("UPDATE person SET town = %d WHERE id %% 50 = %d", i + 1, i % 50);
        run("COMMIT", 0, 0);
    }
    sqlite3_close(database);
    printf("%ld\n", sum);
    return 0;
}
