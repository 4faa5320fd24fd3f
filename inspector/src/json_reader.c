#include "json_reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "textbuf.h"

#define DEEPEST 64

typedef struct Reader {
    const char *at, *end, *begin;
    int depth;
} Reader;

static bool read_value(Reader *reader, JsonValue *value);

static void skip_blanks(Reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at) {
        reader->at++;
    }
}

static bool take(Reader *reader, char wanted)
{
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == wanted) {
        reader->at++;
        return true;
    }
    return false;
}

static bool take_word(Reader *reader, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->at) < length ||
        memcmp(reader->at, word, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

/* --- texts -------------------------------------------------------------------- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool read_unit(Reader *reader, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = reader->at < reader->end ? hex_digit(*reader->at) : -1;

        if (digit < 0) {
            return false;
        }
        *unit = *unit << 4 | (unsigned)digit;
        reader->at++;
    }
    return true;
}

static void add_character(Text *text, unsigned code)
{
    if (code < 0x80) {
        text_char(text, (char)code);
    } else if (code < 0x800) {
        text_char(text, (char)(0xc0 | code >> 6));
        text_char(text, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        text_char(text, (char)(0xe0 | code >> 12));
        text_char(text, (char)(0x80 | (code >> 6 & 0x3f)));
        text_char(text, (char)(0x80 | (code & 0x3f)));
    } else {
        text_char(text, (char)(0xf0 | code >> 18));
        text_char(text, (char)(0x80 | (code >> 12 & 0x3f)));
        text_char(text, (char)(0x80 | (code >> 6 & 0x3f)));
        text_char(text, (char)(0x80 | (code & 0x3f)));
    }
}

/* After \u; half of a surrogate pair becomes U+FFFD. */
static bool read_code(Reader *reader, Text *text)
{
    unsigned high, low;

    if (!read_unit(reader, &high)) {
        return false;
    }
    if (high >= 0xd800 && high < 0xdc00 && take_word(reader, "\\u")) {
        if (!read_unit(reader, &low)) {
            return false;
        }
        high = low >= 0xdc00 && low < 0xe000
                   ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                   : 0xfffd;
    }
    add_character(text, high >= 0xd800 && high < 0xe000 ? 0xfffd : high);
    return true;
}

static bool read_escape(Reader *reader, Text *text)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (reader->at == reader->end) {
        return false;
    }
    if (*reader->at == 'u') {
        reader->at++;
        return read_code(reader, text);
    }
    found = *reader->at ? strchr(from, *reader->at) : NULL;
    if (!found) {
        return false;
    }
    reader->at++;
    text_char(text, to[found - from]);
    return true;
}

/* After the opening quote; *result is the caller's in any case. */
static bool read_text(Reader *reader, char **result)
{
    Text text = {0};
    bool ok = true, ended = false;

    text_put(&text, "");
    while (ok && !ended && reader->at < reader->end) {
        char c = *reader->at++;

        if (c == '"') {
            ended = true;
        } else if (c == '\\') {
            ok = read_escape(reader, &text);
        } else if ((unsigned char)c < ' ') {
            ok = false;
        } else {
            text_char(&text, c);
        }
    }
    *result = text.data ? text.data : duplicate_text("");
    return ok && ended;
}

static bool read_number(Reader *reader, JsonValue *value)
{
    char digits[64], *end;
    size_t length = 0;

    while (reader->at < reader->end && length < sizeof digits - 1 && *reader->at &&
           strchr("+-.0123456789eE", *reader->at)) {
        digits[length++] = *reader->at++;
    }
    digits[length] = '\0';
    value->kind = JSON_NUMBER;
    value->number = strtod(digits, &end);
    return length > 0 && *end == '\0';
}

/* --- containers ----------------------------------------------------------------- */

static JsonValue *add_item(JsonValue *value)
{
    value->items =
        grow_array(value->items, value->count, &value->item_capacity, sizeof *value);
    if (value->kind == JSON_OBJECT) {
        value->keys =
            grow_array(value->keys, value->count, &value->key_capacity, sizeof(char *));
        value->keys[value->count] = NULL;
    }
    value->items[value->count] = (JsonValue){0};
    return &value->items[value->count++];
}

static bool read_items(Reader *reader, JsonValue *value, JsonKind kind, char closer)
{
    value->kind = kind;
    if (take(reader, closer)) {
        return true;
    }
    do {
        JsonValue *item = add_item(value);

        if (kind == JSON_OBJECT &&
            !(take(reader, '"') && read_text(reader, &value->keys[value->count - 1]) &&
              take(reader, ':'))) {
            return false;
        }
        if (!read_value(reader, item)) {
            return false;
        }
    } while (take(reader, ','));
    return take(reader, closer);
}

static bool read_container(Reader *reader, JsonValue *value, JsonKind kind, char closer)
{
    bool ok = reader->depth < DEEPEST;

    reader->depth++;
    ok = ok && read_items(reader, value, kind, closer);
    reader->depth--;
    return ok;
}

static bool read_value(Reader *reader, JsonValue *value)
{
    if (take(reader, '{')) {
        return read_container(reader, value, JSON_OBJECT, '}');
    }
    if (take(reader, '[')) {
        return read_container(reader, value, JSON_ARRAY, ']');
    }
    if (take(reader, '"')) {
        value->kind = JSON_TEXT;
        return read_text(reader, &value->text);
    }
    if (take_word(reader, "true")) {
        value->kind = JSON_TRUE;
        return true;
    }
    if (take_word(reader, "false")) {
        value->kind = JSON_FALSE;
        return true;
    }
    return take_word(reader, "null") || read_number(reader, value);
}

JsonValue *json_read(const char *text, size_t size, Error *error)
{
    Reader reader = {text, text + size, text, 0};
    JsonValue *root = allocate_zeroed(1, sizeof *root);
    bool ok = read_value(&reader, root);

    skip_blanks(&reader);
    if (!ok || reader.at != reader.end) {
        error_set(error, STATUS_FAILURE, "not JSON, at byte %zu",
                  (size_t)(reader.at - reader.begin));
        json_free(root);
        return NULL;
    }
    return root;
}

static void release(JsonValue *value)
{
    for (size_t i = 0; i < value->count; i++) {
        release(&value->items[i]);
        if (value->keys) {
            free(value->keys[i]);
        }
    }
    free(value->items);
    free(value->keys);
    free(value->text);
}

void json_free(JsonValue *value)
{
    if (value) {
        release(value);
        free(value);
    }
}

/* --- reading -------------------------------------------------------------------- */

const JsonValue *json_member(const JsonValue *value, const char *key)
{
    for (size_t i = 0; value && value->kind == JSON_OBJECT && i < value->count; i++) {
        if (!strcmp(value->keys[i], key)) {
            return &value->items[i];
        }
    }
    return NULL;
}

const char *json_text_of(const JsonValue *value)
{
    return value && value->kind == JSON_TEXT ? value->text : "";
}

double json_number_of(const JsonValue *value)
{
    if (value && value->kind == JSON_TEXT) {
        return strtod(value->text, NULL);
    }
    return value && value->kind == JSON_NUMBER ? value->number : 0;
}
