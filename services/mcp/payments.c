#include "services/mcp/payments.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "services/mcp/people.h"

#define LINK_MS (INT64_C(7) * 24 * 3600 * 1000)

/* Below 1009 are the demo's. */
#define FIRST_PAYMENT 1009

const struct sl_migration payments_migrations[PAYMENTS_MIGRATIONS] = {
    {DEALERSHIP_TABLES PEOPLE_TABLES
     "CREATE TABLE payment_methods (method_id TEXT PRIMARY KEY,"
     " customer_id TEXT NOT NULL REFERENCES customers (customer_id), type TEXT NOT NULL,"
     " label TEXT NOT NULL, last4 TEXT, expires TEXT, is_default BIGINT NOT NULL);"
     "CREATE INDEX methods_by_customer ON payment_methods (customer_id);"
     "CREATE TABLE payments (payment_id TEXT PRIMARY KEY, repair_order_id TEXT NOT NULL,"
     " invoice_number TEXT NOT NULL, customer_email TEXT NOT NULL, description TEXT,"
     " currency TEXT NOT NULL, amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),"
     " paid_cents BIGINT NOT NULL DEFAULT 0, refunded_cents BIGINT NOT NULL DEFAULT 0,"
     " status TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'failed', 'partially_refunded',"
     " 'refunded')), payment_link TEXT NOT NULL UNIQUE, method TEXT, transaction_id TEXT,"
     " created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL, paid_ms BIGINT,"
     " CHECK (refunded_cents >= 0 AND refunded_cents <= paid_cents));"
     "CREATE INDEX payments_by_order ON payments (repair_order_id);"
     "CREATE TABLE refunds (refund_id TEXT PRIMARY KEY,"
     " payment_id TEXT NOT NULL REFERENCES payments (payment_id),"
     " amount_cents BIGINT NOT NULL CHECK (amount_cents > 0), reason_code TEXT NOT NULL,"
     " note TEXT, created_by TEXT, created_ms BIGINT NOT NULL);"
     "CREATE INDEX refunds_by_payment ON refunds (payment_id);"
     "CREATE TABLE notifications (notification_id TEXT PRIMARY KEY,"
     " payment_id TEXT NOT NULL REFERENCES payments (payment_id), channel TEXT NOT NULL,"
     " sent_to TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,"
     " created_ms BIGINT NOT NULL);"},
    /* Links from before lead to pages elsewhere: they have no token. */
    {"ALTER TABLE payments ADD COLUMN token TEXT;"
     "ALTER TABLE payments ADD COLUMN dealer_id TEXT;"
     "CREATE UNIQUE INDEX payments_by_token ON payments (token);"
     "ALTER TABLE notifications ADD COLUMN status TEXT NOT NULL DEFAULT 'kept';"},
};

/* ---- Links ---- */

/* What the desk takes; a yen has no cents. ISO 4217, "Minor unit". */
static const struct {
    const char *code;
    bool has_cents;
} currencies[] = {
    {"USD", true}, {"CAD", true}, {"EUR", true},  {"GBP", true},  {"MXN", true}, {"AUD", true},
    {"NZD", true}, {"CHF", true}, {"SEK", true},  {"NOK", true},  {"DKK", true}, {"PLN", true},
    {"CZK", true}, {"INR", true}, {"SGD", true},  {"HKD", true},  {"ZAR", true}, {"BRL", true},
    {"AED", true}, {"CNY", true}, {"JPY", false}, {"KRW", false},
};

static enum sl_code check_currency(const char *code, int64_t cents, struct sl_error *err)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(currencies); i++) {
        if (!sl_text_equals(currencies[i].code, code))
            continue;
        if (currencies[i].has_cents || cents % 100 == 0)
            return SL_OK;
        return dealership_refuse(err, SL_INVALID_ARGUMENT, "%s has no decimals, %.2f was given",
                                 code, (double)cents / 100.0);
    }
    SL_CLEANUP(sl_text_cleanup) struct sl_text known = {0};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(currencies); i++)
        sl_text_printf(&known, "%s%s", i > 0 ? ", " : "", currencies[i].code);
    return dealership_refuse(err, SL_INVALID_ARGUMENT, "Currency %s is not taken; taken are %s",
                             code, sl_text_string(&known));
}

void payments_new_token(char out[PAYMENTS_TOKEN_SIZE])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char random[PAYMENTS_TOKEN_SIZE - 1];
    sl_random_bytes(random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        out[i] = alphabet[random[i] % 64];
    out[sizeof(random)] = '\0';
}

void payments_write_link(const struct dealership *d, const char *repair_order_id, const char *token,
                         struct sl_text *link)
{
    if (d->has_own_page)
        sl_text_printf(link, "%s/%s", d->link_base, token);
    else
        sl_text_printf(link, "%s/RO_%s/%s", d->link_base, repair_order_id, token);
}

