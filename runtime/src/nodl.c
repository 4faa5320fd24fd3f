/* What SQLite would call to load extensions, which the runtime never does. The
 * build makes its references these: a static program must not be told that it
 * needs shared libraries because of us. */
#include <stddef.h>

void *tkai_nodl_open(const char *path, int flags);
int tkai_nodl_close(void *handle);
void *tkai_nodl_symbol(void *handle, const char *name);
char *tkai_nodl_error(void);

void *tkai_nodl_open(const char *path, int flags)
{
    (void)path;
    (void)flags;
    return NULL;
}

int tkai_nodl_close(void *handle)
{
    (void)handle;
    return -1;
}

void *tkai_nodl_symbol(void *handle, const char *name)
{
    (void)handle;
    (void)name;
    return NULL;
}

char *tkai_nodl_error(void)
{
    static char text[] = "extensions are not loaded";

    return text;
}
