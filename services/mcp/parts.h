#ifndef MCP_PARTS_H
#define MCP_PARTS_H

#include "services/mcp/dealership.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The parts department. What is available of a part is what is in stock less what live reservations
 * hold; nothing is reserved beyond it, and a reservation that was not fetched in time holds nothing
 * any more.
 */

extern const struct sl_migration parts_migrations[];
extern const size_t parts_migration_count;

/** Fills an empty database with the demo stock. */
SL_MUST_USE enum sl_code parts_make_demo(const struct dealership *d, struct sl_error *err);
/** Sets the stock of every part. */
SL_MUST_USE enum sl_code parts_set_stock(const struct dealership *d, int64_t stock,
                                         struct sl_error *err);

struct parts_query {
    /** Words; a part fits when its name, category, number or description has them all. May be "".
     */
    const char *words;
    /** NULL: any. */
    const char *category;
    /** NULL: any; else a piece of make and model. */
    const char *vehicle_model;
    /** 0: any. */
    int64_t vehicle_year;
    int64_t limit;
};

/** {parts: [...], total_count, returned_count}: the best known first. */
SL_MUST_USE enum sl_code parts_search(const struct dealership *d, const struct parts_query *query,
                                      json_t **ret_result, struct sl_error *err);

/** All that is known of a part. Refuses an unknown number with SL_NOT_FOUND, as all below. */
SL_MUST_USE enum sl_code parts_details(const struct dealership *d, const char *part_number,
                                       json_t **ret_result, struct sl_error *err);

/** Whether `quantity` of it can be had now. */
SL_MUST_USE enum sl_code parts_availability(const struct dealership *d, const char *part_number,
                                            int64_t quantity, json_t **ret_result,
                                            struct sl_error *err);

struct parts_vehicle {
    /** NULL: any. */
    const char *make;
    /** "Camry" or "Toyota Camry". */
    const char *model;
    int64_t year;
};

SL_MUST_USE enum sl_code parts_compatibility(const struct dealership *d, const char *part_number,
                                             const struct parts_vehicle *vehicle,
                                             json_t **ret_result, struct sl_error *err);

/**
 * Reserves all of the parts or none. part_numbers is an array of texts, quantities an object with a
 * whole number for each; every part that stands in the way is named in the refusal.
 */
SL_MUST_USE enum sl_code parts_reserve(const struct dealership *d, const char *repair_order_id,
                                       const json_t *part_numbers, const json_t *quantities,
                                       json_t **ret_result, struct sl_error *err);

/* ---- The demo stock ---- */

/** A vehicle that a part fits, and in which model years. */
struct parts_fitment {
    const char *make;
    const char *model;
    int first_year;
    int last_year;
};

#define PARTS_FITMENTS 5

struct parts_demo_part {
    const char *number;
    const char *name;
    const char *category;
    const char *manufacturer;
    const char *description;
    int price_cents;
    int stock;
    const char *shelf;
    int warranty_months;
    int lead_time_days;
    /** None: it fits any vehicle. */
    struct parts_fitment fits[PARTS_FITMENTS];
};

extern const struct parts_demo_part parts_demo[];
extern const size_t parts_demo_count;

#ifdef __cplusplus
}
#endif

#endif
