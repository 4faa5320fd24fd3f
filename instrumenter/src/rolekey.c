#include "rolekey.h"
#include "cursorname.h"

#include <string.h>

typedef enum KeyForm {
    KEY_OTHER, /* no key can be made of it */
    KEY_TEXT,
    KEY_BYTES,
    KEY_NUMBER,
    KEY_POINTER,
    KEY_DEPENDENT /* on a template's arguments */
} KeyForm;

/* Looks for one parameter of a declaration. */
typedef struct ParameterWalk {
    const ClangApi *clang;
    Arena *arena;
    const char *annotation; /* or NULL: by name */
    const char *name;
    int position, wanted; /* of the parameter; -1: not known */
    const char *field;
    CXCursor found;
    bool is_found;
} ParameterWalk;

typedef struct AnnotationWalk {
    const ClangApi *clang;
    Arena *arena;
    const char *text, *rest;
    bool is_found;
} AnnotationWalk;

typedef struct MemberWalk {
    const ClangApi *clang;
    Arena *arena;
    const char *name;
    CXCursor found;
    bool is_found;
} MemberWalk;

typedef struct EnumWalk {
    const ClangApi *clang;
    Arena *arena;
    bool is_signed;
    unsigned count;
    char *names;
} EnumWalk;

/* More names than these are no list of services. */
#define MAX_ENUMERATORS 1000

static enum CXChildVisitResult match_annotation(CXCursor cursor, CXCursor parent,
                                                CXClientData data)
{
    AnnotationWalk *walk = data;
    size_t length = strlen(walk->text);
    const char *text;

    (void)parent;
    if (walk->clang->getCursorKind(cursor) != CXCursor_AnnotateAttr) {
        return CXChildVisit_Continue;
    }
    text = cursorname_bare(walk->clang, walk->arena, cursor);
    if (strncmp(text, walk->text, length) == 0 &&
        (text[length] == '\0' || text[length] == ':')) {
        walk->rest = text[length] ? text + length + 1 : "";
        walk->is_found = true;
        return CXChildVisit_Break;
    }
    return CXChildVisit_Continue;
}

bool rolekey_annotation(const ClangApi *clang, Arena *arena, CXCursor cursor,
                        const char *text, const char **rest)
{
    AnnotationWalk walk = {clang, arena, text, NULL, false};

    clang->visitChildren(cursor, match_annotation, &walk);
    *rest = walk.rest;
    return walk.is_found;
}

static enum CXChildVisitResult match_parameter(CXCursor cursor, CXCursor parent,
                                               CXClientData data)
{
    ParameterWalk *walk = data;
    const char *field = "";

    (void)parent;
    if (walk->clang->getCursorKind(cursor) != CXCursor_ParmDecl) {
        return CXChildVisit_Continue;
    }
    walk->is_found =
        walk->wanted >= 0 ? walk->position == walk->wanted
        : walk->name
            ? strcmp(cursorname_bare(walk->clang, walk->arena, cursor), walk->name) == 0
            : rolekey_annotation(walk->clang, walk->arena, cursor, walk->annotation,
                                 &field);
    if (walk->is_found) {
        walk->found = cursor;
        walk->field = walk->wanted >= 0 ? walk->field : field;
        return CXChildVisit_Break;
    }
    walk->position++;
    return CXChildVisit_Continue;
}

/* The definition's parameter; the annotation may stand on the first declaration's. */
static bool find_parameter(ParameterWalk *walk, CXCursor function)
{
    walk->wanted = -1;
    walk->clang->visitChildren(function, match_parameter, walk);
    if (!walk->is_found && !walk->name) {
        walk->position = 0;
        walk->clang->visitChildren(walk->clang->getCanonicalCursor(function),
                                   match_parameter, walk);
        if (walk->is_found) {
            walk->wanted = walk->position;
            walk->position = 0;
            walk->is_found = false;
            walk->clang->visitChildren(function, match_parameter, walk);
        }
    }
    return walk->is_found;
}

