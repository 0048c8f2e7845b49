#include "services/repair_orders/operations.h"

#include <string.h>

#include "services/repair_orders/history.h"
#include "services/repair_orders/transitions.h"

#define DETAILS_TOOL "get_repair_order_details"
#define UPDATE_TOOL "update_repair_order_status"
#define STATUS_WORDS                                                                               \
    "one of pending, scheduled, in_progress, parts_ordered, quality_check, customer_approval, "    \
    "ready_for_pickup, completed, invoiced, closed, cancelled"

static void check_update(const json_t *parameters, struct agent_faults *faults)
{
    const json_t *given = json_object_get(parameters, "new_status");
    if (!json_is_string(given) || repair_orders_find_status(json_string_value(given)) == NULL)
        agent_faults_add(faults, "new_status", given, STATUS_WORDS);
}

/* ---- validate_repair_order_transition ---- */

static json_t *allowed_from(const char *status)
{
    json_t *allowed = json_array();
    const struct repair_orders_status *row = repair_orders_find_status(status);
    for (const char *const *next = row == NULL ? NULL : row->next; next != NULL && *next != NULL;
         next++) {
        if (json_array_append_new(allowed, json_string(*next)) != 0) {
            json_decref(allowed);
            return NULL;
        }
    }
    return allowed;
}

static void validate_transition(struct agent_run *run, json_t *value)
{
    (void)value;
    const char *current = sl_json_string(run->parameters, "current_status");
    const char *wanted = sl_json_string(run->parameters, "new_status");
    agent_run_succeed(run, json_pack("{s:b, s:s, s:s, s:o}", "valid",
                                     repair_orders_may_become(current, wanted), "current_status",
                                     current, "new_status", wanted, "allowed_transitions",
                                     allowed_from(current)));
}

/* ---- update_repair_order_status: read, check, update with the status that was read ---- */

static void finish_update(struct agent_run *run, json_t *value)
{
    agent_run_succeed(run, json_incref(value));
}

static const char *refusal(struct agent_run *run, const char *current)
{
    const char *id = sl_json_string(run->parameters, "repair_order_id");
    const char *wanted = sl_json_string(run->parameters, "new_status");
    const char *expected = sl_json_string(run->parameters, "expected_status");
    if (current == NULL)
        return sl_arena_printf(run->arena,
                               "the details of repair order %s have no status: the change to %s "
                               "cannot be checked",
                               id, wanted);
    if (expected != NULL && strcmp(expected, current) != 0)
        return sl_arena_printf(run->arena, "repair order %s is %s, %s was expected", id, current,
                               expected);
    const struct repair_orders_status *row = repair_orders_find_status(current);
    json_t *allowed = allowed_from(current);
    const char *list = sl_json_arena_text(allowed, SL_JSON_SPACED, run->arena);
    json_decref(allowed);
    return sl_arena_printf(run->arena, "repair order %s is %s and cannot become %s; allowed are %s",
                           id, current, wanted, row == NULL || list == NULL ? "[]" : list);
}

static void update_if_allowed(struct agent_run *run, json_t *details)
{
    const char *current = sl_json_string(details, "status");
    const char *wanted = sl_json_string(run->parameters, "new_status");
    const char *expected = sl_json_string(run->parameters, "expected_status");
    if (current == NULL || !repair_orders_may_become(current, wanted) ||
        (expected != NULL && strcmp(expected, current) != 0)) {
        agent_run_refuse(run, refusal(run, current));
        return;
    }
    json_t *arguments = json_copy(run->parameters);
    json_object_del(arguments, "expected_status");
    if (agent_run_tool_takes(run, UPDATE_TOOL, "expected_status") &&
        json_object_set_new(arguments, "expected_status", json_string(current)) != 0) {
        json_decref(arguments);
        arguments = NULL;
    }
    agent_run_call_tool(run, UPDATE_TOOL, arguments, finish_update);
}

static void update_status(struct agent_run *run, json_t *value)
{
    (void)value;
    agent_run_call_tool(
        run, DETAILS_TOOL,
        json_pack("{s:O}", "repair_order_id", json_object_get(run->parameters, "repair_order_id")),
        update_if_allowed);
}

/* ---- get_repair_history ---- */

static void tell_history(struct agent_run *run, json_t *details)
{
    const char *id = sl_json_string(run->parameters, "repair_order_id");
    agent_run_succeed(run, repair_orders_history(id, details));
}

