/* json_reader - JSON as a tree.
 *
 *     JsonValue *root = json_read(text, size, &error);
 *     const JsonValue *list = json_member(root, "findings");
 *     for (size_t i = 0; list && i < list->count; i++) ... list->items[i] ...
 *     json_free(root);
 *
 * The text is untrusted. Depth is limited; a key that is there twice is found once.
 */
#ifndef TKA_JSON_READER_H
#define TKA_JSON_READER_H

#include <stddef.h>

#include "failure.h"

typedef enum JsonKind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT
} JsonKind;

typedef struct JsonValue JsonValue;

struct JsonValue {
    JsonKind kind;
    double number;
    char *text; /* ends at the first \u0000 of it */
    JsonValue *items;
    char **keys; /* of an object, by item */
    size_t count, item_capacity, key_capacity;
};

/* NULL when it is not JSON; the error tells where. */
JsonValue *json_read(const char *text, size_t size, Error *error);
void json_free(JsonValue *value);

/* NULL when value is no object (NULL included) or has no such member. */
const JsonValue *json_member(const JsonValue *value, const char *key);

/* What it is of; "" or 0 for another kind or NULL. Large integers are written as texts
 * by json_writer, and read as numbers here. */
const char *json_text_of(const JsonValue *value);
double json_number_of(const JsonValue *value);

#endif
