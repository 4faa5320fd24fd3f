#include "report.h"

#include <stdio.h>
#include <string.h>

static bool report_role(const ReportRequest *request, const Candidate *candidate)
{
    const Role *role = candidate->role;
    size_t count = role ? role->refusal_count : 0;

    for (size_t i = 0; i < count && (role->asked || request->options->verbose); i++) {
        fprintf(stderr, "%s:%u:%u: tka: the role of %s is not recorded (%s)\n",
                candidate->path, candidate->line, candidate->column, candidate->function,
                role->refusals[i]);
    }
    return count && role->asked;
}

static bool report_skipped(const ReportRequest *request, const CandidateList *candidates)
{
    bool refused = false;

    for (size_t i = 0; i < candidates->count; i++) {
        const Candidate *c = candidates->items[i];
        bool annotated = c->annotation != ANNOTATION_NONE;

        if (c->decision == DECISION_PROBE) {
            refused |= report_role(request, c);
        }
        if (c->decision != DECISION_SKIP) {
            continue;
        }
        if (annotated || request->options->verbose) {
            fprintf(stderr, "%s:%u:%u: tka: %s is not instrumented (%s)\n", c->path,
                    c->line, c->column,
                    c->kind == CANDIDATE_BLOCK ? "the block" : c->function, c->reason);
        }
        refused |= annotated && strcmp(c->reason, "excluded by the rules") != 0;
    }
    return refused;
}

static bool is_seen(const MentionList *seen, const Mention *mention)
{
    for (size_t i = 0; i < seen->count; i++) {
        const Mention *other = &seen->items[i];

        if (other->file == mention->file && other->line == mention->line &&
            other->column == mention->column) {
            return true;
        }
    }
    return false;
}

static bool is_in_skipped_range(const MentionList *skipped, const Mention *mention)
{
    for (size_t i = 0; i + 1 < skipped->count; i += 2) {
        if (skipped->items[i].file == mention->file &&
            skipped->items[i].line <= mention->line &&
            mention->line <= skipped->items[i + 1].line) {
            return true;
        }
    }
    return false;
}

/* clang's text still holds what its conditionals left out. */
static bool is_left_out(const ReportRequest *request, ParseResult *parsed,
                        const Mention *mention)
{
    bool known = false;

    if (!request->is_clang) {
        return false;
    }
    for (size_t i = 0; i < parsed->skipped.count; i++) {
        known |= parsed->skipped.items[i].file == mention->file;
    }
    if (!known) {
        parse_skipped(request->parse, mention->file, parsed);
    }
    return is_in_skipped_range(&parsed->skipped, mention);
}

static bool report_unseen(const ReportRequest *request, ParseResult *parsed)
{
    const MentionList *mentions = &request->prefilter->mentions;
    bool refused = false;

    for (size_t i = 0; i < mentions->count; i++) {
        const Mention *mention = &mentions->items[i];

        if (mention->file < 0 || is_seen(&parsed->seen, mention) ||
            is_left_out(request, parsed, mention)) {
            continue;
        }
        fprintf(stderr,
                "%s:%u:%zu: tka: annotation %s is not instrumented (libclang finds no"
                " function for it: put it on the definition or a declaration before,"
                " in a lambda right behind the parameters; nested functions and what"
                " only the compiler's #if takes cannot have it)\n",
                request->sources->files[mention->file]->path, mention->line,
                mention->column + 1, mention->token);
        refused = true;
    }
    return refused;
}

static void report_summary(const ReportRequest *request, const ParseResult *parsed)
{
    size_t probed = 0, skipped = 0;

    for (size_t i = 0; i < parsed->candidates.count; i++) {
        probed += parsed->candidates.items[i]->decision == DECISION_PROBE;
        skipped += parsed->candidates.items[i]->decision == DECISION_SKIP;
    }
    fprintf(stderr, "tka: %s: %zu instrumented, %zu skipped", request->parse->path,
            probed, skipped);
    if (parsed->error_count) {
        fprintf(stderr, " (libclang reported %u errors)", parsed->error_count);
    }
    fputs("\n", stderr);
}

bool report_unit(const ReportRequest *request, ParseResult *parsed)
{
    bool skipped = report_skipped(request, &parsed->candidates);
    bool unseen = report_unseen(request, parsed);

    if (request->options->verbose) {
        report_summary(request, parsed);
    }
    return skipped || unseen;
}
