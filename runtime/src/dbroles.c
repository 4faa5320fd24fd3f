#include "dbroles.h"

#include <string.h>

#include "glob.h"

#define ROLE_FIELD 8

/* The next of the roles that begin at *role, one a line; its length, and *role behind it.
 * -1: there is none. */
static int next_role(const char **role, const char *end)
{
    const char *begin = *role;

    if (begin >= end) {
        return -1;
    }
    while (*role < end && **role != '\n') {
        ++*role;
    }
    ++*role;
    return (int)(*role - 1 - begin);
}

int tkai_role_is_lookup(const char *text)
{
    int length, size;
    const char *role = tkai_site_field(text, ROLE_FIELD, &size), *end = role + size;

    for (const char *at = role; (length = next_role(&at, end)) >= 0; role = at) {
        if (length >= 7 && memcmp(role, "lookup:", 7) == 0) {
            return 1;
        }
    }
    return 0;
}

/* kind[:name][;...]: only of a cache a name follows. */
static void bind_role(struct tkai_statement *statement, long long function,
                      const char *role, int length)
{
    int kind = 0, name = length;

    while (kind < length && role[kind] != ':' && role[kind] != ';') {
        kind++;
    }
    if (kind < length && role[kind] == ':') {
        name = kind + 1;
    }
    tkai_db_bind(statement, "inn", function, kind, role, length - name, role + name);
}

static int store_roles(const struct tkai_stored *s, struct tkai_statement *statement,
                       uint32_t index)
{
    int length, size, failed = 0;
    const char *role = tkai_site_field(s->collected->functions[index].text, ROLE_FIELD, &size);
    const char *end = role + size;
    long long function, unused;

    if (size > 0 && tkai_stored_function(s, index, &function) != 0) {
        return -1;
    }
    for (const char *at = role; failed == 0 && (length = next_role(&at, end)) >= 0;
         role = at) {
        if (length >= 8 && memcmp(role, "refused:", 8) == 0) {
            continue; /* it has not got it */
        }
        bind_role(statement, function, role, length);
        failed = tkai_db_step(s->db, statement, &unused);
    }
    return failed;
}

int tkai_roles_store(const struct tkai_stored *s)
{
    struct tkai_statement *statement = tkai_db_prepare(
        s->db, "INSERT OR IGNORE INTO role(function_id,kind,name) VALUES(?,?,?)");
    int failed = statement == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < s->collected->function_count; i++) {
        failed = store_roles(s, statement, i);
    }
    tkai_db_finalize(statement);
    return failed;
}
