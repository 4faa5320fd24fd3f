#include "traverse.h"
#include "blockcheck.h"
#include "cursorname.h"
#include "cursorplace.h"
#include "lambdascan.h"
#include "paths.h"
#include "rolescan.h"

#include <ctype.h>
#include <string.h>

typedef struct Traversal {
    const ClangApi *clang;
    const ParseRequest *request;
    ParseResult *result;
    Arena *arena;
    CXCursor *visited; /* definitions, to meet each once */
    size_t visited_count, visited_capacity;
    ArgList resolvers; /* functions named in ifunc attributes */
    int *whole_files;  /* that hold TKA_PROFILE_FILE */
    size_t whole_count, whole_capacity;
    int last_file; /* the system header asked for last, -1: none */
    bool last_is_wanted;
} Traversal;

/* What the children of a function's cursor say about it. */
typedef struct FunctionParts {
    Traversal *traversal;
    CXCursor body;
    bool has_body, has_other_attribute;
    Annotation annotation;
    const char *given_name;
    RoleWish wish;
} FunctionParts;

typedef struct BodyWalk {
    Traversal *traversal;
    Candidate *function;
    CXCursor body;
} BodyWalk;

static enum CXChildVisitResult visit_declaration(CXCursor cursor, CXCursor parent,
                                                 CXClientData data);

static int file_position(const Traversal *t, CXSourceLocation location, size_t *offset)
{
    return cursorplace_find(t->clang, t->request, location, offset);
}

/* The file that a cursor's name stands in; -1: none. */
static int home_of(const Traversal *t, CXCursor cursor)
{
    size_t offset;

    return file_position(t, t->clang->getCursorLocation(cursor), &offset);
}

static void note_mention_at(Traversal *t, int file, size_t offset)
{
    Mention mention = {.file = file};
    const SourceFile *source = sources_get(t->request->sources, file);

    if (source) {
        mention.line = source_line_at(source, offset, &mention.column);
        mentions_add(&t->result->seen, &mention);
    }
}

static void note_mention(Traversal *t, CXSourceLocation location)
{
    size_t offset = 0;
    int file = file_position(t, location, &offset);

    note_mention_at(t, file, offset);
}

static const char *after_prefix(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* NOPROFILE wins over CRITICAL over PROFILE, in whatever order they stand. */
static void merge_annotation(FunctionParts *parts, Annotation annotation,
                             const char *given_name)
{
    if (annotation >= parts->annotation) {
        parts->annotation = annotation;
        if (given_name && *given_name) {
            parts->given_name = given_name;
        }
    }
}

static void read_annotation(FunctionParts *parts, CXCursor cursor)
{
    Traversal *t = parts->traversal;
    const char *text = cursorname_bare(t->clang, t->arena, cursor);
    const char *name;

    if (strcmp(text, "tka.profile") == 0) {
        merge_annotation(parts, ANNOTATION_PROFILE, NULL);
    } else if ((name = after_prefix(text, "tka.profile:")) != NULL) {
        merge_annotation(parts, ANNOTATION_PROFILE, name);
    } else if ((name = after_prefix(text, "tka.critical:")) != NULL) {
        merge_annotation(parts, ANNOTATION_CRITICAL, name);
    } else if (strcmp(text, "tka.noprofile") == 0) {
        merge_annotation(parts, ANNOTATION_NOPROFILE, NULL);
    } else if (rolescan_annotation(text, &parts->wish)) {
        merge_annotation(parts, ANNOTATION_PROFILE,
                         after_prefix(text, "tka.role.memory:"));
    } else {
        return;
    }
    note_mention(t, t->clang->getCursorLocation(cursor));
}

/* A parameter's annotations are read when the function has a role. */
static enum CXChildVisitResult visit_parameter(CXCursor cursor, CXCursor parent,
                                               CXClientData data)
{
    Traversal *t = data;

    (void)parent;
    if (t->clang->getCursorKind(cursor) == CXCursor_AnnotateAttr &&
        after_prefix(cursorname_bare(t->clang, t->arena, cursor), "tka.key.")) {
        note_mention(t, t->clang->getCursorLocation(cursor));
    }
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult visit_part(CXCursor cursor, CXCursor parent,
                                          CXClientData data)
{
    FunctionParts *parts = data;
    enum CXCursorKind kind = parts->traversal->clang->getCursorKind(cursor);

    (void)parent;
    if (kind == CXCursor_AnnotateAttr) {
        read_annotation(parts, cursor);
    } else if (kind == CXCursor_UnexposedAttr) {
        parts->has_other_attribute = true;
    } else if (kind == CXCursor_ParmDecl && parts->traversal->request->roles) {
        parts->traversal->clang->visitChildren(cursor, visit_parameter, parts->traversal);
    } else if (kind == CXCursor_CompoundStmt) {
        parts->body = cursor;
        parts->has_body = true;
    } else if (kind == CXCursor_CXXTryStmt) {
        /* A function-try-block: its first compound is the body proper. */
        parts->traversal->clang->visitChildren(cursor, visit_part, data);
    }
    return CXChildVisit_Continue;
}

/* The declaration without its body, to look for what the API does not tell. */
static char *print_declaration(const Traversal *t, CXCursor cursor)
{
    CXPrintingPolicy policy = t->clang->getCursorPrintingPolicy(cursor);
    char *text;

    t->clang->PrintingPolicy_setProperty(policy, CXPrintingPolicy_TerseOutput, 1);
    text = cursorname_take(t->clang, t->arena,
                           t->clang->getCursorPrettyPrinted(cursor, policy));
    t->clang->PrintingPolicy_dispose(policy);
    return text;
}

/* Whether a word occurs in the text, not as part of a longer one. */
static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        bool starts = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        bool ends = !(isalnum((unsigned char)at[length]) || at[length] == '_');

        if (starts && ends) {
            return true;
        }
    }
    return false;
}

