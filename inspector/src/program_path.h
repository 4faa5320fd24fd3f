/* program_path - where programs lie: tka itself, tka-cc beside it, others in PATH.
 * Paths returned are the caller's.
 */
#ifndef TKA_PROGRAM_PATH_H
#define TKA_PROGRAM_PATH_H

/* The folder that tka is in; "." when the system does not tell. */
char *program_own_folder(void);

/* An executable in PATH; NULL when there is none. */
char *program_in_path(const char *name);

/* tka-cc beside tka, else in PATH; NULL when there is none. */
char *program_tka_cc(void);

#endif
