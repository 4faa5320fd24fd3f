/* container - hands out services by name: made when they are first asked for, and kept
 * for the program, for the scope that is open, or not at all. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <tka/tka.h>

typedef struct Container Container;
typedef void *Factory(Container *container);

typedef enum Keep { KEEP_SINGLETON, KEEP_SCOPED, KEEP_NOT } Keep;

Container *container_new(void);
void container_free(Container *container);

/* name: borrowed. Instances that are kept are freed by the container. */
void container_register(Container *container, const char *name, Keep keep,
                        Factory *factory);

/* The service, NULL if there is none of that name. Of what is not kept the caller frees
 * the instance. */
TKA_RESOLVES void *container_get(Container *container, TKA_SERVICE_KEY const char *name);

/* A scope: a request, a session. */
void container_begin(Container *container);
void container_end(Container *container);

#endif
