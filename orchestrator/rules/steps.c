#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/fill.h"

/* From filled parameters to steps: one for each order, part, ... that the clause names. */

/** The values of one clause's parameters. */
struct making {
    struct rules_planning *planning;
    const struct rules_operation *operation;
    size_t clause;
    struct rules_values *values;
    /** Roles that another operation of the same clause takes. */
    rules_bits others;
    /** Steps to make. */
    size_t count;
};

/* What is asked where a parameter is missing. */
static const char *const questions[] = {
    [FILL_RO] = "which repair order, such as RO 1234?",
    [FILL_PART] = "which part number?",
    [FILL_PARTS] = "which part number?",
    [FILL_PAYMENT] = "which payment id?",
    [FILL_CUSTOMER] = "which customer id?",
    [FILL_VEHICLE] = "which vehicle id or VIN?",
    [FILL_TECH] = "which technician id?",
    [FILL_EMAIL] = "which e-mail address does it go to?",
    [FILL_AMOUNT] = "how much is to be paid, such as $100?",
    [FILL_REFUND_AMOUNT] = "how much is to be paid back, such as $100 or \"in full\"?",
    [FILL_CURRENCY] = "which currency?",
    [FILL_REASON] = "for which reason, such as duplicate, overcharge or customer request?",
    [FILL_CHANNEL] = "by email or by sms?",
    [FILL_NEW_STATUS] = "which status, such as in progress or completed?",
    [FILL_CURRENT_STATUS] = "from which status?",
    [FILL_MAKE] = "which make?",
    [FILL_MODEL] = "which vehicle model?",
    [FILL_YEAR] = "which model year?",
    [FILL_PART_NAME] = "what is the part called?",
    [FILL_DESCRIPTION] = "what is to be done?",
    [FILL_NOTES] = "what should it say?",
    [FILL_INVOICE] = "which invoice number?",
    [FILL_QUANTITY] = "how many?",
    [FILL_LIMIT] = "how many at most?",
    [FILL_CATEGORY] = "which category?",
    [FILL_PRIORITY] = "how urgent is it?",
    [FILL_WHY] = "for which reason?",
    [FILL_EXPECTED_STATUS] = "from which status?",
    [FILL_QUOTED] = "in which words?",
    [FILL_AUTHOR] = "who writes it?",
};

const json_t *rules_property(const struct rules_planning *planning,
                             const struct rules_operation *operation, const char *parameter)
{
    const struct orch_operation *offered = orch_capabilities_operation(
        planning->planning->capabilities, operation->service, operation->name);
    const json_t *schema = offered != NULL ? offered->input_schema : NULL;

    return json_object_get(json_object_get(schema, "properties"), parameter);
}

/* Whether an optional parameter is taken: by its schema, or (nobody knows the schema) at all. */
static bool is_offered(const struct making *making, const struct rules_parameter *parameter)
{
    const struct orch_operation *offered =
        orch_capabilities_operation(making->planning->planning->capabilities,
                                    making->operation->service, making->operation->name);

    if (offered == NULL || offered->input_schema == NULL)
        return parameter->fill < FILL_INVOICE;
    return rules_property(making->planning, making->operation, parameter->name) != NULL;
}

static enum sl_code ask(struct making *making, const struct rules_parameter *parameter,
                        const char *problem)
{
    struct orch_texts *missing = &making->planning->missing;
    const char *text = sl_arena_printf(making->planning->arena, "%s of %s: %s%s%s", parameter->name,
                                       making->operation->said, problem != NULL ? problem : "",
                                       problem != NULL ? "; " : "", questions[parameter->fill]);

    if (text == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < missing->count; i++) {
        if (strcmp(missing->entries[i], text) == 0)
            return SL_OK;
    }
    return orch_texts_add(missing, making->planning->arena, "%s", text);
}

static const struct rules_values *values_of(const struct making *making, enum rules_fill fill)
{
    for (size_t i = 0; i < RULES_MAX_PARAMETERS; i++) {
        if (making->operation->parameters[i].fill == fill)
            return &making->values[i];
    }
    return NULL;
}

static enum sl_code fill_all(struct making *making)
{
    for (size_t i = 0; i < RULES_MAX_PARAMETERS; i++) {
        const struct rules_parameter *parameter = &making->operation->parameters[i];
        if (parameter->fill == FILL_END)
            break;
        if (!parameter->is_required && !is_offered(making, parameter))
            continue;
        SL_TRY(rules_fill(making->planning, making->clause, making->operation, parameter,
                          &making->values[i]));
        if (making->values[i].count == 0 && parameter->is_required)
            SL_TRY(ask(making, parameter, making->values[i].problem));
    }
    return SL_OK;
}

