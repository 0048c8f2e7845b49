#include <string.h>

#include "services/mcp/people.h"
#include "services/mcp/repair_orders.h"

/* The workshop on its first day: vehicles, technicians, and twelve orders over all states. */

#define HOUR_MS (INT64_C(3600) * 1000)

/* clang-format off */
static const struct {
    const char *id;
    const char *customer_id;
    const char *vin;
    int year;
    const char *make;
    const char *model;
    const char *color;
    const char *license_plate;
    int mileage;
} vehicles[] = {
    {"VEH-101", "ambujmehra", "4T1C11AK9MU500121", 2021, "Toyota", "Camry", "Silver", "7KLM204", 48210},
    {"VEH-102", "mgarcia", "2HGFC2F55LH510443", 2020, "Honda", "Civic", "Blue", "8ABC517", 61975},
    {"VEH-103", "jchen", "1FTFW1E56NKD20874", 2022, "Ford", "F-150", "Black", "5TRK882", 37440},
    {"VEH-104", "olindqvist", "4S4BTAFC0L3118295", 2020, "Subaru", "Outback", "Green", "6SUB319", 72105},
    {"VEH-105", "dwashington", "1GCUYDED1KZ132650", 2019, "Chevrolet", "Silverado 1500", "White", "4CHV760", 88930},
    {"VEH-106", "psingh", "1N4BL4BV5MN337715", 2021, "Nissan", "Altima", "Red", "8NIS445", 41260},
    {"VEH-107", "tobrien", "3VWCB7AJ7JM221906", 2018, "Volkswagen", "Jetta", "Gray", "3VWJ128", 96015},
    {"VEH-108", "lnguyen", "2T3P1RFVXPC376540", 2023, "Toyota", "RAV4", "White", "9RAV633", 18720},
    {"VEH-109", "kmueller", "3MW5R1J0XM8B98112", 2021, "BMW", "330i", "Black", "8BMW330", 39880},
    {"VEH-110", "rjohnson", "2HKRW2H54KH618834", 2019, "Honda", "CR-V", "Gray", "7HCR902", 80345},
    {"VEH-111", "mgarcia", "5NPLM4AG6NH044387", 2022, "Hyundai", "Elantra", "White", "9ELA274", 27610},
    {"VEH-112", "rjohnson", "1C4HJXDG0MW602271", 2021, "Jeep", "Wrangler", "Orange", "8JEP551", 33905},
    {"VEH-113", "jchen", "5YJ3E1EA9NF193358", 2022, "Tesla", "Model 3", "Blue", "9TSL003", 24150},
    {"VEH-114", "ambujmehra", "JM3KFBCM1L0734126", 2020, "Mazda", "CX-5", "Red", "8MAZ716", 55480},
};

static const struct {
    const char *id;
    const char *name;
    const char *specialty;
    bool is_working;
} technicians[] = {
    {"T-1", "Luis Ortega", "Brakes and suspension", true},
    {"T-2", "Hannah Weiss", "Engine and transmission", true},
    {"T-3", "Marcus Bell", "Electrical and diagnostics", true},
    {"T-4", "Aiko Tanaka", "Hybrid and electric vehicles", true},
    {"T-5", "Sean Doyle", "Maintenance", true},
    {"T-6", "Fatima Haddad", "Cooling and climate", false},
};

struct demo_order {
    const char *id;
    const char *customer_id;
    const char *vehicle_id;
    const char *technician_id;
    const char *priority;
    const char *status;
    /** Where the way to status leaves the usual one; NULL: nowhere. */
    const char *leaves_after;
    int age_hours;
    const char *service_description;
};

