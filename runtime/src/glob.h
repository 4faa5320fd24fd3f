/* glob - matching functions by pattern, and the fields of a site's text.
 *
 * Not from the C library, as fnmatch() may call malloc, which is the program's.
 */
#ifndef TKA_GLOB_H
#define TKA_GLOB_H

#include <stddef.h>

/* Whether the whole text matches: * stands for any characters, ? for one. */
int tkai_glob_matches(const char *glob, const char *text, size_t length);

enum tkai_site_field {
    TKAI_SITE_VERSION, TKAI_SITE_KIND, TKAI_SITE_NAME, TKAI_SITE_FUNCTION,
    TKAI_SITE_FILE, TKAI_SITE_LINE, TKAI_SITE_SIZE, TKAI_SITE_REASON, TKAI_SITE_ROLES
};

/* A field of a site's text (tka/probe.h) and its length; length 0 if there is none. */
const char *tkai_site_field(const char *text, int field, int *length);

#endif
