#ifndef MCP_REPAIR_ORDERS_H
#define MCP_REPAIR_ORDERS_H

#include "services/mcp/dealership.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The workshop: repair orders, whose vehicle and customer they are for, who works on them, and the
 * way of their status from pending to closed.
 */

extern const struct sl_migration repair_orders_migrations[];
extern const size_t repair_orders_migration_count;

SL_MUST_USE enum sl_code repair_orders_make_demo(const struct dealership *d, struct sl_error *err);

struct repair_orders_new {
    const char *customer_id;
    /** Id or VIN of a vehicle of that customer. */
    const char *vehicle_id;
    const char *service_description;
    /** low, normal, high or urgent. */
    const char *priority;
};

SL_MUST_USE enum sl_code repair_orders_create(const struct dealership *d,
                                              const struct repair_orders_new *order,
                                              json_t **ret_result, struct sl_error *err);

/** Everything about an order. Refuses an unknown id with SL_NOT_FOUND, as all below. */
SL_MUST_USE enum sl_code repair_orders_details(const struct dealership *d,
                                               const char *repair_order_id, json_t **ret_result,
                                               struct sl_error *err);

struct repair_orders_update {
    const char *repair_order_id;
    const char *new_status;
    /** NULL: whatever it is. Else another status is refused with SL_ABORTED: somebody was quicker.
     */
    const char *expected_status;
    /** NULL: none. */
    const char *reason;
};

SL_MUST_USE enum sl_code repair_orders_set_status(const struct dealership *d,
                                                  const struct repair_orders_update *update,
                                                  json_t **ret_result, struct sl_error *err);

SL_MUST_USE enum sl_code repair_orders_assign(const struct dealership *d,
                                              const char *repair_order_id,
                                              const char *technician_id, json_t **ret_result,
                                              struct sl_error *err);

struct repair_orders_note {
    const char *repair_order_id;
    const char *text;
    /** NULL: who asks. */
    const char *author;
};

SL_MUST_USE enum sl_code repair_orders_add_note(const struct dealership *d,
                                                const struct repair_orders_note *note,
                                                json_t **ret_result, struct sl_error *err);

/* ---- Inside this department ---- */

/** What a change needs to know of an order. */
struct repair_orders_head {
    char status[24];
    /** "" where nobody is assigned. */
    char technician_id[24];
};

SL_MUST_USE enum sl_code repair_orders_read_head(const struct dealership *d,
                                                 const char *repair_order_id,
                                                 struct repair_orders_head *ret_head,
                                                 struct sl_error *err);

/** Statuses that one may lead to, a new array; NULL where memory is out. */
json_t *repair_orders_next_statuses(const char *status);

/** Writes an entry of the status history. from is NULL for the first. */
SL_MUST_USE enum sl_code repair_orders_log_status(const struct dealership *d, const char *id,
                                                  const char *from, const char *to,
                                                  const char *reason, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
