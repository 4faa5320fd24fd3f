#include "resulttype.h"
#include "cursorname.h"
#include "rolekey.h"

#include <ctype.h>
#include <string.h>

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Moving one of them leaves a null pointer: an additional move changes nothing. */
bool resulttype_is_smart(const char *name)
{
    static const char *const names[] = {
        "std::shared_ptr<",      "std::unique_ptr<",   "std::__1::shared_ptr<",
        "std::__1::unique_ptr<", "boost::shared_ptr<", "boost::intrusive_ptr<",
        "QSharedPointer<",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (starts_with(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* A deleter of the program's is moved, too, and may count it. */
bool resulttype_has_deleter(const char *name)
{
    int depth = 0;

    if (!resulttype_is_smart(name) || !strstr(name, "unique_ptr<")) {
        return false;
    }
    for (const char *at = name; *at; at++) {
        depth += *at == '<' || *at == '(' || *at == '[' || *at == '{';
        depth -= *at == '>' || *at == ')' || *at == ']' || *at == '}';
        if (*at == ',' && depth == 1) {
            at += strspn(at, ", ");
            return !starts_with(at, "std::default_delete<") &&
                   !starts_with(at, "std::__1::default_delete<") &&
                   !starts_with(at, "default_delete<");
        }
    }
    return false;
}

typedef struct TestWalk {
    const ClangApi *clang;
    Arena *arena;
    bool is_found;
} TestWalk;

static enum CXChildVisitResult match_test(CXCursor cursor, CXCursor parent,
                                          CXClientData data)
{
    TestWalk *walk = data;

    (void)parent;
    if (walk->clang->getCursorKind(cursor) == CXCursor_ConversionFunction &&
        strcmp(cursorname_bare(walk->clang, walk->arena, cursor), "operator bool") == 0) {
        walk->is_found = true;
        return CXChildVisit_Break;
    }
    return CXChildVisit_Continue;
}

bool resulttype_is_optional(const char *name)
{
    return starts_with(name, "std::optional<") ||
           starts_with(name, "std::__1::optional<") ||
           starts_with(name, "boost::optional<");
}

static bool is_testable(const ClangApi *clang, Arena *arena, CXType type,
                        const char *name)
{
    TestWalk walk = {clang, arena, false};

    if (resulttype_is_optional(name)) {
        return true;
    }
    clang->visitChildren(clang->getTypeDeclaration(type), match_test, &walk);
    return walk.is_found;
}

/* A template whose arguments are not known yet is written without its namespace. */
static const char *qualify(const ClangApi *clang, Arena *arena, CXType type,
                           const char *name)
{
    CXCursor scope = clang->getTypeDeclaration(type);

    if (clang->getCursorKind(scope) != CXCursor_ClassTemplate ||
        strcspn(name, ":") < strcspn(name, "<")) {
        return name;
    }
    while (scope = clang->getCursorSemanticParent(scope),
           clang->getCursorKind(scope) == CXCursor_Namespace) {
        name = arena_printf(arena, "%s::%s", cursorname_bare(clang, arena, scope), name);
    }
    return name;
}

/* A type without references and const, as clang would write it out. */
const char *resulttype_name(const ClangApi *clang, Arena *arena, CXType type)
{
    const char *name;

    type = clang->getCanonicalType(type);
    if (type.kind == CXType_LValueReference || type.kind == CXType_RValueReference) {
        type = clang->getPointeeType(type);
    }
    name = cursorname_take(clang, arena, clang->getTypeSpelling(type));
    name = starts_with(name, "const ") ? name + strlen("const ") : name;
    return type.kind == CXType_Unexposed ? qualify(clang, arena, type, name) : name;
}

static ResultForm form_of_pointee(const ClangApi *clang, CXType type, ResultForm data,
                                  ResultForm function)
{
    CXType inner = clang->getCanonicalType(clang->getPointeeType(type));

    switch ((int)inner.kind) {
    case CXType_FunctionProto:
    case CXType_FunctionNoProto:
        return function;
    default:
        return data;
    }
}

ResultForm resulttype_form(const ClangApi *clang, Arena *arena, CXType result)
{
    CXType type = clang->getCanonicalType(result);
    const char *name = resulttype_name(clang, arena, type);

    switch ((int)type.kind) {
    case CXType_Void:
        return RESULT_VOID;
    case CXType_Pointer:
    case CXType_NullPtr:
        return form_of_pointee(clang, type, RESULT_POINTER, RESULT_FUNCTION);
    case CXType_LValueReference:
        return form_of_pointee(clang, type, RESULT_REFERENCE, RESULT_OTHER);
    case CXType_Bool:
        return RESULT_BOOL;
    case CXType_Enum:
        return RESULT_UNSIGNED;
    case CXType_Record:
    case CXType_Unexposed:
        return resulttype_is_smart(name)               ? RESULT_SMART
               : is_testable(clang, arena, type, name) ? RESULT_TESTABLE
               : type.kind == CXType_Unexposed         ? RESULT_DEPENDENT
                                                       : RESULT_OTHER;
    default:
        return type.kind >= CXType_Char_U && type.kind < CXType_UInt128  ? RESULT_UNSIGNED
               : type.kind >= CXType_Char_S && type.kind < CXType_Int128 ? RESULT_SIGNED
                                                                         : RESULT_OTHER;
    }
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[length])) {
            return true;
        }
    }
    return false;
}

/* Takes a qualifier out of a type's text, wherever a name begins with it. */
static void drop_qualifier(char *text, const char *qualifier)
{
    size_t length = strlen(qualifier);

    for (char *at = text; (at = strstr(at, qualifier)) != NULL;) {
        if (at > text && (isalnum((unsigned char)at[-1]) || strchr("_:", at[-1]))) {
            at++;
        } else {
            memmove(at, at + length, strlen(at + length) + 1);
        }
    }
}

static bool has_unqualified(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        if ((at == text || (!is_word(at[-1]) && at[-1] != ':')) && !is_word(at[length]) &&
            strncmp(at + length, "::", 2) != 0) {
            return true;
        }
    }
    return false;
}

