#include "orchestrator/rules/sources.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* One function for each kind of parameter. */

typedef enum sl_code (*fill_fn)(struct filling *filling);

static enum sl_code fill_ro(struct filling *filling)
{
    rules_fill_id(filling, ROLE_RO, N_RO);
    return SL_OK;
}

static enum sl_code fill_part(struct filling *filling)
{
    rules_fill_id(filling, ROLE_PART, N_PART);
    return SL_OK;
}

/* How many of each: said with the part, or once for all ("2 of them"), else one. */
static enum sl_code fill_parts(struct filling *filling)
{
    double each = 0;
    bool had_own = false;

    rules_fill_id(filling, ROLE_PART, N_PART);
    for (size_t i = 0; i < filling->values->count; i++)
        had_own = had_own || (filling->values->entries[i].item >= filling->clause->first &&
                              filling->values->entries[i].item < filling->clause->last);
    for (size_t i = 0; i < filling->s->entity_count; i++) {
        struct rules_entity *entity = &filling->planning->sentence.entities[i];
        bool is_small = entity->role == ROLE_NUMBER && !had_own && entity->number >= 1 &&
                        entity->number < 100 && entity->number == (double)(int)entity->number &&
                        !rules_is_target(filling, entity);
        if (entity->clause == filling->place && (entity->role == ROLE_QUANTITY || is_small))
            each = entity->number;
        if (is_small && entity->clause == filling->place)
            entity->role = ROLE_QUANTITY;
    }
    for (size_t i = 0; i < filling->values->count; i++) {
        struct rules_value *value = &filling->values->entries[i];
        bool takes_each = each > 0 && (!had_own || value->quantity == 0);
        if (takes_each || value->quantity == 0)
            value->quantity = takes_each ? each : 1;
    }
    return SL_OK;
}

static enum sl_code fill_payment(struct filling *filling)
{
    rules_fill_id(filling, ROLE_PAYMENT, N_PAYMENT);
    return SL_OK;
}

static enum sl_code fill_customer(struct filling *filling)
{
    rules_fill_id(filling, ROLE_CUSTOMER, N_CUSTOMER);
    if (filling->values->count > 0 || !rules_has(filling, RULES_CONCEPT_BIT(N_CUSTOMER)))
        return SL_OK;
    /* "The customer on it": the order that was looked at tells who that is. */
    for (size_t i = filling->planning->step_count; i > 0; i--) {
        const struct rules_step *step = &filling->planning->steps[i - 1];
        if (step->operation != &rules_operations[GET_REPAIR_ORDER_DETAILS])
            continue;
        const char *text =
            sl_arena_printf(filling->planning->arena, "{{%s.customer}}", step->step_id);
        rules_add_value(filling,
                        (struct rules_value){.text = text, .item = SIZE_MAX, .from_step = i});
        break;
    }
    return SL_OK;
}

static enum sl_code fill_vehicle(struct filling *filling)
{
    rules_fill_id(filling, ROLE_VEHICLE, N_VEHICLE);
    return SL_OK;
}

/* "From T-1 to T-5": who had it is not who gets it. */
static void drop_source(struct filling *filling)
{
    struct rules_values *values = filling->values;

    if (values->count != 2)
        return;
    for (size_t i = 0; i < 2; i++) {
        size_t item = values->entries[i].item;
        bool is_source = item > 0 && item < filling->s->item_count &&
                         strcmp(rules_item_token(filling->s, item - 1)->text, "from") == 0;
        if (!is_source)
            continue;
        filling->planning->sources[filling->planning->source_count++ % RULES_MAX_SOURCES] = item;
        values->entries[i] = values->entries[1];
        values->count = 1;
        return;
    }
}

static enum sl_code fill_tech(struct filling *filling)
{
    rules_fill_id(filling, ROLE_TECH, N_TECH);
    drop_source(filling);
    return SL_OK;
}

/* "The email on the order": the order's own check tells it. */
static bool is_on_order(const struct filling *filling)
{
    const struct rules_sentence *s = filling->s;

    if (filling->operation != &rules_operations[CREATE_PAYMENT_LINK])
        return false;
    for (size_t i = filling->clause->first; i + 2 < filling->clause->last; i++) {
        size_t order = rules_concept_at(s, i + 2) == DETERMINER ? i + 3 : i + 2;
        const struct rules_token *word = rules_item_token(s, i + 2);
        if (rules_concept_at(s, i) == CHANNEL && sl_text_equals(s->items[i].value, "email") &&
            rules_concept_at(s, i + 1) == PREPOSITION &&
            (rules_concept_at(s, order) == N_RO || strcmp(word->text, "file") == 0))
            return true;
    }
    return false;
}

