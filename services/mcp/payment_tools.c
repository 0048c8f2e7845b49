#include "services/mcp/payment_tools.h"

#include "services/mcp/pay_desk.h"
#include "services/mcp/payments.h"
#include "json/json.h"

/* Tools of the payment desk: what they are called, take and give. */

static enum sl_code create_payment_link(const struct dealership *d, const json_t *arguments,
                                        json_t **ret_result, struct sl_error *err)
{
    const char *currency = sl_json_string(arguments, "currency");
    struct payments_link link = {
        .repair_order_id = sl_json_string(arguments, "repair_order_id"),
        .amount = sl_json_number(arguments, "amount", 0),
        .currency = currency != NULL ? currency : "USD",
        .customer_email = sl_json_string(arguments, "customer_email"),
        .invoice_number = sl_json_string(arguments, "invoice_number"),
        .description = sl_json_string(arguments, "description"),
    };
    return payments_create_link(d, &link, ret_result, err);
}

static enum sl_code check_payment_status(const struct dealership *d, const json_t *arguments,
                                         json_t **ret_result, struct sl_error *err)
{
    return payments_status(d, sl_json_string(arguments, "payment_id"), ret_result, err);
}

static enum sl_code process_refund(const struct dealership *d, const json_t *arguments,
                                   json_t **ret_result, struct sl_error *err)
{
    struct payments_refund refund = {
        .payment_id = sl_json_string(arguments, "payment_id"),
        .amount = sl_json_number(arguments, "amount", 0),
        .reason_code = sl_json_string(arguments, "reason_code"),
        .note = sl_json_string(arguments, "note"),
    };
    return payments_refund(d, &refund, ret_result, err);
}

static enum sl_code send_payment_notification(const struct dealership *d, const json_t *arguments,
                                              json_t **ret_result, struct sl_error *err)
{
    return payments_notify(d, sl_json_string(arguments, "payment_id"),
                           sl_json_string(arguments, "channel"),
                           sl_json_string(arguments, "message"), ret_result, err);
}

static enum sl_code get_payment_methods(const struct dealership *d, const json_t *arguments,
                                        json_t **ret_result, struct sl_error *err)
{
    return payments_methods(d, sl_json_string(arguments, "customer_id"), ret_result, err);
}

