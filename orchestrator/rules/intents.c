#include "orchestrator/rules/intents.h"

_Static_assert(RULES_LAST_MASKED + 1 + ROLE_COUNT <= 128, "concepts and roles share one mask");

/* A row holds where each of its (up to three) groups has a bit of the clause and `none` has none.
 * The first row that holds decides. */
struct intent_rule {
    enum rules_intent intent;
    rules_bits groups[3];
    rules_bits none;
};

#define W(concept) RULES_CONCEPT_BIT(concept)
#define R(role) RULES_ROLE_BIT(role)

#define ANY_ID (R(ROLE_ID) | R(ROLE_NUMBER))
#define BACK (W(PRONOUN) | W(THEM))
#define ANY_RO (W(N_RO) | R(ROLE_RO))
#define ANY_PART (W(N_PART) | R(ROLE_PART))
#define ANY_TECH (W(N_TECH) | R(ROLE_TECH))
#define ANY_PAYMENT (W(N_PAYMENT) | W(N_LINK) | R(ROLE_PAYMENT))
#define ASK (W(V_SHOW) | W(V_CHECK) | W(Q_IS) | W(Q_HAVE) | W(V_SEARCH) | W(Q_CAN) | W(V_OPEN))
#define MAKE_NEW (W(V_CREATE) | W(V_OPEN) | W(NEW) | W(V_STATUS) | W(V_NOTE))
#define GIVE (W(V_ASSIGN) | W(V_ADD) | W(V_CHANGE) | W(V_SEND))
#define DETAILS (W(N_DETAILS) | W(N_PRICE))
#define MONEY (R(ROLE_AMOUNT) | R(ROLE_EMAIL))

