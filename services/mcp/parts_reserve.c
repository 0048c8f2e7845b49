#include <string.h>

#include "base/text.h"
#include "services/mcp/parts.h"

/* Reserving parts: all of them or none. */

/* Three days on the shelf, then it is free for others. */
#define RESERVATION_MS (INT64_C(3) * 24 * 3600 * 1000)

/* A reservation while it is made. */
struct reservation {
    const struct dealership *d;
    char id[32];
    const json_t *quantities;
    json_t *lines;
    int64_t total_cents;
    /** Why parts cannot be had; empty where all can. */
    struct sl_text obstacles;
    enum sl_code obstacle_code;
};

static void obstacle(struct reservation *r, enum sl_code code, const char *format, ...)
    SL_PRINTF(3, 4);
static void obstacle(struct reservation *r, enum sl_code code, const char *format, ...)
{
    struct sl_error text = {0};
    va_list arguments;
    va_start(arguments, format);
    sl_error_set_va(&text, code, format, arguments);
    va_end(arguments);
    if (r->obstacles.length > 0)
        sl_text_append(&r->obstacles, "; ");
    else
        r->obstacle_code = code;
    sl_text_append(&r->obstacles, text.message);
}

/* Gives back what reservations held that ran out. */
static enum sl_code sweep(const struct dealership *d, struct sl_error *err)
{
    SL_TRY(sl_db_exec(
        d->db, err,
        "UPDATE parts SET reserved = reserved - (SELECT sum(l.quantity) FROM reservations r"
        " JOIN reservation_lines l ON l.reservation_id = r.reservation_id"
        " WHERE r.status = 'active' AND r.expires_ms <= ? AND l.part_number = parts.part_number)"
        " WHERE part_number IN (SELECT l.part_number FROM reservations r"
        " JOIN reservation_lines l ON l.reservation_id = r.reservation_id"
        " WHERE r.status = 'active' AND r.expires_ms <= ?)",
        "ii", d->now_ms, d->now_ms));
    return sl_db_exec(d->db, err,
                      "UPDATE reservations SET status = 'expired'"
                      " WHERE status = 'active' AND expires_ms <= ?",
                      "i", d->now_ms);
}

static enum sl_code take(struct reservation *r, const char *part_number, int64_t quantity,
                         int64_t price_cents, struct sl_error *err)
{
    SL_TRY(sl_db_exec(r->d->db, err,
                      "UPDATE parts SET reserved = reserved + ? WHERE part_number = ?", "it",
                      quantity, part_number));
    return sl_db_exec(r->d->db, err,
                      "INSERT INTO reservation_lines (reservation_id, part_number, quantity,"
                      " unit_price_cents) VALUES (?, ?, ?, ?)",
                      "ttii", r->id, part_number, quantity, price_cents);
}

static enum sl_code add_line(struct reservation *r, const char *part_number, int64_t quantity,
                             struct sl_statement *part, struct sl_error *err)
{
    int64_t price_cents = sl_column_int(part, 1);
    int64_t available = sl_column_int(part, 2) - sl_column_int(part, 3);
    if (available < quantity) {
        obstacle(r, SL_FAILED_PRECONDITION,
                 "Insufficient stock for part %s: %lld available, %lld requested", part_number,
                 (long long)(available > 0 ? available : 0), (long long)quantity);
        return SL_OK;
    }
    r->total_cents += price_cents * quantity;
    json_t *line =
        json_pack("{s:s, s:s, s:I, s:o, s:o, s:I}", "part_number", part_number, "name",
                  sl_column_text(part, 0), "quantity", (json_int_t)quantity, "unit_price",
                  record_money(price_cents), "line_total", record_money(price_cents * quantity),
                  "quantity_available", (json_int_t)(available - quantity));
    if (json_array_append_new(r->lines, line) != 0)
        return sl_error_no_memory(err);
    return take(r, part_number, quantity, price_cents, err);
}

static enum sl_code reserve_part(struct reservation *r, const char *part_number, int64_t quantity,
                                 struct sl_error *err)
{
    struct sl_statement part;
    bool has_row = false;
    SL_TRY(
        sl_db_query(r->d->db, &part, err,
                    "SELECT name, price_cents, in_stock, reserved FROM parts WHERE part_number = ?",
                    "t", part_number));
    enum sl_code code = sl_statement_step(&part, &has_row, err);
    if (code == SL_OK && !has_row)
        obstacle(r, SL_NOT_FOUND, "Part %s not found", part_number);
    else if (code == SL_OK)
        code = add_line(r, part_number, quantity, &part, err);
    sl_statement_done(&part);
    return code;
}