static void get_history(struct agent_run *run, json_t *value)
{
    (void)value;
    agent_run_call_tool(
        run, DETAILS_TOOL,
        json_pack("{s:O}", "repair_order_id", json_object_get(run->parameters, "repair_order_id")),
        tell_history);
}

/* ---- The table ---- */

#define ID_ROW(need)                                                                               \
    {                                                                                              \
        "repair_order_id", AGENT_STRING, need, "the id of a repair order", NULL                    \
    }

static const struct agent_parameter CREATE[] = {
    {"customer_id", AGENT_STRING, AGENT_REQUIRED, "the id of a customer", NULL},
    {"vehicle_id", AGENT_STRING, AGENT_REQUIRED, "the id of a vehicle", NULL},
    {"service_description", AGENT_STRING, AGENT_REQUIRED, "text", NULL},
};
static const struct agent_parameter UPDATE[] = {
    ID_ROW(AGENT_REQUIRED),
    {"new_status", AGENT_STRING, AGENT_REQUIRED, STATUS_WORDS, NULL},
};
static const struct agent_parameter ORDER_BY_TOOL[] = {ID_ROW(AGENT_BY_TOOL)};
static const struct agent_parameter ORDER[] = {ID_ROW(AGENT_REQUIRED)};
static const struct agent_parameter ASSIGN[] = {
    ID_ROW(AGENT_REQUIRED),
    {"technician_id", AGENT_STRING, AGENT_REQUIRED, "the id of a technician", NULL},
};
static const struct agent_parameter NOTES[] = {
    ID_ROW(AGENT_BY_TOOL),
    {"notes", AGENT_STRING, AGENT_BY_TOOL, "text", NULL},
};
static const struct agent_parameter TRANSITION[] = {
    {"current_status", AGENT_STRING, AGENT_REQUIRED, STATUS_WORDS, NULL},
    {"new_status", AGENT_STRING, AGENT_REQUIRED, STATUS_WORDS, NULL},
};

#define WITH(parameters) parameters, SL_ARRAY_LENGTH(parameters)

static const char *const UPDATE_TOOLS[] = {DETAILS_TOOL, UPDATE_TOOL, NULL};
static const char *const HISTORY_TOOLS[] = {DETAILS_TOOL, NULL};

static const struct agent_operation OPERATIONS[] = {
    {"create_repair_order", AGENT_TOOL, false, "Opens a repair order for a customer's vehicle.",
     WITH(CREATE), NULL, NULL, NULL, NULL},
    {UPDATE_TOOL, AGENT_COMPOSED, false,
     "Moves a repair order to another status, if its present status allows that.", WITH(UPDATE),
     check_update, update_status, finish_update, UPDATE_TOOLS},
    {DETAILS_TOOL, AGENT_TOOL, true, "Tells everything about a repair order.", WITH(ORDER_BY_TOOL),
     NULL, NULL, NULL, NULL},
    {"assign_technician", AGENT_TOOL, false, "Gives a repair order to a technician.", WITH(ASSIGN),
     NULL, NULL, NULL, NULL},
    {"add_repair_notes", AGENT_TOOL, false, "Adds a note to a repair order.", WITH(NOTES), NULL,
     NULL, NULL, NULL},
    {"get_repair_history", AGENT_COMPOSED, true,
     "Tells a repair order's story in one timeline: status changes, notes, resources.", WITH(ORDER),
     NULL, get_history, NULL, HISTORY_TOOLS},
    {"validate_repair_order_transition", AGENT_LOCAL, true,
     "Checks a change of status without calling anything, and lists the allowed ones.",
     WITH(TRANSITION), NULL, validate_transition, NULL, NULL},
};

static const struct agent_operation *operations(size_t *ret_count)
{
    *ret_count = SL_ARRAY_LENGTH(OPERATIONS);
    return OPERATIONS;
}

static const struct agent_header HEADERS[] = {
    {"X-User-Id", AGENT_HEADER_USER},
    {"X-Service", AGENT_HEADER_SERVICE},
};

static const struct agent_service SERVICE = {
    .name = "repair-orders-agent",
    .summary = "The repair orders agent: orders, status, technicians, notes, history, over gRPC.",
    .variable_prefix = "REPAIR_ORDERS",
    .default_listen = "127.0.0.1:50084",
    .default_mcp_endpoint = "http://localhost:3003/mcp",
    .headers = HEADERS,
    .header_count = SL_ARRAY_LENGTH(HEADERS),
    .get_available_operations = operations,
    .validate_operation = agent_table_validate,
    .execute_operation = agent_table_execute,
};

const struct agent_service *repair_orders_service(void)
{
    return &SERVICE;
}
