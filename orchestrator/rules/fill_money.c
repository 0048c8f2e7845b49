#include "orchestrator/rules/sources.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* How much, in which currency. */

/* What was validated before is what the link is made of. */
bool rules_goes_on(const struct filling *filling)
{
    const struct rules_clause *before = filling->clause - 1;

    return filling->place > 0 && before->intent == VALIDATE_PAYMENT_DATA &&
           rules_refers_back(filling, N_DATA);
}

/* "a payment link of 100", "for 99.50": a bare number where money is spoken of. */
static void take_bare_amount(struct filling *filling)
{
    for (size_t i = 0; i < filling->s->entity_count; i++) {
        const struct rules_entity *entity = &filling->s->entities[i];
        if (entity->role != ROLE_NUMBER || entity->clause != filling->place || entity->first == 0)
            continue;
        enum rules_concept before = rules_concept_at(filling->s, entity->first - 1);
        bool is_price = strchr(entity->text, '.') != NULL;
        bool has_ro = rules_has(filling, RULES_ROLE_BIT(ROLE_RO));
        if (before == OF || is_price || (before == FOR && has_ro) || before == V_CHARGE ||
            before == V_REFUND)
            rules_add_value(filling,
                            (struct rules_value){.number = entity->number, .item = entity->first});
    }
}

static void check_amounts(struct filling *filling)
{
    for (size_t i = 0; i < filling->values->count; i++) {
        if (filling->values->entries[i].text == NULL && filling->values->entries[i].number > 0)
            continue;
        filling->values->count = 0;
        filling->values->problem = "it has to be more than zero";
    }
}

enum sl_code rules_fill_amount(struct filling *filling)
{
    rules_take_role(filling, filling->place, ROLE_AMOUNT);
    if (filling->values->count == 0)
        take_bare_amount(filling);
    if (filling->values->count == 0)
        rules_look_at_remarks(filling, ROLE_AMOUNT);
    if (filling->values->count == 0 && rules_goes_on(filling))
        rules_look_back(filling, ROLE_AMOUNT, N_DATA);
    if (filling->values->count == 0 && filling->values->problem == NULL)
        rules_look_at_context(filling);
    check_amounts(filling);
    return SL_OK;
}

/* In full: what the payment's own status says was paid, checked before the refund in any case. */
enum sl_code rules_fill_refund_amount(struct filling *filling)
{
    SL_TRY(rules_fill_amount(filling));
    bool is_full = false;
    for (size_t i = filling->clause->first; i < filling->clause->last; i++)
        is_full = is_full || rules_concept_at(filling->s, i) == FULL;
    if (filling->values->count == 0 && filling->values->problem == NULL && is_full)
        rules_add_value(filling,
                        (struct rules_value){.text = "{{.amount_paid}}", .item = SIZE_MAX});
    return SL_OK;
}

enum sl_code rules_fill_currency(struct filling *filling)
{
    rules_take_role(filling, filling->place, ROLE_AMOUNT);
    if (filling->values->count == 0)
        rules_look_at_remarks(filling, ROLE_AMOUNT);
    if (filling->values->count == 0 && rules_goes_on(filling))
        rules_look_back(filling, ROLE_AMOUNT, N_DATA);
    for (size_t i = 0; i < filling->values->count; i++) {
        struct rules_value *value = &filling->values->entries[i];
        value->text = value->currency != NULL ? value->currency : "USD";
    }
    filling->values->problem = NULL;
    if (filling->values->count == 0)
        rules_look_at_context(filling);
    if (filling->values->count == 0)
        rules_add_value(filling, (struct rules_value){.text = "USD", .item = SIZE_MAX});
    return SL_OK;
}
