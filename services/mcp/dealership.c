#include "services/mcp/dealership.h"

#include <math.h>
#include <stdarg.h>

#include "base/clock.h"

#define LARGEST_AMOUNT 1000000.0

enum sl_code dealership_refuse(struct sl_error *err, enum sl_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sl_error_set_va(err, code, format, arguments);
    va_end(arguments);
    if (err != NULL)
        err->outcome = SL_OUTCOME_SETTLED;
    return code;
}

bool dealership_is_refusal(const struct sl_error *err)
{
    return err->code != SL_OK && err->outcome == SL_OUTCOME_SETTLED;
}

enum sl_code dealership_count(const struct dealership *d, const char *counter, int64_t start,
                              int64_t *ret_value, struct sl_error *err)
{
    struct sl_statement statement;
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO counters (name, value) VALUES (?, ?)"
                      " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
                      "ti", counter, start + 1));
    SL_TRY(sl_db_query(d->db, &statement, err, "SELECT value FROM counters WHERE name = ?", "t",
                       counter));
    return record_int(&statement, ret_value, err);
}

json_t *record_time(int64_t wall_ms)
{
    char text[SL_TIME_SIZE];
    sl_time_format(wall_ms * 1000000, text);
    return json_string(text);
}

json_t *record_money(int64_t cents)
{
    return json_real((double)cents / 100.0);
}

static json_t *column_json(struct sl_statement *statement, int column, enum record_kind kind)
{
    if (sl_column_is_null(statement, column))
        return json_null();
    switch (kind) {
    case RECORD_TEXT:
        return json_string(sl_column_text(statement, column));
    case RECORD_INT:
        return json_integer(sl_column_int(statement, column));
    case RECORD_MONEY:
        return record_money(sl_column_int(statement, column));
    case RECORD_TENTHS:
        return json_real((double)sl_column_int(statement, column) / 10.0);
    case RECORD_BOOL:
        return json_boolean(sl_column_int(statement, column) != 0);
    case RECORD_TIME:
        return record_time(sl_column_int(statement, column));
    }
    return NULL;
}

static enum sl_code row_json(struct sl_statement *statement, const struct record_shape *shape,
                             json_t **ret_record, struct sl_error *err)
{
    json_t *record = json_object();
    for (size_t i = 0; i < shape->count; i++) {
        json_t *value = column_json(statement, (int)i, shape->fields[i].kind);
        if (json_object_set_new(record, shape->fields[i].name, value) != 0) {
            json_decref(record);
            return sl_error_no_memory(err);
        }
    }
    *ret_record = record;
    return SL_OK;
}

enum sl_code record_one(struct sl_statement *statement, const struct record_shape *shape,
                        json_t **ret_record, struct sl_error *err)
{
    bool has_row = false;
    json_t *record = NULL;
    enum sl_code code = sl_statement_step(statement, &has_row, err);
    if (code == SL_OK && has_row)
        code = row_json(statement, shape, &record, err);
    sl_statement_done(statement);
    if (code == SL_OK)
        *ret_record = record;
    return code;
}

static enum sl_code append_rows(struct sl_statement *statement, const struct record_shape *shape,
                                json_t *records, struct sl_error *err)
{
    for (;;) {
        bool has_row = false;
        json_t *record = NULL;
        SL_TRY(sl_statement_step(statement, &has_row, err));
        if (!has_row)
            return SL_OK;
        SL_TRY(row_json(statement, shape, &record, err));
        if (json_array_append_new(records, record) != 0)
            return sl_error_no_memory(err);
    }
}

enum sl_code record_all(struct sl_statement *statement, const struct record_shape *shape,
                        json_t **ret_records, struct sl_error *err)
{
    json_t *records = json_array();
    enum sl_code code = append_rows(statement, shape, records, err);
    sl_statement_done(statement);
    if (code == SL_OK)
        *ret_records = records;
    else
        json_decref(records);
    return code;
}

enum sl_code record_int(struct sl_statement *statement, int64_t *ret_value, struct sl_error *err)
{
    bool has_row = false;
    enum sl_code code = sl_statement_step(statement, &has_row, err);
    if (code == SL_OK && has_row)
        *ret_value = sl_column_int(statement, 0);
    sl_statement_done(statement);
    return code;
}

enum sl_code dealership_answer(json_t *built, json_t **ret_result, struct sl_error *err)
{
    if (built == NULL)
        return sl_error_no_memory(err);
    *ret_result = built;
    return SL_OK;
}

enum sl_code dealership_cents(double amount, int64_t *ret_cents, struct sl_error *err)
{
    if (!(amount > 0.0) || amount > LARGEST_AMOUNT)
        return dealership_refuse(
            err, SL_INVALID_ARGUMENT,
            "Amount %.15g is not possible: more than 0 and at most %.0f is wanted", amount,
            LARGEST_AMOUNT);
    double cents = round(amount * 100.0);
    if (fabs(amount * 100.0 - cents) > 1e-6)
        return dealership_refuse(err, SL_INVALID_ARGUMENT,
                                 "Amount %.15g has more than two decimals", amount);
    *ret_cents = (int64_t)cents;
    return SL_OK;
}