static bool is_char(enum CXTypeKind kind)
{
    return kind == CXType_Char_S || kind == CXType_Char_U;
}

static CXType without_reference(const ClangApi *clang, CXType type)
{
    type = clang->getCanonicalType(type);
    return type.kind == CXType_LValueReference || type.kind == CXType_RValueReference
               ? clang->getCanonicalType(clang->getPointeeType(type))
               : type;
}

static KeyForm form_of_record(const ClangApi *clang, Arena *arena, CXType type)
{
    const char *name = cursorname_take(clang, arena, clang->getTypeSpelling(type));
    static const char *const strings[] = {
        "std::basic_string<char", "std::__cxx11::basic_string<char",
        "std::__1::basic_string<char", "std::basic_string_view<char",
        "std::__1::basic_string_view<char"};

    name += strncmp(name, "const ", 6) == 0 ? 6 : 0;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        size_t length = strlen(strings[i]);

        if (strncmp(name, strings[i], length) == 0 &&
            (name[length] == '>' || name[length] == ',')) {
            return KEY_BYTES;
        }
    }
    return KEY_OTHER;
}

static KeyForm form_of(const ClangApi *clang, Arena *arena, CXType type)
{
    CXType bare = without_reference(clang, type), inner;

    switch ((int)bare.kind) {
    case CXType_Pointer:
        inner = clang->getCanonicalType(clang->getPointeeType(bare));
        return is_char(inner.kind) && !clang->isVolatileQualifiedType(inner)
                   ? KEY_TEXT
                   : KEY_POINTER;
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
    case CXType_VariableArray:
        inner = clang->getCanonicalType(clang->getArrayElementType(bare));
        return is_char(inner.kind) ? KEY_TEXT : KEY_POINTER;
    case CXType_Record:
        return form_of_record(clang, arena, bare);
    case CXType_Enum:
        return KEY_NUMBER;
    case CXType_UInt128:
    case CXType_Int128:
        return KEY_OTHER;
    case CXType_Unexposed:
    case CXType_Dependent:
        return KEY_DEPENDENT;
    default:
        return bare.kind >= CXType_Bool && bare.kind <= CXType_LongLong ? KEY_NUMBER
                                                                        : KEY_OTHER;
    }
}