enum sl_code payments_create_link(const struct dealership *d, const struct payments_link *link,
                                  json_t **ret_result, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text url = {0};
    const char *invoice =
        link->invoice_number != NULL ? link->invoice_number : link->repair_order_id;
    int64_t cents = 0, number = 0, expires_ms = d->now_ms + LINK_MS;
    char id[32], token[PAYMENTS_TOKEN_SIZE];
    SL_TRY(dealership_cents(link->amount, &cents, err));
    SL_TRY(check_currency(link->currency, cents, err));
    SL_TRY(dealership_count(d, "payment", FIRST_PAYMENT - 1, &number, err));
    snprintf(id, sizeof(id), "PAY-%lld", (long long)number);
    payments_new_token(token);
    payments_write_link(d, link->repair_order_id, token, &url);
    if (sl_text_failed(&url))
        return sl_error_no_memory(err);
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO payments (payment_id, repair_order_id, invoice_number,"
                      " customer_email, description, currency, amount_cents, status, payment_link,"
                      " token, dealer_id, created_ms, expires_ms)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?)",
                      "ttttttitttii", id, link->repair_order_id, invoice, link->customer_email,
                      link->description, link->currency, cents, sl_text_string(&url), token,
                      d->dealer, d->now_ms, expires_ms));
    return dealership_answer(
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:s?}", "payment_link",
                  sl_text_string(&url), "sent_to", link->customer_email, "payment_id", id, "status",
                  "pending", "amount", record_money(cents), "currency", link->currency,
                  "repair_order_id", link->repair_order_id, "invoice_number", invoice,
                  "expiry_date", record_time(expires_ms), "description", link->description),
        ret_result, err);
}

/* ---- Status ---- */

static const struct record_field payment_fields[] = {
    {"payment_id", RECORD_TEXT},       {"status", RECORD_TEXT},
    {"amount", RECORD_MONEY},          {"amount_paid", RECORD_MONEY},
    {"amount_refunded", RECORD_MONEY}, {"amount_refundable", RECORD_MONEY},
    {"currency", RECORD_TEXT},         {"payment_date", RECORD_TIME},
    {"transaction_id", RECORD_TEXT},   {"method", RECORD_TEXT},
    {"repair_order_id", RECORD_TEXT},  {"invoice_number", RECORD_TEXT},
    {"customer_email", RECORD_TEXT},   {"description", RECORD_TEXT},
    {"payment_link", RECORD_TEXT},     {"created_at", RECORD_TIME},
    {"expiry_date", RECORD_TIME},
};
static const struct record_shape payment_shape = RECORD_SHAPE(payment_fields);

static enum sl_code find_payment(const struct dealership *d, const char *payment_id,
                                 json_t **ret_payment, struct sl_error *err)
{
    struct sl_statement statement;
    json_t *payment = NULL;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT payment_id, CASE WHEN status = 'pending' AND expires_ms <= ?"
                       " THEN 'expired' ELSE status END, amount_cents, paid_cents, refunded_cents,"
                       " paid_cents - refunded_cents, currency, paid_ms, transaction_id, method,"
                       " repair_order_id, invoice_number, customer_email, description,"
                       " payment_link, created_ms, expires_ms FROM payments WHERE payment_id = ?",
                       "it", d->now_ms, payment_id));
    SL_TRY(record_one(&statement, &payment_shape, &payment, err));
    if (payment == NULL)
        return dealership_refuse(err, SL_NOT_FOUND, "Payment %s not found", payment_id);
    *ret_payment = payment;
    return SL_OK;
}

static enum sl_code find_refunds(const struct dealership *d, const char *payment_id,
                                 json_t **ret_refunds, struct sl_error *err)
{
    static const struct record_field fields[] = {
        {"refund_id", RECORD_TEXT}, {"amount", RECORD_MONEY},      {"reason_code", RECORD_TEXT},
        {"note", RECORD_TEXT},      {"processed_at", RECORD_TIME},
    };
    static const struct record_shape shape = RECORD_SHAPE(fields);
    struct sl_statement statement;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT refund_id, amount_cents, reason_code, note, created_ms FROM refunds"
                       " WHERE payment_id = ? ORDER BY created_ms, refund_id",
                       "t", payment_id));
    return record_all(&statement, &shape, ret_refunds, err);
}

enum sl_code payments_status(const struct dealership *d, const char *payment_id,
                             json_t **ret_result, struct sl_error *err)
{
    json_t *payment = NULL, *refunds = NULL;
    SL_TRY(find_payment(d, payment_id, &payment, err));
    enum sl_code code = find_refunds(d, payment_id, &refunds, err);
    if (code == SL_OK && json_object_set_new(payment, "refunds", refunds) != 0)
        code = sl_error_no_memory(err);
    if (code == SL_OK)
        *ret_result = payment;
    else
        json_decref(payment);
    return code;
}

/* ---- Refunds ---- */

/* A payment as a refund needs it. */
struct balance {
    char status[24];
    char currency[8];
    int64_t paid_cents;
    int64_t refunded_cents;
};