static const struct intent_rule rules[] = {
    {INTENT_FOREIGN, {W(V_FOREIGN)}, 0},
    {INTENT_FOREIGN, {W(N_RESERVATION), W(V_STATUS) | W(V_CHANGE)}, 0},
    {INTENT_FOREIGN, {W(V_STATUS), ANY_PAYMENT}, ANY_RO | W(V_SEND) | W(V_CREATE) | W(V_CHARGE)},
    {ADD_REPAIR_NOTES, {W(N_NOTE), W(V_ADD) | W(V_CREATE) | W(V_CHANGE) | W(V_NOTE) | W(NEW)}, 0},
    {CREATE_REPAIR_ORDER,
     {MAKE_NEW, W(N_RO)},
     R(ROLE_RO) | W(N_LINK) | W(V_SHOW) | W(N_HISTORY) | W(N_NOTE) | W(V_VALIDATE) |
         W(N_TRANSITION) | W(V_CHARGE) | W(N_INVOICE)},
    {CREATE_REPAIR_ORDER,
     {W(V_CREATE) | W(V_OPEN), R(ROLE_VEHICLE)},
     R(ROLE_RO) | W(N_LINK) | W(V_SHOW) | W(N_NOTE) | R(ROLE_AMOUNT) | ANY_PAYMENT},
    {VALIDATE_TRANSITION, {W(V_VALIDATE) | W(V_CHECK) | W(Q_IS) | W(Q_CAN), W(N_TRANSITION)}, 0},
    {VALIDATE_TRANSITION,
     {W(Q_CAN) | W(V_VALIDATE), R(ROLE_STATUS) | W(V_STATUS), ANY_RO | BACK | W(V_CHANGE)},
     ANY_PAYMENT | ANY_PART},
    {VALIDATE_PAYMENT_DATA, {W(V_VALIDATE) | W(V_CHECK) | W(Q_IS), W(N_DATA)}, 0},
    {VALIDATE_PAYMENT_DATA,
     {W(V_VALIDATE), W(N_PAYMENT) | W(N_LINK) | R(ROLE_AMOUNT) | R(ROLE_EMAIL)},
     R(ROLE_PAYMENT) | W(V_SEND) | W(V_CREATE)},
    {VALIDATE_PART_NUMBER, {W(V_VALIDATE), ANY_PART | ANY_ID | BACK}, ANY_RO | ANY_PAYMENT},
    {GET_ALTERNATIVE_PARTS, {W(N_ALT), ANY_PART | ANY_ID | BACK}, 0},
    {CHECK_VEHICLE_COMPATIBILITY, {W(N_FIT), ANY_PART | ANY_ID | BACK}, W(V_RESERVE)},
    {GET_PAYMENT_METHODS,
     {W(N_METHOD), W(N_CUSTOMER) | R(ROLE_CUSTOMER) | W(N_PAID) | W(N_PAYMENT) | ASK},
     ANY_PART},
    {CHECK_PAYMENT_STATUS, {W(Q_IS), W(V_REFUND), ANY_PAYMENT}, R(ROLE_AMOUNT) | R(ROLE_REASON)},
    {PROCESS_REFUND, {W(V_REFUND)}, 0},
    {GET_REPAIR_HISTORY,
     {W(N_HISTORY), ANY_RO | BACK | ANY_ID | W(V_SHOW) | W(V_SEARCH)},
     ANY_PAYMENT | ANY_PART},
    {GET_REPAIR_HISTORY, {ASK, W(N_NOTE)}, W(V_SEND)},
    {CHECK_PAYMENT_STATUS,
     {W(N_PAID) | W(N_STATUS) | ASK, R(ROLE_PAYMENT)},
     W(V_REMIND) | W(V_SEND) | R(ROLE_CHANNEL)},
    {CHECK_PAYMENT_STATUS,
     {W(N_STATUS) | ASK, ANY_PAYMENT | W(N_PAID)},
     W(V_REMIND) | W(V_SEND) | W(V_CREATE) | W(V_CHARGE) | R(ROLE_AMOUNT) | R(ROLE_EMAIL) |
         ANY_PART | W(N_NOTE) | W(NEW)},
    {SEND_PAYMENT_NOTIFICATION, {W(V_REMIND)}, W(N_NOTE) | R(ROLE_AMOUNT)},
    {SEND_PAYMENT_NOTIFICATION, {W(V_SEND) | R(ROLE_CHANNEL), R(ROLE_PAYMENT)}, R(ROLE_AMOUNT)},
    {SEND_PAYMENT_NOTIFICATION, {R(ROLE_CHANNEL), BACK}, MONEY | W(N_LINK) | W(N_NOTE) | ANY_PART},
    {ADD_REPAIR_NOTES, {W(N_NOTE) | W(V_NOTE)}, 0},
    {CREATE_PAYMENT_LINK, {W(N_LINK) | W(V_CHARGE)}, W(V_SHOW) | W(V_CHECK)},
    {CREATE_PAYMENT_LINK,
     {W(V_SEND) | W(V_CREATE) | R(ROLE_CHANNEL), W(N_PAYMENT) | W(N_INVOICE)},
     0},
    {CREATE_PAYMENT_LINK, {W(N_INVOICE), MONEY}, 0},
    {INTENT_FOREIGN, {W(V_SEND) | W(V_ADD) | W(V_ASSIGN) | W(V_CHANGE), R(ROLE_AMOUNT)}, ANY_PART},
    {ASSIGN_TECHNICIAN, {GIVE, ANY_TECH}, W(V_SHOW) | W(V_CHECK)},
    {ASSIGN_TECHNICIAN, {R(ROLE_TECH), ANY_RO | BACK | ANY_ID}, ASK},
    {CHECK_PART_AVAILABILITY,
     {W(N_AVAIL) | W(Q_HAVE), ANY_PART | ANY_ID | BACK},
     W(V_RESERVE) | W(V_ADD) | ANY_RO | R(ROLE_MODEL) | R(ROLE_MAKE)},
    {RESERVE_PARTS,
     {W(V_RESERVE), ANY_PART | ANY_ID | BACK | R(ROLE_QUANTITY) | ANY_RO},
     W(V_SHOW) | W(Q_IS)},
    {RESERVE_PARTS, {W(V_RESERVE), R(ROLE_PART) | ANY_ID | BACK, ANY_RO}, W(V_SHOW)},
    {UPDATE_REPAIR_ORDER_STATUS,
     {W(V_SEND), R(ROLE_STATUS), ANY_RO | BACK},
     R(ROLE_PART) | ANY_PAYMENT | ASK | MONEY | R(ROLE_CHANNEL)},
    {UPDATE_REPAIR_ORDER_STATUS,
     {W(V_CHANGE) | W(V_ADD) | W(V_ASSIGN) | W(V_CREATE),
      R(ROLE_STATUS) | W(N_STATUS) | W(V_STATUS)},
     R(ROLE_PART) | ANY_PAYMENT | ASK},
    {RESERVE_PARTS, {W(V_ADD), ANY_PART | ANY_ID | BACK | ANY_RO | R(ROLE_QUANTITY)}, 0},
    {UPDATE_REPAIR_ORDER_STATUS,
     {W(V_STATUS) | W(N_INVOICE), ANY_RO | BACK | ANY_ID},
     ASK | ANY_PART | W(N_STATUS) | DETAILS},
    {UPDATE_REPAIR_ORDER_STATUS,
     {W(V_CHANGE), ANY_RO | BACK | ANY_ID},
     ANY_PART | ANY_PAYMENT | ASK},
    {ASSIGN_TECHNICIAN, {W(V_ASSIGN), ANY_RO | BACK}, ASK | DETAILS | W(N_STATUS)},
    {GET_PART_DETAILS, {W(N_PRICE), R(ROLE_PART) | ANY_ID | BACK}, ANY_RO | ANY_PAYMENT},
    {GET_PART_DETAILS, {ASK | DETAILS, R(ROLE_PART)}, R(ROLE_RO)},
    {GET_REPAIR_ORDER_DETAILS, {ASK | W(N_STATUS) | DETAILS, ANY_RO}, 0},
    {GET_PART_DETAILS, {ASK | DETAILS, R(ROLE_PART) | W(N_PART), R(ROLE_PART) | ANY_ID | BACK}, 0},
    {GET_PART_DETAILS, {DETAILS, W(N_PART)}, W(V_SEARCH) | R(ROLE_MODEL) | R(ROLE_MAKE)},
    {SEARCH_PARTS, {R(ROLE_CATEGORY)}, ANY_RO | ANY_PAYMENT | ANY_ID},
    {SEARCH_PARTS,
     {W(V_SHOW) | W(V_CHECK) | W(N_AVAIL), W(N_PART) | R(ROLE_MODEL) | R(ROLE_MAKE)},
     ANY_RO | ANY_PAYMENT | ANY_ID},
    {SEARCH_PARTS,
     {W(V_SHOW) | W(V_CHECK) | W(Q_IS) | W(Q_CAN), W(N_THING)},
     ANY_RO | ANY_PAYMENT | ANY_ID | W(N_CUSTOMER) | ANY_TECH | R(ROLE_VEHICLE) | R(ROLE_PART)},
    {SEARCH_PARTS,
     {W(N_THING), R(ROLE_MODEL) | R(ROLE_MAKE)},
     ANY_RO | ANY_PAYMENT | ANY_ID | W(N_CUSTOMER) | ANY_TECH | R(ROLE_VEHICLE) | R(ROLE_PART) |
         MAKE_NEW | GIVE | W(V_RESERVE)},
    {GET_REPAIR_ORDER_DETAILS, {W(N_STATUS), ANY_ID}, ANY_PART | ANY_PAYMENT},
    {GET_REPAIR_ORDER_DETAILS, {W(Q_IS), R(ROLE_STATUS), ANY_ID | BACK}, ANY_PART | ANY_PAYMENT},
    {GET_REPAIR_ORDER_DETAILS, {ASK, W(N_TECH), ANY_ID | BACK}, ANY_PART | ANY_PAYMENT},
    {SEARCH_PARTS,
     {W(V_SEARCH) | W(Q_HAVE) | W(N_AVAIL) | W(N_ALT)},
     ANY_RO | ANY_PAYMENT | ANY_ID | W(N_CUSTOMER) | ANY_TECH},
    {GET_REPAIR_ORDER_DETAILS, {W(N_STATUS), BACK}, 0},
    {INTENT_UNCLEAR, {ASK, ANY_ID | BACK}, 0},
};

