#include <string.h>

#include "rest-bridge/openapi_private.h"

/*
 * Requests that can be tried as they stand against the demo dealership. They read, or ask what
 * would be; an example that moves money would be pressed by somebody.
 */

static const struct {
    /** As bridge_openapi_options.name; NULL for any. */
    const char *name;
    const char *method;
    const char *key;
    const char *summary;
    const char *value;
} examples[] = {
    {"payment", "Execute", "check", "Check the data of a payment",
     "{\"request_id\":\"r1\",\"operation\":\"validate_payment_data\",\"parameters\":{"
     "\"repair_order_id\":\"1234\",\"amount\":100,\"currency\":\"USD\","
     "\"customer_email\":\"pat@example.com\"}}"},
    {"payment", "ExecuteAsync", "status", "Ask for a payment's status",
     "{\"request_id\":\"r2\",\"operation\":\"check_payment_status\",\"parameters\":{"
     "\"payment_id\":\"PAY-1001\"}}"},
    {"payment", "ValidateOperation", "link", "What a payment link would need",
     "{\"request_id\":\"r3\",\"operation\":\"create_payment_link\",\"parameters\":{"
     "\"repair_order_id\":\"1234\",\"amount\":100,\"customer_email\":\"pat@example.com\"}}"},
    {"parts", "Execute", "search", "Search for brake pads",
     "{\"request_id\":\"r1\",\"operation\":\"search_parts\",\"parameters\":{"
     "\"part_name\":\"brake\"}}"},
    {"parts", "ExecuteAsync", "details", "Ask for a part",
     "{\"request_id\":\"r2\",\"operation\":\"get_part_details\",\"parameters\":{"
     "\"part_number\":\"1234\"}}"},
    {"parts", "ValidateOperation", "reserve", "What a reservation would need",
     "{\"request_id\":\"r3\",\"operation\":\"reserve_parts\",\"parameters\":{"
     "\"part_numbers\":[\"1234\"],\"repair_order_id\":\"1234\",\"quantity_map\":{\"1234\":1}}}"},
    {"repair_orders", "Execute", "history", "Show the history of a repair order",
     "{\"request_id\":\"r1\",\"operation\":\"get_repair_history\",\"parameters\":{"
     "\"repair_order_id\":\"1234\"}}"},
    {"repair_orders", "ExecuteAsync", "details", "Ask for a repair order",
     "{\"request_id\":\"r2\",\"operation\":\"get_repair_order_details\",\"parameters\":{"
     "\"repair_order_id\":\"1234\"}}"},
    {"repair_orders", "ValidateOperation", "update", "What a change of status would need",
     "{\"request_id\":\"r3\",\"operation\":\"update_repair_order_status\",\"parameters\":{"
     "\"repair_order_id\":\"1234\",\"new_status\":\"quality_check\"}}"},
    {"orchestrator", "Plan", "plan", "Plan the request of the introduction",
     "{\"user_request\":\"Add part number 1234 to RO number 1234, and send payment link of 100$ to "
     "pat@example.com\"}"},
    {"orchestrator", "Orchestrate", "history", "Show the history of a repair order",
     "{\"user_request\":\"Show the history of RO 1234\"}"},
    {"orchestrator", "OrchestrateAsync", "history", "Show the history of a repair order",
     "{\"user_request\":\"Show the history of RO 1234\"}"},
    {NULL, "CancelTask", "cancel", "Cancel, and say why", "{\"reason\":\"asked for by mistake\"}"},
    {NULL, "CancelWorkflow", "cancel", "Cancel, and say why",
     "{\"reason\":\"asked for by mistake\"}"},
    {NULL, "ReconcileTask", "happened", "It was done after all",
     "{\"outcome\":\"happened\",\"result\":null,\"reason\":\"seen in the payment provider's "
     "list\"}"},
    {NULL, "ReconcileStep", "not_happened", "It was not done: carry it out again",
     "{\"outcome\":\"not_happened\",\"reason\":\"the provider knows of no such payment\"}"},
};

json_t *bridge_examples_of(const struct bridge_openapi_options *options,
                           const struct sl_method *method)
{
    json_t *found = NULL;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(examples); i++) {
        if (strcmp(examples[i].method, method->name) != 0 ||
            (examples[i].name != NULL && strcmp(examples[i].name, options->name) != 0))
            continue;
        if (found == NULL)
            found = json_object();
        json_object_set_new(found, examples[i].key,
                            json_pack("{s:s, s:o}", "summary", examples[i].summary, "value",
                                      json_loads(examples[i].value, 0, NULL)));
    }
    return found;
}