static const char *reason_in_declaration(const Traversal *t, const char *text)
{
    static const char *const words[][2] = {
        {"naked", "a naked function has no frame"},
        {"no_instrument_function", "it has the attribute no_instrument_function"},
        {"interrupt", "an interrupt handler"},
        {"ms_hook_prologue", "it is patched at its first instruction"},
    };

    if (t->request->is_cxx) {
        if (has_word(text, "consteval")) {
            return "a consteval function runs in the compiler only";
        }
        if (has_word(text, "constexpr") && !t->request->constexpr_probes) {
            return "a constexpr function";
        }
    }
    if (!strstr(text, "__attribute__") && !strstr(text, "[[")) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (has_word(text, words[i][0])) {
            return words[i][1];
        }
    }
    return NULL;
}

static void note_resolver(Traversal *t, const char *text)
{
    const char *name = strstr(text, "ifunc(\"");

    if (name) {
        name += strlen("ifunc(\"");
        args_add(&t->resolvers, arena_strndup(t->arena, name, strcspn(name, "\"")));
    }
}

static void set_location(const Traversal *t, Candidate *candidate,
                         CXSourceLocation location)
{
    CXString name;

    t->clang->getPresumedLocation(location, &name, &candidate->line, &candidate->column);
    candidate->path = paths_absolute(t->arena, t->request->directory,
                                     cursorname_take(t->clang, t->arena, name));
    candidate->in_system_header = t->clang->Location_isInSystemHeader(location) != 0;
}

/* The function's body serves inlining only: a call that is not inlined needs a
 * definition from another object, which there may not be. */
static bool is_inline_only(const Traversal *t, CXCursor cursor, const char *text)
{
    bool gnu89 = t->request->gnu89_inline || has_word(text, "gnu_inline");
    enum CX_StorageClass storage = t->clang->Cursor_getStorageClass(cursor);

    return storage == (gnu89 ? CX_SC_Extern : CX_SC_None) &&
           !has_word(text, "always_inline");
}

/* Where the body begins, and whether a macro's argument holds it. */
static void set_brace(const Traversal *t, Candidate *candidate, CXCursor body)
{
    CXSourceLocation start = t->clang->getRangeStart(t->clang->getCursorExtent(body));
    CXFile handle;
    unsigned expansion;

    candidate->file = file_position(t, start, &candidate->brace);
    t->clang->getExpansionLocation(start, &handle, NULL, NULL, &expansion);
    if (candidate->file >= 0 && handle) {
        const SourceFile *source = sources_get(t->request->sources, candidate->file);
        size_t at = expansion - source->mark_length;

        if (at < source->content.length &&
            (at != candidate->brace || source->content.data[at] != '{')) {
            candidate->macro = cursorplace_word(t->request, candidate->file, at);
            candidate->in_macro_argument =
                candidate->macro[0] != '\0' && at != candidate->brace;
        }
    }
}

