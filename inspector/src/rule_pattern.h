/* rule_pattern - names of functions as patterns of tka-cc's rules files.
 *
 * A line `EXCLUDE FUNCTION GLOB` matches a function when the glob matches its
 * qualified name with parameters, or its bare name. C functions have only the
 * latter: a rule for the C function `size` matches the method `Map::size() const`,
 * too. Pure functions; the caller frees the texts.
 */
#ifndef TKA_RULE_PATTERN_H
#define TKA_RULE_PATTERN_H

#include <stdbool.h>

/* A glob that matches the name and, but for characters that a rules file cannot
 * hold (those become `?`), nothing else. */
char *rule_pattern_new(const char *name);

/* `size` of `ns::Map<int>::size() const`; "" when it is no identifier, as of an
 * operator. A name without parameters is bare already. */
char *rule_pattern_bare(const char *name);

/* Whether the name has parameters, as all names of C++ functions do. */
bool rule_pattern_is_qualified(const char *name);

#endif
