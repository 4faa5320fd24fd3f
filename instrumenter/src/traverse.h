/* traverse - walk libclang's tree and write down candidates.
 *
 * Part of parse: everything that must know cursors and nothing that knows how
 * the tree came about.
 */
#ifndef TKA_CC_TRAVERSE_H
#define TKA_CC_TRAVERSE_H

#include "clangapi.h"
#include "findings.h"

void traverse_unit(const ClangApi *clang, CXTranslationUnit unit,
                   const ParseRequest *request, ParseResult *result);

#endif
