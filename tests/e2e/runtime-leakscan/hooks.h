#include <stddef.h>

#define LABELS 64

/* Of the blocks that this thread allocates from now on; 0 is not told about. */
extern __thread int label;

/* A mapping that the program made. */
void declare_region(void *memory, size_t size);
