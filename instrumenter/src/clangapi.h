/* clangapi - libclang, loaded when a file needs it.
 *
 *     const ClangApi *clang = clangapi_load();
 *     if (clang) index = clang->createIndex(0, 0);
 *
 * Only a source with an annotation or a rule pays for loading it, and a machine
 * without it can still build. Functions are those of libclang 14. The library
 * stays loaded. One thread.
 */
#ifndef TKA_CC_CLANGAPI_H
#define TKA_CC_CLANGAPI_H

#include <clang-c/Index.h>

#define CLANGAPI_FUNCTIONS(X)                                                            \
    X(createIndex)                                                                       \
    X(disposeIndex)                                                                      \
    X(parseTranslationUnit2)                                                             \
    X(disposeTranslationUnit)                                                            \
    X(getTranslationUnitCursor)                                                          \
    X(getNumDiagnostics)                                                                 \
    X(getDiagnostic)                                                                     \
    X(getDiagnosticSeverity)                                                             \
    X(disposeDiagnostic)                                                                 \
    X(visitChildren)                                                                     \
    X(getCursorKind)                                                                     \
    X(getCursorSpelling)                                                                 \
    X(getCursorDisplayName)                                                              \
    X(getCursorSemanticParent)                                                           \
    X(getCursorReferenced)                                                               \
    X(getCursorLinkage)                                                                  \
    X(getCursorLocation)                                                                 \
    X(getCursorExtent)                                                                   \
    X(getCursorPrintingPolicy)                                                           \
    X(getCursorPrettyPrinted)                                                            \
    X(PrintingPolicy_setProperty)                                                        \
    X(PrintingPolicy_dispose)                                                            \
    X(Cursor_isFunctionInlined)                                                          \
    X(Cursor_isNull)                                                                     \
    X(Cursor_getStorageClass)                                                            \
    X(Cursor_getMangling)                                                                \
    X(CXXMethod_isConst)                                                                 \
    X(CXXMethod_isDefaulted)                                                             \
    X(isCursorDefinition)                                                                \
    X(isStatement)                                                                       \
    X(isTranslationUnit)                                                                 \
    X(isExpression)                                                                      \
    X(equalCursors)                                                                      \
    X(hashCursor)                                                                        \
    X(getRangeStart)                                                                     \
    X(getRangeEnd)                                                                       \
    X(getFileLocation)                                                                   \
    X(getExpansionLocation)                                                              \
    X(getPresumedLocation)                                                               \
    X(Location_isInSystemHeader)                                                         \
    X(getFileName)                                                                       \
    X(getFile)                                                                           \
    X(getSkippedRanges)                                                                  \
    X(getCanonicalCursor)                                                                \
    X(getCursorType)                                                                     \
    X(getResultType)                                                                     \
    X(getCanonicalType)                                                                  \
    X(getPointeeType)                                                                    \
    X(getArrayElementType)                                                               \
    X(getTypeDeclaration)                                                                \
    X(getTypeSpelling)                                                                   \
    X(isVolatileQualifiedType)                                                           \
    X(isConstQualifiedType)                                                              \
    X(getCXXAccessSpecifier)                                                             \
    X(getEnumDeclIntegerType)                                                            \
    X(getEnumConstantDeclValue)                                                          \
    X(getEnumConstantDeclUnsignedValue)                                                  \
    X(getCString)                                                                        \
    X(disposeString)

typedef struct ClangApi {
#define CLANGAPI_MEMBER(name) __typeof__(clang_##name) *name;
    CLANGAPI_FUNCTIONS(CLANGAPI_MEMBER)
#undef CLANGAPI_MEMBER
} ClangApi;

/* NULL when no usable libclang is installed. */
const ClangApi *clangapi_load(void);

#endif
