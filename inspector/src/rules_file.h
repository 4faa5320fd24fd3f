/* rules_file - read a rules file, and add lines to it.
 */
#ifndef TKA_RULES_FILE_H
#define TKA_RULES_FILE_H

#include <stdbool.h>

#include "failure.h"
#include "textbuf.h"

/* The file's text into *text; left empty, without data, when there is no file. */
bool rules_file_read(const char *path, Text *text, Error *error);

/* Add lines at its end, which is where they decide; the file is made if need be.
 * On failure it is left as it was. */
bool rules_file_add(const char *path, const Text *lines, Error *error);

#endif
