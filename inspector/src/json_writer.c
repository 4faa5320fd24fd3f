#include "json_writer.h"

#include <math.h>
#include <string.h>

#define EXACT_IN_A_DOUBLE 9007199254740992.0 /* 2^53 */
#define LINE_DEPTH        2                  /* containers whose members get lines */

/* Length of the UTF-8 sequence at bytes; 0 when there is no valid one. */
static size_t utf8_length(const unsigned char *bytes)
{
    size_t length = bytes[0] < 0x80             ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;

    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((length == 2 && bytes[0] < 0xc2) ||
        (length == 3 && ((bytes[0] == 0xe0 && bytes[1] < 0xa0) ||
                         (bytes[0] == 0xed && bytes[1] > 0x9f))) ||
        (length == 4 && ((bytes[0] == 0xf0 && bytes[1] < 0x90) || bytes[0] > 0xf4 ||
                         (bytes[0] == 0xf4 && bytes[1] > 0x8f)))) {
        return 0;
    }
    return length;
}

static void add_string(Text *out, const char *value)
{
    const unsigned char *c = (const unsigned char *)value;

    text_char(out, '"');
    while (*c) {
        size_t length = utf8_length(c);

        if (*c == '"' || *c == '\\') {
            text_format(out, "\\%c", *c);
        } else if (*c < 0x20 || *c == 0x7f) {
            text_format(out, "\\u%04x", *c);
        } else if (!length) {
            text_put(out, "\\ufffd");
        } else {
            text_add(out, (const char *)c, length);
        }
        c += length ? length : 1;
    }
    text_char(out, '"');
}

static void new_line(Json *json)
{
    text_char(json->out, '\n');
    text_repeat(json->out, ' ', 2 * json->depth);
}

/* Whether members of the open container get lines of their own. */
static bool has_lines(const Json *json)
{
    return json->depth && json->depth <= LINE_DEPTH && !json->one_line;
}

/* What stands before a value: comma, line, key. */
static void begin(Json *json, const char *key)
{
    if (json->filled) {
        text_char(json->out, ',');
    }
    if (has_lines(json)) {
        new_line(json);
    } else if (json->filled) {
        text_char(json->out, ' ');
    }
    json->filled = true;
    if (key) {
        add_string(json->out, key);
        text_put(json->out, ": ");
    }
}

static void open_container(Json *json, const char *key, char opener, char closer)
{
    begin(json, key);
    text_char(json->out, opener);
    text_char(&json->closers, closer);
    json->depth++;
    json->filled = false;
}

void json_object(Json *json, const char *key)
{
    open_container(json, key, '{', '}');
}

void json_array(Json *json, const char *key)
{
    open_container(json, key, '[', ']');
}

void json_end(Json *json)
{
    bool lines = json->filled && has_lines(json);

    json->depth--;
    if (lines) {
        new_line(json);
    }
    text_char(json->out, json->closers.data[--json->closers.size]);
    json->filled = true;
    if (json->depth == 0) {
        text_char(json->out, '\n');
        text_release(&json->closers);
        json->filled = false;
    }
}

void json_text(Json *json, const char *key, const char *value)
{
    begin(json, key);
    add_string(json->out, value);
}

void json_optional_text(Json *json, const char *key, const char *value)
{
    if (*value) {
        json_text(json, key, value);
    } else {
        json_null(json, key);
    }
}

void json_integer(Json *json, const char *key, int64_t value)
{
    bool exact =
        value <= (int64_t)EXACT_IN_A_DOUBLE && value >= -(int64_t)EXACT_IN_A_DOUBLE;

    begin(json, key);
    text_format(json->out, exact ? "%lld" : "\"%lld\"", (long long)value);
}

void json_count(Json *json, const char *key, uint64_t value)
{
    begin(json, key);
    text_format(json->out, value <= (uint64_t)EXACT_IN_A_DOUBLE ? "%llu" : "\"%llu\"",
                (unsigned long long)value);
}

void json_real(Json *json, const char *key, double value)
{
    if (!isfinite(value)) {
        json_null(json, key);
        return;
    }
    begin(json, key);
    text_format(json->out, "%.10g", value);
}

void json_decimal(Json *json, const char *key, double value, int decimals)
{
    if (!isfinite(value)) {
        json_null(json, key);
        return;
    }
    begin(json, key);
    text_format(json->out, "%.*f", decimals, value);
}

void json_ns(Json *json, const char *key, double ns)
{
    if (!(ns >= 0) || ns >= 1.8e19) {
        json_null(json, key);
    } else {
        json_count(json, key, (uint64_t)(ns + 0.5));
    }
}

void json_bool(Json *json, const char *key, bool value)
{
    begin(json, key);
    text_put(json->out, value ? "true" : "false");
}

void json_null(Json *json, const char *key)
{
    begin(json, key);
    text_put(json->out, "null");
}