/* Local classes are reached twice, and a header's function once per inclusion:
 * only the former are the same cursor. */
static bool is_first_visit(Traversal *t, CXCursor cursor)
{
    if (!t->request->is_cxx) {
        return true;
    }
    for (size_t i = 0; i < t->visited_count; i++) {
        if (t->clang->equalCursors(t->visited[i], cursor)) {
            return false;
        }
    }
    if (t->visited_count == t->visited_capacity) {
        t->visited = arena_grow(t->arena, t->visited, t->visited_count,
                                &t->visited_capacity, sizeof *t->visited);
    }
    t->visited[t->visited_count++] = cursor;
    return true;
}

static bool is_musttail(const Traversal *t, CXCursor cursor)
{
    size_t start, end;
    CXSourceRange extent = t->clang->getCursorExtent(cursor);
    int file = file_position(t, t->clang->getRangeStart(extent), &start);
    const SourceFile *source = sources_get(t->request->sources, file);

    if (!source || file_position(t, t->clang->getRangeEnd(extent), &end) != file ||
        end < start || end > source->content.length) {
        return false;
    }
    return has_word(arena_strndup(t->arena, source->content.data + start, end - start),
                    "musttail");
}

static void add_block(BodyWalk *walk, CXCursor statement, const BlockParts *parts)
{
    Traversal *t = walk->traversal;
    Candidate *block = candidates_add(&t->result->candidates);

    block->kind = CANDIDATE_BLOCK;
    block->annotation = ANNOTATION_PROFILE;
    block->function = walk->function->function;
    block->bare_name = walk->function->bare_name;
    block->given_name = parts->name;
    set_location(t, block, t->clang->getCursorLocation(statement));
    note_mention(t, t->clang->getCursorLocation(statement));
    block->file = -1;
    if (walk->function->annotation == ANNOTATION_NOPROFILE) {
        block->annotation = ANNOTATION_NOPROFILE;
    }
    if (!parts->has_body) {
        block->reason = "no compound statement follows";
        return;
    }
    set_brace(t, block, parts->body);
    block->statements = parts->statements;
    block->is_constexpr = walk->function->is_constexpr;
    block->reason = walk->function->reason
                        ? walk->function->reason
                        : blockcheck_jumps(t->clang, t->arena, walk->body, parts->body);
}

static enum CXChildVisitResult find_compound(CXCursor cursor, CXCursor parent,
                                             CXClientData data)
{
    (void)parent;
    *(CXCursor *)data = cursor;
    return CXChildVisit_Continue;
}

/* libclang shows neither a lambda's attribute nor a name for it. */
static void visit_lambda(Traversal *t, CXCursor lambda, const char *outer)
{
    CXCursor body = lambda;
    Candidate found = {.kind = CANDIDATE_FUNCTION, .home = -1, .bare_name = "(lambda)"};
    LambdaAnnotation annotation;
    const SourceFile *source;
    size_t start;
    int file = file_position(
        t, t->clang->getRangeStart(t->clang->getCursorExtent(lambda)), &start);

    t->clang->visitChildren(lambda, find_compound, &body);
    if (file < 0 || t->clang->getCursorKind(body) != CXCursor_CompoundStmt) {
        return;
    }
    set_brace(t, &found, body);
    source = sources_get(t->request->sources, file);
    if (found.file != file || start >= found.brace ||
        found.brace > source->content.length ||
        !lambdascan_find(&annotation, t->arena, source->content.data + start,
                         found.brace - start) ||
        !is_first_visit(t, lambda)) {
        return;
    }
    found.annotation = annotation.annotation;
    found.given_name = annotation.given_name;
    found.mangled = "";
    found.function = outer ? arena_printf(t->arena, "%s::(lambda)", outer) : "(lambda)";
    /* In C++17 it is constexpr whenever it can be. */
    found.is_constexpr = t->request->constexpr_probes;
    set_location(t, &found, t->clang->getCursorLocation(lambda));
    *candidates_add(&t->result->candidates) = found;
    note_mention_at(t, file, start + annotation.offset);
}

