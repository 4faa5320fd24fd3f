/* json_writer - JSON into a Text: commas, escapes, and numbers that every reader
 * keeps.
 *
 *     Json json = {.out = &text};
 *     json_object(&json, NULL);
 *     json_text(&json, "name", name);
 *     json_end(&json);
 *
 * key is NULL inside an array and at the top. The outer two levels get a line per
 * member, what is deeper stays on its line; with .one_line all does. Integers above 2^53 are written as
 * strings, bytes that are not UTF-8 as U+FFFD.
 */
#ifndef TKA_JSON_WRITER_H
#define TKA_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "textbuf.h"

typedef struct Json {
    Text *out;
    bool one_line;
    size_t depth;
    bool filled;  /* the open container has a member */
    Text closers; /* the brackets that are open */
} Json;

void json_object(Json *json, const char *key);
void json_array(Json *json, const char *key);
void json_end(Json *json); /* of the innermost; the outermost adds a newline */

void json_text(Json *json, const char *key, const char *value);
void json_optional_text(Json *json, const char *key, const char *value); /* "": null */
void json_integer(Json *json, const char *key, int64_t value);
void json_count(Json *json, const char *key, uint64_t value);
void json_real(Json *json, const char *key, double value); /* NaN, inf: null */
void json_decimal(Json *json, const char *key, double value, int decimals);
void json_ns(Json *json, const char *key, double ns); /* rounded; < 0: null */
void json_bool(Json *json, const char *key, bool value);
void json_null(Json *json, const char *key);

#endif