/* Two things in one breath: "price and stock", "RO 5: technician T-1, status in progress". */
static const struct {
    enum rules_intent intent;
    enum rules_intent also;
    rules_bits groups[2];
} further[] = {
    {CHECK_PART_AVAILABILITY, GET_PART_DETAILS, {DETAILS, ANY_PART}},
    {GET_REPAIR_HISTORY, GET_REPAIR_ORDER_DETAILS, {DETAILS | W(N_STATUS), ANY_RO}},
    {GET_REPAIR_HISTORY, GET_REPAIR_ORDER_DETAILS, {W(PRONOUN), R(ROLE_RO)}},
    {GET_REPAIR_ORDER_DETAILS, GET_PART_DETAILS, {R(ROLE_PART), R(ROLE_RO)}},
    {GET_REPAIR_ORDER_DETAILS, CHECK_PAYMENT_STATUS, {R(ROLE_PAYMENT), R(ROLE_RO)}},
    {CHECK_PAYMENT_STATUS, GET_REPAIR_ORDER_DETAILS, {R(ROLE_RO), R(ROLE_PAYMENT)}},
    {GET_PART_DETAILS, CHECK_PAYMENT_STATUS, {R(ROLE_PART), R(ROLE_PAYMENT)}},
    {ASSIGN_TECHNICIAN, UPDATE_REPAIR_ORDER_STATUS, {R(ROLE_STATUS), R(ROLE_RO)}},
    {ASSIGN_TECHNICIAN, RESERVE_PARTS, {W(IS_COUNTED), R(ROLE_RO)}},
    {UPDATE_REPAIR_ORDER_STATUS, ASSIGN_TECHNICIAN, {R(ROLE_TECH), R(ROLE_RO)}},
    {UPDATE_REPAIR_ORDER_STATUS, RESERVE_PARTS, {W(IS_COUNTED), R(ROLE_RO)}},
};

