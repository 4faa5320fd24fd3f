/* rolekey - the parameter that is the key of a lookup or a resolver, as the text that
 * hands it to the runtime.
 */
#ifndef TKA_CC_ROLEKEY_H
#define TKA_CC_ROLEKEY_H

#include "clangapi.h"
#include "findings.h"

typedef struct RoleKey {
    const char *text;        /* NULL: there is no key, or a reason */
    bool is_any;             /* of a resolver: for tka_resolution_any_() */
    const char *enumerators; /* ";1=ONE" and so on, or "" */
    const char *reason;      /* NULL: nothing is wrong */
} RoleKey;

/* The key of a lookup (ROLEKIND_LOOKUP): a call that records it. Of a resolver: the
 * last arguments of tka_resolution_enter_(), or of tka_resolution_any_(). */
RoleKey rolekey_find(const ClangApi *clang, const ParseRequest *request,
                     CXCursor function, RoleKind kind, const RoleWish *wish);

/* Whether the cursor is annotated with the text, or with it and more; sets what is
 * behind the colon. */
bool rolekey_annotation(const ClangApi *clang, Arena *arena, CXCursor cursor,
                        const char *text, const char **rest);

/* Whether template arguments tell its instances apart. */
bool rolekey_is_templated(const ClangApi *clang, CXCursor function);

#endif
