#include "rest-bridge/faults.h"

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

static const struct {
    const char *type;
    const char *message;
} kinds[] = {
    [BRIDGE_FAULT_MISSING] = {"missing", "Field required"},
    [BRIDGE_FAULT_JSON_INVALID] = {"json_invalid", "JSON decode error"},
    [BRIDGE_FAULT_STRING_TYPE] = {"string_type", "Input should be a valid string"},
    [BRIDGE_FAULT_INT_TYPE] = {"int_type", "Input should be a valid integer"},
    [BRIDGE_FAULT_INT_PARSING] = {"int_parsing", "Input should be a valid integer, unable to parse "
                                                 "string as an integer"},
    [BRIDGE_FAULT_INT_FROM_FLOAT] = {"int_from_float", "Input should be a valid integer, got a "
                                                       "number with a fractional part"},
    [BRIDGE_FAULT_TOO_LARGE] = {"less_than_equal", "Input should be less than or equal to"},
    [BRIDGE_FAULT_TOO_SMALL] = {"greater_than_equal", "Input should be greater than or equal to"},
    [BRIDGE_FAULT_FLOAT_TYPE] = {"float_type", "Input should be a valid number"},
    [BRIDGE_FAULT_FLOAT_PARSING] = {"float_parsing", "Input should be a valid number, unable to "
                                                     "parse string as a number"},
    [BRIDGE_FAULT_BOOL_TYPE] = {"bool_type", "Input should be a valid boolean"},
    [BRIDGE_FAULT_BOOL_PARSING] = {"bool_parsing", "Input should be a valid boolean, unable to "
                                                   "interpret input"},
    [BRIDGE_FAULT_DICT_TYPE] = {"dict_type", "Input should be a valid dictionary"},
    [BRIDGE_FAULT_LIST_TYPE] = {"list_type", "Input should be a valid list"},
    [BRIDGE_FAULT_OBJECT_TYPE] = {"model_attributes_type", "Input should be a valid dictionary or "
                                                           "object to extract fields from"},
    [BRIDGE_FAULT_VALUE] = {"value_error", "Value error"},
};

void bridge_faults_done(struct bridge_faults *faults)
{
    json_decref(faults->list);
    faults->list = NULL;
}

/** The chain from its outermost name inwards. */
static json_t *location(const struct bridge_place *place)
{
    json_t *list = json_array();
    for (; place != NULL; place = place->outer) {
        json_t *step =
            place->name != NULL ? json_string(place->name) : json_integer((json_int_t)place->index);
        if (json_array_insert_new(list, 0, step) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/** loc and ctx are taken; ctx may be NULL. */
static void add(struct bridge_faults *faults, enum bridge_fault fault, const char *message,
                json_t *loc, json_t *input, json_t *ctx)
{
    json_t *entry = json_pack("{s:s, s:o, s:s, s:O?}", "type", kinds[fault].type, "loc", loc, "msg",
                              message, "input", input);
    if (entry != NULL && input == NULL)
        json_object_set_new(entry, "input", json_null());
    if (entry != NULL && ctx != NULL)
        json_object_set_new(entry, "ctx", ctx);
    else
        json_decref(ctx);
    if (faults->list == NULL)
        faults->list = json_array();
    if (entry == NULL || json_array_append_new(faults->list, entry) != 0)
        faults->is_out_of_memory = true;
}

void bridge_faults_add(struct bridge_faults *faults, enum bridge_fault fault,
                       const struct bridge_place *place, json_t *input)
{
    add(faults, fault, kinds[fault].message, location(place), input, NULL);
}

void bridge_faults_add_limit(struct bridge_faults *faults, enum bridge_fault fault,
                             const struct bridge_place *place, json_t *input, double limit)
{
    bool is_upper = fault == BRIDGE_FAULT_TOO_LARGE;
    char message[120];
    /* The largest integer of 64 bits is no double: the next one stands for it. */
    bool is_whole = limit >= -0x1p63 && limit <= 0x1p63;
    json_int_t whole = limit == 0x1p63 ? INT64_MAX : is_whole ? (json_int_t)limit : 0;
    if (is_whole)
        snprintf(message, sizeof(message), "%s %" JSON_INTEGER_FORMAT, kinds[fault].message, whole);
    else
        snprintf(message, sizeof(message), "%s %.0f", kinds[fault].message, limit);
    json_t *ctx = json_pack("{s:o}", is_upper ? "le" : "ge",
                            is_whole ? json_integer(whole) : json_real(limit));
    add(faults, fault, message, location(place), input, ctx);
}

void bridge_faults_add_words(struct bridge_faults *faults, const struct bridge_place *place,
                             json_t *input, const char *words)
{
    char message[700];
    snprintf(message, sizeof(message), "%s, %s", kinds[BRIDGE_FAULT_VALUE].message, words);
    add(faults, BRIDGE_FAULT_VALUE, message, location(place), input, json_pack("{s:{}}", "error"));
}

void bridge_faults_add_json(struct bridge_faults *faults, size_t position, const char *words)
{
    json_t *loc = json_pack("[s, I]", "body", (json_int_t)position);
    json_t *empty = json_object();
    add(faults, BRIDGE_FAULT_JSON_INVALID, kinds[BRIDGE_FAULT_JSON_INVALID].message, loc, empty,
        json_pack("{s:s}", "error", words));
    json_decref(empty);
}
