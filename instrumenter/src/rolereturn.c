#include "rolereturn.h"
#include "cursorname.h"
#include "cursorplace.h"
#include "resulttype.h"
#include "returntext.h"

#include <string.h>

typedef struct ReturnScan {
    const ClangApi *clang;
    const ParseRequest *request;
    Arena *arena;
    const Candidate *candidate;
    ResultForm form;
    const char *type;  /* NULL: it cannot be written */
    const char *class; /* its name, without const */
    bool resolves, looks_up;
    bool is_const, has_deleter; /* the result may not be moved once more */
    bool is_unclear;            /* a return that libclang shows says nothing */
    RoleReturns *returns;
    size_t *seen; /* offsets of the returns that have been edited */
    size_t seen_count, seen_capacity;
    size_t total; /* returns that libclang shows, of functions within, too */
} ReturnScan;

#define SITE "&tka_f" ROLE_DIGITS "_,&tka_o" ROLE_DIGITS "_"
#define HERE "&tka_r" ROLE_DIGITS "_"

static const char *const unclear =
    "its result does not say whether it hit: it needs TKA_CACHE_HIT()";

static void add_edit(const ReturnScan *scan, size_t offset, const char *macro,
                     const char *text)
{
    Role *role = scan->candidate->role;
    RoleEdit edit = {.offset = offset, .macro = macro, .text = text};

    edit.line = source_line_at(sources_get(scan->request->sources, scan->candidate->file),
                               offset, &edit.column);
    if (role->edit_count == role->edit_capacity) {
        role->edits = arena_grow(scan->arena, role->edits, role->edit_count,
                                 &role->edit_capacity, sizeof *role->edits);
    }
    role->edits[role->edit_count++] = edit;
}

/* A variable of the result's type in between, in parentheses of gcc's. */
static void hold(const ReturnScan *scan, const ReturnText *parts, const char *macro)
{
    const char *held = arena_printf(scan->arena, "tka_v" ROLE_DIGITS "_%zu_",
                                    scan->candidate->role->edit_count);
    const char *instance = "0", *failed = "0", *hit = "!= 0", *said = "";

    switch (scan->form) {
    case RESULT_POINTER:
        instance = held;
        failed = arena_printf(scan->arena, "%s == 0", held);
        break;
    case RESULT_FUNCTION:
        instance = arena_printf(scan->arena,
                                "(const volatile void *)(__UINTPTR_TYPE__)%s", held);
        failed = arena_printf(scan->arena, "%s == 0", held);
        break;
    case RESULT_BOOL:
        failed = arena_printf(scan->arena, "!%s", held);
        break;
    case RESULT_SIGNED:
        failed = arena_printf(scan->arena, "%s < 0", held);
        hit = ">= 0";
        break;
    default:
        break;
    }
    if (scan->resolves) {
        said = arena_printf(scan->arena, " tka_resolution_result_(" HERE ",%s,%s);",
                            instance, failed);
    }
    if (scan->looks_up) {
        said = arena_printf(scan->arena, "%s tka_cache_result_(" SITE ",%s %s);", said,
                            held, hit);
    }
    add_edit(scan, parts->expression, macro,
             arena_printf(scan->arena, " __extension__({ __typeof__(%s) %s = (",
                          scan->type, held));
    add_edit(scan, parts->semicolon, macro,
             arena_printf(scan->arena, ");%s %s; })", said, held));
}

/* A call that hands the result on. */
static void pass(const ReturnScan *scan, const ReturnText *parts, const char *macro)
{
    const char *open = "", *close = parts->is_braced ? "" : ")";

    if (scan->resolves) {
        open = arena_printf(scan->arena, " ::tka_resolved_< %s >(" HERE ",", scan->type);
        close = arena_printf(scan->arena, "%s)", close);
    }
    if (scan->looks_up) {
        open = arena_printf(scan->arena, "%s ::tka_looked_up_< %s >(" SITE ",", open,
                            scan->type);
        close = arena_printf(scan->arena, "%s)", close);
    }
    add_edit(scan, parts->expression, macro,
             arena_printf(scan->arena, "%s%s", open, parts->is_braced ? "" : "("));
    add_edit(scan, parts->semicolon, macro, close);
}