const struct rules_operation rules_operations[INTENT_COUNT] = {
    [CREATE_PAYMENT_LINK] = {"payment",
                             "create_payment_link",
                             "create_payment",
                             "the payment link",
                             true,
                             1,
                             {&orch_check_repair_order},
                             {{"repair_order_id", FILL_RO, true},
                              {"amount", FILL_AMOUNT, true},
                              {"currency", FILL_CURRENCY, true},
                              {"customer_email", FILL_EMAIL, true},
                              {"invoice_number", FILL_INVOICE, false},
                              {"description", FILL_QUOTED, false}}},
    [CHECK_PAYMENT_STATUS] = {"payment",
                              "check_payment_status",
                              "check_payment",
                              "the payment status",
                              false,
                              0,
                              {NULL},
                              {{"payment_id", FILL_PAYMENT, true}}},
    [PROCESS_REFUND] = {"payment",
                        "process_refund",
                        "refund_payment",
                        "the refund",
                        true,
                        2,
                        {&orch_check_payment},
                        {{"payment_id", FILL_PAYMENT, true},
                         {"amount", FILL_REFUND_AMOUNT, true},
                         {"reason_code", FILL_REASON, true}}},
    [SEND_PAYMENT_NOTIFICATION] = {"payment",
                                   "send_payment_notification",
                                   "notify_payment",
                                   "the payment notification",
                                   true,
                                   1,
                                   {NULL},
                                   {{"payment_id", FILL_PAYMENT, true},
                                    {"channel", FILL_CHANNEL, true},
                                    {"message", FILL_QUOTED, false}}},
    [GET_PAYMENT_METHODS] = {"payment",
                             "get_payment_methods",
                             "payment_methods",
                             "the payment methods",
                             false,
                             0,
                             {NULL},
                             {{"customer_id", FILL_CUSTOMER, true}}},
    [VALIDATE_PAYMENT_DATA] = {"payment",
                               "validate_payment_data",
                               "validate_payment_data",
                               "the payment data",
                               false,
                               0,
                               {NULL},
                               {{"repair_order_id", FILL_RO, true},
                                {"amount", FILL_AMOUNT, true},
                                {"currency", FILL_CURRENCY, true},
                                {"customer_email", FILL_EMAIL, true}}},
    [SEARCH_PARTS] = {"parts",
                      "search_parts",
                      "search_parts",
                      "the search for parts",
                      false,
                      0,
                      {NULL},
                      {{"part_name", FILL_PART_NAME, true},
                       {"vehicle_make", FILL_MAKE, false},
                       {"vehicle_model", FILL_MODEL, false},
                       {"vehicle_year", FILL_YEAR, false},
                       {"category", FILL_CATEGORY, false},
                       {"limit", FILL_LIMIT, false}}},
    [CHECK_PART_AVAILABILITY] = {"parts",
                                 "check_part_availability",
                                 "check_availability",
                                 "the availability",
                                 false,
                                 0,
                                 {NULL},
                                 {{"part_number", FILL_PART, true},
                                  {"quantity", FILL_QUANTITY, false}}},
    [GET_PART_DETAILS] = {"parts",
                          "get_part_details",
                          "get_part",
                          "the part's details",
                          false,
                          0,
                          {NULL},
                          {{"part_number", FILL_PART, true}}},
    [RESERVE_PARTS] = {"parts",
                       "reserve_parts",
                       "reserve_part",
                       "the reservation",
                       true,
                       1,
                       {&orch_check_repair_order, &orch_check_part},
                       {{"part_numbers", FILL_PARTS, true}, {"repair_order_id", FILL_RO, true}}},
    [CHECK_VEHICLE_COMPATIBILITY] = {"parts",
                                     "check_vehicle_compatibility",
                                     "check_compatibility",
                                     "the compatibility",
                                     false,
                                     0,
                                     {NULL},
                                     {{"part_number", FILL_PART, true},
                                      {"vehicle_make", FILL_MAKE, false},
                                      {"vehicle_model", FILL_MODEL, true},
                                      {"vehicle_year", FILL_YEAR, true}}},
    [GET_ALTERNATIVE_PARTS] = {"parts",
                               "get_alternative_parts",
                               "alternative_parts",
                               "the alternatives",
                               false,
                               0,
                               {NULL},
                               {{"part_number", FILL_PART, true}}},
    [VALIDATE_PART_NUMBER] = {"parts",
                              "validate_part_number",
                              "validate_part_number",
                              "the part number",
                              false,
                              0,
                              {NULL},
                              {{"part_number", FILL_PART, true}}},
    [CREATE_REPAIR_ORDER] = {"repair_orders",
                             "create_repair_order",
                             "create_ro",
                             "the new repair order",
                             true,
                             1,
                             {NULL},
                             {{"customer_id", FILL_CUSTOMER, true},
                              {"vehicle_id", FILL_VEHICLE, true},
                              {"service_description", FILL_DESCRIPTION, true},
                              {"priority", FILL_PRIORITY, false}}},
    [UPDATE_REPAIR_ORDER_STATUS] = {"repair_orders",
                                    "update_repair_order_status",
                                    "update_ro",
                                    "the change of status",
                                    true,
                                    1,
                                    {&orch_check_repair_order},
                                    {{"repair_order_id", FILL_RO, true},
                                     {"new_status", FILL_NEW_STATUS, true},
                                     {"reason", FILL_WHY, false},
                                     {"expected_status", FILL_EXPECTED_STATUS, false}}},
    [GET_REPAIR_ORDER_DETAILS] = {"repair_orders",
                                  "get_repair_order_details",
                                  "get_ro",
                                  "the repair order's details",
                                  false,
                                  0,
                                  {NULL},
                                  {{"repair_order_id", FILL_RO, true}}},
    [ASSIGN_TECHNICIAN] = {"repair_orders",
                           "assign_technician",
                           "assign_technician",
                           "the assignment",
                           true,
                           1,
                           {&orch_check_repair_order},
                           {{"repair_order_id", FILL_RO, true},
                            {"technician_id", FILL_TECH, true}}},
    [ADD_REPAIR_NOTES] = {"repair_orders",
                          "add_repair_notes",
                          "add_notes",
                          "the note",
                          true,
                          1,
                          {&orch_check_repair_order},
                          {{"repair_order_id", FILL_RO, true},
                           {"notes", FILL_NOTES, true},
                           {"author", FILL_AUTHOR, false}}},
    [GET_REPAIR_HISTORY] = {"repair_orders",
                            "get_repair_history",
                            "get_history",
                            "the history",
                            false,
                            0,
                            {NULL},
                            {{"repair_order_id", FILL_RO, true}}},
    [VALIDATE_TRANSITION] = {"repair_orders",
                             "validate_repair_order_transition",
                             "validate_transition",
                             "the status transition",
                             false,
                             0,
                             {NULL},
                             {{"current_status", FILL_CURRENT_STATUS, true},
                              {"new_status", FILL_NEW_STATUS, true}}},
};