static enum CXChildVisitResult match_member(CXCursor cursor, CXCursor parent,
                                            CXClientData data)
{
    MemberWalk *walk = data;

    (void)parent;
    if (walk->clang->getCursorKind(cursor) == CXCursor_FieldDecl &&
        strcmp(cursorname_bare(walk->clang, walk->arena, cursor), walk->name) == 0) {
        walk->found = cursor;
        walk->is_found = true;
        return CXChildVisit_Break;
    }
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult add_enumerator(CXCursor cursor, CXCursor parent,
                                              CXClientData data)
{
    EnumWalk *walk = data;

    (void)parent;
    if (walk->clang->getCursorKind(cursor) != CXCursor_EnumConstantDecl) {
        return CXChildVisit_Continue;
    }
    if (walk->count++ >= MAX_ENUMERATORS) {
        return CXChildVisit_Break;
    }
    walk->names = arena_printf(
        walk->arena, "%s;%llu=%s", walk->names,
        walk->is_signed
            ? (unsigned long long)walk->clang->getEnumConstantDeclValue(cursor)
            : walk->clang->getEnumConstantDeclUnsignedValue(cursor),
        cursorname_bare(walk->clang, walk->arena, cursor));
    return CXChildVisit_Continue;
}

/* The names of an enumeration, with the numbers that the key will have. */
static const char *enumerators_of(const ClangApi *clang, Arena *arena, CXType type)
{
    CXType bare = without_reference(clang, type);
    CXCursor declaration = clang->getTypeDeclaration(bare);
    EnumWalk walk = {clang, arena, false, 0, arena_strdup(arena, "")};
    CXType number;

    if (bare.kind == CXType_Enum) {
        number = clang->getCanonicalType(clang->getEnumDeclIntegerType(declaration));
        walk.is_signed = number.kind >= CXType_Char_S;
        clang->visitChildren(declaration, add_enumerator, &walk);
    }
    return walk.names;
}

static const char *number_of(Arena *arena, bool is_cxx, KeyForm form, const char *what)
{
    return arena_printf(arena,
                        is_cxx                ? "::tka_key_number_(%s)"
                        : form == KEY_POINTER ? "(__UINT64_TYPE__)(__UINTPTR_TYPE__)%s"
                                              : "(__UINT64_TYPE__)%s",
                        what);
}

static const char *lookup_text(Arena *arena, bool is_cxx, KeyForm form, const char *what)
{
#define SITE "&tka_f" ROLE_DIGITS "_,&tka_o" ROLE_DIGITS "_,"
    switch (form) {
    case KEY_TEXT:
        return arena_printf(arena, "tka_cache_text_(" SITE "%s,~0ul)", what);
    case KEY_BYTES:
        return arena_printf(arena, "tka_cache_text_(" SITE "%s.data(),%s.size())", what,
                            what);
    case KEY_DEPENDENT:
        return arena_printf(arena, "::tka_cache_any_(" SITE "%s,0)", what);
    default:
        return arena_printf(arena, "tka_cache_key_(" SITE "%s)",
                            number_of(arena, is_cxx, form, what));
    }
#undef SITE
}

/* `there`: the condition on which there is anything, and a question mark; or "". */
static const char *resolver_text(Arena *arena, bool is_cxx, KeyForm form,
                                 const char *there, const char *what)
{
    const char *null = is_cxx ? "nullptr" : "0";
    const char *no_text = *there ? arena_printf(arena, ":%s", null) : "";
    const char *no_number = *there ? ":0u" : "";

    switch (form) {
    case KEY_TEXT:
        return arena_printf(arena, "TKA_KEY_TEXT,(%s%s%s),0", there, what, no_text);
    case KEY_BYTES:
        return arena_printf(arena, "TKA_KEY_BYTES,(%s%s.data()%s),(%s%s.size()%s)", there,
                            what, no_text, there, what, no_number);
    default:
        return arena_printf(arena, "TKA_KEY_NUMBER,%s,(%s%s%s)", null, there,
                            number_of(arena, is_cxx, form, what), no_number);
    }
}

/* Whether only members may name the field, and the function is none of its class. */
static bool is_hidden(const ClangApi *clang, CXCursor field, CXCursor function)
{
    enum CX_CXXAccessSpecifier access = clang->getCXXAccessSpecifier(field);
    CXCursor class = clang->getCanonicalCursor(clang->getCursorSemanticParent(field));

    return (access == CX_CXXPrivate || access == CX_CXXProtected) &&
           !clang->equalCursors(class, clang->getCanonicalCursor(
                                           clang->getCursorSemanticParent(function)));
}

/* The field's type, and how it is reached; NULL: there is no such field. */
static const char *reach_field(const ClangApi *clang, Arena *arena,
                               const ParameterWalk *walk, const char *name, CXType *type,
                               const char **there)
{
    CXCursor function = clang->getCursorSemanticParent(walk->found);
    CXType record = without_reference(clang, clang->getCursorType(walk->found));
    bool is_pointer = record.kind == CXType_Pointer;
    MemberWalk member = {.clang = clang, .arena = arena, .name = walk->field};

    if (is_pointer) {
        record = clang->getCanonicalType(clang->getPointeeType(record));
    }
    if (record.kind != CXType_Record) {
        return NULL;
    }
    clang->visitChildren(clang->getTypeDeclaration(record), match_member, &member);
    if (!member.is_found) {
        return NULL;
    }
    /* No reference can be bound to a volatile bit-field. */
    if (is_hidden(clang, member.found, function) ||
        clang->isVolatileQualifiedType(clang->getCursorType(member.found))) {
        return NULL;
    }
    *type = clang->getCursorType(member.found);
    *there = is_pointer ? arena_printf(arena, "tka_is_there_(%s)?", name) : "";
    return arena_printf(arena, "%s%s%s", name, is_pointer ? "->" : ".", walk->field);
}

static bool is_pack(const ClangApi *clang, Arena *arena, CXType type)
{
    const char *name = cursorname_take(clang, arena, clang->getTypeSpelling(type));
    size_t length = strlen(name);

    return length >= 3 && strcmp(name + length - 3, "...") == 0;
}

static RoleKey key_of(const ClangApi *clang, const ParseRequest *request, RoleKind kind,
                      const ParameterWalk *walk)
{
    Arena *arena = request->arena;
    const char *name = cursorname_bare(clang, arena, walk->found), *there = "";
    CXType type = clang->getCursorType(walk->found);
    RoleKey key = {.enumerators = ""};
    const char *what = name;
    KeyForm form;

    if (!*name) {
        key.reason = "the parameter has no name";
        return key;
    }
    if (walk->field && *walk->field) {
        what = reach_field(clang, arena, walk, name, &type, &there);
        if (!what) {
            key.reason = arena_printf(arena, "%s has no field %s that can be read", name,
                                      walk->field);
            return key;
        }
    }
    form = is_pack(clang, arena, type) ? KEY_OTHER : form_of(clang, arena, type);
    if (form == KEY_OTHER || (form == KEY_DEPENDENT && *there)) {
        key.reason =
            arena_printf(arena, "a key of type %s is not understood",
                         cursorname_take(clang, arena, clang->getTypeSpelling(type)));
    } else if (kind == ROLEKIND_LOOKUP) {
        key.text = lookup_text(arena, request->is_cxx, form, what);
    } else {
        key.is_any = form == KEY_DEPENDENT;
        key.text = key.is_any ? arena_printf(arena, "%s,0", what)
                              : resolver_text(arena, request->is_cxx, form, there, what);
        key.enumerators = enumerators_of(clang, arena, type);
    }
    return key;
}

bool rolekey_is_templated(const ClangApi *clang, CXCursor cursor)
{
    while (!clang->Cursor_isNull(cursor) &&
           !clang->isTranslationUnit(clang->getCursorKind(cursor))) {
        enum CXCursorKind kind = clang->getCursorKind(cursor);

        if (kind == CXCursor_FunctionTemplate || kind == CXCursor_ClassTemplate ||
            kind == CXCursor_ClassTemplatePartialSpecialization) {
            return true;
        }
        cursor = clang->getCursorSemanticParent(cursor);
    }
    return false;
}

RoleKey rolekey_find(const ClangApi *clang, const ParseRequest *request,
                     CXCursor function, RoleKind kind, const RoleWish *wish)
{
    ParameterWalk walk = {.clang = clang,
                          .arena = request->arena,
                          .name = wish->key[kind],
                          .annotation = kind == ROLEKIND_LOOKUP ? "tka.key.cache"
                                                                : "tka.key.service"};
    bool by_type = walk.name && strcmp(walk.name, "TYPE") == 0;
    RoleKey key = {.enumerators = ""};

    if (!by_type && find_parameter(&walk, function)) {
        return key_of(clang, request, kind, &walk);
    }
    if (walk.name && !by_type) {
        key.reason = arena_printf(request->arena, "no parameter is named %s", walk.name);
    } else if (kind == ROLEKIND_RESOLVER && rolekey_is_templated(clang, function)) {
        key.text = "TKA_KEY_TYPE,__PRETTY_FUNCTION__,0";
    } else if (by_type) {
        key.reason = "it has no template arguments";
    }
    return key;
}
