#ifndef REPAIR_ORDERS_HISTORY_H
#define REPAIR_ORDERS_HISTORY_H

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What became of a repair order, from its details: {repair_order_id, current_status,
 * status_history, notes, resources, timeline}. The timeline has one entry for each status, note and
 * resource, {time, kind, ...its members}, ordered by time; entries without a time come last.
 *
 * Returns a new reference; NULL when memory is out.
 */
json_t *repair_orders_history(const char *repair_order_id, const json_t *details);

#ifdef __cplusplus
}
#endif

#endif
