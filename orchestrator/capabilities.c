#include "orchestrator/capabilities.h"

#include <string.h>

#include "base/error.h"

/* What the specification lists as reading, checking or local; any other changes state. */
static const char *const reading_operations[] = {
    "check_payment_status",    "get_payment_methods",
    "validate_payment_data",   "search_parts",
    "check_part_availability", "get_part_details",
    "get_alternative_parts",   "check_vehicle_compatibility",
    "validate_part_number",    "get_repair_order_details",
    "get_repair_history",      "validate_repair_order_transition",
};

const struct orch_service *orch_capabilities_service(const struct orch_capabilities *capabilities,
                                                     const char *service)
{
    if (capabilities == NULL || service == NULL)
        return NULL;
    for (size_t i = 0; i < capabilities->service_count; i++) {
        if (strcmp(capabilities->services[i].name, service) == 0)
            return &capabilities->services[i];
    }
    return NULL;
}

const struct orch_operation *
orch_capabilities_operation(const struct orch_capabilities *capabilities, const char *service,
                            const char *operation)
{
    const struct orch_service *found = orch_capabilities_service(capabilities, service);

    if (found == NULL || operation == NULL)
        return NULL;
    for (size_t i = 0; i < found->operation_count; i++) {
        if (strcmp(found->operations[i].name, operation) == 0)
            return &found->operations[i];
    }
    return NULL;
}

bool orch_is_reading_operation(const char *operation)
{
    if (operation == NULL)
        return false;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(reading_operations); i++) {
        if (strcmp(reading_operations[i], operation) == 0)
            return true;
    }
    return false;
}
