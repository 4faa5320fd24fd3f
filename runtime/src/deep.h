/* deep - calling ordinary code from the slow path.
 *
 * On x86-64 inserted code lets the slow path run with the program's values in all
 * registers, as probes are no calls to the compiler (tka/probe.h). The stub in
 * between saves the general ones; the modules of the slow path are compiled to use
 * no others (-mgeneral-regs-only), and call everything else through tkai_deep(). Elsewhere
 * it is a plain call.
 */
#ifndef TKA_DEEP_H
#define TKA_DEEP_H

/* work(argument), with the vector and x87 registers saved around it and the stack
 * aligned. Takes about 3 KiB of stack and some 200 cycles. */
void tkai_deep(void (*work)(void *), void *argument);

#endif
