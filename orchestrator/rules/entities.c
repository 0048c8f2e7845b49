#include "orchestrator/rules/entities.h"

/* Ids, parts with quantities, money, vehicles, addresses: what parameters are filled with. */

struct rules_entity *rules_add_entity(struct rules_sentence *s, enum rules_role role, size_t first,
                                      size_t last)
{
    struct rules_entity *entity = &s->entities[s->entity_count++];

    *entity = (struct rules_entity){.role = role, .first = first, .last = last};
    for (size_t i = first; i < last; i++)
        s->items[i].entity = s->entity_count;
    return entity;
}

enum sl_code rules_find_entities(struct rules_sentence *s)
{
    static size_t (*const readers[])(struct rules_sentence *, size_t) = {
        rules_read_money, rules_read_year,          rules_read_counted_part, rules_read_named,
        rules_read_login, rules_read_bare_login,    rules_read_limit,        rules_read_category,
        rules_read_plain, rules_read_unknown_model, rules_read_quantity,     rules_read_id};

    s->entities = sl_arena_alloc_array(s->arena, s->item_count + 1, sizeof *s->entities);
    if (s->entities == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < s->item_count;) {
        size_t end = i;
        for (size_t r = 0; r < SL_ARRAY_LENGTH(readers) && end == i; r++)
            end = readers[r](s, i);
        i = end > i ? end : i + 1;
    }
    return SL_OK;
}
