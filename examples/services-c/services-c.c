/* A server of made-up requests whose parts a container puts together. Two things are wrong
 * with it, which `tka services` finds: the audit, made once, keeps the user of the request
 * that happened to come first; and nobody registered "metrics". */
#include "container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Config {
    int limit;
} Config;

typedef struct Database {
    const Config *config;
    long rows;
} Database;

typedef struct User {
    int id;
} User;

typedef struct Audit {
    Database *database;
    const User *user; /* wrong: lives for one request only */
    long lines;
} Audit;

typedef struct Formatter {
    char text[64];
} Formatter;

static void wait_ms(long ms)
{
    struct timespec time = {0, ms * 1000000};

    nanosleep(&time, NULL);
}

TKA_CONSTRUCTS static void *make_config(Container *container)
{
    Config *config = calloc(1, sizeof *config);

    (void)container;
    wait_ms(2); /* reads a file */
    config->limit = 100;
    return config;
}

TKA_CONSTRUCTS static void *make_database(Container *container)
{
    Database *database = calloc(1, sizeof *database);

    database->config = container_get(container, "config");
    wait_ms(20); /* connects */
    return database;
}

TKA_CONSTRUCTS static void *make_user(Container *container)
{
    static int last;
    Database *database = container_get(container, "database");
    User *user = calloc(1, sizeof *user);

    database->rows++;
    user->id = ++last;
    return user;
}

TKA_CONSTRUCTS static void *make_audit(Container *container)
{
    Audit *audit = calloc(1, sizeof *audit);

    audit->database = container_get(container, "database");
    audit->user = container_get(container, "user");
    return audit;
}

TKA_CONSTRUCTS static void *make_formatter(Container *container)
{
    (void)container;
    return calloc(1, sizeof(Formatter));
}

static void handle(Container *container)
{
    User *user;
    Audit *audit;
    Formatter *formatter, *other;

    container_begin(container);
    user = container_get(container, "user");
    audit = container_get(container, "audit");
    formatter = container_get(container, "formatter");
    other = container_get(container, "formatter");
    snprintf(formatter->text, sizeof formatter->text, "user %d", user->id);
    for (int i = 0; i < 10; i++) {
        audit->lines += (long)strlen(formatter->text);
        user = container_get(container, "user");
    }
    container_get(container, "metrics");
    free(formatter);
    free(other);
    container_end(container);
}

int main(void)
{
    Container *container = container_new();
    Audit *audit;

    container_register(container, "config", KEEP_SINGLETON, make_config);
    container_register(container, "database", KEEP_SINGLETON, make_database);
    container_register(container, "user", KEEP_SCOPED, make_user);
    container_register(container, "audit", KEEP_SINGLETON, make_audit);
    container_register(container, "formatter", KEEP_NOT, make_formatter);
    for (int i = 0; i < 1000; i++) {
        handle(container);
    }
    audit = container_get(container, "audit");
    printf("%ld lines\n", audit->lines);
    container_free(container);
    return 0;
}
