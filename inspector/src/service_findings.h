/* service_findings - what is wrong with services: failed resolutions, cycles, singletons
 * that keep what lives shorter than they do, slow ones. On the plain data of a list.
 */
#ifndef TKA_SERVICE_FINDINGS_H
#define TKA_SERVICE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "service_list.h"

/* Lifetimes and findings of a list; slow: p99 of slow_ns and more. */
void service_list_judge(ServiceList *list, double slow_ns);

const char *finding_name(FindingKind kind);
bool finding_kind_from_name(const char *name, size_t length, FindingKind *kind);

#endif