static const struct demo_order orders[] = {
    {"1230", "mgarcia", "VEH-102", NULL, "normal", "pending", NULL, 3, "Squealing from the front wheels when braking"},
    {"1231", "jchen", "VEH-113", "T-4", "normal", "scheduled", NULL, 26, "Tire rotation and cabin air filter"},
    {"1232", "rjohnson", "VEH-110", "T-5", "normal", "in_progress", NULL, 30, "60,000 mile service"},
    {"1233", "olindqvist", "VEH-104", "T-3", "high", "parts_ordered", "in_progress", 490, "Check engine light: oxygen sensor, upstream"},
    {"1234", "ambujmehra", "VEH-101", "T-1", "high", "in_progress", NULL, 52, "Brake inspection, pads at 2 mm on the front axle"},
    {"1235", "mgarcia", "VEH-111", "T-2", "normal", "quality_check", NULL, 50, "Oil change and engine air filter"},
    {"1236", "dwashington", "VEH-105", "T-1", "urgent", "customer_approval", NULL, 76, "Front brakes: pads, rotors, one caliper sticks"},
    {"1237", "psingh", "VEH-106", "T-2", "normal", "ready_for_pickup", NULL, 99, "Coolant leak: fan assembly and hose"},
    {"1238", "tobrien", "VEH-107", "T-1", "normal", "completed", NULL, 220, "Knocking over bumps: front suspension"},
    {"1239", "lnguyen", "VEH-108", "T-5", "low", "invoiced", NULL, 290, "Annual service and brake fluid"},
    {"1240", "kmueller", "VEH-109", "T-3", "normal", "closed", NULL, 730, "Does not start in the morning: battery"},
    {"1241", "rjohnson", "VEH-112", NULL, "low", "cancelled", "scheduled", 120, "Wind noise at the driver's door"},
};

/* Labour in tenths of an hour, parts in tenths of a piece: 10 is one. */
static const struct {
    const char *repair_order_id;
    const char *type;
    const char *code;
    const char *description;
    int quantity_tenths;
    int unit_price_cents;
} resources[] = {
    {"1231", "labor", "L-TIRE", "Tire rotation", 5, 12500},
    {"1232", "labor", "L-60K", "60,000 mile service", 25, 12500},
    {"1232", "part", "3001", "Oil Filter", 10, 1195},
    {"1232", "part", "8001", "Engine Oil 0W-20, 5 qt", 10, 3499},
    {"1233", "labor", "L-DIAG", "Diagnosis", 10, 14000},
    {"1233", "part", "4030", "Oxygen Sensor, Upstream", 10, 11890},
    {"1234", "labor", "L-BRK", "Brake inspection", 10, 12500},
    {"1235", "labor", "L-OIL", "Oil change", 5, 12500},
    {"1235", "part", "3010", "Engine Air Filter", 10, 2765},
    {"1236", "labor", "L-BRK", "Front brakes", 22, 12500},
    {"1236", "part", "1250", "Brake Pad Set, Heavy Duty", 10, 10950},
    {"1236", "part", "1245", "Brake Caliper, Front Left", 10, 13890},
    {"1237", "labor", "L-COOL", "Cooling system repair", 20, 12500},
    {"1237", "part", "6020", "Cooling Fan Assembly", 10, 17350},
    {"1238", "labor", "L-SUSP", "Suspension work, front", 24, 14000},
    {"1238", "part", "5020", "Sway Bar Link", 20, 3295},
    {"1239", "labor", "L-SERV", "Annual service", 18, 12500},
    {"1239", "part", "8005", "Brake Fluid DOT 4, 1 l", 10, 1575},
    {"1240", "labor", "L-BATT", "Battery replaced and registered", 4, 11250},
    {"1240", "part", "4001", "Battery, AGM Group 48", 10, 22995},
};

static const struct {
    const char *id;
    const char *repair_order_id;
    const char *author;
    int age_hours;
    const char *text;
} notes[] = {
    {"NOTE-0901", "1234", "T-1", 5, "Front pads worn to 2 mm, rotors within tolerance. Recommend new pads."},
    {"NOTE-0902", "1234", "service desk", 4, "Customer informed, asks for a price before work goes on."},
    {"NOTE-0903", "1233", "T-3", 460, "Sensor answers too slowly. Part ordered, two to three days."},
    {"NOTE-0904", "1236", "T-1", 20, "Left caliper sticks; estimate sent to the customer."},
    {"NOTE-0905", "1238", "T-1", 180, "Links replaced, test drive without noise."},
    {"NOTE-0906", "1241", "service desk", 60, "Customer called off the appointment."},
};
/* clang-format on */

/* The usual way of an order. */
static const char *const way[] = {"pending",       "scheduled",         "in_progress",
                                  "quality_check", "customer_approval", "ready_for_pickup",
                                  "completed",     "invoiced",          "closed"};

