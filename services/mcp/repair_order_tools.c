#include "services/mcp/repair_order_tools.h"

#include "services/mcp/repair_orders.h"
#include "json/json.h"

/* Tools of the workshop: what they are called, take and give. */

static enum sl_code create_repair_order(const struct dealership *d, const json_t *arguments,
                                        json_t **ret_result, struct sl_error *err)
{
    const char *priority = sl_json_string(arguments, "priority");
    struct repair_orders_new order = {
        .customer_id = sl_json_string(arguments, "customer_id"),
        .vehicle_id = sl_json_string(arguments, "vehicle_id"),
        .service_description = sl_json_string(arguments, "service_description"),
        .priority = priority != NULL ? priority : "normal",
    };
    return repair_orders_create(d, &order, ret_result, err);
}

static enum sl_code update_repair_order_status(const struct dealership *d, const json_t *arguments,
                                               json_t **ret_result, struct sl_error *err)
{
    struct repair_orders_update update = {
        .repair_order_id = sl_json_string(arguments, "repair_order_id"),
        .new_status = sl_json_string(arguments, "new_status"),
        .expected_status = sl_json_string(arguments, "expected_status"),
        .reason = sl_json_string(arguments, "reason"),
    };
    return repair_orders_set_status(d, &update, ret_result, err);
}

static enum sl_code get_repair_order_details(const struct dealership *d, const json_t *arguments,
                                             json_t **ret_result, struct sl_error *err)
{
    return repair_orders_details(d, sl_json_string(arguments, "repair_order_id"), ret_result, err);
}

static enum sl_code assign_technician(const struct dealership *d, const json_t *arguments,
                                      json_t **ret_result, struct sl_error *err)
{
    return repair_orders_assign(d, sl_json_string(arguments, "repair_order_id"),
                                sl_json_string(arguments, "technician_id"), ret_result, err);
}

static enum sl_code add_repair_notes(const struct dealership *d, const json_t *arguments,
                                     json_t **ret_result, struct sl_error *err)
{
    struct repair_orders_note note = {
        .repair_order_id = sl_json_string(arguments, "repair_order_id"),
        .text = sl_json_string(arguments, "notes"),
        .author = sl_json_string(arguments, "author"),
    };
    return repair_orders_add_note(d, &note, ret_result, err);
}

#define STATUSES                                                                                   \
    "[\"pending\", \"scheduled\", \"in_progress\", \"parts_ordered\", \"quality_check\","          \
    " \"customer_approval\", \"ready_for_pickup\", \"completed\", \"invoiced\", \"closed\","       \
    " \"cancelled\"]"

