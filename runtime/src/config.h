/* config - the runtime's settings, from the environment.
 *
 * tkai_config_read() fills a TkaConfig; strings that do not fit are cut. A
 * program that runs with raised privileges (AT_SECURE) reads no environment and
 * is not profiled. Values out of range keep their defaults.
 */
#ifndef TKA_CONFIG_H
#define TKA_CONFIG_H

#include <tka/tka.h>

void tkai_config_default(TkaConfig *config);
void tkai_config_read(TkaConfig *config);

/* Make data_dir and db_path absolute, so that a later chdir changes nothing. */
void tkai_config_resolve(TkaConfig *config);

/* A decimal number such as 2.5, whatever the locale. 0; -1 it is none, or out of range. */
int tkai_config_number(const char *text, double least, double most, double *number);

/* The mode of this name, whatever its case. 0; -1 there is none. */
int tkai_config_mode(const char *name, TkaMode *mode);
const char *tkai_config_mode_name(TkaMode mode);

#endif
