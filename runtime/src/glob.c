#include "glob.h"

#include <string.h>

/* Goes back to the last star only: linear but for that one's length. */
int tkai_glob_matches(const char *glob, const char *text, size_t length)
{
    const char *end = text + length, *star = NULL, *resume = NULL;

    while (text < end) {
        if (*glob == '*') {
            star = ++glob;
            resume = text;
        } else if (*glob == '?' || (*glob != '\0' && *glob == *text)) {
            glob++;
            text++;
        } else if (star != NULL) {
            glob = star;
            text = ++resume;
        } else {
            return 0;
        }
    }
    while (*glob == '*') {
        glob++;
    }
    return *glob == '\0';
}

const char *tkai_site_field(const char *text, int field, int *length)
{
    for (; field > 0; field--) {
        text = strchr(text, '\t');
        if (text == NULL) {
            *length = 0;
            return "";
        }
        text++;
    }
    *length = (int)strcspn(text, "\t");
    return text;
}
