#include "select.h"

/* What a rule selects for its role it means, whatever it is. */
static bool is_beside(const Candidate *candidate, const Rules *rules)
{
    return candidate->in_system_header ||
           rules_exclude_size(rules, candidate->statements, candidate->has_loop);
}

static Decision decide(Candidate *candidate, const Rules *rules)
{
    RuleSubject subject = {candidate->path, candidate->function, candidate->bare_name,
                           candidate->mangled ? candidate->mangled : ""};
    RuleVerdict verdict = rules_judge(rules, &subject);

    if (candidate->annotation == ANNOTATION_NOPROFILE) {
        return DECISION_LEAVE;
    }
    if (candidate->annotation == ANNOTATION_NONE) {
        if (verdict != VERDICT_INCLUDE ||
            (!candidate->role && is_beside(candidate, rules))) {
            return DECISION_LEAVE;
        }
        /* A standard may forbid the probe in it: only on demand, too. */
        if (candidate->is_constexpr && !candidate->reason) {
            candidate->reason = "a constexpr function; an annotation would select it";
        }
        /* A probe may keep the call from being inlined: only on demand. */
        if (candidate->inline_only && !candidate->reason) {
            candidate->reason = "an inline function without external definition here";
        }
    } else if (verdict == VERDICT_EXCLUDE) {
        candidate->reason = "excluded by the rules";
    }
    return candidate->reason ? DECISION_SKIP : DECISION_PROBE;
}

void select_candidates(CandidateList *candidates, const Rules *rules)
{
    for (size_t i = 0; i < candidates->count; i++) {
        Candidate *candidate = candidates->items[i];

        candidate->decision = decide(candidate, rules);
    }
}
