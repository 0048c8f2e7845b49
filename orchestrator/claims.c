#include "orchestrator/claims.h"

#include <string.h>

#include "base/text.h"
#include "orchestrator/summary.h"

/* Who performs a check. */
enum performer {
    /** A step of one of the operations: this one, one that it waits for, or any of the plan. */
    BY_STEP,
    /** The agent, when it is asked whether it would execute the step, and again when it does. */
    BY_AGENT,
    /** Validation of the plan, by the tool's schema. */
    BY_SCHEMA,
};

/* Planners name checks in their own words: all of `words` stand in the name. The first row that
 * fits is taken. */
static const struct claim_rule {
    const char *words[3];
    enum performer performer;
    /** BY_STEP: any of these. BY_AGENT: only for these; none: for any. */
    const char *operations[4];
} claim_rules[] = {
    {{"transition"}, BY_STEP, {"validate_repair_order_transition", "update_repair_order_status"}},
    {{"compatib"}, BY_STEP, {"check_vehicle_compatibility"}},
    {{"avail"}, BY_STEP, {"check_part_availability", "reserve_parts"}},
    {{"stock"}, BY_STEP, {"check_part_availability", "reserve_parts"}},
    {{"email"}, BY_AGENT, {"create_payment_link", "validate_payment_data"}},
    {{"amount"}, BY_AGENT, {"create_payment_link", "validate_payment_data", "process_refund"}},
    {{"currency"}, BY_AGENT, {"create_payment_link", "validate_payment_data"}},
    {{"part", "format"},
     BY_STEP,
     {"validate_part_number", "get_part_details", "check_part_availability"}},
    {{"payment", "data"}, BY_STEP, {"validate_payment_data"}},
    {{"payment", "exist"}, BY_STEP, {"check_payment_status"}},
    {{"payment", "status"}, BY_STEP, {"check_payment_status"}},
    {{"order", "exist"}, BY_STEP, {"get_repair_order_details", "get_repair_history"}},
    {{"ro_", "exist"}, BY_STEP, {"get_repair_order_details", "get_repair_history"}},
    {{"order", "status"}, BY_STEP, {"get_repair_order_details", "get_repair_history"}},
    {{"part", "exist"},
     BY_STEP,
     {"get_part_details", "check_part_availability", "get_alternative_parts"}},
    {{"schema"}, BY_SCHEMA, {NULL}},
    {{"parameter"}, BY_SCHEMA, {NULL}},
    {{"required"}, BY_SCHEMA, {NULL}},
};

/* One plan while its claims are settled. */
struct settling {
    const struct orch_plan *plan;
    const struct orch_capabilities *capabilities;
    struct sl_arena *arena;
    json_t *not_verified;
};

static bool fits(const struct claim_rule *rule, const char *check)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rule->words) && rule->words[i] != NULL; i++) {
        if (strcasestr(check, rule->words[i]) == NULL)
            return false;
    }
    return true;
}

static const struct claim_rule *find_rule(const char *check)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(claim_rules); i++) {
        if (fits(&claim_rules[i], check))
            return &claim_rules[i];
    }
    return NULL;
}

static bool is_one_of(const struct claim_rule *rule, const char *operation)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rule->operations) && rule->operations[i] != NULL; i++) {
        if (strcmp(rule->operations[i], operation) == 0)
            return true;
    }
    return false;
}

/* A check of one thing says nothing of another: the performer names what the step names. */
static bool is_about_same(const struct orch_step *step, const struct orch_step *performer)
{
    static const char *const names[] = {"repair_order_id", "part_number", "payment_id"};

    for (size_t i = 0; i < SL_ARRAY_LENGTH(names); i++) {
        const json_t *own = json_object_get(step->parameters, names[i]);
        const json_t *other = json_object_get(performer->parameters, names[i]);
        if (own != NULL && other != NULL && !json_equal(own, other))
            return false;
    }
    return true;
}

