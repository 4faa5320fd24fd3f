/* identity - who this process is: host, program, build, version control.
 *
 * All strings are cut to their field. Nothing fails: what cannot be found out
 * stays empty.
 */
#ifndef TKA_IDENTITY_H
#define TKA_IDENTITY_H

#include <stddef.h>
#include <stdint.h>
#include <tka/live.h>

/* Fill the header's part "who" but for uid, sessions and db_path. */
void tkai_identity_process(struct tka_live_header *header);

/* Look up what the loader knows of the executable. Before the lock of state.h is
 * taken: the loader has one of its own. */
void tkai_identity_prepare(void);

/* Path and build id (hex; empty without one) of the loaded module that holds
 * this address; NULL: of the executable. */
void tkai_identity_module(const void *address, char *path, size_t path_size,
                          char *build_id, size_t id_size);

/* Where the module that holds an address is mapped: an address in it less *base is one
 * in its file's sections. 0; -1 none holds it. */
int tkai_identity_range(const void *address, uintptr_t *low, uintptr_t *high,
                        uintptr_t *base);

/* Whether a module that is loaded now holds this address. */
int tkai_identity_is_loaded(const void *address);

/* work(argument) while the loader lets nothing be unloaded. Not with the lock of state.h held. */
void tkai_identity_while_loaded(void (*work)(void *), void *argument);

#endif
