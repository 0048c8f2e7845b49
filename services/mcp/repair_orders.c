#include "services/mcp/repair_orders.h"

#include <stdio.h>
#include <string.h>

#include "services/mcp/people.h"

/* Making orders and telling about them. */

/* Below 1242 are the demo's. */
#define FIRST_ORDER 1242

const struct sl_migration repair_orders_migrations[] = {
    {DEALERSHIP_TABLES PEOPLE_TABLES
     "CREATE TABLE vehicles (vehicle_id TEXT PRIMARY KEY,"
     " customer_id TEXT NOT NULL REFERENCES customers (customer_id), vin TEXT NOT NULL UNIQUE,"
     " year BIGINT NOT NULL, make TEXT NOT NULL, model TEXT NOT NULL, color TEXT NOT NULL,"
     " license_plate TEXT NOT NULL, mileage BIGINT NOT NULL);"
     "CREATE TABLE technicians (technician_id TEXT PRIMARY KEY, name TEXT NOT NULL,"
     " specialty TEXT NOT NULL, is_working BIGINT NOT NULL);"
     "CREATE TABLE repair_orders (repair_order_id TEXT PRIMARY KEY,"
     " customer_id TEXT NOT NULL REFERENCES customers (customer_id),"
     " vehicle_id TEXT NOT NULL REFERENCES vehicles (vehicle_id),"
     " technician_id TEXT REFERENCES technicians (technician_id),"
     " service_description TEXT NOT NULL, priority TEXT NOT NULL, status TEXT NOT NULL,"
     " created_ms BIGINT NOT NULL, updated_ms BIGINT NOT NULL);"
     "CREATE TABLE status_changes (repair_order_id TEXT NOT NULL"
     " REFERENCES repair_orders (repair_order_id), place BIGINT NOT NULL, from_status TEXT,"
     " status TEXT NOT NULL, reason TEXT, changed_by TEXT, changed_ms BIGINT NOT NULL,"
     " PRIMARY KEY (repair_order_id, place));"
     "CREATE TABLE notes (note_id TEXT PRIMARY KEY, repair_order_id TEXT NOT NULL"
     " REFERENCES repair_orders (repair_order_id), author TEXT NOT NULL, text TEXT NOT NULL,"
     " created_ms BIGINT NOT NULL);"
     "CREATE INDEX notes_by_order ON notes (repair_order_id, created_ms);"
     /* Labour in tenths of hours, parts in tenths of pieces. */
     "CREATE TABLE resources (repair_order_id TEXT NOT NULL"
     " REFERENCES repair_orders (repair_order_id), place BIGINT NOT NULL, type TEXT NOT NULL"
     " CHECK (type IN ('labor', 'part')), code TEXT NOT NULL, description TEXT NOT NULL,"
     " quantity_tenths BIGINT NOT NULL, unit_price_cents BIGINT NOT NULL,"
     " added_ms BIGINT NOT NULL, PRIMARY KEY (repair_order_id, place));"},
};
const size_t repair_orders_migration_count = SL_ARRAY_LENGTH(repair_orders_migrations);

/* ---- Create ---- */

/* Id of the customer's vehicle, which may be named by its VIN. */
static enum sl_code find_vehicle(const struct dealership *d, const struct repair_orders_new *order,
                                 char *ret_id, size_t size, struct sl_error *err)
{
    struct sl_statement row;
    bool has_row = false;
    SL_TRY(sl_db_query(d->db, &row, err,
                       "SELECT vehicle_id, customer_id FROM vehicles"
                       " WHERE vehicle_id = ? OR vin = ?",
                       "tt", order->vehicle_id, order->vehicle_id));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && !has_row)
        code = dealership_refuse(err, SL_NOT_FOUND, "Vehicle %s not found", order->vehicle_id);
    else if (code == SL_OK && strcmp(sl_column_text(&row, 1), order->customer_id) != 0)
        code = dealership_refuse(err, SL_FAILED_PRECONDITION,
                                 "Vehicle %s does not belong to customer %s", order->vehicle_id,
                                 order->customer_id);
    if (code == SL_OK)
        snprintf(ret_id, size, "%s", sl_column_text(&row, 0));
    sl_statement_done(&row);
    return code;
}