static enum sl_code fill_email(struct filling *filling)
{
    rules_take_role(filling, filling->place, ROLE_EMAIL);
    for (size_t i = filling->clause->first;
         i < filling->clause->last && filling->values->count == 0; i++) {
        if (rules_concept_at(filling->s, i) == BAD_EMAIL)
            filling->values->problem =
                sl_arena_printf(filling->planning->arena, "\"%s\" is no e-mail address",
                                rules_item_token(filling->s, i)->raw);
    }
    if (filling->values->count > 0 || filling->values->problem != NULL)
        return SL_OK;
    if (is_on_order(filling)) {
        rules_add_value(
            filling, (struct rules_value){.text = "{{.customer_details.email}}", .item = SIZE_MAX});
        return SL_OK;
    }
    if (rules_refers_back(filling, N_CUSTOMER) || rules_goes_on(filling))
        rules_look_back(filling, ROLE_EMAIL, N_CUSTOMER);
    if (filling->values->count == 0)
        rules_look_at_remarks(filling, ROLE_EMAIL);
    if (filling->values->count == 0)
        rules_look_at_context(filling);
    return SL_OK;
}

static enum sl_code fill_vehicle_word(struct filling *filling, enum rules_role role)
{
    rules_take_role(filling, filling->place, role);
    if (filling->values->count == 0)
        rules_look_back(filling, role, N_VEHICLE);
    if (filling->values->count == 0)
        rules_look_at_remarks(filling, role);
    if (filling->values->count == 0)
        rules_look_at_context(filling);
    return SL_OK;
}

static enum sl_code fill_make(struct filling *filling)
{
    return fill_vehicle_word(filling, ROLE_MAKE);
}

static enum sl_code fill_text(struct filling *filling, const char *text)
{
    if (text != NULL)
        rules_add_value(filling, (struct rules_value){.text = text, .item = SIZE_MAX});
    else
        rules_look_at_context(filling);
    return SL_OK;
}

/* A search whose tool takes no make has it in the model: "Toyota Camry". */
static void name_make(struct filling *filling)
{
    const struct rules_sentence *s = filling->s;
    const struct orch_operation *offered =
        orch_capabilities_operation(filling->planning->planning->capabilities,
                                    filling->operation->service, filling->operation->name);

    if (offered == NULL || offered->input_schema == NULL || filling->values->count != 1 ||
        rules_property(filling->planning, filling->operation, "vehicle_make") != NULL)
        return;
    struct rules_value *model = &filling->values->entries[0];
    for (size_t i = 0; i < s->entity_count; i++) {
        if (s->entities[i].role == ROLE_MAKE && s->entities[i].last == model->item) {
            model->text = sl_arena_printf(filling->planning->arena, "%s %s", s->entities[i].text,
                                          model->text);
            return;
        }
    }
}

static enum sl_code fill_model(struct filling *filling)
{
    SL_TRY(fill_vehicle_word(filling, ROLE_MODEL));
    if (filling->values->count > 0) {
        name_make(filling);
        return SL_OK;
    }
    return fill_text(filling, rules_model_name(filling->s, filling->clause));
}

static enum sl_code fill_year(struct filling *filling)
{
    SL_TRY(fill_vehicle_word(filling, ROLE_YEAR));
    for (size_t i = 0; i < filling->s->entity_count && filling->values->count == 0; i++) {
        const struct rules_entity *entity = &filling->s->entities[i];
        bool is_year =
            entity->role == ROLE_NUMBER && entity->number >= 1950 && entity->number <= 2035;
        if (entity->clause == filling->place && is_year && filling->parameter->is_required)
            rules_add_value(filling,
                            (struct rules_value){.number = entity->number, .item = entity->first});
    }
    for (size_t i = 0; i < filling->values->count; i++)
        filling->values->entries[i].text = NULL;
    return SL_OK;
}

static enum sl_code fill_part_name(struct filling *filling)
{
    const char *name = rules_part_name(filling->s, filling->clause);

    static const rules_bits narrowed = RULES_ROLE_BIT(ROLE_MODEL) | RULES_ROLE_BIT(ROLE_MAKE);
    bool is_any = rules_has(filling, RULES_CONCEPT_BIT(N_PART)) && rules_has(filling, narrowed);

    if (name == NULL && (is_any || rules_has(filling, RULES_ROLE_BIT(ROLE_CATEGORY))))
        name = "";
    return fill_text(filling, name);
}

static enum sl_code fill_description(struct filling *filling)
{
    return fill_text(filling, rules_description(filling->s, filling->clause));
}

static enum sl_code fill_notes(struct filling *filling)
{
    return fill_text(filling, rules_notes(filling->s, filling->clause));
}

