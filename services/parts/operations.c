#include "services/parts/operations.h"

#include "services/parts/alternatives.h"
#include "services/parts/part_number.h"

#define DETAILS_TOOL "get_part_details"
#define SEARCH_TOOL "search_parts"
#define QUANTITY_WORDS "an object that gives each part number a whole number above 0"

/* ---- reserve_parts ---- */

static bool is_quantity(const json_t *value)
{
    double number = json_number_value(value);
    return json_is_number(value) && number >= 1 && number <= 1e9 &&
           number == (double)(json_int_t)number;
}

static void check_reservation(const json_t *parameters, struct agent_faults *faults)
{
    const json_t *numbers = json_object_get(parameters, "part_numbers");
    const json_t *quantities = json_object_get(parameters, "quantity_map");
    size_t index;
    json_t *number;
    bool is_sound = json_is_array(numbers) && json_array_size(numbers) > 0;
    json_array_foreach(numbers, index, number)
    {
        is_sound = is_sound && json_is_string(number);
        if (json_is_string(number) &&
            !is_quantity(json_object_get(quantities, json_string_value(number))))
            agent_faults_add(faults, "quantity_map", quantities, QUANTITY_WORDS);
    }
    if (!is_sound)
        agent_faults_add(faults, "part_numbers", numbers, "a list of part numbers, not empty");
    if (!json_is_object(quantities))
        agent_faults_add(faults, "quantity_map", quantities, QUANTITY_WORDS);
}

/* ---- validate_part_number ---- */

static void validate_part_number(struct agent_run *run, json_t *value)
{
    (void)value;
    json_t *given = json_object_get(run->parameters, "part_number");
    struct agent_faults faults;
    agent_faults_init(&faults, run->arena);
    parts_check_part_number(given, &faults);
    agent_run_succeed(run,
                      faults.has_failed
                          ? NULL
                          : json_pack("{s:b, s:O, s:o}", "valid", !agent_faults_any(&faults),
                                      "part_number", given, "errors", agent_faults_json(&faults)));
}

/* ---- get_alternative_parts: details, then a search in the part's category ---- */

static void tell_alternatives(struct agent_run *run, json_t *found)
{
    const char *number = sl_json_string(run->parameters, "part_number");
    agent_run_succeed(run, parts_alternatives(number, run->state, found));
}

/* A server whose search knows no category is asked for the category's name. */
static json_t *search_arguments(const struct agent_run *run, const char *category)
{
    const char *name = sl_json_string(run->parameters, "part_name");
    if (!agent_run_tool_takes(run, SEARCH_TOOL, "category"))
        return json_pack("{s:s}", "part_name", name == NULL ? category : name);
    return json_pack("{s:s, s:s}", "part_name", name == NULL ? "" : name, "category", category);
}

static void search_category(struct agent_run *run, json_t *details)
{
    run->state = sl_json_own(run->arena, json_incref(details));
    const char *category = parts_category(details);
    if (run->state == NULL)
        agent_run_succeed(run, NULL);
    else if (category == NULL)
        agent_run_succeed(run, parts_alternatives("", details, NULL));
    else
        agent_run_call_tool(run, SEARCH_TOOL, search_arguments(run, category), tell_alternatives);
}

static void get_alternatives(struct agent_run *run, json_t *value)
{
    (void)value;
    agent_run_call_tool(
        run, DETAILS_TOOL,
        json_pack("{s:O}", "part_number", json_object_get(run->parameters, "part_number")),
        search_category);
}

/* ---- The table ---- */

static const struct agent_parameter SEARCH[] = {
    {"part_name", AGENT_STRING, AGENT_REQUIRED, "the name of a part or a piece of it", NULL},
};
static const struct agent_parameter PART[] = {
    {"part_number", AGENT_STRING, AGENT_REQUIRED, "a part number", NULL},
};
static const struct agent_parameter PART_BY_TOOL[] = {
    {"part_number", AGENT_STRING, AGENT_BY_TOOL, "a part number", NULL},
};
static const struct agent_parameter RESERVE[] = {
    {"part_numbers", AGENT_STRINGS, AGENT_REQUIRED, "a list of part numbers, not empty", NULL},
    {"repair_order_id", AGENT_STRING, AGENT_REQUIRED, "the id of a repair order", NULL},
    {"quantity_map", AGENT_OBJECT, AGENT_REQUIRED, QUANTITY_WORDS, NULL},
};
static const struct agent_parameter COMPATIBILITY[] = {
    {"part_number", AGENT_STRING, AGENT_REQUIRED, "a part number", NULL},
    {"vehicle_model", AGENT_STRING, AGENT_REQUIRED, "the model of a vehicle", NULL},
    {"vehicle_year", AGENT_INTEGER, AGENT_REQUIRED, "a year such as 2021", NULL},
};
/* Of any type: to find fault with it is what the operation is for. */
static const struct agent_parameter NUMBER[] = {
    {"part_number", AGENT_ANY, AGENT_REQUIRED, PARTS_NUMBER_WORDS, NULL},
};

#define WITH(parameters) parameters, SL_ARRAY_LENGTH(parameters)

static const char *const ALTERNATIVES_TOOLS[] = {DETAILS_TOOL, SEARCH_TOOL, NULL};

static const struct agent_operation OPERATIONS[] = {
    {SEARCH_TOOL, AGENT_TOOL, true, "Finds parts by name, vehicle and year.", WITH(SEARCH), NULL,
     NULL, NULL, NULL},
    {"check_part_availability", AGENT_TOOL, true, "Tells how many of a part are in stock.",
     WITH(PART), NULL, NULL, NULL, NULL},
    {DETAILS_TOOL, AGENT_TOOL, true, "Tells a part's name, category, price and fitting vehicles.",
     WITH(PART_BY_TOOL), NULL, NULL, NULL, NULL},
    {"reserve_parts", AGENT_TOOL, false,
     "Holds parts for a repair order and lowers the available stock.", WITH(RESERVE),
     check_reservation, NULL, NULL, NULL},
    {"check_vehicle_compatibility", AGENT_TOOL, true, "Tells whether a part fits a vehicle.",
     WITH(COMPATIBILITY), NULL, NULL, NULL, NULL},
    {"get_alternative_parts", AGENT_COMPOSED, true,
     "Tells a part's details and the other parts of its category.", WITH(PART), NULL,
     get_alternatives, NULL, ALTERNATIVES_TOOLS},
    {"validate_part_number", AGENT_LOCAL, true,
     "Checks the form of a part number without calling anything.", WITH(NUMBER), NULL,
     validate_part_number, NULL, NULL},
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
    .name = "parts-agent",
    .summary = "The parts agent: search, stock, reservations, compatibility, over gRPC.",
    .variable_prefix = "PARTS",
    .default_listen = "127.0.0.1:50085",
    .default_mcp_endpoint = "http://localhost:3005/mcp",
    .headers = HEADERS,
    .header_count = SL_ARRAY_LENGTH(HEADERS),
    .get_available_operations = operations,
    .validate_operation = agent_table_validate,
    .execute_operation = agent_table_execute,
};

const struct agent_service *parts_service(void)
{
    return &SERVICE;
}