/* Writes an entry of the history as if it had been written then. */
static enum sl_code log_then(const struct dealership *d, const struct demo_order *order,
                             const char *from, const char *to, int64_t then_ms,
                             struct sl_error *err)
{
    struct dealership then = *d;
    then.now_ms = then_ms;
    then.user = "service desk";
    SL_TRY(repair_orders_log_status(&then, order->id, from, to, NULL, err));
    return sl_db_exec(d->db, err,
                      "UPDATE repair_orders SET status = ?, updated_ms = ?"
                      " WHERE repair_order_id = ?",
                      "tit", to, then_ms, order->id);
}

/* Every step of the way took the same part of the order's age. */
static enum sl_code walk(const struct dealership *d, const struct demo_order *order,
                         struct sl_error *err)
{
    const char *from = NULL;
    int64_t step_ms = order->age_hours * HOUR_MS / (int64_t)(SL_ARRAY_LENGTH(way) + 1);
    int64_t then_ms = d->now_ms - order->age_hours * HOUR_MS;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(way); i++, then_ms += step_ms) {
        SL_TRY(log_then(d, order, from, way[i], then_ms, err));
        from = way[i];
        if (strcmp(from, order->status) == 0)
            return SL_OK;
        if (order->leaves_after != NULL && strcmp(from, order->leaves_after) == 0)
            return log_then(d, order, from, order->status, then_ms + step_ms, err);
    }
    return sl_error_set(err, SL_INTERNAL, "no way leads to status %s", order->status);
}

static enum sl_code make_order(const struct dealership *d, const struct demo_order *order,
                               struct sl_error *err)
{
    int64_t created_ms = d->now_ms - order->age_hours * HOUR_MS;
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO repair_orders (repair_order_id, customer_id, vehicle_id,"
                      " technician_id, service_description, priority, status, created_ms,"
                      " updated_ms) VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?)",
                      "ttttttii", order->id, order->customer_id, order->vehicle_id,
                      order->technician_id, order->service_description, order->priority, created_ms,
                      created_ms));
    return walk(d, order, err);
}

static enum sl_code make_people(const struct dealership *d, struct sl_error *err)
{
    SL_TRY(people_make_demo(d, err));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(vehicles); i++)
        SL_TRY(sl_db_exec(d->db, err,
                          "INSERT INTO vehicles (vehicle_id, customer_id, vin, year, make, model,"
                          " color, license_plate, mileage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "tttitttti", vehicles[i].id, vehicles[i].customer_id, vehicles[i].vin,
                          (int64_t)vehicles[i].year, vehicles[i].make, vehicles[i].model,
                          vehicles[i].color, vehicles[i].license_plate,
                          (int64_t)vehicles[i].mileage));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(technicians); i++)
        SL_TRY(sl_db_exec(d->db, err,
                          "INSERT INTO technicians (technician_id, name, specialty, is_working)"
                          " VALUES (?, ?, ?, ?)",
                          "ttti", technicians[i].id, technicians[i].name, technicians[i].specialty,
                          (int64_t)technicians[i].is_working));
    return SL_OK;
}

static enum sl_code make_work(const struct dealership *d, struct sl_error *err)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(resources); i++)
        SL_TRY(sl_db_exec(
            d->db, err,
            "INSERT INTO resources (repair_order_id, place, type, code, description,"
            " quantity_tenths, unit_price_cents, added_ms) VALUES (?, ?, ?, ?, ?, ?, ?,"
            " (SELECT updated_ms FROM repair_orders WHERE repair_order_id = ?))",
            "titttiit", resources[i].repair_order_id, (int64_t)i + 1, resources[i].type,
            resources[i].code, resources[i].description, (int64_t)resources[i].quantity_tenths,
            (int64_t)resources[i].unit_price_cents, resources[i].repair_order_id));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(notes); i++)
        SL_TRY(sl_db_exec(d->db, err,
                          "INSERT INTO notes (note_id, repair_order_id, author, text, created_ms)"
                          " VALUES (?, ?, ?, ?, ?)",
                          "tttti", notes[i].id, notes[i].repair_order_id, notes[i].author,
                          notes[i].text, d->now_ms - notes[i].age_hours * HOUR_MS));
    return SL_OK;
}

enum sl_code repair_orders_make_demo(const struct dealership *d, struct sl_error *err)
{
    bool is_there = false;
    SL_TRY(people_are_there(d, &is_there, err));
    if (is_there)
        return SL_OK;
    SL_TRY(make_people(d, err));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(orders); i++)
        SL_TRY(make_order(d, &orders[i], err));
    return make_work(d, err);
}
