#include "blockcheck.h"
#include "arglist.h"
#include "cursorname.h"

#include <string.h>

typedef struct PartsWalk {
    const ClangApi *clang;
    Arena *arena;
    BlockParts *parts;
    bool is_marker;
    unsigned position; /* of the child within the if statement */
} PartsWalk;

/* A string literal's value; of escapes only those of quote and backslash. */
static char *literal_value(Arena *arena, const char *literal)
{
    const char *open = strchr(literal, '"');
    const char *close = strrchr(literal, '"');
    char *value = arena_strdup(arena, literal);
    char *to = value;

    if (!open || close <= open) {
        return value;
    }
    for (const char *from = open + 1; from < close; from++) {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\')) {
            from++;
        }
        *to++ = *from;
    }
    *to = '\0';
    return value;
}

static enum CXChildVisitResult find_marker(CXCursor cursor, CXCursor parent,
                                           CXClientData data)
{
    PartsWalk *walk = data;
    enum CXCursorKind kind = walk->clang->getCursorKind(cursor);
    const char *name;

    (void)parent;
    if (kind == CXCursor_CallExpr) {
        name = cursorname_bare(walk->clang, walk->arena, cursor);
        walk->is_marker |= strcmp(name, "tka_block_marker_") == 0;
    } else if (kind == CXCursor_StringLiteral && walk->is_marker) {
        name = cursorname_bare(walk->clang, walk->arena, cursor);
        walk->parts->name = literal_value(walk->arena, name);
    }
    return CXChildVisit_Recurse;
}

static enum CXChildVisitResult count_statement(CXCursor cursor, CXCursor parent,
                                               CXClientData data)
{
    PartsWalk *walk = data;
    enum CXCursorKind kind = walk->clang->getCursorKind(cursor);
    enum CXCursorKind place = walk->clang->getCursorKind(parent);

    if (walk->clang->isStatement(kind)) {
        walk->parts->statements += kind != CXCursor_CompoundStmt;
        return CXChildVisit_Recurse;
    }
    walk->parts->statements += place == CXCursor_CompoundStmt;
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult visit_if(CXCursor cursor, CXCursor parent,
                                        CXClientData data)
{
    PartsWalk *walk = data;

    if (walk->position++ == 0) {
        find_marker(cursor, parent, data);
        walk->clang->visitChildren(cursor, find_marker, data);
        return walk->is_marker ? CXChildVisit_Continue : CXChildVisit_Break;
    }
    if (walk->clang->getCursorKind(cursor) == CXCursor_CompoundStmt) {
        walk->parts->body = cursor;
        walk->parts->has_body = true;
        walk->clang->visitChildren(cursor, count_statement, data);
    }
    return CXChildVisit_Break;
}

bool blockcheck_parts(const ClangApi *clang, Arena *arena, CXCursor statement,
                      BlockParts *parts)
{
    PartsWalk walk = {.clang = clang, .arena = arena, .parts = parts};

    *parts = (BlockParts){.name = ""};
    clang->visitChildren(statement, visit_if, &walk);
    return walk.is_marker;
}

typedef struct JumpWalk {
    const ClangApi *clang;
    Arena *arena;
    CXCursor block;
    ArgList labels;      /* defined in the block */
    bool has_case;       /* of a switch outside */
    bool label_targeted; /* by a goto outside, or unknown */
} JumpWalk;

static enum CXChildVisitResult inside_block(CXCursor cursor, CXCursor parent,
                                            CXClientData data)
{
    JumpWalk *walk = data;
    enum CXCursorKind kind = walk->clang->getCursorKind(cursor);

    (void)parent;
    if (kind == CXCursor_CaseStmt || kind == CXCursor_DefaultStmt) {
        walk->has_case = true;
    } else if (kind == CXCursor_LabelStmt) {
        args_add(&walk->labels, cursorname_bare(walk->clang, walk->arena, cursor));
    }
    return CXChildVisit_Recurse;
}

/* As inside_block, but cases of switches within the block are their own. */
static enum CXChildVisitResult outside_switches(CXCursor cursor, CXCursor parent,
                                                CXClientData data)
{
    JumpWalk *walk = data;
    bool has_case = walk->has_case;

    if (walk->clang->getCursorKind(cursor) == CXCursor_SwitchStmt) {
        walk->clang->visitChildren(cursor, inside_block, data);
        walk->has_case = has_case;
        return CXChildVisit_Continue;
    }
    return inside_block(cursor, parent, data);
}

static enum CXChildVisitResult outside_block(CXCursor cursor, CXCursor parent,
                                             CXClientData data)
{
    JumpWalk *walk = data;
    enum CXCursorKind kind = walk->clang->getCursorKind(cursor);
    enum CXCursorKind place = walk->clang->getCursorKind(parent);

    if (walk->clang->equalCursors(cursor, walk->block)) {
        return CXChildVisit_Continue;
    }
    if (kind == CXCursor_AddrLabelExpr || kind == CXCursor_IndirectGotoStmt) {
        walk->label_targeted = true;
    } else if (kind == CXCursor_LabelRef && place == CXCursor_GotoStmt) {
        const char *name = cursorname_bare(walk->clang, walk->arena, cursor);

        for (size_t i = 0; i < walk->labels.count; i++) {
            walk->label_targeted |= strcmp(walk->labels.items[i], name) == 0;
        }
    }
    return CXChildVisit_Recurse;
}

const char *blockcheck_jumps(const ClangApi *clang, Arena *arena, CXCursor function,
                             CXCursor block)
{
    JumpWalk walk = {
        .clang = clang, .arena = arena, .block = block, .labels = {.arena = arena}};

    clang->visitChildren(block, outside_switches, &walk);
    if (walk.has_case) {
        return "a switch outside jumps to a case inside the block";
    }
    if (walk.labels.count) {
        clang->visitChildren(function, outside_block, &walk);
    }
    return walk.label_targeted ? "a goto outside jumps into the block" : NULL;
}
