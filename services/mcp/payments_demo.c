#include <string.h>

#include "base/text.h"
#include "services/mcp/payments.h"
#include "services/mcp/people.h"

/* What the payment desk finds in its books on the first day. */

#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct demo_method {
    const char *id;
    const char *customer_id;
    const char *type;
    const char *label;
    const char *last4;
    const char *expires;
    bool is_default;
};

/* clang-format off */
static const struct demo_method methods[] = {
    {"PM-101", "ambujmehra", "card", "Visa", "4242", "2028-08", true},
    {"PM-102", "ambujmehra", "bank_account", "Checking account", "6789", NULL, false},
    {"PM-103", "mgarcia", "card", "Mastercard", "5454", "2027-11", true},
    {"PM-104", "jchen", "card", "American Express", "0005", "2029-02", true},
    {"PM-105", "olindqvist", "wallet", "Apple Pay", NULL, NULL, true},
    {"PM-106", "dwashington", "card", "Discover", "1117", "2027-05", true},
    {"PM-107", "psingh", "card", "Visa", "1881", "2028-01", true},
    {"PM-108", "psingh", "financing", "Dealership credit line", NULL, NULL, false},
    {"PM-112", "lnguyen", "card", "Visa", "2109", "2027-06", true},
    {"PM-109", "tobrien", "bank_account", "Savings account", "3321", NULL, true},
    {"PM-110", "kmueller", "card", "Mastercard", "4444", "2028-12", true},
    {"PM-111", "rjohnson", "card", "Visa", "9424", "2027-09", true},
};

struct demo_payment {
    const char *id;
    const char *repair_order_id;
    const char *email;
    const char *description;
    int amount_cents;
    int refunded_cents;
    const char *status;
    int age_days;
    const char *method;
    const char *transaction_id;
};

/* Links hold for seven days: the pending one of 20 days ago has expired. */
static const struct demo_payment payments[] = {
    {"PAY-1001", "1239", "linh.nguyen@example.com", "Annual service and brake fluid", 32450, 0, "paid", 12, "Visa ending in 2109", "TXN-58213977"},
    {"PAY-1002", "1240", "katrin.mueller@example.com", "Battery replaced", 27495, 0, "paid", 30, "Mastercard ending in 4444", "TXN-57990142"},
    {"PAY-1003", "1238", "thomas.obrien@example.com", "Suspension work, front", 61280, 12495, "partially_refunded", 9, "Savings account ending in 3321", "TXN-58301556"},
    {"PAY-1004", "1240", "katrin.mueller@example.com", "Diagnosis, charged twice by mistake", 8900, 8900, "refunded", 29, "Mastercard ending in 4444", "TXN-57990160"},
    {"PAY-1005", "1237", "priya.singh@example.com", "Cooling system repair", 48730, 0, "pending", 1, NULL, NULL},
    {"PAY-1006", "1233", "orjan.lindqvist@example.com", "Deposit for parts", 15000, 0, "pending", 20, NULL, NULL},
    {"PAY-1007", "1236", "denise.washington@example.com", "Truck brakes, front axle", 54175, 0, "failed", 3, "Discover ending in 1117", NULL},
    {"PAY-1008", "1234", "ambujmehra16@gmail.com", "Inspection", 4995, 0, "paid", 2, "Visa ending in 4242", "TXN-58377031"},
};

static const struct {
    const char *id;
    const char *payment_id;
    int amount_cents;
    const char *reason_code;
    int age_days;
} refunds[] = {
    {"REF-1000", "PAY-1003", 12495, "part_returned", 7},
    {"REF-0999", "PAY-1004", 8900, "duplicate_payment", 28},
};
/* clang-format on */

static enum sl_code make_methods(const struct dealership *d, struct sl_error *err)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(methods); i++)
        SL_TRY(sl_db_exec(d->db, err,
                          "INSERT INTO payment_methods (method_id, customer_id, type, label, last4,"
                          " expires, is_default) VALUES (?, ?, ?, ?, ?, ?, ?)",
                          "tttttti", methods[i].id, methods[i].customer_id, methods[i].type,
                          methods[i].label, methods[i].last4, methods[i].expires,
                          (int64_t)methods[i].is_default));
    return SL_OK;
}

static enum sl_code make_payment(const struct dealership *d, const struct demo_payment *p,
                                 struct sl_error *err)
{
    bool is_paid = p->transaction_id != NULL;
    int64_t created_ms = d->now_ms - p->age_days * DAY_MS;
    SL_CLEANUP(sl_text_cleanup) struct sl_text link = {0};
    char token[PAYMENTS_TOKEN_SIZE];
    payments_new_token(token);
    payments_write_link(d, p->repair_order_id, token, &link);
    if (sl_text_failed(&link))
        return sl_error_no_memory(err);
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO payments (payment_id, repair_order_id, invoice_number,"
                      " customer_email, description, currency, amount_cents, paid_cents,"
                      " refunded_cents, status, payment_link, token, method, transaction_id,"
                      " created_ms, expires_ms)"
                      " VALUES (?, ?, ?, ?, ?, 'USD', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "tttttiiitttttii", p->id, p->repair_order_id, p->repair_order_id, p->email,
                      p->description, (int64_t)p->amount_cents,
                      (int64_t)(is_paid ? p->amount_cents : 0), (int64_t)p->refunded_cents,
                      p->status, sl_text_string(&link), token, p->method, p->transaction_id,
                      created_ms, created_ms + 7 * DAY_MS));
    if (!is_paid)
        return SL_OK;
    return sl_db_exec(d->db, err, "UPDATE payments SET paid_ms = ? WHERE payment_id = ?", "it",
                      created_ms + DAY_MS / 6, p->id);
}

enum sl_code payments_make_demo(const struct dealership *d, struct sl_error *err)
{
    bool is_there = false;
    SL_TRY(people_are_there(d, &is_there, err));
    if (is_there)
        return SL_OK;
    SL_TRY(people_make_demo(d, err));
    SL_TRY(make_methods(d, err));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(payments); i++)
        SL_TRY(make_payment(d, &payments[i], err));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(refunds); i++)
        SL_TRY(sl_db_exec(d->db, err,
                          "INSERT INTO refunds (refund_id, payment_id, amount_cents, reason_code,"
                          " created_ms) VALUES (?, ?, ?, ?, ?)",
                          "ttiti", refunds[i].id, refunds[i].payment_id,
                          (int64_t)refunds[i].amount_cents, refunds[i].reason_code,
                          d->now_ms - refunds[i].age_days * DAY_MS));
    return SL_OK;
}
