/* installation - is everything there that TKA needs on this machine?
 */
#ifndef TKA_INSTALLATION_H
#define TKA_INSTALLATION_H

#include <stddef.h>

#include "database.h"
#include "location.h"

typedef enum CheckState { CHECK_OK, CHECK_WARN, CHECK_BAD } CheckState;

typedef struct Check {
    CheckState state;
    const char *title; /* static */
    char *text;
} Check;

typedef struct CheckList {
    Check *items;
    size_t count, capacity;
    size_t bad;
} CheckList;

void check_add(CheckList *list, CheckState state, const char *title, const char *format,
               ...) __attribute__((format(printf, 4, 5)));
void check_list_release(CheckList *list);

/* Programs and libraries: tka-cc, libclang, the runtime. */
void installation_check(CheckList *list);

/* Folder, live files and database at a location. database: NULL with the reason
 * when it could not be opened. */
void installation_check_data(CheckList *list, const Location *location,
                             Database *database, const char *reason);

#endif
