/* memleaks - the verdict on the blocks that are left at the exit: definitely lost,
 * indirectly, or still in reach (leakscan.h), row by row, into the live file.
 */
#ifndef TKA_MEMLEAKS_H
#define TKA_MEMLEAKS_H

/* Where every block was tracked from the start; elsewhere the header says why there is
 * no verdict, if one may be expected. After the program's own exit handlers. */
void tkai_memleaks_find(void);

/* Whether the environment asks for a verdict and recording has not begun. */
int tkai_memleaks_are_wanted(void);

#endif
