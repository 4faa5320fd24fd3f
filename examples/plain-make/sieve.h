/* Prime numbers, two ways. */
#ifndef SIEVE_H
#define SIEVE_H
#include <tka/tka.h>

/* Number of primes below limit, by trial division. */
TKA_PROFILE int count_by_division(int limit);

/* The same by Eratosthenes' sieve; -1 without memory. */
TKA_PROFILE int count_by_sieve(int limit);

#endif
