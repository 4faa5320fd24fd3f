/* site_text - the texts of the section tka_text, which tell what was annotated;
 * tka/probe.h has the format. The section is untrusted.
 */
#ifndef TKA_SITE_TEXT_H
#define TKA_SITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strings are borrowed until the visitor returns. */
typedef struct SiteText {
    char kind; /* f, c, b or s, as in tka/probe.h */
    const char *name, *function, *file;
    long line, size;
    const char *reason; /* "" when instrumented */
} SiteText;

typedef void SiteVisitor(void *context, const SiteText *site);

typedef struct SiteCount {
    size_t read, unknown; /* unknown: of another version, or malformed */
} SiteCount;

/* Visit the sites; empty texts, which a linker leaves as padding, are none. */
SiteCount site_texts(const uint8_t *section, size_t size, SiteVisitor *visit,
                     void *context);

#endif
