/* json TIMES: parses 1.5 MB of JSON, writes it again and frees both, TIMES times. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE 1500000

/* The same in every run. */
static char *make_text(void)
{
    char *text = malloc(TEXT_SIZE + 1024);
    size_t at = 0;
    unsigned number = 1;

    text[at++] = '[';
    while (at < TEXT_SIZE) {
        number = number * 1103515245u + 12345u;
        at += (size_t)sprintf(text + at,
                              "{\"id\":%u,\"name\":\"user %u\",\"score\":%u.5,\"tags\":[\"a%u\","
                              "\"b\",null,true],\"at\":{\"x\":%u,\"y\":-%u}},",
                              number % 100000, number % 977, number % 1000, number % 31,
                              number % 640, number % 480);
    }
    strcpy(text + at - 1, "]");
    return text;
}

int main(int argc, char **argv)
{
    int times = argc > 1 ? atoi(argv[1]) : 4;
    char *text = make_text();
    size_t total = 0;

    json_object_seed(1);
    for (int i = 0; i < times; i++) {
        json_error_t error;
        json_t *root = json_loads(text, 0, &error);
        char *again = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;

        if (again == NULL) {
            fprintf(stderr, "json: %s\n", error.text);
            return 1;
        }
        total += strlen(again);
        free(again);
        json_decref(root);
    }
    free(text);
    printf("%zu\n", total);
    return 0;
}