static enum sl_code insert_order(const struct dealership *d, const struct repair_orders_new *order,
                                 const char *vehicle_id, const char *id, struct sl_error *err)
{
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO repair_orders (repair_order_id, customer_id, vehicle_id,"
                      " service_description, priority, status, created_ms, updated_ms)"
                      " VALUES (?, ?, ?, ?, ?, 'pending', ?, ?)",
                      "tttttii", id, order->customer_id, vehicle_id, order->service_description,
                      order->priority, d->now_ms, d->now_ms));
    return repair_orders_log_status(d, id, NULL, "pending", "created", err);
}

enum sl_code repair_orders_create(const struct dealership *d, const struct repair_orders_new *order,
                                  json_t **ret_result, struct sl_error *err)
{
    json_t *customer = NULL;
    char vehicle_id[40], id[32];
    int64_t number = 0;
    SL_TRY(people_find(d, order->customer_id, &customer, err));
    json_decref(customer);
    SL_TRY(find_vehicle(d, order, vehicle_id, sizeof(vehicle_id), err));
    SL_TRY(dealership_count(d, "repair_order", FIRST_ORDER - 1, &number, err));
    snprintf(id, sizeof(id), "%lld", (long long)number);
    SL_TRY(insert_order(d, order, vehicle_id, id, err));
    return dealership_answer(
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "repair_order_id", id, "status",
                  "pending", "customer_id", order->customer_id, "vehicle_id", vehicle_id,
                  "service_description", order->service_description, "priority", order->priority,
                  "created_at", record_time(d->now_ms), "allowed_transitions",
                  repair_orders_next_statuses("pending")),
        ret_result, err);
}

/* ---- Details ---- */

enum sl_code repair_orders_read_head(const struct dealership *d, const char *repair_order_id,
                                     struct repair_orders_head *ret_head, struct sl_error *err)
{
    struct sl_statement row;
    bool has_row = false;
    SL_TRY(sl_db_query(d->db, &row, err,
                       "SELECT status, coalesce(technician_id, '') FROM repair_orders"
                       " WHERE repair_order_id = ?",
                       "t", repair_order_id));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && !has_row)
        code = dealership_refuse(err, SL_NOT_FOUND, "Repair order %s not found", repair_order_id);
    if (code == SL_OK) {
        snprintf(ret_head->status, sizeof(ret_head->status), "%s", sl_column_text(&row, 0));
        snprintf(ret_head->technician_id, sizeof(ret_head->technician_id), "%s",
                 sl_column_text(&row, 1));
    }
    sl_statement_done(&row);
    return code;
}

static const struct record_field order_fields[] = {
    {"repair_order_id", RECORD_TEXT},     {"status", RECORD_TEXT},   {"customer", RECORD_TEXT},
    {"service_description", RECORD_TEXT}, {"priority", RECORD_TEXT}, {"created_at", RECORD_TIME},
    {"updated_at", RECORD_TIME},
};
static const struct record_field customer_fields[] = {
    {"customer_id", RECORD_TEXT},
    {"name", RECORD_TEXT},
    {"email", RECORD_TEXT},
    {"phone", RECORD_TEXT},
};
static const struct record_field vehicle_fields[] = {
    {"vehicle_id", RECORD_TEXT}, {"vin", RECORD_TEXT},           {"year", RECORD_INT},
    {"make", RECORD_TEXT},       {"model", RECORD_TEXT},         {"color", RECORD_TEXT},
    {"mileage", RECORD_INT},     {"license_plate", RECORD_TEXT},
};
static const struct record_field technician_fields[] = {
    {"technician_id", RECORD_TEXT},
    {"name", RECORD_TEXT},
    {"specialty", RECORD_TEXT},
};
static const struct record_field history_fields[] = {
    {"status", RECORD_TEXT},     {"from_status", RECORD_TEXT}, {"reason", RECORD_TEXT},
    {"changed_by", RECORD_TEXT}, {"timestamp", RECORD_TIME},
};
static const struct record_field note_fields[] = {
    {"note_id", RECORD_TEXT},
    {"author", RECORD_TEXT},
    {"text", RECORD_TEXT},
    {"timestamp", RECORD_TIME},
};
static const struct record_field resource_fields[] = {
    {"type", RECORD_TEXT},       {"code", RECORD_TEXT},        {"description", RECORD_TEXT},
    {"quantity", RECORD_TENTHS}, {"unit_price", RECORD_MONEY}, {"line_total", RECORD_MONEY},
    {"timestamp", RECORD_TIME},
};

