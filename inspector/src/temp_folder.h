/* temp_folder - one folder in TMPDIR (/tmp) that goes when tka ends.
 *
 * It is removed by temp_folder_remove(), and by exit() if that was not called. A
 * signal's handler must see to it that one of them is. One at a time.
 */
#ifndef TKA_TEMP_FOLDER_H
#define TKA_TEMP_FOLDER_H

#include "failure.h"

/* Its absolute path, which stays valid; NULL on failure. */
const char *temp_folder_make(Error *error);

/* A folder or file with all that is in it; nothing is done when it is not there. */
void temp_folder_clear(const char *path);
void temp_folder_remove(void);

/* Let it be; its path is forgotten here. */
void temp_folder_keep(void);

#endif
