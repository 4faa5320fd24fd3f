/* livefold - brings live files of other processes into the database: the
 * implementation of tka/store.h, and its form for the runtime itself.
 */
#ifndef TKA_LIVEFOLD_H
#define TKA_LIVEFOLD_H

#include <tka/store.h>

/* tka_store_fold() for at most `most` dead files, waiting wait_ms for locks. */
int tkai_livefold(const char *data_dir, const char *db_path, TkaFold what, int most,
                  int wait_ms, TkaFoldResult *result);

#endif