/* Lambdas outside of functions: in initialisers. */
static enum CXChildVisitResult visit_initialiser(CXCursor cursor, CXCursor parent,
                                                 CXClientData data)
{
    Traversal *t = data;

    (void)parent;
    if (t->clang->getCursorKind(cursor) == CXCursor_LambdaExpr) {
        visit_lambda(t, cursor, NULL);
    }
    return CXChildVisit_Recurse;
}

static bool is_local_class(enum CXCursorKind kind)
{
    return kind == CXCursor_StructDecl || kind == CXCursor_ClassDecl ||
           kind == CXCursor_UnionDecl;
}

static bool is_loop(enum CXCursorKind kind)
{
    return kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt ||
           kind == CXCursor_DoStmt || kind == CXCursor_CXXForRangeStmt;
}

static enum CXChildVisitResult visit_body(CXCursor cursor, CXCursor parent,
                                          CXClientData data)
{
    BodyWalk *walk = data;
    Traversal *t = walk->traversal;
    enum CXCursorKind kind = t->clang->getCursorKind(cursor);
    enum CXChildVisitResult into_expressions = t->request->blocks || t->request->lambdas
                                                   ? CXChildVisit_Recurse
                                                   : CXChildVisit_Continue;
    BlockParts block;

    if (t->clang->isStatement(kind)) {
        walk->function->statements += kind != CXCursor_CompoundStmt;
        walk->function->has_loop |= is_loop(kind);
        if (kind == CXCursor_UnexposedStmt && is_musttail(t, cursor)) {
            walk->function->reason = "a musttail call would leave the probe behind";
        }
        if (kind == CXCursor_IfStmt && t->request->blocks &&
            blockcheck_parts(t->clang, t->arena, cursor, &block)) {
            add_block(walk, cursor, &block);
        }
        return CXChildVisit_Recurse;
    }
    if (t->clang->isExpression(kind)) {
        enum CXCursorKind place = t->clang->getCursorKind(parent);

        walk->function->statements += place == CXCursor_CompoundStmt ||
                                      place == CXCursor_CaseStmt ||
                                      place == CXCursor_LabelStmt;
        if (t->request->lambdas && kind == CXCursor_LambdaExpr) {
            visit_lambda(t, cursor, walk->function->function);
        }
        return into_expressions;
    }
    if (t->request->is_cxx && is_local_class(kind)) {
        visit_declaration(cursor, parent, t);
        return CXChildVisit_Continue;
    }
    return into_expressions;
}

static void describe_function(Traversal *t, Candidate *candidate, CXCursor cursor,
                              const FunctionParts *parts)
{
    const ClangApi *clang = t->clang;
    const char *text = print_declaration(t, cursor);

    candidate->kind = CANDIDATE_FUNCTION;
    candidate->annotation = parts->annotation;
    candidate->given_name = parts->given_name;
    candidate->bare_name = cursorname_bare(clang, t->arena, cursor);
    candidate->function = t->request->is_cxx
                              ? cursorname_qualified(clang, t->arena, cursor)
                              : candidate->bare_name;
    candidate->file = -1;
    candidate->home = home_of(t, cursor);
    candidate->mangled =
        t->request->mangled
            ? cursorname_take(clang, t->arena, clang->Cursor_getMangling(cursor))
            : "";
    set_location(t, candidate, clang->getCursorLocation(cursor));
    note_resolver(t, text);
    candidate->reason = reason_in_declaration(t, text);
    candidate->is_constexpr = t->request->constexpr_probes && has_word(text, "constexpr");
    candidate->shared_inline = !t->request->is_cxx &&
                               clang->Cursor_isFunctionInlined(cursor) &&
                               clang->getCursorLinkage(cursor) == CXLinkage_External;
    candidate->inline_only = candidate->shared_inline && is_inline_only(t, cursor, text);
}