/* Statements before the return, which stays as it is. */
static void say_before(const ReturnScan *scan, const ReturnText *parts, const char *macro,
                       const char *statements)
{
    add_edit(scan, parts->keyword, macro, arena_printf(scan->arena, "{ %s ", statements));
    add_edit(scan, parts->semicolon + 1, macro, " }");
}

static void note_variable(const ReturnScan *scan, const ReturnText *parts,
                          const char *macro)
{
    const char *text = "";

    if (scan->resolves) {
        text =
            arena_printf(scan->arena, "::tka_will_resolve_(" HERE ",%s);", parts->value);
    }
    if (scan->looks_up) {
        text = arena_printf(scan->arena, "%s::tka_will_look_up_(" SITE ",%s);", text,
                            parts->value);
    }
    say_before(scan, parts, macro, text);
}

static enum CXChildVisitResult find_name(CXCursor cursor, CXCursor parent,
                                         CXClientData data)
{
    (void)parent;
    *(CXCursor *)data = cursor;
    return CXChildVisit_Break;
}

/* Whether the return names a variable that is asked instead of the result, through what
 * the compiler adds to it. */
static bool returns_variable(const ReturnScan *scan, CXCursor statement,
                             const ReturnText *parts)
{
    const ClangApi *clang = scan->clang;
    CXCursor at = statement, before;
    enum CXCursorKind kind;
    const char *type;

    if (!parts->is_name) {
        return false;
    }
    do {
        before = at;
        clang->visitChildren(before, find_name, &at);
    } while (!clang->equalCursors(at, before) &&
             clang->getCursorKind(at) != CXCursor_DeclRefExpr);
    kind = clang->getCursorKind(at);
    if ((kind != CXCursor_DeclRefExpr && kind != CXCursor_MemberRefExpr) ||
        strcmp(cursorname_bare(clang, scan->arena, at), parts->value) != 0) {
        return false;
    }
    at = clang->getCursorReferenced(at);
    kind = clang->getCursorKind(at);
    type = resulttype_name(scan->clang, scan->arena, clang->getCursorType(at));
    return (kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl ||
            kind == CXCursor_FieldDecl) &&
           (strcmp(type, scan->class) == 0 ||
            (scan->form == RESULT_SMART && resulttype_is_smart(type)));
}

typedef struct ChildWalk {
    CXCursor first;
    unsigned count;
} ChildWalk;

static enum CXChildVisitResult count_child(CXCursor cursor, CXCursor parent,
                                           CXClientData data)
{
    ChildWalk *walk = data;

    (void)parent;
    walk->first = walk->count++ ? walk->first : cursor;
    return CXChildVisit_Continue;
}

/* Whether a variable is returned, whatever macros write it: it is moved out of, if it is
 * of the function; what is handed on is not. */
static bool is_variable(const ReturnScan *scan, CXCursor statement)
{
    const ClangApi *clang = scan->clang;
    CXCursor at = statement;
    ChildWalk walk;

    do {
        walk = (ChildWalk){.count = 0};
        clang->visitChildren(at, count_child, &walk);
        at = walk.first;
    } while (walk.count == 1 && (clang->getCursorKind(at) == CXCursor_UnexposedExpr ||
                                 clang->getCursorKind(at) == CXCursor_ParenExpr ||
                                 (clang->getCursorKind(at) == CXCursor_CallExpr &&
                                  clang->getCursorKind(clang->getCursorReferenced(at)) ==
                                      CXCursor_Constructor)));
    if (walk.count != 1 || clang->getCursorKind(at) != CXCursor_DeclRefExpr) {
        return false;
    }
    at = clang->getCursorReferenced(at);
    return clang->getCursorKind(at) == CXCursor_VarDecl ||
           clang->getCursorKind(at) == CXCursor_ParmDecl;
}

static bool is_nothing(const ReturnScan *scan, const char *value)
{
    return strcmp(value, "nullptr") == 0 || strcmp(value, "std::nullopt") == 0 ||
           strcmp(value, "boost::none") == 0 ||
           (resulttype_is_optional(scan->class) &&
            (strcmp(value, "nullopt") == 0 || strcmp(value, "none") == 0)) ||
           (strcmp(value, "{}") == 0 &&
            (scan->form == RESULT_SMART || resulttype_is_optional(scan->class)));
}

