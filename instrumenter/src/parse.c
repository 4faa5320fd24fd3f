#include "parse.h"
#include "cursorname.h"
#include "paths.h"
#include "traverse.h"

#include <string.h>

static CXTranslationUnit open_unit(const ClangApi *clang, CXIndex index,
                                   const ParseRequest *request, unsigned options)
{
    char **flags = args_vector(request->flags);
    CXTranslationUnit unit = NULL;

    if (clang->parseTranslationUnit2(index, request->path, (const char *const *)flags,
                                     (int)request->flags->count, NULL, 0, options,
                                     &unit) != CXError_Success) {
        return NULL;
    }
    return unit;
}

static unsigned count_errors(const ClangApi *clang, CXTranslationUnit unit)
{
    unsigned total = clang->getNumDiagnostics(unit), errors = 0;

    /* Formatting thousands of them takes minutes; counting does not. */
    for (unsigned i = 0; i < total; i++) {
        CXDiagnostic diagnostic = clang->getDiagnostic(unit, i);

        errors += clang->getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
        clang->disposeDiagnostic(diagnostic);
    }
    return errors;
}

bool parse_source(const ParseRequest *request, ParseResult *result)
{
    const ClangApi *clang = clangapi_load();
    CXTranslationUnit unit;
    CXIndex index;

    if (!clang) {
        result->error = "libclang was not found";
        return false;
    }
    index = clang->createIndex(0, 0);
    unit = open_unit(clang, index, request, CXTranslationUnit_KeepGoing);
    if (!unit) {
        result->error = "libclang could not read the file";
        clang->disposeIndex(index);
        return false;
    }
    result->error_count = count_errors(clang, unit);
    traverse_unit(clang, unit, request, result);
    clang->disposeTranslationUnit(unit);
    clang->disposeIndex(index);
    return true;
}

static void add_boundary(const ClangApi *clang, CXSourceLocation location, int file,
                         ParseResult *result)
{
    Mention mention = {.file = file};

    clang->getFileLocation(location, NULL, &mention.line, NULL, NULL);
    mentions_add(&result->skipped, &mention);
}

bool parse_skipped(const ParseRequest *request, int file, ParseResult *result)
{
    const ClangApi *clang = clangapi_load();
    const char *path = request->sources->files[file]->path;
    CXIndex index;
    CXTranslationUnit unit;
    CXSourceRangeList *ranges;
    CXFile handle;

    if (!clang) {
        return false;
    }
    index = clang->createIndex(0, 0);
    unit = open_unit(clang, index, request,
                     CXTranslationUnit_KeepGoing |
                         CXTranslationUnit_DetailedPreprocessingRecord |
                         CXTranslationUnit_SkipFunctionBodies);
    handle = unit ? clang->getFile(unit, path) : NULL;
    ranges = handle ? clang->getSkippedRanges(unit, handle) : NULL;
    for (unsigned i = 0; ranges && i < ranges->count; i++) {
        add_boundary(clang, clang->getRangeStart(ranges->ranges[i]), file, result);
        add_boundary(clang, clang->getRangeEnd(ranges->ranges[i]), file, result);
    }
    if (unit) {
        clang->disposeTranslationUnit(unit);
    }
    clang->disposeIndex(index);
    return ranges != NULL;
}
