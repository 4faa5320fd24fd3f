/* dbroles - what functions are besides: the ninth field of a site's text (tka/roles.h), as
 * rows of the database's table role.
 */
#ifndef TKA_DBROLES_H
#define TKA_DBROLES_H

#include "dbevents.h"

/* Within the transaction of dbwriter, for a build that it has not met before. 0; -1. */
int tkai_roles_store(const struct tkai_stored *stored);

/* Whether a site's text has the role of a cache's lookup. */
int tkai_role_is_lookup(const char *text);

#endif
