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

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        if ((at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_')) &&
            !(isalnum((unsigned char)at[length]) || at[length] == '_')) {
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
    return strstr(text, "(anonymous") || strstr(text, "(unnamed") ||
                   has_word(text, "auto") || strstr(text, "(lambda")
               ? NULL
               : text;
}
