#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/summary.h"

/* What this run verified, from steps that completed and nothing else. */

struct verifying {
    const struct orch_plan *plan;
    const struct orch_step_outcome *outcomes;
    struct sl_arena *arena;
    struct orch_texts names;
};

typedef enum sl_code (*verify_fn)(struct verifying *verifying, size_t place);

static enum sl_code add_once(struct verifying *verifying, const char *name)
{
    if (name == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < verifying->names.count; i++) {
        if (strcmp(verifying->names.entries[i], name) == 0)
            return SL_OK;
    }
    return orch_texts_add(&verifying->names, verifying->arena, "%s", name);
}

static const json_t *parameters_of(const struct verifying *verifying, size_t place)
{
    const json_t *sent = verifying->outcomes[place].parameters;

    return sent != NULL ? sent : verifying->plan->steps[place].parameters;
}

/* An id or number as it stands in a name; NULL where it is neither. Owned by arena. */
static const char *value_text(const struct verifying *verifying, const json_t *value)
{
    char number[32];

    if (json_is_string(value))
        return json_string_value(value);
    if (!json_is_number(value))
        return NULL;
    sl_json_format_double(json_number_value(value), number);
    return sl_arena_strdup(verifying->arena, number);
}

static enum sl_code add_existence(struct verifying *verifying, size_t place, const char *parameter,
                                  const char *noun)
{
    const json_t *value = json_object_get(parameters_of(verifying, place), parameter);
    const char *id = value_text(verifying, value);

    if (id == NULL)
        return SL_OK;
    return add_once(verifying,
                    sl_arena_printf(verifying->arena, "%s_%s_existence_verified", noun, id));
}

static enum sl_code verify_repair_order(struct verifying *verifying, size_t place)
{
    return add_existence(verifying, place, "repair_order_id", "repair_order");
}

static enum sl_code verify_payment(struct verifying *verifying, size_t place)
{
    return add_existence(verifying, place, "payment_id", "payment");
}

static bool names_part(const struct verifying *verifying, size_t place, const char *part)
{
    const json_t *parameters = parameters_of(verifying, place);
    const json_t *list = json_object_get(parameters, "part_numbers");
    const json_t *entry = NULL;
    size_t i;

    if (sl_text_equals(value_text(verifying, json_object_get(parameters, "part_number")), part))
        return true;
    json_array_foreach(list, i, entry)
    {
        if (sl_text_equals(value_text(verifying, entry), part))
            return true;
    }
    return false;
}

static bool says_available(const json_t *result)
{
    static const char *const members[] = {"available", "is_available", "in_stock",
                                          "available_quantity", "quantity_available"};

    for (size_t i = 0; i < SL_ARRAY_LENGTH(members); i++) {
        const json_t *value = json_object_get(result, members[i]);
        if (value != NULL && !json_is_null(value))
            return json_is_true(value) || (json_is_number(value) && json_number_value(value) > 0);
    }
    return false;
}

/* A reservation says more about what can be had than a look at the shelf, in both directions. */
static bool is_availability_confirmed(const struct verifying *verifying, const char *part)
{
    bool confirmed = false;

    for (size_t i = 0; i < verifying->plan->step_count; i++) {
        const struct orch_step_outcome *outcome = &verifying->outcomes[i];
        bool is_reservation = strcmp(verifying->plan->steps[i].operation, "reserve_parts") == 0;
        if (!names_part(verifying, i, part))
            continue;
        if (is_reservation && outcome->status == ORCH_STEP_FAILED)
            return false;
        if (outcome->status == ORCH_STEP_COMPLETED)
            confirmed = confirmed || is_reservation || says_available(outcome->result);
    }
    return confirmed;
}

static enum sl_code add_part(struct verifying *verifying, const json_t *value)
{
    const char *part = value_text(verifying, value);

    if (part == NULL)
        return SL_OK;
    const char *what = is_availability_confirmed(verifying, part) ? "availability_confirmed"
                                                                  : "existence_verified";
    return add_once(verifying, sl_arena_printf(verifying->arena, "part_%s_%s", part, what));
}

static enum sl_code verify_part(struct verifying *verifying, size_t place)
{
    return add_part(verifying, json_object_get(parameters_of(verifying, place), "part_number"));
}

static enum sl_code verify_reservation(struct verifying *verifying, size_t place)
{
    const json_t *list = json_object_get(parameters_of(verifying, place), "part_numbers");
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(list, i, entry)
    {
        SL_TRY(add_part(verifying, entry));
    }
    return SL_OK;
}

static enum sl_code add_amount(struct verifying *verifying, const json_t *parameters)
{
    const char *amount = value_text(verifying, json_object_get(parameters, "amount"));
    const char *currency = sl_json_string(parameters, "currency");

    if (amount == NULL)
        return SL_OK;
    return add_once(verifying, sl_arena_printf(verifying->arena, "amount_%s_%s_validated", amount,
                                               currency != NULL ? currency : "USD"));
}

static enum sl_code verify_payment_link(struct verifying *verifying, size_t place)
{
    const json_t *parameters = parameters_of(verifying, place);

    if (json_object_get(parameters, "customer_email") != NULL)
        SL_TRY(add_once(verifying, "email_format_validated"));
    return add_amount(verifying, parameters);
}

/* A validation that finds fault completes all the same: its result says what held. */
static enum sl_code verify_payment_data(struct verifying *verifying, size_t place)
{
    const json_t *result = verifying->outcomes[place].result;
    const json_t *found = json_object_get(result, "validation_results");

    if (sl_json_bool(found, "customer_email", false))
        SL_TRY(add_once(verifying, "email_format_validated"));
    if (!sl_json_bool(found, "amount", false) || !sl_json_bool(found, "currency", false))
        return SL_OK;
    return add_amount(verifying, parameters_of(verifying, place));
}

static const struct {
    const char *service;
    const char *operation;
    verify_fn verify;
} verifiers[] = {
    {"repair_orders", "get_repair_order_details", verify_repair_order},
    {"repair_orders", "get_repair_history", verify_repair_order},
    {"parts", "get_part_details", verify_part},
    {"parts", "check_part_availability", verify_part},
    {"parts", "reserve_parts", verify_reservation},
    {"payment", "check_payment_status", verify_payment},
    {"payment", "create_payment_link", verify_payment_link},
    {"payment", "validate_payment_data", verify_payment_data},
};

static enum sl_code verify_step(struct verifying *verifying, size_t place)
{
    const struct orch_step *step = &verifying->plan->steps[place];

    if (verifying->outcomes[place].status != ORCH_STEP_COMPLETED)
        return SL_OK;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(verifiers); i++) {
        if (strcmp(verifiers[i].service, step->service_name) == 0 &&
            strcmp(verifiers[i].operation, step->operation) == 0)
            return verifiers[i].verify(verifying, place);
    }
    return SL_OK;
}

enum sl_code orch_summary_verified(const struct orch_plan *plan,
                                   const struct orch_step_outcome *outcomes, struct sl_arena *arena,
                                   struct orch_texts *ret_names)
{
    struct verifying verifying = {.plan = plan, .outcomes = outcomes, .arena = arena};

    for (size_t i = 0; i < plan->step_count; i++)
        SL_TRY(verify_step(&verifying, i));
    *ret_names = verifying.names;
    return SL_OK;
}