/* Each parameter has one value for all steps or one for each; anything else is not clear. */
static enum sl_code pair_up(struct making *making)
{
    making->count = 1;
    for (size_t i = 0; i < RULES_MAX_PARAMETERS; i++) {
        bool is_list = making->operation->parameters[i].fill == FILL_PARTS;
        if (!is_list && making->values[i].count > making->count)
            making->count = making->values[i].count;
    }
    for (size_t i = 0; i < RULES_MAX_PARAMETERS; i++) {
        const struct rules_parameter *parameter = &making->operation->parameters[i];
        size_t count = making->values[i].count;
        bool is_one_kind = parameter->fill == FILL_AMOUNT || parameter->fill == FILL_REFUND_AMOUNT;
        bool fits = count <= 1 || count == making->count || parameter->fill == FILL_PARTS;
        fits = fits && !(is_one_kind && count == 1 && making->count > 1);
        if (count > 0 && !fits)
            SL_TRY(ask(making, parameter, "it is not clear which belongs to which"));
    }
    return SL_OK;
}

/* Two amounts for one recipient and one order are two wishes or one mistake. */
static enum sl_code check_money(struct making *making)
{
    const struct rules_values *amounts = values_of(making, FILL_AMOUNT);
    const struct rules_values *emails = values_of(making, FILL_EMAIL);
    const struct rules_values *orders = values_of(making, FILL_RO);

    if (amounts == NULL || emails == NULL || orders == NULL || making->count == 1)
        return SL_OK;
    if (emails->count == making->count || orders->count == making->count)
        return SL_OK;
    return ask(making, &making->operation->parameters[1], "several amounts were named");
}

static const struct rules_value *value_at(const struct rules_values *values, size_t n)
{
    if (values == NULL || values->count == 0)
        return NULL;
    return &values->entries[values->count == 1 ? 0 : n < values->count ? n : values->count - 1];
}

/* Up to that many values are checked before a step. */
struct needed {
    size_t places[RULES_MAX_VALUES + 4];
    size_t count;
};

static enum sl_code need_value(struct making *making, const struct orch_existence_check *check,
                               const struct rules_value *value, struct needed *needed)
{
    size_t place = SIZE_MAX;

    if (value == NULL || needed->count == SL_ARRAY_LENGTH(needed->places))
        return SL_OK;
    if (value->from_step > 0)
        place = value->from_step - 1;
    else if (value->text != NULL)
        SL_TRY(rules_find_check(making->planning, check, value->text, &place));
    if (place != SIZE_MAX)
        needed->places[needed->count++] = place;
    return SL_OK;
}

static bool belongs(const struct making *making, size_t part, size_t n)
{
    const struct rules_values *orders = values_of(making, FILL_RO);
    const struct rules_values *parts = values_of(making, FILL_PARTS);

    if (orders == NULL || parts == NULL || orders->count <= 1 ||
        parts->entries[parts->count - 1].item < orders->entries[0].item)
        return true;
    size_t said = parts->entries[part].item;
    bool after_previous = n == 0 || said > orders->entries[n - 1].item;
    return after_previous && (said < orders->entries[n].item || n + 1 == orders->count);
}

static enum sl_code need_all(struct making *making, size_t n, struct needed *needed)
{
    static const struct {
        const struct orch_existence_check *check;
        enum rules_fill fill;
    } named[] = {{&orch_check_repair_order, FILL_RO}, {&orch_check_payment, FILL_PAYMENT}};

    for (size_t c = 0; c < RULES_MAX_CHECKS && making->operation->checks[c] != NULL; c++) {
        const struct orch_existence_check *check = making->operation->checks[c];
        for (size_t i = 0; i < SL_ARRAY_LENGTH(named); i++) {
            if (named[i].check == check)
                SL_TRY(need_value(making, check, value_at(values_of(making, named[i].fill), n),
                                  needed));
        }
        const struct rules_values *parts = values_of(making, FILL_PARTS);
        for (size_t i = 0; check == &orch_check_part && parts != NULL && i < parts->count; i++) {
            if (belongs(making, i, n))
                SL_TRY(need_value(making, check, &parts->entries[i], needed));
        }
    }
    return SL_OK;
}