/* libclang shows no body of them, so the text has to do. */
static bool is_coroutine(const Traversal *t, CXCursor cursor)
{
    CXSourceRange extent = t->clang->getCursorExtent(cursor);
    size_t start, end;
    int file = file_position(t, t->clang->getRangeStart(extent), &start);
    int last = file_position(t, t->clang->getRangeEnd(extent), &end);
    const SourceFile *source = sources_get(t->request->sources, file);
    const char *text;

    if (!source || last != file || start >= end || end > source->content.length) {
        return false;
    }
    text = arena_strndup(t->arena, source->content.data + start, end - start);
    return has_word(text, "co_await") || has_word(text, "co_yield") ||
           has_word(text, "co_return");
}

static bool wishes_any(const RoleWish *wish)
{
    for (size_t i = 0; i < ROLEKINDS; i++) {
        if (wish->wanted[i]) {
            return true;
        }
    }
    return false;
}

static void add_role(Traversal *t, CXCursor cursor, const FunctionParts *parts,
                     Candidate *candidate)
{
    RuleSubject subject = {candidate->path, candidate->function, candidate->bare_name,
                           candidate->mangled};
    RoleWish wish = parts->wish;

    rules_wish(t->request->rules, &subject, candidate->in_system_header, &wish);
    if (wishes_any(&wish) && candidate->annotation != ANNOTATION_NOPROFILE) {
        rolescan_function(t->clang, t->request, cursor, parts->body, &wish, candidate);
    }
}

static void add_function(Traversal *t, CXCursor cursor, const FunctionParts *parts)
{
    Candidate *candidate = candidates_add(&t->result->candidates);
    BodyWalk walk = {t, candidate, parts->body};

    describe_function(t, candidate, cursor, parts);
    if (!parts->has_body) {
        candidate->reason = is_coroutine(t, cursor)
                                ? "a coroutine: it leaves and enters as it likes"
                                : "its body is not an ordinary one";
        return;
    }
    set_brace(t, candidate, parts->body);
    t->clang->visitChildren(parts->body, visit_body, &walk);
    if (t->request->roles) {
        add_role(t, cursor, parts, candidate);
    }
}

/* An annotated declaration that can never have a body to instrument. */
static void add_bodiless(Traversal *t, CXCursor cursor, const FunctionParts *parts)
{
    bool deleted = strstr(print_declaration(t, cursor), "= delete") != NULL;
    Candidate *candidate;

    if (!deleted && !t->clang->CXXMethod_isDefaulted(cursor)) {
        return;
    }
    candidate = candidates_add(&t->result->candidates);
    describe_function(t, candidate, cursor, parts);
    candidate->reason = deleted ? "a deleted function" : "a defaulted function";
}

static void visit_function(Traversal *t, CXCursor cursor)
{
    FunctionParts parts = {.traversal = t};
    bool is_definition = t->clang->isCursorDefinition(cursor) != 0 &&
                         !t->clang->CXXMethod_isDefaulted(cursor);

    t->clang->visitChildren(cursor, visit_part, &parts);
    if (is_definition) {
        if (is_first_visit(t, cursor)) {
            add_function(t, cursor, &parts);
        }
    } else if (parts.annotation == ANNOTATION_PROFILE ||
               parts.annotation == ANNOTATION_CRITICAL) {
        add_bodiless(t, cursor, &parts);
    } else if (parts.has_other_attribute) {
        note_resolver(t, print_declaration(t, cursor));
    }
}

/* TKA_PROFILE_FILE declares a variable of this name. */
static void note_whole_file(Traversal *t, CXCursor cursor)
{
    int file;

    if (strcmp(cursorname_bare(t->clang, t->arena, cursor), "tka_profile_file_marker_")) {
        return;
    }
    note_mention(t, t->clang->getCursorLocation(cursor));
    file = home_of(t, cursor);
    if (t->whole_count == t->whole_capacity) {
        t->whole_files = arena_grow(t->arena, t->whole_files, t->whole_count,
                                    &t->whole_capacity, sizeof *t->whole_files);
    }
    t->whole_files[t->whole_count++] = file;
}

