#include "unit.h"
#include "clangflags.h"
#include "diff.h"
#include "edit.h"
#include "emit.h"
#include "expand.h"
#include "fallthrough.h"
#include "insertion.h"
#include "maincopy.h"
#include "parse.h"
#include "paths.h"
#include "prefilter.h"
#include "process.h"
#include "pushmacro.h"
#include "quickscan.h"
#include "report.h"
#include "roletext.h"
#include "select.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the child says by its exit status. */
#define CHILD_REWRITTEN    0
#define CHILD_NOTHING      10
#define CHILD_NO_LIBCLANG  11
#define CHILD_PARSE_FAILED 12
#define CHILD_TEXT_FAILED  13
#define CHILD_SHOWN        14
#define CHILD_ROLES        32 /* added: something was inserted for a role */
#define CHILD_REFUSED      64 /* added: an annotation was not instrumented */

typedef struct Analysis {
    Unit *unit;
    Sources sources;
    Bytes text;
    Dialect dialect;
    Prefilter prefilter;
    ParseRequest request;
    ParseResult parsed;
} Analysis;

/* Whether a rule could select something in one of the files of the text. */
static bool rules_apply(Analysis *analysis, const char *directory)
{
    Unit *unit = analysis->unit;
    LineWalk walk;
    int last = -1;

    if (!unit->rules->count) {
        return false;
    }
    linewalk_start(&walk, &analysis->sources, analysis->text.data, analysis->text.length,
                   analysis->dialect);
    while (linewalk_next(&walk)) {
        const char *path;

        if (walk.is_marker || walk.file < 0 || walk.file == last) {
            continue;
        }
        last = walk.file;
        path =
            paths_absolute(unit->arena, directory, analysis->sources.files[last]->path);
        if (walk.is_system ? rules_want_system_file(unit->rules, path)
                           : rules_concern_file(unit->rules, path)) {
            return true;
        }
    }
    return false;
}

static bool mixes_line_ends(const SourceFile *source)
{
    const char *data = source->content.data;
    bool with = false, without = false;

    for (size_t i = 1; i < source->line_count; i++) {
        size_t newline = source->lines[i] - 1;
        bool has_return = newline > 0 && data[newline - 1] == '\r';

        with |= has_return;
        without |= !has_return;
    }
    return with && without;
}

/* clang -frewrite-includes then counts the CR LF only, and its markers are wrong:
 * __LINE__ would not be what it was. */
static bool text_is_miscounted(Analysis *analysis)
{
    LineWalk walk;
    int last = -1;

    if (analysis->dialect != DIALECT_CLANG || analysis->unit->copy.source_path) {
        return false;
    }
    linewalk_start(&walk, &analysis->sources, analysis->text.data, analysis->text.length,
                   analysis->dialect);
    while (linewalk_next(&walk)) {
        const SourceFile *source;

        if (walk.is_marker || walk.file < 0 || walk.file == last || walk.is_system) {
            continue;
        }
        last = walk.file;
        source = sources_get(&analysis->sources, last);
        if (source && mixes_line_ends(source)) {
            return true;
        }
    }
    return false;
}

/* What a site inserts at one place is one insertion; `first` is its first. */
static void add_insertion(Arena *arena, DiffInsertion *insertions, size_t first,
                          size_t *count, const DiffInsertion *insertion)
{
    DiffInsertion *last = *count > first ? &insertions[*count - 1] : NULL;

    if (last && last->file == insertion->file && last->line == insertion->line &&
        last->column == insertion->column) {
        last->text = arena_printf(arena, "%s%s", last->text, insertion->text);
    } else {
        insertions[(*count)++] = *insertion;
    }
}

static void show(Analysis *analysis, const EditPlan *plan)
{
    Arena *arena = analysis->unit->arena;
    size_t most = plan->sites.count + 1, count = 0;
    DiffInsertion *insertions;
    Bytes out = {0};

    for (size_t i = 0; i < plan->sites.count; i++) {
        const Role *role = plan->sites.items[i].candidate->role;

        most += role ? role->edit_count : 0;
    }
    insertions = arena_alloc(arena, most * sizeof *insertions);
    for (size_t i = 0; i < plan->sites.count; i++) {
        const Site *site = &plan->sites.items[i];
        const Candidate *candidate = site->candidate;
        const Role *role = candidate->role;
        size_t first = count;

        add_insertion(arena, insertions, first, &count,
                      &(DiffInsertion){candidate->file, candidate->insert_line,
                                       candidate->insert_column,
                                       edit_statement(arena, site)});
        for (size_t k = 0; role && k < role->edit_count; k++) {
            const RoleEdit *edit = &role->edits[k];

            add_insertion(
                arena, insertions, first, &count,
                &(DiffInsertion){candidate->file, edit->line, edit->column,
                                 roletext_number(arena, edit->text, site->number)});
        }
    }
    diff_append(&out, &analysis->sources, insertions, count);
    fwrite(out.data ? out.data : "", 1, out.length, stdout);
    fflush(stdout);
    bytes_release(&out);
}

