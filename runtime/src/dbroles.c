#include "dbroles.h"

#include <string.h>

#include "glob.h"

#define ROLE_FIELD 8

int tkai_role_is_lookup(const char *text)
{
    int length;
    const char *role = tkai_site_field(text, ROLE_FIELD, &length);

    return strncmp(role, "lookup:", 7) == 0;
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

int tkai_roles_store(const struct tkai_stored *s)
{
    struct tkai_statement *statement = tkai_db_prepare(
        s->db, "INSERT OR IGNORE INTO role(function_id,kind,name) VALUES(?,?,?)");
    int failed = statement == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < s->collected->function_count; i++) {
        int length;
        const char *role =
            tkai_site_field(s->collected->functions[i].text, ROLE_FIELD, &length);
        long long function, unused;

        if (length == 0) {
            continue;
        }
        failed = tkai_stored_function(s, i, &function);
        if (failed == 0) {
            bind_role(statement, function, role, length);
            failed = tkai_db_step(s->db, statement, &unused);
        }
    }
    tkai_db_finalize(statement);
    return failed;
}
