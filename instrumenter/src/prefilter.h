/* prefilter - does the expanded text hold anything for us? Most files do not,
 * and then neither libclang nor a second text is needed.
 *
 * Annotation tokens are found wherever they stand outside comments, strings,
 * directives and our own headers, so that the parser's findings can be checked
 * against them: an annotation that nobody acted on is reported, not lost.
 */
#ifndef TKA_CC_PREFILTER_H
#define TKA_CC_PREFILTER_H

#include "linewalk.h"
#include "site.h"

typedef struct Prefilter {
    bool any;         /* some token, also in a macro's definition */
    bool in_system;   /* one of them in a system header */
    bool blocks;      /* TKA_BLOCK among them */
    bool scopes;      /* TKA_SCOPE_BEGIN or TKA_SCOPE_END */
    bool uses_header; /* tka/tka.h was included */
    MentionList mentions;
} Prefilter;

void prefilter_scan(Prefilter *result, Sources *sources, const Bytes *text,
                    Dialect dialect);

#endif