static bool write_text(Analysis *analysis, const EditPlan *plan)
{
    Unit *unit = analysis->unit;
    EmitContext context = {unit->arena, unit->command, unit->source->text};
    Bytes definitions = {0}, out = {0};
    bool ok;

    emit_definitions(&context, &plan->sites, &analysis->parsed.candidates, &definitions);
    if (unit->copy.definitions_path) {
        edit_apply(plan, &(Bytes){.data = ""}, &out);
        ok = maincopy_write(&unit->copy, &out, &definitions);
    } else {
        edit_apply(plan, &definitions, &out);
        ok = bytes_write_file(&out, unit->text_path);
    }
    bytes_release(&definitions);
    bytes_release(&out);
    return ok;
}

static bool anything_selected(const CandidateList *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->items[i]->decision != DECISION_LEAVE) {
            return true;
        }
    }
    return false;
}

/* What else the functions have been asked to be is told already. */
static void drop_roles(Analysis *analysis)
{
    CandidateList *candidates = &analysis->parsed.candidates;

    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->items[i]->role) {
            roletext_drop_all(analysis->unit->arena, candidates->items[i]->role,
                              "the compiler rejects what is inserted for it");
        }
    }
}

static bool has_roles(const EditPlan *plan)
{
    for (size_t i = 0; i < plan->sites.count; i++) {
        if (roletext_has_any(plan->sites.items[i].candidate->role)) {
            return true;
        }
    }
    return false;
}

static bool report(Analysis *analysis)
{
    Unit *unit = analysis->unit;

    return !unit->without_roles &&
           report_unit(&(ReportRequest){unit->options, &analysis->sources,
                                        &analysis->request, &analysis->prefilter,
                                        analysis->dialect == DIALECT_CLANG},
                       &analysis->parsed);
}

/* The child's work: from libclang to the rewritten text. */
static int analyse(void *argument)
{
    Analysis *analysis = argument;
    Unit *unit = analysis->unit;
    CandidateList *candidates = &analysis->parsed.candidates;
    EditPlan plan = {.arena = unit->arena,
                     .sources = &analysis->sources,
                     .text = &analysis->text,
                     .dialect = analysis->dialect,
                     .sites = {.arena = unit->arena}};
    bool refused;

    if (analysis->dialect == DIALECT_GCC) {
        pushmacro_restore(&analysis->sources, &analysis->text);
        fallthrough_restore(unit->command, &analysis->sources, &analysis->text);
    }
    if (!parse_source(&analysis->request, &analysis->parsed)) {
        return strstr(analysis->parsed.error, "not found") ? CHILD_NO_LIBCLANG
                                                           : CHILD_PARSE_FAILED;
    }
    select_candidates(candidates, unit->rules);
    insertion_find(candidates, &analysis->sources, &analysis->text);
    if (unit->without_roles) {
        drop_roles(analysis);
    }
    edit_plan(&plan, candidates);
    refused = report(analysis);
    if (unit->options->show) {
        show(analysis, &plan);
        return CHILD_SHOWN + (refused ? CHILD_REFUSED : 0);
    }
    if (!anything_selected(candidates) && !analysis->prefilter.scopes) {
        return CHILD_NOTHING + (refused ? CHILD_REFUSED : 0);
    }
    if (!plan.definitions || !write_text(analysis, &plan)) {
        return CHILD_TEXT_FAILED;
    }
    return CHILD_REWRITTEN + (has_roles(&plan) ? CHILD_ROLES : 0) +
           (refused ? CHILD_REFUSED : 0);
}

static void interpret(Unit *unit, int status)
{
    unit->refused = status & CHILD_REFUSED && status < 128;
    unit->has_roles = status & CHILD_ROLES && status < 128;
    switch (status < 128 ? status & ~(CHILD_REFUSED | CHILD_ROLES) : status) {
    case CHILD_REWRITTEN:
        unit->outcome = UNIT_REWRITTEN;
        break;
    case CHILD_NOTHING:
        unit->outcome = UNIT_UNTOUCHED;
        break;
    case CHILD_SHOWN:
        unit->outcome = UNIT_SHOWN;
        break;
    case CHILD_NO_LIBCLANG:
        unit->reason = "libclang was not found";
        break;
    case CHILD_PARSE_FAILED:
        unit->reason = "libclang could not read it";
        break;
    case CHILD_TEXT_FAILED:
        unit->reason = "the rewritten text could not be written";
        break;
    default:
        unit->reason = "the instrumenter failed";
    }
}

