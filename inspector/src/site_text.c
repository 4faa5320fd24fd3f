#define _POSIX_C_SOURCE 200809L
#include "site_text.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"

enum { VERSION, KIND, NAME, FUNCTION, FILE_NAME, LINE, SIZE, REASON, FIELDS };

#define TEXT_VERSION "1"

/* Cut a text at its tabs, in place. */
static bool split(char *text, char *fields[FIELDS])
{
    for (size_t i = 0; i < FIELDS; i++) {
        char *tab = strchr(text, '\t');

        fields[i] = text;
        if (i + 1 == FIELDS) {
            if (tab) {
                *tab = '\0'; /* of those behind it, a function's roles, nothing is needed */
            }
            return true;
        }
        if (!tab) {
            return false;
        }
        *tab = '\0';
        text = tab + 1;
    }
    return true;
}

static bool visit_text(char *text, SiteVisitor *visit, void *context)
{
    char *fields[FIELDS];
    SiteText site;

    if (!split(text, fields) || strcmp(fields[VERSION], TEXT_VERSION) != 0 ||
        strlen(fields[KIND]) != 1 || !strchr("fcbs", fields[KIND][0])) {
        return false;
    }
    site = (SiteText){.kind = fields[KIND][0],
                      .name = fields[NAME],
                      .function = fields[FUNCTION],
                      .file = fields[FILE_NAME],
                      .line = strtol(fields[LINE], NULL, 10),
                      .size = strtol(fields[SIZE], NULL, 10),
                      .reason = fields[REASON]};
    visit(context, &site);
    return true;
}

SiteCount site_texts(const uint8_t *section, size_t size, SiteVisitor *visit,
                     void *context)
{
    SiteCount count = {0, 0};
    size_t at = 0;

    while (at < size) {
        size_t length = strnlen((const char *)section + at, size - at);

        if (length) {
            char *text = allocate_zeroed(length + 1, 1);
            bool known;

            memcpy(text, section + at, length);
            known = at + length < size && visit_text(text, visit, context);
            count.read += known;
            count.unknown += !known;
            free(text);
        }
        at += length + 1;
    }
    return count;
}
