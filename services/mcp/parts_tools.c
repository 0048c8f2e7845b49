#include "services/mcp/parts_tools.h"

#include "services/mcp/parts.h"
#include "json/json.h"

/* Tools of the parts department: what they are called, take and give. */

#define SEARCH_LIMIT 20

static enum sl_code search_parts(const struct dealership *d, const json_t *arguments,
                                 json_t **ret_result, struct sl_error *err)
{
    struct parts_query query = {
        .words = sl_json_string(arguments, "part_name"),
        .category = sl_json_string(arguments, "category"),
        .vehicle_model = sl_json_string(arguments, "vehicle_model"),
        .vehicle_year = (int64_t)sl_json_number(arguments, "vehicle_year", 0),
        .limit = (int64_t)sl_json_number(arguments, "limit", SEARCH_LIMIT),
    };
    return parts_search(d, &query, ret_result, err);
}

static enum sl_code check_part_availability(const struct dealership *d, const json_t *arguments,
                                            json_t **ret_result, struct sl_error *err)
{
    return parts_availability(d, sl_json_string(arguments, "part_number"),
                              (int64_t)sl_json_number(arguments, "quantity", 1), ret_result, err);
}

static enum sl_code get_part_details(const struct dealership *d, const json_t *arguments,
                                     json_t **ret_result, struct sl_error *err)
{
    return parts_details(d, sl_json_string(arguments, "part_number"), ret_result, err);
}

static enum sl_code reserve_parts(const struct dealership *d, const json_t *arguments,
                                  json_t **ret_result, struct sl_error *err)
{
    return parts_reserve(d, sl_json_string(arguments, "repair_order_id"),
                         json_object_get(arguments, "part_numbers"),
                         json_object_get(arguments, "quantity_map"), ret_result, err);
}

static enum sl_code check_vehicle_compatibility(const struct dealership *d, const json_t *arguments,
                                                json_t **ret_result, struct sl_error *err)
{
    struct parts_vehicle vehicle = {
        .make = sl_json_string(arguments, "vehicle_make"),
        .model = sl_json_string(arguments, "vehicle_model"),
        .year = (int64_t)sl_json_number(arguments, "vehicle_year", 0),
    };
    return parts_compatibility(d, sl_json_string(arguments, "part_number"), &vehicle, ret_result,
                               err);
}

/* clang-format off */
static const char search_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_name": {"type": "string", "maxLength": 200, "description": "Words of the part's name, such as brake pad; may be empty where a category or a vehicle is given"},
        "vehicle_model": {"type": "string", "minLength": 1, "maxLength": 80, "description": "Only parts that fit this model, such as Camry or Toyota Camry"},
        "vehicle_year": {"type": "integer", "minimum": 1950, "maximum": 2100, "description": "Only parts that fit this model year"},
        "category": {"type": "string", "minLength": 1, "maxLength": 80, "description": "Only parts of this category: Brakes, Engine, Filters, Electrical, Suspension, Cooling, Exhaust or Fluids"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20, "description": "How many parts to return at most"}
    },
    "required": ["part_name"]
});
static const char search_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "parts": {"type": "array", "items": {
            "type": "object",
            "properties": {
                "part_number": {"type": "string"},
                "name": {"type": "string"},
                "category": {"type": "string"},
                "manufacturer": {"type": "string"},
                "description": {"type": "string"},
                "price": {"type": "number", "description": "USD"},
                "quantity_available": {"type": "integer"},
                "available": {"type": "boolean"}
            },
            "required": ["part_number", "name", "category", "price", "quantity_available", "available"]
        }},
        "total_count": {"type": "integer", "description": "How many parts fit the search"},
        "returned_count": {"type": "integer", "description": "How many of them are in parts"}
    },
    "required": ["parts", "total_count", "returned_count"]
});
static const char availability_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_number": {"type": "string", "minLength": 1, "maxLength": 40, "description": "The part's number, such as 1234"},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 1000000000, "default": 1, "description": "How many are wanted"}
    },
    "required": ["part_number"]
});
static const char availability_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_number": {"type": "string"},
        "name": {"type": "string"},
        "available": {"type": "boolean", "description": "Whether the quantity requested can be reserved now"},
        "quantity_requested": {"type": "integer"},
        "quantity_available": {"type": "integer", "description": "In stock and not reserved"},
        "quantity_in_stock": {"type": "integer"},
        "quantity_reserved": {"type": "integer"},
        "price": {"type": "number"},
        "currency": {"type": "string"},
        "location": {"type": "string", "description": "Shelf"},
        "lead_time_days": {"type": "integer", "description": "Days until more of it comes"}
    },
    "required": ["part_number", "name", "available", "quantity_requested", "quantity_available"]
});
static const char details_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_number": {"type": "string", "minLength": 1, "maxLength": 40, "description": "The part's number, such as 1234"}
    },
    "required": ["part_number"]
});
static const char details_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_number": {"type": "string"},
        "name": {"type": "string"},
        "available": {"type": "boolean"},
        "category": {"type": "string"},
        "manufacturer": {"type": "string"},
        "description": {"type": "string"},
        "price": {"type": "number"},
        "currency": {"type": "string"},
        "quantity_available": {"type": "integer"},
        "quantity_in_stock": {"type": "integer"},
        "quantity_reserved": {"type": "integer"},
        "location": {"type": "string"},
        "lead_time_days": {"type": "integer"},
        "warranty_months": {"type": "integer"},
        "fits_any_vehicle": {"type": "boolean"},
        "compatible_vehicles": {"type": "array", "items": {
            "type": "object",
            "properties": {
                "make": {"type": "string"},
                "model": {"type": "string"},
                "first_year": {"type": "integer"},
                "last_year": {"type": "integer"}
            },
            "required": ["make", "model", "first_year", "last_year"]
        }}
    },
    "required": ["part_number", "name", "available", "category", "price", "currency", "quantity_available", "compatible_vehicles"]
});
static const char reserve_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_numbers": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "string", "minLength": 1, "maxLength": 40}, "description": "Numbers of the parts to reserve, each once"},
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9_-]+$", "description": "The repair order that the parts are for"},
        "quantity_map": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 1000000000}, "description": "How many of each part number, such as 1234: 2"}
    },
    "required": ["part_numbers", "repair_order_id", "quantity_map"]
});
static const char reserve_output[] = JSON_TEXT({
    "type": "object",
    "description": "Besides the members below, part_<number>: reserved for each part",
    "properties": {
        "reservation_id": {"type": "string"},
        "repair_order_id": {"type": "string"},
        "status": {"type": "string", "const": "reserved"},
        "reserved_parts": {"type": "array", "items": {
            "type": "object",
            "properties": {
                "part_number": {"type": "string"},
                "name": {"type": "string"},
                "quantity": {"type": "integer"},
                "unit_price": {"type": "number"},
                "line_total": {"type": "number"},
                "quantity_available": {"type": "integer", "description": "What is left after this reservation"}
            },
            "required": ["part_number", "name", "quantity", "unit_price", "line_total", "quantity_available"]
        }},
        "total": {"type": "number"},
        "currency": {"type": "string"},
        "expiry_time": {"type": "string", "format": "date-time", "description": "Until when the parts are held"}
    },
    "required": ["reservation_id", "repair_order_id", "status", "reserved_parts", "total", "currency", "expiry_time"]
});
static const char compatibility_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_number": {"type": "string", "minLength": 1, "maxLength": 40, "description": "The part's number, such as 1234"},
        "vehicle_make": {"type": "string", "minLength": 1, "maxLength": 80, "description": "Such as Toyota"},
        "vehicle_model": {"type": "string", "minLength": 1, "maxLength": 80, "description": "Such as Camry or Toyota Camry"},
        "vehicle_year": {"type": "integer", "minimum": 1950, "maximum": 2100, "description": "Model year"}
    },
    "required": ["part_number", "vehicle_model", "vehicle_year"]
});
static const char compatibility_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "part_number": {"type": "string"},
        "part_name": {"type": "string"},
        "compatible": {"type": "boolean"},
        "reason": {"type": "string"},
        "vehicle": {"type": "object", "properties": {"make": {"type": ["string", "null"]}, "model": {"type": "string"}, "year": {"type": "integer"}}, "required": ["model", "year"]},
        "compatible_vehicles": {"type": "array", "items": {"type": "object"}}
    },
    "required": ["part_number", "part_name", "compatible", "reason", "vehicle", "compatible_vehicles"]
});
/* clang-format on */

