#ifndef ORCH_RULES_FILL_H
#define ORCH_RULES_FILL_H

#include "orchestrator/planner.h"
#include "orchestrator/rules/intents.h"

/* From clauses to steps: each parameter is found in the request or its context, or asked for. */

/** Parts, orders, ... that one clause may name; more are declined. */
#define RULES_MAX_VALUES 32

/** What a parameter gets. */
struct rules_value {
    /** Text; NULL for a number. */
    const char *text;
    double number;
    const char *currency;
    /** Of a part. */
    double quantity;
    /** Where it was said (an item), for pairing; SIZE_MAX where it was not said in the clause. */
    size_t item;
    /** 1 + the step whose result it is taken from; 0 for none. */
    size_t from_step;
};

struct rules_values {
    struct rules_value entries[RULES_MAX_VALUES];
    size_t count;
    /** Why there is none, in words; NULL for the usual question. */
    const char *problem;
};

/** A step on its way into the plan. */
struct rules_step {
    const struct rules_operation *operation;
    const char *step_id;
    json_t *parameters;
    /** Existence check: comes first, aborts the plan where it fails. */
    bool is_check;
    const char *check_name;
    /** Places of steps. */
    uint8_t dependencies[RULES_MAX_VALUES + 4];
    size_t dependency_count;
    size_t clause;
};

#define RULES_MAX_STEPS 100
#define RULES_MAX_SOURCES 8

/** A request while it becomes a plan. */
struct rules_planning {
    const struct orch_planning *planning;
    struct rules_sentence sentence;
    struct sl_arena *arena;
    struct rules_step *steps;
    size_t step_count;
    struct orch_texts missing;
    const char *declined;
    /** The last step that a clause made, for "once done"; 1 + its place. */
    size_t last_action;
    /** Items that were named as what is left: "from T-1". */
    size_t sources[RULES_MAX_SOURCES];
    size_t source_count;
    /** What is made next is to wait for that one's success. */
    bool waits_for_last;
};

/** Finds what fills a parameter of a clause; count 0 where nothing does. */
SL_MUST_USE enum sl_code rules_fill(struct rules_planning *planning, size_t clause,
                                    const struct rules_operation *operation,
                                    const struct rules_parameter *parameter,
                                    struct rules_values *ret_values);

/** Texts, words and vehicles of a clause (fill_texts.c). NULL where there is none. */
const char *rules_notes(const struct rules_sentence *sentence, const struct rules_clause *clause);
const char *rules_description(const struct rules_sentence *sentence,
                              const struct rules_clause *clause);
const char *rules_part_name(const struct rules_sentence *sentence,
                            const struct rules_clause *clause);
/** The priority that ends a description: ", high priority"; NULL for none. */
const struct rules_item *rules_last_priority(const struct rules_sentence *sentence,
                                             const struct rules_clause *clause);
/** What stands between quotation marks, or behind "saying" in a notification. */
const char *rules_quoted(const struct rules_sentence *sentence, const struct rules_clause *clause);
/** The code of a refund's reason, by words anywhere around it (reasons.c); NULL where none or
 * several fit. */
const char *rules_reason(const struct rules_sentence *s, size_t clause);
/** "Reason: ...", "because ...", in the clause or in a remark right behind it. */
const char *rules_why(const struct rules_sentence *sentence, size_t clause);
/** Name of a vehicle behind its year that no table knows: "2015 Zonda". */
const char *rules_model_name(const struct rules_sentence *sentence,
                             const struct rules_clause *clause);

/** Makes the steps that a clause asks for, with the checks that they need (steps.c). others: roles
 * that a further operation of the clause takes. */
SL_MUST_USE enum sl_code rules_make_steps(struct rules_planning *planning, size_t clause,
                                          enum rules_intent intent, rules_bits others);

/** A new step of that prefix (checks.c). SL_CANCELLED where there are too many: planning->declined
 * says so. */
SL_MUST_USE enum sl_code rules_new_step(struct rules_planning *planning, const char *prefix,
                                        struct rules_step **ret_step);
/** Makes a step wait for another. */
void rules_depend(struct rules_step *step, size_t on);
/** The step that shows that `id` exists: one that is there or a new one; SIZE_MAX where no tool
 * can. */
SL_MUST_USE enum sl_code rules_find_check(struct rules_planning *planning,
                                          const struct orch_existence_check *check, const char *id,
                                          size_t *ret_place);

/** Writes the plan's document (document.c). A new reference. */
SL_MUST_USE enum sl_code rules_write_plan(struct rules_planning *planning, json_t **ret_document);

/** The input schema's entry for a parameter; NULL where nobody knows it. */
const json_t *rules_property(const struct rules_planning *planning,
                             const struct rules_operation *operation, const char *parameter);

#endif