/* clang-format off */
static const char link_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9_-]+$", "description": "The repair order that is paid for, such as 1234"},
        "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000000, "description": "What is to be paid, in the currency, with two decimals at most"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "default": "USD", "description": "ISO 4217 code"},
        "customer_email": {"type": "string", "format": "email", "maxLength": 254, "description": "Whom the link is for"},
        "invoice_number": {"type": "string", "minLength": 1, "maxLength": 60, "description": "The repair order's number unless given"},
        "description": {"type": "string", "maxLength": 500, "description": "What is paid for, for the customer to read"}
    },
    "required": ["repair_order_id", "amount", "customer_email"]
});
static const char link_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "payment_link": {"type": "string"},
        "sent_to": {"type": "string"},
        "payment_id": {"type": "string"},
        "status": {"type": "string", "const": "pending"},
        "amount": {"type": "number"},
        "currency": {"type": "string"},
        "repair_order_id": {"type": "string"},
        "invoice_number": {"type": "string"},
        "expiry_date": {"type": "string", "format": "date-time"},
        "description": {"type": ["string", "null"]}
    },
    "required": ["payment_link", "sent_to", "payment_id", "status", "amount", "currency", "invoice_number", "expiry_date"]
});
static const char status_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "payment_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as PAY-1001"}
    },
    "required": ["payment_id"]
});
static const char status_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "payment_id": {"type": "string"},
        "status": {"type": "string", "enum": ["pending", "expired", "failed", "paid", "partially_refunded", "refunded"]},
        "amount": {"type": "number"},
        "amount_paid": {"type": "number"},
        "amount_refunded": {"type": "number"},
        "amount_refundable": {"type": "number"},
        "currency": {"type": "string"},
        "payment_date": {"type": ["string", "null"], "format": "date-time"},
        "transaction_id": {"type": ["string", "null"]},
        "method": {"type": ["string", "null"]},
        "repair_order_id": {"type": "string"},
        "invoice_number": {"type": "string"},
        "customer_email": {"type": "string"},
        "description": {"type": ["string", "null"]},
        "payment_link": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "expiry_date": {"type": "string", "format": "date-time"},
        "refunds": {"type": "array", "items": {"type": "object", "required": ["refund_id", "amount", "reason_code", "processed_at"]}}
    },
    "required": ["payment_id", "status", "amount", "amount_paid", "amount_refunded", "currency", "payment_date", "transaction_id"]
});
static const char refund_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "payment_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "A payment that was paid, such as PAY-1001"},
        "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000000, "description": "What is given back, in the payment's currency: at most what was paid less earlier refunds"},
        "reason_code": {"type": "string", "enum": ["customer_request", "duplicate_payment", "overcharge", "service_not_performed", "part_returned", "defective_part", "part_unavailable", "warranty", "goodwill", "fraud", "other"], "description": "Why it is given back"},
        "note": {"type": "string", "maxLength": 500, "description": "What the code leaves unsaid"}
    },
    "required": ["payment_id", "amount", "reason_code"]
});
static const char refund_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "refund_id": {"type": "string"},
        "payment_id": {"type": "string"},
        "status": {"type": "string", "const": "processed"},
        "amount": {"type": "number"},
        "currency": {"type": "string"},
        "reason_code": {"type": "string"},
        "payment_status": {"type": "string", "enum": ["partially_refunded", "refunded"]},
        "amount_refunded": {"type": "number", "description": "All refunds of the payment"},
        "amount_refundable": {"type": "number", "description": "What is left of it"},
        "processed_at": {"type": "string", "format": "date-time"}
    },
    "required": ["refund_id", "payment_id", "status", "amount", "currency", "reason_code", "payment_status", "amount_refunded", "amount_refundable", "processed_at"]
});
static const char notify_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "payment_id": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Such as PAY-1005"},
        "channel": {"type": "string", "enum": ["email", "sms"], "description": "How the customer is told"},
        "message": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "In place of the usual words; amount and link are added"}
    },
    "required": ["payment_id", "channel"]
});
static const char notify_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "notification_id": {"type": "string"},
        "payment_id": {"type": "string"},
        "channel": {"type": "string"},
        "sent_to": {"type": "string"},
        "status": {"type": "string", "enum": ["sent", "kept", "unknown"], "description": "sent: the mail server has taken it; kept: written into the data folder and not sent; unknown: it may have been sent, and is not sent again by itself"},
        "detail": {"type": "string", "description": "What the status means here"},
        "kind": {"type": "string", "enum": ["reminder", "receipt"]},
        "kept_as": {"type": ["string", "null"], "description": "File within the data folder; null where it went to the mail server"},
        "subject": {"type": "string"},
        "sent_at": {"type": "string", "format": "date-time"}
    },
    "required": ["notification_id", "payment_id", "channel", "sent_to", "status", "kind", "kept_as", "sent_at"]
});
static const char methods_input[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "customer_id": {"type": "string", "minLength": 1, "maxLength": 60, "description": "Such as ambujmehra"}
    },
    "required": ["customer_id"]
});
static const char methods_output[] = JSON_TEXT({
    "type": "object",
    "properties": {
        "customer_id": {"type": "string"},
        "customer_name": {"type": "string"},
        "payment_methods": {"type": "array", "items": {
            "type": "object",
            "properties": {
                "method_id": {"type": "string"},
                "type": {"type": "string", "enum": ["card", "bank_account", "wallet", "financing"]},
                "label": {"type": "string"},
                "last4": {"type": ["string", "null"]},
                "expires": {"type": ["string", "null"]},
                "is_default": {"type": "boolean"}
            },
            "required": ["method_id", "type", "label", "is_default"]
        }}
    },
    "required": ["customer_id", "customer_name", "payment_methods"]
});
/* clang-format on */

