#ifndef ORCH_CAPABILITIES_H
#define ORCH_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>

#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the agents can do, as planner and validation see it: a value, made by the registry. Loop
 * only. */

/** One operation of a service. */
struct orch_operation {
    const char *name;
    const char *description;
    /** JSON Schema of the parameters; NULL where nobody knows it. Borrowed from the capabilities.
     */
    json_t *input_schema;
    /** Changes nothing (local, or annotated so by its tool, or one of the reading
     * operations). */
    bool is_read_only;
    /** Another call with the same key does no harm (ARCHITECTURE.md, "Effects happen once"). */
    bool is_repeatable;
    /** Can be executed now. */
    bool is_available;
};

/** One service: "payment", "parts", "repair_orders" or a further one. */
struct orch_service {
    const char *name;
    bool is_healthy;
    const struct orch_operation *operations;
    size_t operation_count;
};

/** A snapshot. Immutable; counted references, because planning outlives a refresh. */
struct orch_capabilities {
    const struct orch_service *services;
    size_t service_count;
};

const struct orch_service *orch_capabilities_service(const struct orch_capabilities *capabilities,
                                                     const char *service);
/** NULL where the service or the operation is unknown. */
const struct orch_operation *
orch_capabilities_operation(const struct orch_capabilities *capabilities, const char *service,
                            const char *operation);
/** Whether one of the operations that docs/compatibility.md names reads only. */
bool orch_is_reading_operation(const char *operation);

#ifdef __cplusplus
}
#endif

#endif
