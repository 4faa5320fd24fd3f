#include "cursorplace.h"
#include "cursorname.h"

#include <ctype.h>

int cursorplace_find(const ClangApi *clang, const ParseRequest *request,
                     CXSourceLocation location, size_t *offset)
{
    CXFile handle;
    unsigned at;
    int file;
    const SourceFile *source;
    char *name;

    clang->getFileLocation(location, &handle, NULL, NULL, &at);
    if (!handle) {
        return -1;
    }
    name = cursorname_take(clang, request->arena, clang->getFileName(handle));
    file = sources_find(request->sources, name);
    source = sources_get(request->sources, file);
    *offset = source && at >= source->mark_length ? at - source->mark_length : at;
    return source ? file : -1;
}

const char *cursorplace_macro(const ClangApi *clang, const ParseRequest *request,
                              CXSourceLocation location, int file, size_t offset)
{
    const SourceFile *source = sources_get(request->sources, file);
    CXFile handle;
    unsigned expansion;

    clang->getExpansionLocation(location, &handle, NULL, NULL, &expansion);
    if (!source || !handle || expansion - source->mark_length == offset) {
        return NULL;
    }
    return cursorplace_word(request, file, expansion - source->mark_length);
}

char *cursorplace_word(const ParseRequest *request, int file, size_t offset)
{
    const SourceFile *source = sources_get(request->sources, file);
    size_t end = offset;

    if (!source || offset >= source->content.length) {
        return arena_strdup(request->arena, "");
    }
    while (end < source->content.length &&
           (isalnum((unsigned char)source->content.data[end]) ||
            source->content.data[end] == '_')) {
        end++;
    }
    return arena_strndup(request->arena, source->content.data + offset, end - offset);
}