const struct tool payment_tools[] = {
    {{.name = "create_payment_link",
      .title = "Create payment link",
      .description = "Makes a link by which a customer pays for a repair order; it holds for seven "
                     "days.",
      .input_schema = link_input,
      .output_schema = link_output},
     create_payment_link},
    {{.name = "check_payment_status",
      .title = "Check payment status",
      .description = "Tells whether a payment was made, how much, when, and what was refunded.",
      .input_schema = status_input,
      .output_schema = status_output,
      .is_read_only = true,
      .is_idempotent = true},
     check_payment_status},
    {{.name = "process_refund",
      .title = "Process refund",
      .description = "Gives back all or a part of what was paid; never more than is left of it.",
      .input_schema = refund_input,
      .output_schema = refund_output,
      .is_destructive = true},
     process_refund},
    {{.name = "send_payment_notification",
      .title = "Send payment notification",
      .description =
          "Sends a reminder, or a receipt where it is paid, to the customer by e-mail or "
          "SMS; says whether it was sent or only kept.",
      .input_schema = notify_input,
      .output_schema = notify_output},
     send_payment_notification},
    {{.name = "get_payment_methods",
      .title = "Get payment methods",
      .description = "Lists how a customer can pay: cards, accounts, wallets, financing.",
      .input_schema = methods_input,
      .output_schema = methods_output,
      .is_read_only = true,
      .is_idempotent = true},
     get_payment_methods},
};
const size_t payment_tool_count = SL_ARRAY_LENGTH(payment_tools);

static enum sl_code prepare(const struct dealership *d, const struct reference_settings *settings,
                            struct sl_error *err)
{
    (void)settings;
    return payments_make_demo(d, err);
}

static const struct sl_config_variable variables[] = {
    REFERENCE_LISTEN("PAYMENT_MCP_LISTEN", "127.0.0.1:3002"),
    REFERENCE_DATA_DIR,
    {.name = "SERVICELANE_PAYMENT_LINK_BASE",
     .kind = SL_CONFIG_URL,
     .is_optional = true,
     .description = "What payment links begin with; where it is empty they lead to this server's "
                    "own page.",
     .offset = offsetof(struct reference_settings, link_base)},
    {.name = "SERVICELANE_SMTP_URL",
     .kind = SL_CONFIG_STRING,
     .is_optional = true,
     .description = "Mail server, smtp://host:port or smtps://host:port; where it is empty mails "
                    "are kept in the data folder.",
     .offset = offsetof(struct reference_settings, smtp_url)},
    {.name = "SERVICELANE_SMTP_USER",
     .kind = SL_CONFIG_STRING,
     .is_optional = true,
     .description = "Who logs in at the mail server; empty where nobody has to.",
     .offset = offsetof(struct reference_settings, smtp_user)},
    {.name = "SERVICELANE_SMTP_PASSWORD",
     .kind = SL_CONFIG_STRING,
     .is_optional = true,
     .is_secret = true,
     .description = "The password of that user; goes over the network by TLS only.",
     .offset = offsetof(struct reference_settings, smtp_password)},
    {.name = "SERVICELANE_SMTP_CA_FILE",
     .kind = SL_CONFIG_PATH,
     .is_optional = true,
     .description = "PEM file of the authorities that a mail server's certificate may come from; "
                    "where it is empty the system's.",
     .offset = offsetof(struct reference_settings, smtp_ca_file)},
    {.name = "SERVICELANE_SMTP_FROM",
     .kind = SL_CONFIG_STRING,
     .default_value = "service@dealership.example",
     .description = "Address that mails to customers come from.",
     .offset = offsetof(struct reference_settings, smtp_from)},
    REFERENCE_LOG,
    REFERENCE_OBSERVE,
};

const struct reference_definition payment_server = {
    .name = "payment-mcp",
    .summary = "The payment desk of a demo dealership, as an MCP server.",
    .variables = variables,
    .variable_count = SL_ARRAY_LENGTH(variables),
    .migrations = payments_migrations,
    .migration_count = PAYMENTS_MIGRATIONS,
    .tools = payment_tools,
    .tool_count = SL_ARRAY_LENGTH(payment_tools),
    .prepare = prepare,
    .pages = pay_desk_handle,
    .page_path = PAY_DESK_PATH,
};
