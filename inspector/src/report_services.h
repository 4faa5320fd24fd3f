/* report_services - services as a table with what is wrong, and for programs.
 */
#ifndef TKA_REPORT_SERVICES_H
#define TKA_REPORT_SERVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json_writer.h"
#include "selection.h"
#include "service_list.h"
#include "terminal.h"
#include "textbuf.h"

/* What is shown: places of services in their order, the first of them. */
typedef struct ServiceRows {
    const size_t *places;
    size_t count; /* all that were asked for */
    size_t shown;
} ServiceRows;

void report_services_text(const ServiceList *list, const ServiceRows *rows,
                          const Selection *selection, const Terminal *terminal,
                          Text *out);
void report_services_csv(const ServiceList *list, const ServiceRows *rows, Text *out);

/* Services, edges, findings and events: everything. */
void report_services_json(const ServiceList *list, const ServiceRows *rows,
                          const Selection *selection, Text *out);

/* The start: what was made when, for how long, in what. */
void report_services_timeline_text(const ServiceList *list, const Selection *selection,
                                   const Terminal *terminal, uint64_t limit, Text *out);
void report_services_timeline_csv(const ServiceList *list, uint64_t limit, Text *out);

#endif