const struct tool parts_tools[] = {
    {{.name = "search_parts",
      .title = "Search parts",
      .description = "Finds parts by words of their name, and by vehicle, year and category.",
      .input_schema = search_input,
      .output_schema = search_output,
      .is_read_only = true,
      .is_idempotent = true},
     search_parts},
    {{.name = "check_part_availability",
      .title = "Check part availability",
      .description = "Tells how many of a part are in stock, reserved and available.",
      .input_schema = availability_input,
      .output_schema = availability_output,
      .is_read_only = true,
      .is_idempotent = true},
     check_part_availability},
    {{.name = "get_part_details",
      .title = "Get part details",
      .description = "Tells all about a part: name, price, stock and the vehicles it fits.",
      .input_schema = details_input,
      .output_schema = details_output,
      .is_read_only = true,
      .is_idempotent = true},
     get_part_details},
    {{.name = "reserve_parts",
      .title = "Reserve parts",
      .description =
          "Holds parts for a repair order for three days: all of them or none, and never "
          "more than is available.",
      .input_schema = reserve_input,
      .output_schema = reserve_output},
     reserve_parts},
    {{.name = "check_vehicle_compatibility",
      .title = "Check vehicle compatibility",
      .description = "Tells whether a part fits a vehicle of a given model and year.",
      .input_schema = compatibility_input,
      .output_schema = compatibility_output,
      .is_read_only = true,
      .is_idempotent = true},
     check_vehicle_compatibility},
};
const size_t parts_tool_count = SL_ARRAY_LENGTH(parts_tools);

static enum sl_code prepare(const struct dealership *d, const struct reference_settings *settings,
                            struct sl_error *err)
{
    SL_TRY(parts_make_demo(d, err));
    return settings->demo_stock > 0 ? parts_set_stock(d, settings->demo_stock, err) : SL_OK;
}

static const struct sl_config_variable variables[] = {
    REFERENCE_LISTEN("PARTS_MCP_LISTEN", "127.0.0.1:3005"),
    REFERENCE_DATA_DIR,
    {.name = "SERVICELANE_DEMO_STOCK",
     .kind = SL_CONFIG_INT,
     .default_value = "0",
     .description = "Stock of every part, for load tests; 0 leaves it as the demo has it.",
     .minimum = 0,
     .maximum = 1e12,
     .offset = offsetof(struct reference_settings, demo_stock)},
    REFERENCE_LOG,
    REFERENCE_OBSERVE,
};

const struct reference_definition parts_server = {
    .name = "parts-mcp",
    .summary = "The parts department of a demo dealership, as an MCP server.",
    .variables = variables,
    .variable_count = SL_ARRAY_LENGTH(variables),
    .migrations = parts_migrations,
    .migration_count = 1,
    .tools = parts_tools,
    .tool_count = SL_ARRAY_LENGTH(parts_tools),
    .prepare = prepare,
};
