#include "maincopy.h"

#include <string.h>

#define MARK        "\xef\xbb\xbf"
#define MARK_LENGTH 3
#define MARKERS     3 /* lines that stand before the source's first */

static void put_path(Bytes *out, const char *path)
{
    bytes_puts(out, "\"");
    for (; *path; path++) {
        if (*path == '"' || *path == '\\') {
            bytes_puts(out, "\\");
        }
        bytes_append(out, path, 1);
    }
    bytes_puts(out, "\"");
}

bool maincopy_read(const MainCopy *copy, Bytes *text)
{
    Bytes source = {0};
    bool ok = bytes_read_file(&source, copy->source_path);

    bytes_puts(text, "# 1 ");
    put_path(text, copy->source_path);
    bytes_printf(text, "\n# 1 \"%s/tka/probe.h\" 1\n# 1 ", copy->include_directory);
    put_path(text, copy->source_path);
    bytes_puts(text, " 2\n");
    if (ok && source.data) {
        size_t skip = strncmp(source.data, MARK, MARK_LENGTH) == 0 ? MARK_LENGTH : 0;

        bytes_append(text, source.data + skip, source.length - skip);
    }
    bytes_release(&source);
    return ok;
}

bool maincopy_write(const MainCopy *copy, const Bytes *edited, const Bytes *definitions)
{
    Bytes out = {0};
    const char *at = edited->data;
    bool ok;

    for (int i = 0; i < MARKERS; i++) {
        at = strchr(at, '\n') + 1;
    }
    bytes_puts(&out, "#line 1 ");
    put_path(&out, copy->source_path);
    bytes_puts(&out, "\n");
    bytes_append(&out, at, edited->length - (size_t)(at - edited->data));
    ok = bytes_write_file(&out, copy->text_path);
    bytes_release(&out);
    bytes_printf(&out, "#pragma GCC system_header\n");
    bytes_append(&out, definitions->data ? definitions->data : "", definitions->length);
    ok = ok && bytes_write_file(&out, copy->definitions_path);
    bytes_release(&out);
    return ok;
}