/* A member of an order's details: what it is called, the query for it (by the order's id), its
 * shape. */
struct section {
    const char *name;
    const char *sql;
    struct record_shape shape;
    /** A list; else one record, null where there is none. */
    bool is_list;
};

static const struct section sections[] = {
    {"customer_details",
     "SELECT c.customer_id, c.name, c.email, c.phone FROM repair_orders o JOIN customers c"
     " ON c.customer_id = o.customer_id WHERE o.repair_order_id = ?",
     RECORD_SHAPE(customer_fields), false},
    {"vehicle",
     "SELECT v.vehicle_id, v.vin, v.year, v.make, v.model, v.color, v.mileage, v.license_plate"
     " FROM repair_orders o JOIN vehicles v ON v.vehicle_id = o.vehicle_id"
     " WHERE o.repair_order_id = ?",
     RECORD_SHAPE(vehicle_fields), false},
    {"technician",
     "SELECT t.technician_id, t.name, t.specialty FROM repair_orders o JOIN technicians t"
     " ON t.technician_id = o.technician_id WHERE o.repair_order_id = ?",
     RECORD_SHAPE(technician_fields), false},
    {"status_history",
     "SELECT status, from_status, reason, changed_by, changed_ms FROM status_changes"
     " WHERE repair_order_id = ? ORDER BY place",
     RECORD_SHAPE(history_fields), true},
    {"notes",
     "SELECT note_id, author, text, created_ms FROM notes WHERE repair_order_id = ?"
     " ORDER BY created_ms, note_id",
     RECORD_SHAPE(note_fields), true},
    {"resources",
     "SELECT type, code, description, quantity_tenths, unit_price_cents,"
     " quantity_tenths * unit_price_cents / 10, added_ms FROM resources WHERE repair_order_id = ?"
     " ORDER BY place",
     RECORD_SHAPE(resource_fields), true},
};

static enum sl_code add_section(const struct dealership *d, const char *id,
                                const struct section *section, json_t *order, struct sl_error *err)
{
    struct sl_statement statement;
    json_t *value = NULL;
    SL_TRY(sl_db_query(d->db, &statement, err, section->sql, "t", id));
    if (section->is_list)
        SL_TRY(record_all(&statement, &section->shape, &value, err));
    else
        SL_TRY(record_one(&statement, &section->shape, &value, err));
    if (json_object_set_new(order, section->name, value != NULL ? value : json_null()) != 0)
        return sl_error_no_memory(err);
    return SL_OK;
}

static enum sl_code fill(const struct dealership *d, const char *id, json_t *order,
                         struct sl_error *err)
{
    struct sl_statement statement;
    int64_t total_cents = 0;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(sections); i++)
        SL_TRY(add_section(d, id, &sections[i], order, err));
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT coalesce(sum(quantity_tenths * unit_price_cents / 10), 0)"
                       " FROM resources WHERE repair_order_id = ?",
                       "t", id));
    SL_TRY(record_int(&statement, &total_cents, err));
    const char *status = json_string_value(json_object_get(order, "status"));
    if (json_object_set_new(order, "total", record_money(total_cents)) != 0 ||
        json_object_set_new(order, "currency", json_string("USD")) != 0 ||
        json_object_set_new(order, "allowed_transitions", repair_orders_next_statuses(status)) != 0)
        return sl_error_no_memory(err);
    return SL_OK;
}

enum sl_code repair_orders_details(const struct dealership *d, const char *repair_order_id,
                                   json_t **ret_result, struct sl_error *err)
{
    static const struct record_shape shape = RECORD_SHAPE(order_fields);
    struct sl_statement statement;
    json_t *order = NULL;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT repair_order_id, status, customer_id, service_description, priority,"
                       " created_ms, updated_ms FROM repair_orders WHERE repair_order_id = ?",
                       "t", repair_order_id));
    SL_TRY(record_one(&statement, &shape, &order, err));
    if (order == NULL)
        return dealership_refuse(err, SL_NOT_FOUND, "Repair order %s not found", repair_order_id);
    enum sl_code code = fill(d, repair_order_id, order, err);
    if (code == SL_OK)
        *ret_result = order;
    else
        json_decref(order);
    return code;
}
