#ifndef MCP_DEALERSHIP_H
#define MCP_DEALERSHIP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the three demo dealerships (payments, parts, repair orders) share: how an operation meets
 * its database, how it refuses, how rows become JSON. Operations run on a storage thread, in one
 * transaction, and answer with a new JSON object. Money is whole cents inside and a number outside.
 */

struct dealership_mail;

/** What an operation works with. Everything is borrowed for its time. */
struct dealership {
    struct sl_db *db;
    /** Wall clock, milliseconds since 1970 UTC: one time for all of the operation. */
    int64_t now_ms;
    /** Who asks, from X-User-Id; NULL where it is not said. */
    const char *user;
    /** Folder of the databases. */
    const char *data_dir;
    /** What payment links begin with. */
    const char *link_base;
    /** Whether the pages behind payment links are this server's own. */
    bool has_own_page;
    /** Whose dealership it is about, from X-Dealer-Id; NULL where it is not said. */
    const char *dealer;
    /** Where an operation leaves a mail that is to be sent; NULL where there is no mail server. */
    struct dealership_mail *mail;
};

/**
 * A mail that an operation wants sent. It goes out when the operation is on disk, whose answer says
 * "unknown" until it is known: a process that dies in between leaves just that.
 */
struct dealership_mail {
    /** Empty where there is nothing to be sent. The notification's number. */
    char id[32];
    const char *from;
    char to[256];
    /** As RFC 5322 has it. */
    struct sl_text message;
    /** Notes down what became of it: "sent" or "failed". Set with id. */
    enum sl_code (*settle)(const struct dealership *d, const struct dealership_mail *mail,
                           const char *status, struct sl_error *err);
};

/** Refuses: fills err, its outcome settled, which tells a refusal from a failure of the database.
 */
enum sl_code dealership_refuse(struct sl_error *err, enum sl_code code, const char *format, ...)
    SL_PRINTF(3, 4);
bool dealership_is_refusal(const struct sl_error *err);

/** The tables that every dealership has: counters, and the answers given to idempotency keys. */
#define DEALERSHIP_TABLES                                                                          \
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);"                        \
    "CREATE TABLE answers (idempotency_key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL,"           \
    " is_refusal BIGINT NOT NULL, answer TEXT NOT NULL, created_ms BIGINT NOT NULL);"              \
    "CREATE INDEX answers_by_age ON answers (created_ms);"

/** Counts on and gives the new value; a counter that is new begins after `start`. */
SL_MUST_USE enum sl_code dealership_count(const struct dealership *d, const char *counter,
                                          int64_t start, int64_t *ret_value, struct sl_error *err);

/* ---- Rows as JSON ---- */

enum record_kind {
    RECORD_TEXT,
    RECORD_INT,
    RECORD_MONEY, /* cents, out as 12.5 */
    RECORD_TENTHS,
    RECORD_BOOL,
    RECORD_TIME, /* milliseconds, out as RFC 3339 */
};

/** What a column becomes; a query's columns follow the order of its fields. Null becomes null. */
struct record_field {
    const char *name;
    enum record_kind kind;
};

struct record_shape {
    const struct record_field *fields;
    size_t count;
};

#define RECORD_SHAPE(fields)                                                                       \
    {                                                                                              \
        fields, SL_ARRAY_LENGTH(fields)                                                            \
    }

/** The first row of a query as a new object, NULL where there is none. statement is taken. */
SL_MUST_USE enum sl_code record_one(struct sl_statement *statement,
                                    const struct record_shape *shape, json_t **ret_record,
                                    struct sl_error *err);
/** All rows of a query as a new array of objects. statement is taken. */
SL_MUST_USE enum sl_code record_all(struct sl_statement *statement,
                                    const struct record_shape *shape, json_t **ret_records,
                                    struct sl_error *err);
/** The integer that a query finds; *ret_value stays where there is no row. statement is taken. */
SL_MUST_USE enum sl_code record_int(struct sl_statement *statement, int64_t *ret_value,
                                    struct sl_error *err);

/** A time as RFC 3339 text, a new reference. */
json_t *record_time(int64_t wall_ms);
/** Cents as a number, a new reference. */
json_t *record_money(int64_t cents);

/** Takes a built object for the result: NULL is memory that ran out. */
SL_MUST_USE enum sl_code dealership_answer(json_t *built, json_t **ret_result,
                                           struct sl_error *err);

/** 12.5 becomes 1250; refuses what is not above 0, finer than a cent, or above 1,000,000. */
SL_MUST_USE enum sl_code dealership_cents(double amount, int64_t *ret_cents, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
