/* Messages are parsed, indexed and answered. One kind of message is forgotten, each
 * answer is built in small steps, and what is only looked at is copied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tka/tka.h>

#define MESSAGES 20000

typedef struct Message {
    char *sender, *text;
    struct Message *next;
} Message;

static Message *inbox;

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(malloc(size), text, size);
}

TKA_PROFILE static Message *parse(int number)
{
    Message *message = malloc(sizeof *message);
    char line[64];

    snprintf(line, sizeof line, "message number %d", number);
    message->sender = copy(number % 100 == 0 ? "nobody" : "somebody");
    message->text = copy(line);
    return message;
}

/* A copy that lives for one comparison. */
TKA_PROFILE static int is_from_nobody(const Message *message)
{
    char *name = copy(message->sender);
    int is_nobody = strcmp(name, "nobody") == 0;

    free(name);
    return is_nobody;
}

/* Messages from nobody are neither kept nor freed: a leak, with two more behind it. */
TKA_PROFILE static void receive(int number)
{
    Message *message = parse(number);

    if (is_from_nobody(message)) {
        return;
    }
    message->next = inbox;
    inbox = message;
}

/* One byte more at a time: a ladder of reallocations. */
TKA_PROFILE static size_t answer(const Message *message)
{
    char *text = NULL;
    size_t length = 0;

    for (int times = 0; times < 5; times++) {
        for (const char *at = message->text; *at != '\0'; at++) {
            text = realloc(text, length + 1);
            text[length++] = *at;
        }
    }
    free(text);
    return length;
}

int main(void)
{
    size_t bytes = 0;

    for (int i = 0; i < MESSAGES; i++) {
        receive(i);
    }
    for (const Message *message = inbox; message != NULL; message = message->next) {
        bytes += answer(message);
    }
    printf("%zu bytes answered\n", bytes);
    return 0;
}
