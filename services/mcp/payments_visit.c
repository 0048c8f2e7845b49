#include <stdio.h>
#include <string.h>

#include "services/mcp/payments.h"

/* What a customer does by a payment link: looks, pays, declines. */

/* What a payment double charges; no real card has this number. */
#define METHOD "Demonstration card ending in 4242"
#define FIRST_TRANSACTION 60000000

/* A payment as the customer's choice needs it. */
struct link {
    char payment_id[40];
    char status[24];
    char dealer_id[256];
    bool is_expired;
    bool is_paid;
};

static void copy_column(struct sl_statement *row, int column, char *out, size_t size)
{
    const char *text = sl_column_text(row, column);
    snprintf(out, size, "%s", text != NULL ? text : "");
}

static enum sl_code find_link(const struct dealership *d, const char *token, struct link *ret_link,
                              struct sl_error *err)
{
    struct sl_statement row;
    bool has_row = false;
    SL_TRY(sl_db_query(d->db, &row, err,
                       "SELECT payment_id, status, expires_ms, paid_cents, dealer_id FROM payments"
                       " WHERE token = ?",
                       "t", token));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && !has_row)
        code = dealership_refuse(err, SL_NOT_FOUND, "There is no such payment link");
    if (code == SL_OK) {
        copy_column(&row, 0, ret_link->payment_id, sizeof(ret_link->payment_id));
        copy_column(&row, 1, ret_link->status, sizeof(ret_link->status));
        copy_column(&row, 4, ret_link->dealer_id, sizeof(ret_link->dealer_id));
        ret_link->is_paid = sl_column_int(&row, 3) > 0;
        ret_link->is_expired = !ret_link->is_paid && sl_column_int(&row, 2) <= d->now_ms;
    }
    sl_statement_done(&row);
    return code;
}

static enum sl_code pay(const struct dealership *d, const struct link *link, struct sl_error *err)
{
    int64_t number = 0;
    char transaction[32];
    SL_TRY(dealership_count(d, "transaction", FIRST_TRANSACTION, &number, err));
    snprintf(transaction, sizeof(transaction), "TXN-%lld", (long long)number);
    return sl_db_exec(d->db, err,
                      "UPDATE payments SET status = 'paid', paid_cents = amount_cents, method = ?,"
                      " transaction_id = ?, paid_ms = ? WHERE payment_id = ?",
                      "ttit", METHOD, transaction, d->now_ms, link->payment_id);
}

static enum sl_code decline(const struct dealership *d, const struct link *link,
                            struct sl_error *err)
{
    return sl_db_exec(d->db, err,
                      "UPDATE payments SET status = 'failed', method = ? WHERE payment_id = ?",
                      "tt", METHOD, link->payment_id);
}

static enum sl_code choose(const struct dealership *d, const struct link *link,
                           enum payments_choice choice, bool *ret_refused, struct sl_error *err)
{
    bool is_done = choice == PAYMENTS_LOOK || (choice == PAYMENTS_PAY && link->is_paid);
    if (is_done)
        return SL_OK;
    *ret_refused = link->is_expired || link->is_paid;
    if (*ret_refused)
        return SL_OK;
    return choice == PAYMENTS_PAY ? pay(d, link, err) : decline(d, link, err);
}

enum sl_code payments_visit(const struct dealership *d, const char *token,
                            enum payments_choice choice, struct payments_visit *ret_visit,
                            struct sl_error *err)
{
    struct link link = {.status = ""};
    bool is_refused = false;
    json_t *payment = NULL;
    SL_TRY(find_link(d, token, &link, err));
    SL_TRY(choose(d, &link, choice, &is_refused, err));
    SL_TRY(payments_status(d, link.payment_id, &payment, err));
    json_t *dealer = link.dealer_id[0] != '\0' ? json_string(link.dealer_id) : json_null();
    if (json_object_set_new(payment, "dealer_id", dealer) != 0) {
        json_decref(payment);
        return sl_error_no_memory(err);
    }
    bool is_unpaid = json_number_value(json_object_get(payment, "amount_paid")) <= 0;
    *ret_visit = (struct payments_visit){payment, is_unpaid && !link.is_expired, is_refused};
    return SL_OK;
}
