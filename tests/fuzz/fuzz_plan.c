#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/claims.h"
#include "orchestrator/containment.h"
#include "orchestrator/llm_answer.h"
#include "orchestrator/llm_document.h"
#include "orchestrator/plan_step.h"
#include "orchestrator/validation.h"

/* Whatever a model writes: what validation lets through keeps every rule that execution relies on.
 */

static const char schema_text[] =
    "{\"type\":\"object\",\"properties\":{\"repair_order_id\":{\"type\":\"string\"},\"amount\":{"
    "\"type\":\"number\",\"exclusiveMinimum\":0},\"customer_email\":{\"type\":\"string\"},"
    "\"quantity_map\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}},"
    "\"required\":[\"repair_order_id\"]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int is_true)
{
    if (!is_true)
        abort();
}

static void check_step(const struct orch_plan *plan, size_t place,
                       const struct orch_capabilities *capabilities)
{
    const struct orch_step *step = &plan->steps[place];

    require(orch_capabilities_operation(capabilities, step->service_name, step->operation) != NULL);
    require(step->timeout_seconds >= 1 && step->timeout_seconds <= ORCH_PLAN_MAX_TIMEOUT_SECONDS);
    require(step->retry_attempts >= 0 && step->retry_attempts <= ORCH_PLAN_MAX_RETRIES);
    require(orch_plan_find(plan, step->step_id) == place);
    for (size_t i = 0; i < step->dependency_count; i++)
        require(step->dependencies[i] < place);
}

static void check_plan(const struct orch_plan *plan, const struct orch_capabilities *capabilities,
                       struct sl_arena *arena)
{
    const struct orch_origin origin = {.user_request = "Bill $100 for RO 1 to a@b.co"};
    struct orch_texts faults = {0};

    require(plan->step_count >= 1 && plan->step_count <= ORCH_PLAN_MAX_STEPS);
    for (size_t i = 0; i < plan->step_count; i++)
        check_step(plan, i, capabilities);
    require(orch_contain(plan, &origin, arena, &faults) == SL_OK);
    require(orch_claims_settle(plan, capabilities, arena) == SL_OK);
    for (size_t i = 0; i < plan->step_count && faults.count == 0; i++) {
        const json_t *amount = json_object_get(plan->steps[i].parameters, "amount");
        require(!json_is_number(amount) || json_number_value(amount) == 100);
    }
}

static void try_plan(const char *text, json_t *schema, struct sl_arena *arena)
{
    const struct orch_operation payment[] = {{.name = "create_payment_link",
                                              .description = "",
                                              .input_schema = schema,
                                              .is_available = true}};
    const struct orch_operation orders[] = {{.name = "get_repair_order_details",
                                             .description = "",
                                             .input_schema = NULL,
                                             .is_read_only = true,
                                             .is_available = true}};
    const struct orch_service services[] = {{"payment", true, payment, 1},
                                            {"repair_orders", true, orders, 1}};
    const struct orch_capabilities capabilities = {services, 2};
    const struct orch_plan_defaults defaults = {30, 2};
    struct orch_planned planned = {0};
    struct orch_validation validation = {0};

    require(llm_document_read(text, &capabilities, arena, &planned) == SL_OK);
    if (planned.document == NULL || planned.faults.count > 0)
        return;
    require(orch_validate(planned.document, &capabilities, &defaults, arena, &validation, NULL) ==
            SL_OK);
    require((validation.plan == NULL) == (validation.errors.count > 0));
    if (validation.plan != NULL)
        check_plan(validation.plan, &capabilities, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_arena *arena = sl_arena_new();
    json_t *schema = sl_json_own(arena, json_loads(schema_text, 0, NULL));
    char *text = sl_arena_strndup(arena, (const char *)data, size);

    if (text != NULL && schema != NULL && sl_utf8_is_valid(text, strlen(text)))
        try_plan(text, schema, arena);
    sl_arena_free(arena);
    return 0;
}
