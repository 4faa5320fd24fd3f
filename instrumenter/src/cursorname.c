#include "cursorname.h"

char *cursorname_take(const ClangApi *clang, Arena *arena, CXString string)
{
    const char *text = clang->getCString(string);
    char *copy = arena_strdup(arena, text ? text : "");

    clang->disposeString(string);
    return copy;
}

char *cursorname_bare(const ClangApi *clang, Arena *arena, CXCursor cursor)
{
    return cursorname_take(clang, arena, clang->getCursorSpelling(cursor));
}

static char *own_name(const ClangApi *clang, Arena *arena, CXCursor cursor)
{
    enum CXCursorKind kind = clang->getCursorKind(cursor);
    char *name = cursorname_take(clang, arena, clang->getCursorDisplayName(cursor));

    /* libclang 16 and later describe the unnamed instead of leaving it empty. */
    if (name[0] == '\0' || name[0] == '(') {
        return arena_strdup(arena, kind == CXCursor_Namespace ? "(anonymous namespace)"
                                                              : "(anonymous)");
    }
    return name;
}

char *cursorname_qualified(const ClangApi *clang, Arena *arena, CXCursor cursor)
{
    char *name = own_name(clang, arena, cursor);
    CXCursor scope = clang->getCursorSemanticParent(cursor);

    if (clang->CXXMethod_isConst(cursor)) {
        name = arena_printf(arena, "%s const", name);
    }
    while (!clang->Cursor_isNull(scope)) {
        enum CXCursorKind kind = clang->getCursorKind(scope);

        /* Its number differs from version to version. */
        if (clang->isTranslationUnit(kind)) {
            break;
        }
        if (kind != CXCursor_LinkageSpec && kind != CXCursor_UnexposedDecl) {
            name = arena_printf(arena, "%s::%s", own_name(clang, arena, scope), name);
        }
        scope = clang->getCursorSemanticParent(scope);
    }
    return name;
}