/* Whether a std::optional is made of something else, which is then in it. */
static bool returns_something(const ReturnScan *scan, CXCursor statement,
                              const ReturnText *parts)
{
    const ClangApi *clang = scan->clang;
    CXCursor at = statement;
    const char *type;
    CXType value;

    if (!resulttype_is_optional(scan->class) || parts->is_braced) {
        return false;
    }
    /* Through conversions, and the construction of the optional itself. */
    do {
        ChildWalk walk = {.count = 0};

        clang->visitChildren(at, count_child, &walk);
        if (walk.count != 1) {
            return false;
        }
        at = walk.first;
    } while (clang->getCursorKind(at) == CXCursor_UnexposedExpr ||
             (clang->getCursorKind(at) == CXCursor_CallExpr &&
              strcmp(cursorname_bare(clang, scan->arena, at), "optional") == 0));
    value = clang->getCanonicalType(clang->getCursorType(at));
    type = resulttype_name(scan->clang, scan->arena, value);
    return value.kind != CXType_Invalid && value.kind != CXType_Unexposed &&
           value.kind != CXType_Dependent && !strstr(type, "optional<") &&
           !strstr(type, "nullopt_t") && !strstr(type, "none_t");
}

/* A class: how it may be returned is the program's to say. False: nothing is said. */
static bool edit_class(const ReturnScan *scan, CXCursor statement,
                       const ReturnText *parts, const char *macro)
{
    bool can_tell = scan->form == RESULT_SMART || scan->form == RESULT_TESTABLE;

    if (can_tell && is_nothing(scan, parts->value)) {
        if (scan->resolves) {
            say_before(scan, parts, macro, "tka_resolution_result_(" HERE ",nullptr,1);");
        }
        return true;
    }
    if (scan->form != RESULT_OTHER && returns_variable(scan, statement, parts)) {
        note_variable(scan, parts, macro);
        return can_tell || !scan->looks_up;
    }
    if (returns_something(scan, statement, parts)) {
        say_before(scan, parts, macro,
                   arena_printf(scan->arena, "%s%s",
                                scan->resolves ? "tka_resolution_result_(" HERE
                                                 ",nullptr,0);"
                                               : "",
                                scan->looks_up ? "tka_cache_result_(" SITE ",1);" : ""));
        return true;
    }
    if (scan->form == RESULT_SMART && scan->type && !scan->is_const &&
        !scan->has_deleter && !parts->is_name && !is_variable(scan, statement)) {
        pass(scan, parts, macro);
        return true;
    }
    return false;
}

/* A macro may use its argument, and a return in it, more than once. */
static bool is_seen(ReturnScan *scan, size_t keyword)
{
    for (size_t i = 0; i < scan->seen_count; i++) {
        if (scan->seen[i] == keyword) {
            return true;
        }
    }
    if (scan->seen_count == scan->seen_capacity) {
        scan->seen = arena_grow(scan->arena, scan->seen, scan->seen_count,
                                &scan->seen_capacity, sizeof *scan->seen);
    }
    scan->seen[scan->seen_count++] = keyword;
    return false;
}

static bool edit_return(ReturnScan *scan, CXCursor statement)
{
    const ClangApi *clang = scan->clang;
    CXSourceRange extent = clang->getCursorExtent(statement);
    CXSourceLocation start = clang->getRangeStart(extent);
    size_t from, to;
    int file = cursorplace_find(clang, scan->request, start, &from);
    const char *macro;
    ReturnText parts;

    if (file < 0 || file != scan->candidate->file ||
        cursorplace_find(clang, scan->request, clang->getRangeEnd(extent), &to) != file) {
        return false;
    }
    /* A macro at the end of a macro's argument ends, to libclang, where the outer does.
     */
    macro = cursorplace_macro(clang, scan->request, start, file, from);
    if (!returntext_read(&parts, scan->arena, sources_get(scan->request->sources, file),
                         from, macro ? 0 : to)) {
        return false;
    }
    if (is_seen(scan, from)) {
        return true;
    }
    switch (scan->form) {
    case RESULT_OTHER:
    case RESULT_SMART:
    case RESULT_TESTABLE:
    case RESULT_DEPENDENT:
        return scan->request->is_cxx && edit_class(scan, statement, &parts, macro);
    case RESULT_VOID:
        return false;
    default:
        break;
    }
    if (!scan->type) {
        return false;
    }
    if (scan->request->is_cxx) {
        pass(scan, &parts, macro);
    } else {
        hold(scan, &parts, macro);
    }
    return true;
}