/* clang-format off */
static const char create_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "customer_id": {"type": "string", "minLength": 1, "maxLength": 60, "description": "Whose vehicle it is, such as ambujmehra"},
        "vehicle_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "A vehicle of that customer: its id, such as VEH-101, or its VIN"},
        "service_description": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "What is to be done, or what is wrong"},
        "priority": {"type": "string", "enum": ["low", "normal", "high", "urgent"], "default": "normal", "description": "How soon"}
    },
    "required": ["customer_id", "vehicle_id", "service_description"]
});
static const char create_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string"},
        "status": {"type": "string", "const": "pending"},
        "customer_id": {"type": "string"},
        "vehicle_id": {"type": "string"},
        "service_description": {"type": "string"},
        "priority": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "allowed_transitions": {"type": "array", "items": {"type": "string"}}
    },
    "required": ["repair_order_id", "status", "customer_id", "vehicle_id", "service_description", "priority", "created_at"]
});
static const char update_input[] =
    JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as 1234"},
        "reason": {"type": "string", "maxLength": 500, "description": "Why, for the history"},
        "expected_status": {"type": "string", "description": "Refuse where the order is in another status by now", "enum":) STATUSES JSON_TEXT(},
        "new_status": {"type": "string", "description": "The status to go to; the transition has to be allowed", "enum":) STATUSES JSON_TEXT(}
    },
    "required": ["repair_order_id", "new_status"]
});
static const char update_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string"},
        "status": {"type": "string"},
        "previous_status": {"type": "string"},
        "new_status": {"type": "string"},
        "reason": {"type": ["string", "null"]},
        "updated_at": {"type": "string", "format": "date-time"},
        "allowed_transitions": {"type": "array", "items": {"type": "string"}}
    },
    "required": ["repair_order_id", "status", "previous_status", "new_status", "updated_at", "allowed_transitions"]
});
static const char details_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as 1234"}
    },
    "required": ["repair_order_id"]
});
static const char details_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string"},
        "status": {"type": "string"},
        "customer": {"type": "string", "description": "Id of the customer"},
        "customer_details": {"type": "object", "required": ["customer_id", "name", "email", "phone"]},
        "vehicle": {"type": "object", "required": ["vehicle_id", "vin", "year", "make", "model"]},
        "technician": {"type": ["object", "null"], "required": ["technician_id", "name"]},
        "service_description": {"type": "string"},
        "priority": {"type": "string"},
        "status_history": {"type": "array", "items": {"type": "object", "required": ["status", "from_status", "timestamp"]}},
        "notes": {"type": "array", "items": {"type": "object", "required": ["note_id", "author", "text", "timestamp"]}},
        "resources": {"type": "array", "description": "Labor and parts", "items": {"type": "object", "required": ["type", "code", "description", "quantity", "unit_price", "line_total"]}},
        "total": {"type": "number"},
        "currency": {"type": "string"},
        "allowed_transitions": {"type": "array", "items": {"type": "string"}},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"}
    },
    "required": ["repair_order_id", "status", "customer", "customer_details", "vehicle", "technician", "status_history", "notes", "resources", "total", "currency", "allowed_transitions", "created_at", "updated_at"]
});
static const char assign_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as 1234"},
        "technician_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as T-1"}
    },
    "required": ["repair_order_id", "technician_id"]
});
static const char assign_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string"},
        "status": {"type": "string"},
        "technician_id": {"type": "string"},
        "technician_name": {"type": "string"},
        "specialty": {"type": "string"},
        "previous_technician_id": {"type": ["string", "null"]},
        "assigned_at": {"type": "string", "format": "date-time"}
    },
    "required": ["repair_order_id", "technician_id", "technician_name", "previous_technician_id", "assigned_at"]
});
static const char notes_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as 1234"},
        "notes": {"type": "string", "minLength": 1, "maxLength": 4000, "description": "What was found or done"},
        "author": {"type": "string", "minLength": 1, "maxLength": 100, "description": "Who writes it; the calling user unless given"}
    },
    "required": ["repair_order_id", "notes"]
});
static const char notes_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "note_id": {"type": "string"},
        "repair_order_id": {"type": "string"},
        "status": {"type": "string", "description": "The order's status"},
        "notes": {"type": "string"},
        "author": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"}
    },
    "required": ["note_id", "repair_order_id", "notes", "author", "created_at"]
});
/* clang-format on */

const struct tool repair_order_tools[] = {
    {{.name = "create_repair_order",
      .title = "Create repair order",
      .description = "Opens a repair order for a customer's vehicle; it is pending at first.",
      .input_schema = create_input,
      .output_schema = create_output},
     create_repair_order},
    {{.name = "update_repair_order_status",
      .title = "Update repair order status",
      .description = "Brings a repair order to another status, where the transition is allowed.",
      .input_schema = update_input,
      .output_schema = update_output,
      .is_destructive = true},
     update_repair_order_status},
    {{.name = "get_repair_order_details",
      .title = "Get repair order details",
      .description = "Tells all about a repair order: customer, vehicle, status and its history, "
                     "notes, technician, labor and parts, total.",
      .input_schema = details_input,
      .output_schema = details_output,
      .is_read_only = true,
      .is_idempotent = true},
     get_repair_order_details},
    {{.name = "assign_technician",
      .title = "Assign technician",
      .description = "Puts a technician on a repair order, in place of who was on it before.",
      .input_schema = assign_input,
      .output_schema = assign_output,
      .is_destructive = true},
     assign_technician},
    {{.name = "add_repair_notes",
      .title = "Add repair notes",
      .description = "Adds a note to a repair order.",
      .input_schema = notes_input,
      .output_schema = notes_output},
     add_repair_notes},
};
const size_t repair_order_tool_count = SL_ARRAY_LENGTH(repair_order_tools);

static enum sl_code prepare(const struct dealership *d, const struct reference_settings *settings,
                            struct sl_error *err)
{
    (void)settings;
    return repair_orders_make_demo(d, err);
}

static const struct sl_config_variable variables[] = {
    REFERENCE_LISTEN("REPAIR_ORDERS_MCP_LISTEN", "127.0.0.1:3003"),
    REFERENCE_DATA_DIR,
    REFERENCE_LOG,
    REFERENCE_OBSERVE,
};

const struct reference_definition repair_orders_server = {
    .name = "repair-orders-mcp",
    .summary = "The workshop of a demo dealership, as an MCP server.",
    .variables = variables,
    .variable_count = SL_ARRAY_LENGTH(variables),
    .migrations = repair_orders_migrations,
    .migration_count = 1,
    .tools = repair_order_tools,
    .tool_count = SL_ARRAY_LENGTH(repair_order_tools),
    .prepare = prepare,
};