static json_t *number_json(double number)
{
    bool is_whole = number == (double)(json_int_t)number;

    return is_whole ? json_integer((json_int_t)number) : json_real(number);
}

static json_t *value_json(const struct making *making, const struct rules_parameter *parameter,
                          const struct rules_value *value)
{
    const json_t *property = rules_property(making->planning, making->operation, parameter->name);
    bool wants_text = sl_text_equals(sl_json_string(property, "type"), "string");
    char text[32];

    if (value->text != NULL)
        return json_string(value->text);
    if (!wants_text)
        return number_json(value->number);
    sl_json_format_double(value->number, text);
    return json_string(text);
}

static int set_parts(const struct making *making, size_t n, json_t *parameters)
{
    const struct rules_values *parts = values_of(making, FILL_PARTS);
    json_t *numbers = json_array();
    json_t *quantities = json_object();
    int failed = 0;

    for (size_t i = 0; parts != NULL && i < parts->count; i++) {
        const struct rules_value *part = &parts->entries[i];
        if (!belongs(making, i, n) || part->text == NULL)
            continue;
        failed |= json_array_append_new(numbers, json_string(part->text));
        failed |= json_object_set_new(quantities, part->text, number_json(part->quantity));
    }
    failed |= json_object_set_new(parameters, "part_numbers", numbers);
    failed |= json_object_set_new(parameters, "repair_order_id", json_null());
    return failed | json_object_set_new(parameters, "quantity_map", quantities);
}

/* A value that a check of this very step brings: the status now, all that was paid. */
static const char *from_check(const struct making *making, const struct needed *needed,
                              const char *text)
{
    if (strncmp(text, "{{.", 3) != 0 || needed->count == 0)
        return text;
    return sl_arena_printf(making->planning->arena, "{{%s%s",
                           making->planning->steps[needed->places[0]].step_id, text + 2);
}

static enum sl_code set_parameters(struct making *making, size_t n, const struct needed *needed,
                                   struct rules_step *step)
{
    int failed = 0;

    for (size_t i = 0; i < RULES_MAX_PARAMETERS; i++) {
        const struct rules_parameter *parameter = &making->operation->parameters[i];
        const struct rules_value *found = value_at(&making->values[i], n);
        if (parameter->fill == FILL_PARTS) {
            failed |= set_parts(making, n, step->parameters);
            continue;
        }
        if (found == NULL)
            continue;
        struct rules_value value = *found;
        if (value.text != NULL)
            value.text = from_check(making, needed, value.text);
        if (value.from_step > 0)
            rules_depend(step, value.from_step - 1);
        failed |= json_object_set_new(step->parameters, parameter->name,
                                      value_json(making, parameter, &value));
    }
    return failed == 0 ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

/* The same question asked twice is one step, unless something was changed between. */
static bool is_asked_already(struct rules_planning *planning, const struct rules_step *step)
{
    if (step->operation->changes_state)
        return false;
    for (size_t i = planning->step_count - 1; i > 0; i--) {
        const struct rules_step *other = &planning->steps[i - 1];
        if (other->operation->changes_state)
            return false;
        if (other->operation == step->operation && json_equal(other->parameters, step->parameters))
            return true;
    }
    return false;
}

static enum sl_code make_step(struct making *making, size_t n)
{
    struct rules_planning *planning = making->planning;
    struct needed needed = {.count = 0};
    struct rules_step *step = NULL;

    SL_TRY(need_all(making, n, &needed));
    SL_TRY(rules_new_step(planning, making->operation->step_prefix, &step));
    step->operation = making->operation;
    step->clause = making->clause;
    for (size_t i = 0; i < needed.count; i++)
        rules_depend(step, needed.places[i]);
    SL_TRY(set_parameters(making, n, &needed, step));
    if (is_asked_already(planning, step)) {
        *step = (struct rules_step){0};
        planning->step_count--;
        return SL_OK;
    }
    if (planning->waits_for_last && planning->last_action > 0)
        rules_depend(step, planning->last_action - 1);
    return SL_OK;
}

/* A transition from "whatever it is now" takes the status from the order itself. */
static enum sl_code complete_transition(struct making *making)
{
    struct rules_parameter order = {"repair_order_id", FILL_RO, true};
    struct rules_values orders;
    size_t place = SIZE_MAX;

