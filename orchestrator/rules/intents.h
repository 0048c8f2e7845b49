#ifndef ORCH_RULES_INTENTS_H
#define ORCH_RULES_INTENTS_H

#include <stdint.h>

#include "orchestrator/existence.h"
#include "orchestrator/rules/sentence.h"

/* What can be asked for: which words ask for it, and what has to be known to do it. */

enum rules_intent {
    INTENT_NONE,
    CREATE_PAYMENT_LINK,
    CHECK_PAYMENT_STATUS,
    PROCESS_REFUND,
    SEND_PAYMENT_NOTIFICATION,
    GET_PAYMENT_METHODS,
    VALIDATE_PAYMENT_DATA,
    SEARCH_PARTS,
    CHECK_PART_AVAILABILITY,
    GET_PART_DETAILS,
    RESERVE_PARTS,
    CHECK_VEHICLE_COMPATIBILITY,
    GET_ALTERNATIVE_PARTS,
    VALIDATE_PART_NUMBER,
    CREATE_REPAIR_ORDER,
    UPDATE_REPAIR_ORDER_STATUS,
    GET_REPAIR_ORDER_DETAILS,
    ASSIGN_TECHNICIAN,
    ADD_REPAIR_NOTES,
    GET_REPAIR_HISTORY,
    VALIDATE_TRANSITION,
    /** Clear what is wanted, not of what: "look up 1234". */
    INTENT_UNCLEAR,
    /** Nothing that the services do. */
    INTENT_FOREIGN,
    INTENT_COUNT,
};

/** How a parameter is filled. */
enum rules_fill {
    FILL_END,
    FILL_RO,
    FILL_PART,
    /** part_numbers and quantity_map. */
    FILL_PARTS,
    FILL_PAYMENT,
    FILL_CUSTOMER,
    FILL_VEHICLE,
    FILL_TECH,
    FILL_EMAIL,
    FILL_AMOUNT,
    /** The amount, or all that was paid where the request says "in full". */
    FILL_REFUND_AMOUNT,
    FILL_CURRENCY,
    FILL_REASON,
    FILL_CHANNEL,
    FILL_NEW_STATUS,
    FILL_CURRENT_STATUS,
    FILL_MAKE,
    FILL_MODEL,
    FILL_YEAR,
    FILL_PART_NAME,
    FILL_DESCRIPTION,
    FILL_NOTES,
    FILL_INVOICE,
    /** From here on: only where the tool's schema offers them. */
    FILL_QUANTITY,
    FILL_LIMIT,
    FILL_CATEGORY,
    FILL_PRIORITY,
    FILL_WHY,
    FILL_EXPECTED_STATUS,
    FILL_QUOTED,
    FILL_AUTHOR,
};

struct rules_parameter {
    const char *name;
    enum rules_fill fill;
    /** Asked for where it is missing; otherwise left out. */
    bool is_required;
};

#define RULES_MAX_PARAMETERS 7
#define RULES_MAX_CHECKS 2

struct rules_operation {
    const char *service;
    const char *name;
    /** Of step ids: "reserve_part" becomes reserve_part_1. */
    const char *step_prefix;
    /** What it is to a person, in a question: "the payment link". */
    const char *said;
    bool changes_state;
    /** "low", "medium" or "high". */
    int risk;
    /** What has to exist before; a step's parameter that is no literal needs none. */
    const struct orch_existence_check *checks[RULES_MAX_CHECKS];
    struct rules_parameter parameters[RULES_MAX_PARAMETERS];
};

extern const struct rules_operation rules_operations[INTENT_COUNT];

/** The intent of a clause's bits. */
enum rules_intent rules_recognise(rules_bits mask);

#define RULES_MAX_ALSO 2

/** Further intents of the same clause, after `intent`: "price and availability". Returns how many.
 */
size_t rules_recognise_also(rules_bits mask, enum rules_intent intent,
                            enum rules_intent also[RULES_MAX_ALSO]);

/** The roles that only this one of several changes in a clause takes. */
rules_bits rules_taken_roles(enum rules_intent intent);

#endif
