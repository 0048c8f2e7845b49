#include "services/mcp/parts.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

const struct sl_migration parts_migrations[] = {
    {DEALERSHIP_TABLES
     "CREATE TABLE parts (part_number TEXT PRIMARY KEY, name TEXT NOT NULL,"
     " category TEXT NOT NULL, manufacturer TEXT NOT NULL, description TEXT NOT NULL,"
     " price_cents BIGINT NOT NULL CHECK (price_cents > 0),"
     " in_stock BIGINT NOT NULL CHECK (in_stock >= 0),"
     " reserved BIGINT NOT NULL DEFAULT 0 CHECK (reserved >= 0),"
     " shelf TEXT NOT NULL, warranty_months BIGINT NOT NULL, lead_time_days BIGINT NOT NULL,"
     " is_universal BIGINT NOT NULL);"
     "CREATE TABLE fitments (part_number TEXT NOT NULL REFERENCES parts (part_number),"
     " make TEXT NOT NULL, model TEXT NOT NULL, first_year BIGINT NOT NULL,"
     " last_year BIGINT NOT NULL, PRIMARY KEY (part_number, make, model, first_year));"
     "CREATE TABLE reservations (reservation_id TEXT PRIMARY KEY, repair_order_id TEXT NOT NULL,"
     " status TEXT NOT NULL CHECK (status IN ('active', 'expired')),"
     " created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL);"
     "CREATE INDEX reservations_by_end ON reservations (status, expires_ms);"
     "CREATE INDEX reservations_by_order ON reservations (repair_order_id);"
     "CREATE TABLE reservation_lines ("
     " reservation_id TEXT NOT NULL REFERENCES reservations (reservation_id),"
     " part_number TEXT NOT NULL REFERENCES parts (part_number),"
     " quantity BIGINT NOT NULL CHECK (quantity > 0), unit_price_cents BIGINT NOT NULL,"
     " PRIMARY KEY (reservation_id, part_number));"},
};
const size_t parts_migration_count = SL_ARRAY_LENGTH(parts_migrations);

/* What reservations hold that ran out and were not swept yet. Parameter: now. */
#define DUE                                                                                        \
    "(SELECT coalesce(sum(l.quantity), 0) FROM reservations r JOIN reservation_lines l"            \
    " ON l.reservation_id = r.reservation_id WHERE r.status = 'active' AND r.expires_ms <= ?"      \
    " AND l.part_number = p.part_number)"

/* parts with what is held now. Parameter: now. */
#define PARTS_NOW "(SELECT p.*, p.reserved - " DUE " AS held FROM parts p)"

/* More may be held than there is, after the stock was set anew. */
#define AVAILABLE "CASE WHEN held > in_stock THEN 0 ELSE in_stock - held END"

static enum sl_code not_found(const char *part_number, struct sl_error *err)
{
    return dealership_refuse(err, SL_NOT_FOUND, "Part %s not found", part_number);
}

/* ---- Demo ---- */

static enum sl_code make_part(const struct dealership *d, const struct parts_demo_part *part,
                              struct sl_error *err)
{
    SL_TRY(
        sl_db_exec(d->db, err,
                   "INSERT INTO parts (part_number, name, category, manufacturer, description,"
                   " price_cents, in_stock, shelf, warranty_months, lead_time_days, is_universal)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   "tttttiitiii", part->number, part->name, part->category, part->manufacturer,
                   part->description, (int64_t)part->price_cents, (int64_t)part->stock, part->shelf,
                   (int64_t)part->warranty_months, (int64_t)part->lead_time_days,
                   (int64_t)(part->fits[0].make == NULL)));
    for (size_t i = 0; i < PARTS_FITMENTS && part->fits[i].make != NULL; i++)
        SL_TRY(sl_db_exec(d->db, err,
                          "INSERT INTO fitments (part_number, make, model, first_year, last_year)"
                          " VALUES (?, ?, ?, ?, ?)",
                          "tttii", part->number, part->fits[i].make, part->fits[i].model,
                          (int64_t)part->fits[i].first_year, (int64_t)part->fits[i].last_year));
    return SL_OK;
}

enum sl_code parts_make_demo(const struct dealership *d, struct sl_error *err)
{
    struct sl_statement statement;
    int64_t count = 0;
    SL_TRY(sl_db_query(d->db, &statement, err, "SELECT count(*) FROM parts", ""));
    SL_TRY(record_int(&statement, &count, err));
    if (count > 0)
        return SL_OK;
    for (size_t i = 0; i < parts_demo_count; i++)
        SL_TRY(make_part(d, &parts_demo[i], err));
    return SL_OK;
}

enum sl_code parts_set_stock(const struct dealership *d, int64_t stock, struct sl_error *err)
{
    return sl_db_exec(d->db, err, "UPDATE parts SET in_stock = ?", "i", stock);
}

