/* select - which candidates get a probe: by annotation, then by the rules.
 *
 * TKA_NOPROFILE wins over everything. An annotation selects its function unless
 * a rule that excludes it matches last; rules select what is left, outside
 * system headers. Whoever is selected and cannot be probed is skipped with the
 * reason that the parser found.
 */
#ifndef TKA_CC_SELECT_H
#define TKA_CC_SELECT_H

#include "rules.h"
#include "site.h"

void select_candidates(CandidateList *candidates, const Rules *rules);

#endif