static enum sl_code read_balance(const struct dealership *d, const char *payment_id,
                                 struct balance *ret_balance, struct sl_error *err)
{
    struct sl_statement row;
    bool has_row = false;
    SL_TRY(sl_db_query(d->db, &row, err,
                       "SELECT CASE WHEN status = 'pending' AND expires_ms <= ? THEN 'expired'"
                       " ELSE status END, currency, paid_cents, refunded_cents FROM payments"
                       " WHERE payment_id = ?",
                       "it", d->now_ms, payment_id));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && !has_row)
        code = dealership_refuse(err, SL_NOT_FOUND, "Payment %s not found", payment_id);
    if (code == SL_OK) {
        struct balance *b = ret_balance;
        snprintf(b->status, sizeof(b->status), "%s", sl_column_text(&row, 0));
        snprintf(b->currency, sizeof(b->currency), "%s", sl_column_text(&row, 1));
        b->paid_cents = sl_column_int(&row, 2);
        b->refunded_cents = sl_column_int(&row, 3);
    }
    sl_statement_done(&row);
    return code;
}

static enum sl_code check_refund(const struct payments_refund *refund, const struct balance *b,
                                 int64_t cents, struct sl_error *err)
{
    int64_t left = b->paid_cents - b->refunded_cents;
    if (b->paid_cents == 0)
        return dealership_refuse(err, SL_FAILED_PRECONDITION,
                                 "Payment %s is %s: only what was paid can be refunded",
                                 refund->payment_id, b->status);
    if (left == 0)
        return dealership_refuse(err, SL_FAILED_PRECONDITION, "Payment %s is refunded in full",
                                 refund->payment_id);
    if (cents > left)
        return dealership_refuse(
            err, SL_FAILED_PRECONDITION,
            "Refund of %.2f %s exceeds the %.2f %s that are left of payment %s",
            (double)cents / 100.0, b->currency, (double)left / 100.0, b->currency,
            refund->payment_id);
    return check_currency(b->currency, cents, err);
}

enum sl_code payments_refund(const struct dealership *d, const struct payments_refund *refund,
                             json_t **ret_result, struct sl_error *err)
{
    struct balance b = {.status = ""};
    int64_t cents = 0, number = 0;
    char id[32];
    SL_TRY(dealership_cents(refund->amount, &cents, err));
    SL_TRY(read_balance(d, refund->payment_id, &b, err));
    SL_TRY(check_refund(refund, &b, cents, err));
    SL_TRY(dealership_count(d, "refund", 1000, &number, err));
    snprintf(id, sizeof(id), "REF-%lld", (long long)number);
    int64_t refunded = b.refunded_cents + cents;
    const char *status = refunded == b.paid_cents ? "refunded" : "partially_refunded";
    SL_TRY(sl_db_exec(d->db, err,
                      "UPDATE payments SET refunded_cents = ?, status = ? WHERE payment_id = ?",
                      "itt", refunded, status, refund->payment_id));
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO refunds (refund_id, payment_id, amount_cents, reason_code, note,"
                      " created_by, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                      "ttittti", id, refund->payment_id, cents, refund->reason_code, refund->note,
                      d->user, d->now_ms));
    return dealership_answer(
        json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o}", "refund_id", id,
                  "payment_id", refund->payment_id, "status", "processed", "amount",
                  record_money(cents), "currency", b.currency, "reason_code", refund->reason_code,
                  "payment_status", status, "amount_refunded", record_money(refunded),
                  "amount_refundable", record_money(b.paid_cents - refunded), "processed_at",
                  record_time(d->now_ms)),
        ret_result, err);
}

/* ---- Methods ---- */

enum sl_code payments_methods(const struct dealership *d, const char *customer_id,
                              json_t **ret_result, struct sl_error *err)
{
    static const struct record_field fields[] = {
        {"method_id", RECORD_TEXT}, {"type", RECORD_TEXT},    {"label", RECORD_TEXT},
        {"last4", RECORD_TEXT},     {"expires", RECORD_TEXT}, {"is_default", RECORD_BOOL},
    };
    static const struct record_shape shape = RECORD_SHAPE(fields);
    struct sl_statement statement;
    json_t *customer = NULL, *methods = NULL;
    SL_TRY(people_find(d, customer_id, &customer, err));
    enum sl_code code =
        sl_db_query(d->db, &statement, err,
                    "SELECT method_id, type, label, last4, expires, is_default FROM"
                    " payment_methods WHERE customer_id = ? ORDER BY is_default DESC, method_id",
                    "t", customer_id);
    if (code == SL_OK)
        code = record_all(&statement, &shape, &methods, err);
    if (code == SL_OK)
        code = dealership_answer(json_pack("{s:s, s:O, s:o}", "customer_id", customer_id,
                                           "customer_name", json_object_get(customer, "name"),
                                           "payment_methods", methods),
                                 ret_result, err);
    json_decref(customer);
    return code;
}
