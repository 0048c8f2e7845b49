#include "services/payment/operations.h"

#include "services/payment/checks.h"

static void check_payment_link(const json_t *parameters, struct agent_faults *faults)
{
    payment_check_repair_order_id(parameters, faults);
    payment_check_amount(parameters, faults);
    payment_check_customer_email(parameters, faults);
    payment_check_currency(parameters, faults);
}

/* A refund without an amount is for the tool to refuse or not; one with an amount has to be sound.
 */
static void check_refund(const json_t *parameters, struct agent_faults *faults)
{
    if (json_object_get(parameters, "amount") != NULL)
        payment_check_amount(parameters, faults);
    payment_check_currency(parameters, faults);
}

static json_t *is_sound(const struct agent_faults *faults, const char *parameter)
{
    return json_boolean(!agent_faults_has(faults, parameter));
}

static void validate_payment_data(struct agent_run *run, json_t *value)
{
    (void)value;
    struct agent_faults faults;
    agent_faults_init(&faults, run->arena);
    check_payment_link(run->parameters, &faults);
    json_t *results =
        json_pack("{s:o, s:o, s:o, s:o}", "repair_order_id", is_sound(&faults, "repair_order_id"),
                  "amount", is_sound(&faults, "amount"), "currency", is_sound(&faults, "currency"),
                  "customer_email", is_sound(&faults, "customer_email"));
    agent_run_succeed(run, faults.has_failed
                               ? (json_decref(results), NULL)
                               : json_pack("{s:b, s:o, s:o}", "valid", !agent_faults_any(&faults),
                                           "validation_results", results, "errors",
                                           agent_faults_json(&faults)));
}

#define REPAIR_ORDER_ID "text of 1 to 64 letters, digits, dashes and underscores"
#define AMOUNT "a number above 0"
#define CURRENCY "an ISO 4217 code such as \"USD\""
#define EMAIL "an e-mail address such as \"name@example.com\""

static const struct agent_parameter LINK[] = {
    {"repair_order_id", AGENT_STRING, AGENT_REQUIRED, REPAIR_ORDER_ID, NULL},
    {"amount", AGENT_NUMBER, AGENT_REQUIRED, AMOUNT, NULL},
    {"customer_email", AGENT_STRING, AGENT_REQUIRED, EMAIL, NULL},
    {"currency", AGENT_STRING, AGENT_OPTIONAL, CURRENCY, "USD"},
};
static const struct agent_parameter PAYMENT[] = {
    {"payment_id", AGENT_STRING, AGENT_BY_TOOL, "the id of a payment", NULL},
};
static const struct agent_parameter REFUND[] = {
    {"payment_id", AGENT_STRING, AGENT_BY_TOOL, "the id of a payment", NULL},
    {"amount", AGENT_NUMBER, AGENT_BY_TOOL, AMOUNT, NULL},
    {"reason_code", AGENT_STRING, AGENT_BY_TOOL, "a reason code", NULL},
};
static const struct agent_parameter NOTIFICATION[] = {
    {"payment_id", AGENT_STRING, AGENT_BY_TOOL, "the id of a payment", NULL},
    {"channel", AGENT_STRING, AGENT_BY_TOOL, "\"email\" or \"sms\"", NULL},
};
static const struct agent_parameter CUSTOMER[] = {
    {"customer_id", AGENT_STRING, AGENT_BY_TOOL, "the id of a customer", NULL},
};
/* Any type and none required: to find fault with them is what the operation is for. */
static const struct agent_parameter DATA[] = {
    {"repair_order_id", AGENT_ANY, AGENT_OPTIONAL, REPAIR_ORDER_ID, NULL},
    {"amount", AGENT_ANY, AGENT_OPTIONAL, AMOUNT, NULL},
    {"currency", AGENT_ANY, AGENT_OPTIONAL, CURRENCY, NULL},
    {"customer_email", AGENT_ANY, AGENT_OPTIONAL, EMAIL, NULL},
};

#define WITH(parameters) parameters, SL_ARRAY_LENGTH(parameters)

static const struct agent_operation OPERATIONS[] = {
    {"create_payment_link", AGENT_TOOL, false,
     "Makes a payment link for a repair order and sends it to the customer.", WITH(LINK),
     check_payment_link, NULL, NULL, NULL},
    {"check_payment_status", AGENT_TOOL, true, "Tells whether and when a payment was made.",
     WITH(PAYMENT), NULL, NULL, NULL, NULL},
    {"process_refund", AGENT_TOOL, false,
     "Gives back all or part of what was paid, with a reason code.", WITH(REFUND), check_refund,
     NULL, NULL, NULL},
    {"send_payment_notification", AGENT_TOOL, false,
     "Reminds the customer of a payment by e-mail or SMS.", WITH(NOTIFICATION), NULL, NULL, NULL,
     NULL},
    {"get_payment_methods", AGENT_TOOL, true, "Lists a customer's ways to pay.", WITH(CUSTOMER),
     NULL, NULL, NULL, NULL},
    {"validate_payment_data", AGENT_LOCAL, true,
     "Checks payment data without calling anything: repair order, amount, currency, e-mail.",
     WITH(DATA), NULL, validate_payment_data, NULL, NULL},
};

static const struct agent_operation *operations(size_t *ret_count)
{
    *ret_count = SL_ARRAY_LENGTH(OPERATIONS);
    return OPERATIONS;
}

static const struct agent_header HEADERS[] = {
    {"X-Tenant-Id", AGENT_HEADER_TENANT},
    {"X-Dealer-Id", AGENT_HEADER_DEALER},
    {"X-User-Id", AGENT_HEADER_USER},
};

static const struct agent_service SERVICE = {
    .name = "payment-agent",
    .summary = "The payment agent: links, status, refunds, notifications, over gRPC.",
    .variable_prefix = "PAYMENT",
    .default_listen = "127.0.0.1:50083",
    .default_mcp_endpoint = "http://localhost:3002/mcp",
    .headers = HEADERS,
    .header_count = SL_ARRAY_LENGTH(HEADERS),
    .get_available_operations = operations,
    .validate_operation = agent_table_validate,
    .execute_operation = agent_table_execute,
};

const struct agent_service *payment_service(void)
{
    return &SERVICE;
}