static enum sl_code fill_invoice(struct filling *filling)
{
    if (rules_property(filling->planning, filling->operation, "invoice_number") == NULL)
        return SL_OK;
    return fill_ro(filling);
}

/* How many are asked about: said with the part, or of "them". */
static enum sl_code fill_quantity(struct filling *filling)
{
    for (size_t i = 0; i < filling->s->entity_count; i++) {
        const struct rules_entity *entity = &filling->s->entities[i];
        double said = entity->role == ROLE_QUANTITY ? entity->number : 0;
        said = entity->role == ROLE_PART ? entity->quantity : said;
        if (entity->clause == filling->place && said > 0)
            rules_add_value(filling, (struct rules_value){.number = said, .item = entity->first});
    }
    return SL_OK;
}

static enum sl_code take_own(struct filling *filling, enum rules_role role)
{
    rules_take_role(filling, filling->place, role);
    return SL_OK;
}

static enum sl_code fill_limit(struct filling *filling)
{
    return take_own(filling, ROLE_LIMIT);
}

static enum sl_code fill_category(struct filling *filling)
{
    return take_own(filling, ROLE_CATEGORY);
}

static enum sl_code fill_priority(struct filling *filling)
{
    const struct rules_item *last = rules_last_priority(filling->s, filling->clause);

    SL_TRY(take_own(filling, ROLE_PRIORITY));
    if (filling->values->count == 0 && last != NULL)
        rules_add_value(filling, (struct rules_value){.text = last->value, .item = SIZE_MAX});
    return SL_OK;
}

static enum sl_code add_optional(struct filling *filling, const char *text)
{
    if (text != NULL)
        rules_add_value(filling, (struct rules_value){.text = text, .item = SIZE_MAX});
    return SL_OK;
}

static enum sl_code fill_why(struct filling *filling)
{
    return add_optional(filling, rules_why(filling->s, filling->place));
}

static enum sl_code fill_quoted(struct filling *filling)
{
    return add_optional(filling, rules_quoted(filling->s, filling->clause));
}

/* "A note by Maria". */
static enum sl_code fill_author(struct filling *filling)
{
    const struct rules_sentence *s = filling->s;

    for (size_t i = filling->clause->first; i + 2 < filling->clause->text; i++) {
        if (rules_concept_at(s, i) == N_NOTE && rules_concept_at(s, i + 2) == UNKNOWN &&
            strcmp(rules_item_token(s, i + 1)->text, "by") == 0)
            return add_optional(filling, rules_item_token(s, i + 2)->raw);
    }
    return SL_OK;
}

static const fill_fn fillers[] = {
    [FILL_RO] = fill_ro,
    [FILL_PART] = fill_part,
    [FILL_PARTS] = fill_parts,
    [FILL_PAYMENT] = fill_payment,
    [FILL_CUSTOMER] = fill_customer,
    [FILL_VEHICLE] = fill_vehicle,
    [FILL_TECH] = fill_tech,
    [FILL_EMAIL] = fill_email,
    [FILL_AMOUNT] = rules_fill_amount,
    [FILL_REFUND_AMOUNT] = rules_fill_refund_amount,
    [FILL_CURRENCY] = rules_fill_currency,
    [FILL_REASON] = rules_fill_reason,
    [FILL_CHANNEL] = rules_fill_channel,
    [FILL_NEW_STATUS] = rules_fill_new_status,
    [FILL_CURRENT_STATUS] = rules_fill_current_status,
    [FILL_MAKE] = fill_make,
    [FILL_MODEL] = fill_model,
    [FILL_YEAR] = fill_year,
    [FILL_PART_NAME] = fill_part_name,
    [FILL_DESCRIPTION] = fill_description,
    [FILL_NOTES] = fill_notes,
    [FILL_INVOICE] = fill_invoice,
    [FILL_QUANTITY] = fill_quantity,
    [FILL_LIMIT] = fill_limit,
    [FILL_CATEGORY] = fill_category,
    [FILL_PRIORITY] = fill_priority,
    [FILL_WHY] = fill_why,
    [FILL_EXPECTED_STATUS] = rules_fill_expected_status,
    [FILL_QUOTED] = fill_quoted,
    [FILL_AUTHOR] = fill_author,
};

enum sl_code rules_fill(struct rules_planning *planning, size_t clause,
                        const struct rules_operation *operation,
                        const struct rules_parameter *parameter, struct rules_values *ret_values)
{
    struct filling filling = {.planning = planning,
                              .s = &planning->sentence,
                              .place = clause,
                              .clause = &planning->sentence.clauses[clause],
                              .operation = operation,
                              .parameter = parameter,
                              .values = ret_values};

    ret_values->count = 0;
    ret_values->problem = NULL;
    return fillers[parameter->fill](&filling);
}