static bool is_named_before(const json_t *part_numbers, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (json_equal(json_array_get(part_numbers, i), json_array_get(part_numbers, place)))
            return true;
    return false;
}

static enum sl_code reserve_each(struct reservation *r, const json_t *part_numbers,
                                 struct sl_error *err)
{
    size_t i;
    json_t *item;
    json_array_foreach(part_numbers, i, item)
    {
        const char *number = json_string_value(item);
        json_t *quantity = json_object_get(r->quantities, number);
        if (is_named_before(part_numbers, i))
            obstacle(r, SL_INVALID_ARGUMENT, "Part %s is named twice", number);
        else if (quantity == NULL)
            obstacle(r, SL_INVALID_ARGUMENT, "quantity_map has no quantity for part %s", number);
        else
            SL_TRY(reserve_part(r, number, (int64_t)json_number_value(quantity), err));
    }
    return SL_OK;
}

/* A quantity for a part that is not asked for is a mistake somewhere: better said than overlooked.
 */
static void check_names(struct reservation *r, const json_t *part_numbers)
{
    const char *name;
    json_t *quantity;
    json_object_foreach((json_t *)r->quantities, name, quantity)
    {
        bool is_named = false;
        for (size_t i = 0; i < json_array_size(part_numbers); i++)
            is_named = is_named ||
                       sl_text_equals(json_string_value(json_array_get(part_numbers, i)), name);
        if (!is_named)
            obstacle(r, SL_INVALID_ARGUMENT,
                     "quantity_map names part %s, which is not in part_numbers", name);
    }
}

static enum sl_code begin(struct reservation *r, const char *repair_order_id, struct sl_error *err)
{
    int64_t number = 0;
    SL_TRY(sweep(r->d, err));
    SL_TRY(dealership_count(r->d, "reservation", 0, &number, err));
    snprintf(r->id, sizeof(r->id), "RES_%03lld", (long long)number);
    return sl_db_exec(r->d->db, err,
                      "INSERT INTO reservations (reservation_id, repair_order_id, status,"
                      " created_ms, expires_ms) VALUES (?, ?, 'active', ?, ?)",
                      "ttii", r->id, repair_order_id, r->d->now_ms, r->d->now_ms + RESERVATION_MS);
}

/* Besides the list, a member for each part that says so, as "part_1234": "reserved". */
static json_t *tell(const struct reservation *r, const char *repair_order_id)
{
    json_t *result =
        json_pack("{s:s, s:s, s:s, s:O, s:o, s:s, s:o}", "reservation_id", r->id, "repair_order_id",
                  repair_order_id, "status", "reserved", "reserved_parts", r->lines, "total",
                  record_money(r->total_cents), "currency", "USD", "expiry_time",
                  record_time(r->d->now_ms + RESERVATION_MS));
    size_t i;
    json_t *line;
    json_array_foreach(r->lines, i, line)
    {
        char name[80];
        snprintf(name, sizeof(name), "part_%s",
                 json_string_value(json_object_get(line, "part_number")));
        json_object_set_new(result, name, json_string("reserved"));
    }
    return result;
}

static enum sl_code reserve(struct reservation *r, const char *repair_order_id,
                            const json_t *part_numbers, json_t **ret_result, struct sl_error *err)
{
    SL_TRY(begin(r, repair_order_id, err));
    SL_TRY(reserve_each(r, part_numbers, err));
    check_names(r, part_numbers);
    if (sl_text_failed(&r->obstacles))
        return sl_error_no_memory(err);
    if (r->obstacles.length > 0)
        return dealership_refuse(err, r->obstacle_code, "%s", sl_text_string(&r->obstacles));
    return dealership_answer(tell(r, repair_order_id), ret_result, err);
}

enum sl_code parts_reserve(const struct dealership *d, const char *repair_order_id,
                           const json_t *part_numbers, const json_t *quantities,
                           json_t **ret_result, struct sl_error *err)
{
    struct reservation r = {.d = d, .quantities = quantities, .lines = json_array()};
    enum sl_code code = reserve(&r, repair_order_id, part_numbers, ret_result, err);
    json_decref(r.lines);
    sl_text_done(&r.obstacles);
    return code;
}