typedef struct HiderWalk {
    const ClangApi *clang;
    Arena *arena;
    const char *text; /* of a type */
    bool is_found;
} HiderWalk;

static enum CXChildVisitResult match_hider(CXCursor cursor, CXCursor parent,
                                           CXClientData data)
{
    HiderWalk *walk = data;
    enum CXCursorKind kind = walk->clang->getCursorKind(cursor);

    (void)parent;
    if (kind == CXCursor_ParmDecl || kind == CXCursor_VarDecl ||
        kind == CXCursor_TypedefDecl || kind == CXCursor_EnumConstantDecl ||
        kind == CXCursor_FunctionDecl) {
        const char *name = cursorname_bare(walk->clang, walk->arena, cursor);

        if (*name && has_unqualified(walk->text, name)) {
            walk->is_found = true;
            return CXChildVisit_Break;
        }
    }
    return CXChildVisit_Recurse;
}

/* Whether a parameter or a local variable has a name that is in the type's text, where
 * its scope is not written. */
static bool is_hidden(const ClangApi *clang, Arena *arena, CXCursor function,
                      const char *text)
{
    HiderWalk walk = {clang, arena, text, false};

    clang->visitChildren(function, match_hider, &walk);
    return walk.is_found;
}

/* A variable does not hide a tag that is written with its keyword. */
static char *without_tag(Arena *arena, const char *text)
{
    static const char *const keywords[] = {"struct ", "union ", "enum ", "class "};
    char *rest = arena_strdup(arena, text), *at = NULL;

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords && !at; i++) {
        at = strstr(rest, keywords[i]);
        for (at += at ? strlen(keywords[i]) : 0; at && is_word(*at); at++) {
            *at = ' ';
        }
    }
    return rest;
}

/* The type's text, or in C that of the tag that it is short for; NULL: both are hidden.
 */
static char *visible(const ClangApi *clang, Arena *arena, CXType type, CXCursor function,
                     char *text)
{
    if (!is_hidden(clang, arena, function, without_tag(arena, text))) {
        return text;
    }
    type = clang->getCanonicalType(type);
    text = cursorname_take(clang, arena, clang->getTypeSpelling(type));
    return is_hidden(clang, arena, function, without_tag(arena, text)) ? NULL : text;
}

static bool is_class(enum CXCursorKind kind)
{
    return kind == CXCursor_StructDecl || kind == CXCursor_ClassDecl ||
           kind == CXCursor_UnionDecl || kind == CXCursor_ClassTemplate ||
           kind == CXCursor_ClassTemplatePartialSpecialization;
}

/* libclang writes what a class template holds as Template::Member, without the
 * arguments; within a member the name alone is right. */
static void drop_own_classes(const ClangApi *clang, Arena *arena, char *text,
                             CXCursor function)
{
    CXCursor class = clang->getCursorSemanticParent(function);

    for (; is_class(clang->getCursorKind(class));
         class = clang->getCursorSemanticParent(class)) {
        char *name = arena_printf(arena, "%s::", cursorname_bare(clang, arena, class));
        CXCursor scope = clang->getCursorSemanticParent(class);

        while (!clang->Cursor_isNull(scope) &&
               !clang->isTranslationUnit(clang->getCursorKind(scope))) {
            const char *outer = cursorname_bare(clang, arena, scope);

            name = *outer && *outer != '(' ? arena_printf(arena, "%s::%s", outer, name)
                                           : name;
            scope = clang->getCursorSemanticParent(scope);
        }
        drop_qualifier(text, name);
    }
}

static bool is_deduced(const ClangApi *clang, CXType type)
{
    while (type.kind == CXType_Pointer || type.kind == CXType_LValueReference) {
        type = clang->getPointeeType(type);
    }
    return type.kind == CXType_Auto;
}

/* How the type is written where the function's body begins; NULL: not at all. */
const char *resulttype_spell(const ClangApi *clang, Arena *arena, CXType type,
                             CXCursor function)
{
    static const char unnamed[] = "(anonymous namespace)::";
    char *at, *text = cursorname_take(clang, arena, clang->getTypeSpelling(type));

    while ((at = strstr(text, unnamed)) != NULL) {
        memmove(at, at + strlen(unnamed), strlen(at + strlen(unnamed)) + 1);
    }
    if (rolekey_is_templated(clang, function)) {
        drop_own_classes(clang, arena, text, function);
    }
    if (is_deduced(clang, type)) {
        return NULL;
    }
    text = visible(clang, arena, type, function, text);
    return !text || strstr(text, "(anonymous") || strstr(text, "(unnamed") ||
                   has_word(text, "auto") || strstr(text, "(lambda")
               ? NULL
               : text;
}
