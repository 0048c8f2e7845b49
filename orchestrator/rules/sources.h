#ifndef ORCH_RULES_SOURCES_H
#define ORCH_RULES_SOURCES_H

#include "orchestrator/rules/fill.h"

/** One parameter of one clause while it is filled. */
struct filling {
    struct rules_planning *planning;
    const struct rules_sentence *s;
    size_t place;
    const struct rules_clause *clause;
    const struct rules_operation *operation;
    const struct rules_parameter *parameter;
    struct rules_values *values;
};

/** Whether the clause has one of these bits. */
bool rules_has(const struct filling *filling, rules_bits bits);
/** "it", "them" or "the <noun>": something named before is meant. */
bool rules_refers_back(const struct filling *filling, enum rules_concept noun);
/** Adds a value unless it is there; a part said twice adds up. */
void rules_add_value(struct filling *filling, struct rules_value value);
/** Takes what a clause names of a role; returns how many were new. */
size_t rules_take_role(struct filling *filling, size_t clause, enum rules_role role);
/** Takes what the newest clause before names or creates. */
void rules_look_back(struct filling *filling, enum rules_role role, enum rules_concept noun);
/** Takes what clauses that ask for nothing tell: "It's for RO 55." */
void rules_look_at_remarks(struct filling *filling, enum rules_role role);
/** Takes the context's member of the parameter's name. */
void rules_look_at_context(struct filling *filling);
/** Stands behind "to", "for" or the like. */
bool rules_is_target(const struct filling *filling, const struct rules_entity *entity);
/** All of these in turn, for ids. */
void rules_fill_id(struct filling *filling, enum rules_role role, enum rules_concept noun);

/** What was validated before is what the link is made of. */
bool rules_goes_on(const struct filling *filling);

/* Fillers beside fill.c: money (fill_money.c), listed codes (fill_codes.c). */
SL_MUST_USE enum sl_code rules_fill_amount(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_refund_amount(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_currency(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_reason(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_channel(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_new_status(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_current_status(struct filling *filling);
SL_MUST_USE enum sl_code rules_fill_expected_status(struct filling *filling);

#endif