/* ---- Search ---- */

static const struct record_field listed_fields[] = {
    {"part_number", RECORD_TEXT},       {"name", RECORD_TEXT},        {"category", RECORD_TEXT},
    {"manufacturer", RECORD_TEXT},      {"description", RECORD_TEXT}, {"price", RECORD_MONEY},
    {"quantity_available", RECORD_INT}, {"available", RECORD_BOOL},
};
static const struct record_shape listed = RECORD_SHAPE(listed_fields);

/* Whether text has the word anywhere; a plural finds the singular too. */
static bool has_word(const char *text, const char *word, size_t length)
{
    char singular[64];
    if (length >= sizeof(singular))
        return false;
    memcpy(singular, word, length);
    singular[length] = '\0';
    if (strcasestr(text, singular) != NULL)
        return true;
    if (length < 4 || tolower((unsigned char)singular[length - 1]) != 's')
        return false;
    singular[length - 1] = '\0';
    return strcasestr(text, singular) != NULL;
}

static bool has_words(const char *text, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ,");
        if (length > 0 && !has_word(text, words, length))
            return false;
        words += length;
        words += strspn(words, " ,");
    }
    return true;
}

static bool part_has_words(const json_t *part, const char *words)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    for (size_t i = 0; i < 5; i++)
        sl_text_printf(&text, "%s ",
                       json_string_value(json_object_get(part, listed_fields[i].name)));
    return has_words(sl_text_string(&text), words);
}

static enum sl_code pick(json_t *candidates, const struct parts_query *query, json_t **ret_result,
                         struct sl_error *err)
{
    json_t *parts = json_array();
    json_int_t total = 0;
    size_t i;
    json_t *part;
    json_array_foreach(candidates, i, part)
    {
        if (!part_has_words(part, query->words))
            continue;
        if (total++ < query->limit)
            json_array_append(parts, part);
    }
    return dealership_answer(json_pack("{s:I, s:I, s:o}", "total_count", total, "returned_count",
                                       (json_int_t)json_array_size(parts), "parts", parts),
                             ret_result, err);
}

enum sl_code parts_search(const struct dealership *d, const struct parts_query *query,
                          json_t **ret_result, struct sl_error *err)
{
    struct sl_statement statement;
    json_t *candidates = NULL;
    SL_TRY(sl_db_query(
        d->db, &statement, err,
        "SELECT part_number, name, category, manufacturer, description, price_cents, " AVAILABLE
        ", held < in_stock FROM " PARTS_NOW
        " q WHERE (CAST(? AS TEXT) IS NULL OR lower(category) = lower(?))"
        " AND ((CAST(? AS TEXT) IS NULL AND CAST(? AS BIGINT) = 0) OR is_universal = 1 OR EXISTS "
        "(SELECT 1 FROM fitments f"
        " WHERE f.part_number = q.part_number AND (CAST(? AS TEXT) IS NULL OR"
        " lower(f.make || ' ' || f.model) LIKE '%' || lower(?) || '%')"
        " AND (CAST(? AS BIGINT) = 0 OR ? BETWEEN f.first_year AND f.last_year)))"
        " ORDER BY is_universal, category, name, part_number",
        "itttittii", d->now_ms, query->category, query->category, query->vehicle_model,
        query->vehicle_year, query->vehicle_model, query->vehicle_model, query->vehicle_year,
        query->vehicle_year));
    SL_TRY(record_all(&statement, &listed, &candidates, err));
    enum sl_code code = pick(candidates, query, ret_result, err);
    json_decref(candidates);
    return code;
}

/* ---- One part ---- */

static const struct record_field detail_fields[] = {
    {"part_number", RECORD_TEXT},      {"name", RECORD_TEXT},
    {"available", RECORD_BOOL},        {"category", RECORD_TEXT},
    {"manufacturer", RECORD_TEXT},     {"description", RECORD_TEXT},
    {"price", RECORD_MONEY},           {"quantity_available", RECORD_INT},
    {"quantity_in_stock", RECORD_INT}, {"quantity_reserved", RECORD_INT},
    {"location", RECORD_TEXT},         {"lead_time_days", RECORD_INT},
    {"warranty_months", RECORD_INT},   {"fits_any_vehicle", RECORD_BOOL},
};
static const struct record_shape detailed = RECORD_SHAPE(detail_fields);

static enum sl_code find_part(const struct dealership *d, const char *part_number,
                              json_t **ret_part, struct sl_error *err)
{
    struct sl_statement statement;
    json_t *part = NULL;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT part_number, name, held < in_stock, category, manufacturer,"
                       " description, price_cents, " AVAILABLE ", in_stock, held, shelf,"
                       " lead_time_days, warranty_months, is_universal FROM " PARTS_NOW
                       " q WHERE part_number = ?",
                       "it", d->now_ms, part_number));
    SL_TRY(record_one(&statement, &detailed, &part, err));
    if (part == NULL)
        return not_found(part_number, err);
    json_object_set_new(part, "currency", json_string("USD"));
    *ret_part = part;
    return SL_OK;
}