static enum CXChildVisitResult visit_declaration(CXCursor cursor, CXCursor parent,
                                                 CXClientData data)
{
    Traversal *t = data;

    (void)parent;
    switch (t->clang->getCursorKind(cursor)) {
    case CXCursor_VarDecl:
        note_whole_file(t, cursor);
        /* fall through */
    case CXCursor_FieldDecl:
        if (t->request->lambdas) {
            t->clang->visitChildren(cursor, visit_initialiser, data);
        }
        break;
    case CXCursor_FunctionDecl:
    case CXCursor_FunctionTemplate:
    case CXCursor_CXXMethod:
    case CXCursor_Constructor:
    case CXCursor_Destructor:
    case CXCursor_ConversionFunction:
        visit_function(t, cursor);
        break;
    case CXCursor_Namespace:
    case CXCursor_LinkageSpec:
    case CXCursor_UnexposedDecl:
    case CXCursor_FriendDecl:
    case CXCursor_ClassTemplate:
    case CXCursor_ClassTemplatePartialSpecialization:
    case CXCursor_StructDecl:
    case CXCursor_ClassDecl:
    case CXCursor_UnionDecl:
        if (t->request->is_cxx) {
            t->clang->visitChildren(cursor, visit_declaration, data);
        }
        break;
    default:
        break;
    }
    return CXChildVisit_Continue;
}

/* Whether a rule gives a role to functions of that file. */
static bool is_wanted_system_file(Traversal *t, int file)
{
    if (!t->request->rules->has_roles || file < 0) {
        return false;
    }
    if (file != t->last_file) {
        t->last_file = file;
        t->last_is_wanted = rules_want_system_file(
            t->request->rules, paths_absolute(t->arena, t->request->directory,
                                              t->request->sources->files[file]->path));
    }
    return t->last_is_wanted;
}

static enum CXChildVisitResult visit_top_level(CXCursor cursor, CXCursor parent,
                                               CXClientData data)
{
    Traversal *t = data;

    if (!t->request->system_too &&
        t->clang->Location_isInSystemHeader(t->clang->getCursorLocation(cursor)) &&
        !is_wanted_system_file(t, home_of(t, cursor))) {
        return CXChildVisit_Continue;
    }
    return visit_declaration(cursor, parent, data);
}

/* Whether an ifunc attribute means the function: by its name, or by a mangled name
 * with that in it, which can be another of that name, too. */
static bool is_resolver(Arena *arena, const Candidate *candidate, const char *name)
{
    const char *bare = candidate->bare_name;

    if (strncmp(name, "_Z", 2) != 0) {
        return strcmp(bare, name) == 0;
    }
    return strstr(name, arena_printf(arena, "%zu%s", strlen(bare), bare)) != NULL;
}

/* A resolver runs before the program's relocations and thread storage exist. */
static void forbid_resolvers(Traversal *t)
{
    for (size_t i = 0; i < t->result->candidates.count; i++) {
        Candidate *candidate = t->result->candidates.items[i];

        for (size_t k = 0; k < t->resolvers.count; k++) {
            if (is_resolver(t->arena, candidate, t->resolvers.items[k])) {
                candidate->reason = "an ifunc resolver runs before the program does";
            }
        }
    }
}

static bool is_whole_file(const Traversal *t, int file)
{
    for (size_t i = 0; i < t->whole_count; i++) {
        if (t->whole_files[i] == file) {
            return true;
        }
    }
    return false;
}

/* The marker may stand behind functions: known only when all has been seen. */
static void annotate_whole_files(Traversal *t)
{
    for (size_t i = 0; t->whole_count && i < t->result->candidates.count; i++) {
        Candidate *candidate = t->result->candidates.items[i];

        if (candidate->kind == CANDIDATE_FUNCTION && candidate->home >= 0 &&
            candidate->annotation == ANNOTATION_NONE &&
            is_whole_file(t, candidate->home)) {
            candidate->annotation = ANNOTATION_PROFILE;
        }
    }
}

void traverse_unit(const ClangApi *clang, CXTranslationUnit unit,
                   const ParseRequest *request, ParseResult *result)
{
    Traversal traversal = {.clang = clang,
                           .request = request,
                           .result = result,
                           .arena = request->arena,
                           .resolvers = {.arena = request->arena},
                           .last_file = -1};

    clang->visitChildren(clang->getTranslationUnitCursor(unit), visit_top_level,
                         &traversal);
    forbid_resolvers(&traversal);
    annotate_whole_files(&traversal);
}