enum rules_intent rules_recognise(rules_bits mask)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rules); i++) {
        const struct intent_rule *rule = &rules[i];
        bool holds = (mask & rule->none) == 0;
        for (size_t g = 0; g < 3 && holds; g++)
            holds = rule->groups[g] == 0 || (mask & rule->groups[g]) != 0;
        if (holds)
            return rule->intent;
    }
    return INTENT_NONE;
}

size_t rules_recognise_also(rules_bits mask, enum rules_intent intent,
                            enum rules_intent also[RULES_MAX_ALSO])
{
    size_t count = 0;

    for (size_t i = 0; i < SL_ARRAY_LENGTH(further) && count < RULES_MAX_ALSO; i++) {
        if (further[i].intent == intent && (mask & further[i].groups[0]) != 0 &&
            (mask & further[i].groups[1]) != 0)
            also[count++] = further[i].also;
    }
    return rules_operations[intent].changes_state || count < 2 ? count : 1;
}

rules_bits rules_taken_roles(enum rules_intent intent)
{
    switch (intent) {
    case ASSIGN_TECHNICIAN:
        return R(ROLE_TECH);
    case UPDATE_REPAIR_ORDER_STATUS:
        return R(ROLE_STATUS);
    case RESERVE_PARTS:
        return R(ROLE_PART);
    default:
        return 0;
    }
}
