/* report_service_graph - what needed what: as a tree for people, for Graphviz (dot) and
 * for Mermaid.
 */
#ifndef TKA_REPORT_SERVICE_GRAPH_H
#define TKA_REPORT_SERVICE_GRAPH_H

#include "report_services.h"
#include "selection.h"
#include "service_list.h"
#include "terminal.h"
#include "textbuf.h"

/* Each service is unfolded once; further down it is "(above)". */
void report_service_tree_text(const ServiceList *list, const Selection *selection,
                              const Terminal *terminal, Text *out);
void report_service_tree_csv(const ServiceList *list, Text *out); /* the edges */

/* The services of the rows, and what needed them or they needed. */
void report_service_dot(const ServiceList *list, const ServiceRows *rows, Text *out);
void report_service_mermaid(const ServiceList *list, const ServiceRows *rows, Text *out);

#endif
