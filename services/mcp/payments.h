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

#define PAYMENTS_MIGRATIONS 2
extern const struct sl_migration payments_migrations[PAYMENTS_MIGRATIONS];

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

/* ---- The customer's side: the page that a link leads to ---- */

/** What a customer decides on the page. */
enum payments_choice { PAYMENTS_LOOK, PAYMENTS_PAY, PAYMENTS_DECLINE };

/** A payment as its page shows it, after what the customer chose. */
struct payments_visit {
    /** As payments_status() has it, with dealer_id; a new reference. */
    json_t *payment;
    /** Whether it can be paid now: neither paid nor expired. */
    bool is_open;
    /** Whether the choice came too late, and nothing was changed: expired, or declined when paid.
     */
    bool is_refused;
};

/**
 * Opens the page of a link by its token and does what the customer chose: paying what is paid, or
 * declining what is declined, changes nothing. SL_NOT_FOUND (a refusal): there is no such link.
 */
SL_MUST_USE enum sl_code payments_visit(const struct dealership *d, const char *token,
                                        enum payments_choice choice,
                                        struct payments_visit *ret_visit, struct sl_error *err);

/** A token of a link: 128 random bits as text; whoever has it may pay. */
#define PAYMENTS_TOKEN_SIZE 23
void payments_new_token(char out[PAYMENTS_TOKEN_SIZE]);
/** Appends the link of a token. */
void payments_write_link(const struct dealership *d, const char *repair_order_id, const char *token,
                         struct sl_text *link);

/* ---- Messages ---- */

/**
 * Writes a reminder (or a receipt, where it is paid) to the customer. An e-mail goes into d->mail
 * where there is a mail server; all else is kept in the data folder, outbox/<id>.eml or .txt. The
 * answer says which. channel: "email" or "sms"; message may be NULL.
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