/* The step itself, else one that it waits for. */
static const char *find_step(const struct settling *settling, size_t place,
                             const struct claim_rule *rule)
{
    const struct orch_step *step = &settling->plan->steps[place];

    if (is_one_of(rule, step->operation))
        return step->step_id;
    for (size_t i = 0; i < step->dependency_count; i++) {
        const struct orch_step *other = &settling->plan->steps[step->dependencies[i]];
        if (is_one_of(rule, other->operation) && is_about_same(step, other))
            return other->step_id;
    }
    return NULL;
}

static bool has_schema(const struct settling *settling, const struct orch_step *step)
{
    const struct orch_operation *operation =
        orch_capabilities_operation(settling->capabilities, step->service_name, step->operation);

    return operation != NULL && operation->input_schema != NULL;
}

static const char *find_performer(const struct settling *settling, size_t place, const char *check)
{
    const struct claim_rule *rule = find_rule(check);
    const struct orch_step *step = &settling->plan->steps[place];

    if (rule == NULL)
        return NULL;
    switch (rule->performer) {
    case BY_STEP:
        return find_step(settling, place, rule);
    case BY_AGENT:
        return is_one_of(rule, step->operation) ? "agent" : NULL;
    case BY_SCHEMA:
        break;
    }
    return has_schema(settling, step) ? "schema" : NULL;
}

static enum sl_code settle_check(struct settling *settling, size_t place, const char *check,
                                 json_t *checked_by)
{
    const char *performer = find_performer(settling, place, check);
    json_t *value = performer != NULL ? json_string(performer) : json_null();

    if (json_object_set_new(checked_by, check, value) != 0)
        return SL_RESOURCE_EXHAUSTED;
    if (performer != NULL)
        return SL_OK;
    json_t *text = json_sprintf("%s: %s", settling->plan->steps[place].step_id, check);
    return json_array_append_new(settling->not_verified, text) == 0 ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code settle_step(struct settling *settling, size_t place)
{
    json_t *steps = json_object_get(settling->plan->document, "execution_steps");
    json_t *checked_by = json_object();
    const json_t *check = NULL;
    size_t i;

    if (json_object_set_new(json_array_get(steps, place), "checked_by", checked_by) != 0)
        return SL_RESOURCE_EXHAUSTED;
    json_array_foreach(settling->plan->steps[place].validation_checks, i, check)
    {
        SL_TRY(settle_check(settling, place, json_string_value(check), checked_by));
    }
    return SL_OK;
}

/* Only what the steps will have verified: a planner may claim more. */
static enum sl_code write_summary(const struct settling *settling)
{
    const struct orch_plan *plan = settling->plan;
    struct orch_step_outcome *outcomes =
        sl_arena_alloc_array(settling->arena, plan->step_count, sizeof *outcomes);
    struct orch_texts names = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *list = json_array();

    if (outcomes == NULL || list == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < plan->step_count; i++)
        outcomes[i].status = ORCH_STEP_COMPLETED;
    SL_TRY(orch_summary_verified(plan, outcomes, settling->arena, &names));
    for (size_t i = 0; i < names.count; i++) {
        if (strstr(names.entries[i], "{{") == NULL &&
            json_array_append_new(list, json_string(names.entries[i])) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    return json_object_set(plan->document, "validation_summary", list) == 0 ? SL_OK
                                                                            : SL_RESOURCE_EXHAUSTED;
}

enum sl_code orch_claims_settle(const struct orch_plan *plan,
                                const struct orch_capabilities *capabilities,
                                struct sl_arena *arena)
{
    struct settling settling = {
        .plan = plan, .capabilities = capabilities, .arena = arena, .not_verified = json_array()};

    if (json_object_set_new(plan->document, "not_verified", settling.not_verified) != 0)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < plan->step_count; i++)
        SL_TRY(settle_step(&settling, i));
    return write_summary(&settling);
}