    if (making->operation != &rules_operations[VALIDATE_TRANSITION] || making->values[0].count > 0)
        return SL_OK;
    SL_TRY(rules_fill(making->planning, making->clause, making->operation, &order, &orders));
    if (orders.count != 1 || orders.entries[0].text == NULL || orders.entries[0].from_step > 0)
        return SL_OK;
    SL_TRY(rules_find_check(making->planning, &orch_check_repair_order, orders.entries[0].text,
                            &place));
    if (place == SIZE_MAX)
        return SL_OK;
    const char *text = sl_arena_printf(making->planning->arena, "{{%s.status}}",
                                       making->planning->steps[place].step_id);
    making->values[0].entries[0] =
        (struct rules_value){.text = text, .item = SIZE_MAX, .from_step = place + 1};
    making->values[0].count = 1;
    return text != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static bool is_used(const struct making *making, const struct rules_entity *entity)
{
    for (size_t i = 0; i < RULES_MAX_PARAMETERS; i++) {
        for (size_t n = 0; n < making->values[i].count; n++) {
            if (making->values[i].entries[n].item == entity->first)
                return true;
        }
    }
    return false;
}

static bool is_source(const struct rules_planning *planning, const struct rules_entity *entity)
{
    for (size_t i = 0; i < planning->source_count && i < RULES_MAX_SOURCES; i++) {
        if (planning->sources[i] == entity->first)
            return true;
    }
    return false;
}

/* A change is made only where every number, part, technician and status of its clause is
 * understood: "add 1.5 of ..." is not. */
static enum sl_code check_leftovers(struct making *making)
{
    const struct rules_sentence *s = &making->planning->sentence;
    bool has_text =
        values_of(making, FILL_NOTES) != NULL || values_of(making, FILL_DESCRIPTION) != NULL;

    bool has_quote = false;
    for (size_t i = s->clauses[making->clause].first; i < s->clauses[making->clause].last; i++)
        has_quote = has_quote || rules_item_token(s, i)->kind == RULES_QUOTED;

    for (size_t i = 0; i < s->entity_count; i++) {
        const struct rules_entity *entity = &s->entities[i];
        bool is_money = entity->role == ROLE_EMAIL || entity->role == ROLE_AMOUNT ||
                        entity->role == ROLE_PAYMENT;
        bool is_untyped = is_money || entity->role == ROLE_NUMBER || entity->role == ROLE_ID ||
                          entity->role == ROLE_PART || entity->role == ROLE_TECH ||
                          entity->role == ROLE_LIMIT ||
                          (entity->role == ROLE_STATUS &&
                           making->operation != &rules_operations[UPDATE_REPAIR_ORDER_STATUS]);
        if (entity->clause != making->clause || !is_untyped || is_used(making, entity))
            continue;
        bool is_quoted = rules_item_token(s, entity->first)->kind == RULES_QUOTED;
        bool is_text = has_text && (!has_quote || is_quoted || entity->role == ROLE_PAYMENT);
        if (is_text || !making->operation->changes_state || is_source(making->planning, entity) ||
            (making->others & RULES_ROLE_BIT(entity->role)) != 0)
            continue;
        SL_TRY(orch_texts_add(&making->planning->missing, making->planning->arena,
                              "%s: it is not clear what \"%.60s\" stands for",
                              making->operation->said,
                              entity->text != NULL ? entity->text : "a number"));
    }
    return SL_OK;
}

enum sl_code rules_make_steps(struct rules_planning *planning, size_t clause,
                              enum rules_intent intent, rules_bits others)
{
    struct making making = {.planning = planning,
                            .operation = &rules_operations[intent],
                            .clause = clause,
                            .others = others};
    size_t before = planning->missing.count;

    making.values =
        sl_arena_alloc_array(planning->arena, RULES_MAX_PARAMETERS, sizeof *making.values);
    if (making.values == NULL)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(fill_all(&making));
    SL_TRY(complete_transition(&making));
    if (making.values[0].count > 0 && intent == VALIDATE_TRANSITION &&
        planning->missing.count > before && making.values[1].count > 0)
        planning->missing.count = before;
    SL_TRY(pair_up(&making));
    SL_TRY(check_money(&making));
    SL_TRY(check_leftovers(&making));
    if (planning->missing.count > before)
        return SL_OK;
    for (size_t n = 0; n < making.count; n++)
        SL_TRY(make_step(&making, n));
    planning->last_action = planning->step_count;
    return SL_OK;
}
