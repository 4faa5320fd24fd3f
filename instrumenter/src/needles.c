#define _GNU_SOURCE /* memmem */
#include "needles.h"

#include <string.h>

bool needles_in(const char *text, size_t length)
{
    static const char *const needles[] = {
        "TKA_PROFILE",  "TKA_CRITICAL_PATH", "TKA_BLOCK",  "TKA_CACHE",
        "TKA_RESOLVES", "TKA_CONSTRUCTS",    "TKA_SCOPE_", "TKA_MEMORY_INTENSIVE",
        "tka.profile",  "tka.critical",      "tka.role.",
    };

    for (size_t i = 0; i < sizeof needles / sizeof *needles; i++) {
        if (memmem(text, length, needles[i], strlen(needles[i]))) {
            return true;
        }
    }
    return false;
}
