#ifndef REPAIR_ORDERS_TRANSITIONS_H
#define REPAIR_ORDERS_TRANSITIONS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The life of a repair order, from pending to closed. Any thread; static data. */

/** A status and where it may lead. */
struct repair_orders_status {
    const char *name;
    /** NULL after the last. */
    const char *const *next;
};

/** Every status; ret_count gets their number. */
const struct repair_orders_status *repair_orders_statuses(size_t *ret_count);

/** NULL where there is no status of that name. */
const struct repair_orders_status *repair_orders_find_status(const char *name);

/** Whether a repair order may go from one status straight to the other; false where either is none.
 */
bool repair_orders_may_become(const char *current_status, const char *new_status);

#ifdef __cplusplus
}
#endif

#endif
