#ifndef MCP_PAYMENTS_H
#define MCP_PAYMENTS_H

#include "services/mcp/dealership.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The payment desk: links that customers pay by, what was paid, refunds, reminders.
 * A payment is pending, then paid, failed or expired; a paid one becomes partially_refunded and
 * refunded. No more is given back than was paid less what was given back before.
 */

extern const struct sl_migration payments_migrations[];
extern const size_t payments_migration_count;

SL_MUST_USE enum sl_code payments_make_demo(const struct dealership *d, struct sl_error *err);

struct payments_link {
    const char *repair_order_id;
    double amount;
    /** ISO 4217. */
    const char *currency;
    const char *customer_email;
    /** NULL: the repair order's number. */
    const char *invoice_number;
    /** NULL: none. */
    const char *description;
};

SL_MUST_USE enum sl_code payments_create_link(const struct dealership *d,
                                              const struct payments_link *link, json_t **ret_result,
                                              struct sl_error *err);

SL_MUST_USE enum sl_code payments_status(const struct dealership *d, const char *payment_id,
                                         json_t **ret_result, struct sl_error *err);

struct payments_refund {
    const char *payment_id;
    double amount;
    const char *reason_code;
    /** NULL: none. */
    const char *note;
};

SL_MUST_USE enum sl_code payments_refund(const struct dealership *d,
                                         const struct payments_refund *refund, json_t **ret_result,
                                         struct sl_error *err);

/**
 * Writes a reminder (or a receipt, where it is paid) to the customer. It is kept in the data
 * folder, outbox/<id>.eml or .txt, and the answer says so. channel: "email" or "sms"; message may
 * be NULL.
 */
SL_MUST_USE enum sl_code payments_notify(const struct dealership *d, const char *payment_id,
                                         const char *channel, const char *message,
                                         json_t **ret_result, struct sl_error *err);

SL_MUST_USE enum sl_code payments_methods(const struct dealership *d, const char *customer_id,
                                          json_t **ret_result, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