/* Functions within the function have returns of their own. */
static bool is_another_function(enum CXCursorKind kind)
{
    return kind == CXCursor_LambdaExpr || kind == CXCursor_BlockExpr ||
           kind == CXCursor_StructDecl || kind == CXCursor_ClassDecl ||
           kind == CXCursor_UnionDecl;
}

static enum CXChildVisitResult visit_return(CXCursor cursor, CXCursor parent,
                                            CXClientData data)
{
    ReturnScan *scan = data;
    enum CXCursorKind kind = scan->clang->getCursorKind(cursor);

    (void)parent;
    if (is_another_function(kind)) {
        return CXChildVisit_Continue;
    }
    if (kind == CXCursor_ReturnStmt && !edit_return(scan, cursor)) {
        scan->returns->unsaid = scan->is_unclear = true;
    }
    return CXChildVisit_Recurse;
}

static enum CXChildVisitResult visit_mark(CXCursor cursor, CXCursor parent,
                                          CXClientData data)
{
    ReturnScan *scan = data;

    (void)parent;
    if (scan->clang->getCursorKind(cursor) == CXCursor_CallExpr &&
        strcmp(cursorname_bare(scan->clang, scan->arena, cursor), "tka_cache_marker_") ==
            0) {
        scan->returns->marks_hits = true;
    }
    scan->total += scan->clang->getCursorKind(cursor) == CXCursor_ReturnStmt;
    return CXChildVisit_Recurse;
}

static int compare_edits(const RoleEdit *left, const RoleEdit *right)
{
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* A return may stand in another's expression. What opens and closes at one offset is
 * in the right order already. */
static void sort_edits(Role *role)
{
    for (size_t i = 1; i < role->edit_count; i++) {
        RoleEdit edit = role->edits[i];
        size_t at = i;

        while (at > 0 && compare_edits(&edit, &role->edits[at - 1]) < 0) {
            role->edits[at] = role->edits[at - 1];
            at--;
        }
        role->edits[at] = edit;
    }
}

/* The compiler may take a branch that libclang leaves out: its returns say nothing. */
static bool has_more_returns(const ReturnScan *scan, CXCursor body)
{
    CXSourceRange extent = scan->clang->getCursorExtent(body);
    size_t from = 0, to = 0;
    int file = cursorplace_find(scan->clang, scan->request,
                                scan->clang->getRangeStart(extent), &from);
    int last = cursorplace_find(scan->clang, scan->request,
                                scan->clang->getRangeEnd(extent), &to);
    const SourceFile *source = sources_get(scan->request->sources, file);

    return source && last == file && to <= source->content.length &&
           returntext_count(scan->arena, source, from, to) > scan->total;
}

RoleReturns rolereturn_find(const ClangApi *clang, const ParseRequest *request,
                            CXCursor function, CXCursor body, const Candidate *candidate)
{
    CXType result = clang->getResultType(clang->getCursorType(function));
    RoleReturns returns = {0};
    Role *role = candidate->role;
    ReturnScan scan = {.clang = clang,
                       .request = request,
                       .arena = request->arena,
                       .candidate = candidate,
                       .resolves = role->has[ROLEKIND_RESOLVER],
                       .looks_up = role->has[ROLEKIND_LOOKUP],
                       .returns = &returns};

    clang->visitChildren(body, visit_mark, &scan);
    scan.looks_up &= !returns.marks_hits;
    if (!scan.looks_up && !scan.resolves) {
        return returns;
    }
    scan.form = resulttype_form(clang, scan.arena, result);
    scan.is_const = clang->isConstQualifiedType(clang->getCanonicalType(result));
    scan.class = resulttype_name(clang, scan.arena, result);
    scan.has_deleter = resulttype_has_deleter(scan.class);
    scan.type = resulttype_spell(clang, scan.arena, result, function);
    returns.unsaid = scan.form == RESULT_VOID || has_more_returns(&scan, body);
    if (scan.looks_up && (scan.form == RESULT_REFERENCE || scan.form == RESULT_OTHER ||
                          scan.form == RESULT_VOID || scan.form == RESULT_DEPENDENT)) {
        returns.unsaid = true;
        returns.why = unclear;
        return returns;
    }
    clang->visitChildren(body, visit_return, &scan);
    sort_edits(role);
    returns.why = scan.is_unclear ? unclear : NULL;
    return returns;
}