static enum sl_code find_fitments(const struct dealership *d, const char *part_number,
                                  json_t **ret_fitments, struct sl_error *err)
{
    static const struct record_field fields[] = {
        {"make", RECORD_TEXT},
        {"model", RECORD_TEXT},
        {"first_year", RECORD_INT},
        {"last_year", RECORD_INT},
    };
    static const struct record_shape shape = RECORD_SHAPE(fields);
    struct sl_statement statement;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT make, model, first_year, last_year FROM fitments"
                       " WHERE part_number = ? ORDER BY make, model, first_year",
                       "t", part_number));
    return record_all(&statement, &shape, ret_fitments, err);
}

enum sl_code parts_details(const struct dealership *d, const char *part_number, json_t **ret_result,
                           struct sl_error *err)
{
    json_t *part = NULL, *fitments = NULL;
    SL_TRY(find_part(d, part_number, &part, err));
    enum sl_code code = find_fitments(d, part_number, &fitments, err);
    if (code == SL_OK && json_object_set_new(part, "compatible_vehicles", fitments) != 0)
        code = sl_error_no_memory(err);
    if (code == SL_OK)
        *ret_result = part;
    else
        json_decref(part);
    return code;
}

enum sl_code parts_availability(const struct dealership *d, const char *part_number,
                                int64_t quantity, json_t **ret_result, struct sl_error *err)
{
    static const char *const told[] = {
        "part_number", "name",     "quantity_available", "quantity_in_stock", "quantity_reserved",
        "price",       "currency", "location",           "lead_time_days"};
    json_t *part = NULL;
    SL_TRY(find_part(d, part_number, &part, err));
    json_int_t available = json_integer_value(json_object_get(part, "quantity_available"));
    json_t *result = json_pack("{s:b, s:I}", "available", available >= quantity,
                               "quantity_requested", (json_int_t)quantity);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(told); i++)
        json_object_set(result, told[i], json_object_get(part, told[i]));
    json_decref(part);
    return dealership_answer(result, ret_result, err);
}

static bool fits(const json_t *fitment, const struct parts_vehicle *vehicle)
{
    const char *make = json_string_value(json_object_get(fitment, "make"));
    const char *model = json_string_value(json_object_get(fitment, "model"));
    size_t length = strlen(make);
    bool is_model =
        sl_text_equals_nocase(vehicle->model, model) ||
        (strncasecmp(vehicle->model, make, length) == 0 && vehicle->model[length] == ' ' &&
         sl_text_equals_nocase(vehicle->model + length + 1, model));
    return is_model && (vehicle->make == NULL || sl_text_equals_nocase(vehicle->make, make)) &&
           vehicle->year >= json_integer_value(json_object_get(fitment, "first_year")) &&
           vehicle->year <= json_integer_value(json_object_get(fitment, "last_year"));
}

static json_t *tell_compatibility(const json_t *part, const struct parts_vehicle *vehicle,
                                  json_t *fitments)
{
    bool is_fit = json_is_true(json_object_get(part, "fits_any_vehicle"));
    size_t i;
    json_t *fitment;
    json_array_foreach(fitments, i, fitment) is_fit = is_fit || fits(fitment, vehicle);
    const char *name = json_string_value(json_object_get(part, "name"));
    const char *make = vehicle->make != NULL ? vehicle->make : "";
    json_t *reason =
        json_sprintf("%s %s %s%s%s %lld", name, is_fit ? "fits" : "does not fit", make,
                     make[0] != '\0' ? " " : "", vehicle->model, (long long)vehicle->year);
    return json_pack("{s:O, s:O, s:b, s:o, s:{s:s?, s:s, s:I}, s:O}", "part_number",
                     json_object_get(part, "part_number"), "part_name",
                     json_object_get(part, "name"), "compatible", is_fit, "reason", reason,
                     "vehicle", "make", vehicle->make, "model", vehicle->model, "year",
                     (json_int_t)vehicle->year, "compatible_vehicles", fitments);
}

enum sl_code parts_compatibility(const struct dealership *d, const char *part_number,
                                 const struct parts_vehicle *vehicle, json_t **ret_result,
                                 struct sl_error *err)
{
    json_t *part = NULL, *fitments = NULL;
    SL_TRY(find_part(d, part_number, &part, err));
    enum sl_code code = find_fitments(d, part_number, &fitments, err);
    if (code == SL_OK)
        code = dealership_answer(tell_compatibility(part, vehicle, fitments), ret_result, err);
    json_decref(part);
    json_decref(fitments);
    return code;
}