static bool make_folder(Unit *unit)
{
    const char *base = getenv("TMPDIR");
    char *folder =
        arena_printf(unit->arena, "%s/tka-cc-XXXXXX", base && *base ? base : "/tmp");

    if (!mkdtemp(folder)) {
        unit->reason = "no temporary folder could be made";
        return false;
    }
    unit->folder = folder;
    unit->text_path =
        arena_printf(unit->arena, "%s/%s", folder, command_basename(unit->source->text));
    if (unit->copy.source_path) {
        unit->copy.text_path = unit->text_path;
        unit->copy.definitions_path = arena_printf(unit->arena, "%s/tka-sites.h", folder);
    }
    process_remove_on_signal(folder);
    process_remove_on_signal(unit->text_path);
    if (unit->copy.definitions_path) {
        process_remove_on_signal(unit->copy.definitions_path);
    }
    return true;
}

static void prepare_request(Analysis *analysis, const char *directory)
{
    Unit *unit = analysis->unit;
    ArgList *flags = arena_alloc(unit->arena, sizeof *flags);

    flags->arena = unit->arena;
    clangflags_build(flags, unit->command, unit->source, &analysis->text,
                     unit->include_directory);
    analysis->request = (ParseRequest){
        .arena = unit->arena,
        .sources = &analysis->sources,
        .path = unit->source->text,
        .flags = flags,
        .directory = directory,
        .is_cxx = unit->source->language == LANGUAGE_CXX,
        .gnu89_inline = clangflags_gnu89_inline(flags),
        .system_too = analysis->prefilter.in_system,
        .mangled = unit->rules->by_mangled,
        .lambdas = unit->source->language == LANGUAGE_CXX && analysis->prefilter.any,
        .constexpr_probes = clangflags_constexpr_probes(flags, &analysis->text),
        .blocks = analysis->prefilter.blocks,
        .roles = analysis->prefilter.any || unit->rules->has_roles,
        .rules = unit->rules,
    };
    analysis->parsed = (ParseResult){.candidates = {.arena = unit->arena},
                                     .seen = {.arena = unit->arena},
                                     .skipped = {.arena = unit->arena}};
}

/* The text for the other stages; false: reason. */
static bool read_text(Analysis *analysis)
{
    Unit *unit = analysis->unit;

    if (expand_source(unit->command, unit->arena, unit->source, unit->include_directory,
                      &analysis->text, &unit->messages)) {
        prefilter_scan(&analysis->prefilter, &analysis->sources, &analysis->text,
                       analysis->dialect);
        unit->uses_header = analysis->prefilter.uses_header;
        return true;
    }
    unit->copy.source_path = unit->source->text;
    unit->copy.include_directory = unit->include_directory;
    analysis->text.length = 0;
    if (unit->command->is_clang ||
        !expand_works_otherwise(unit->command, unit->arena, unit->source,
                                unit->include_directory) ||
        !maincopy_read(&unit->copy, &analysis->text)) {
        unit->reason = "the compiler could not preprocess it";
        return false;
    }
    /* Directives are still in it, as in clang's text. Headers are not: what they
     * annotate is for libclang to find. */
    analysis->dialect = DIALECT_CLANG;
    bytes_release(&unit->messages);
    prefilter_scan(&analysis->prefilter, &analysis->sources, &analysis->text,
                   analysis->dialect);
    analysis->prefilter.any = unit->uses_header = true;
    return true;
}

void unit_process(Unit *unit)
{
    Analysis analysis = {.unit = unit,
                         .sources = {.arena = unit->arena},
                         .dialect =
                             unit->command->is_clang ? DIALECT_CLANG : DIALECT_GCC};
    const char *directory = paths_working_directory(unit->arena);

    if (!unit->rules->count &&
        !quickscan_may_be_annotated(unit->command, unit->arena, unit->source)) {
        unit->outcome = UNIT_UNTOUCHED;
        return;
    }
    unit->outcome = UNIT_FAILED;
    if (!read_text(&analysis)) {
        goto out;
    }
    if (!analysis.prefilter.any && !rules_apply(&analysis, directory)) {
        unit->outcome = UNIT_UNTOUCHED;
        goto out;
    }
    if (text_is_miscounted(&analysis)) {
        unit->reason = "clang miscounts the lines of a file that mixes LF and CR LF";
    } else if (make_folder(unit)) {
        prepare_request(&analysis, directory);
        interpret(unit, process_isolate(analyse, &analysis));
    }
out:
    sources_release(&analysis.sources);
    bytes_release(&analysis.text);
}

void unit_release(Unit *unit)
{
    if (unit->folder) {
        unlink(unit->text_path);
        if (unit->copy.definitions_path) {
            unlink(unit->copy.definitions_path);
        }
        rmdir(unit->folder);
    }
    bytes_release(&unit->messages);
}
