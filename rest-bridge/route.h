#ifndef BRIDGE_ROUTE_H
#define BRIDGE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The REST routes of one service, made from the google.api.http bindings of its methods. Path
 * templates follow the grammar in google/api/http.proto: literals, "*", "**", {name},
 * {name=segments/ *}, and a ":verb" at the end. Never changed once made: any thread.
 */
struct bridge_routes;

struct bridge_route {
    const struct sl_method *method;
    const struct sl_http_binding *binding;
};

/** A path variable with its value, decoded. Owned by the arena of the match. */
struct bridge_variable {
    /** Request field, such as "task_id"; dotted where it is inside of another. */
    const char *field;
    const char *value;
};

struct bridge_match {
    /** NULL where no route fits. */
    const struct bridge_route *route;
    struct bridge_variable *variables;
    size_t variable_count;
    /** Where a route has the path but not the method: what it takes, for Allow; else NULL. */
    const char *allow;
};

/** service is borrowed for ever. SL_INVALID_ARGUMENT: a template that is none, or names no field.
 */
SL_MUST_USE enum sl_code bridge_routes_new(const struct sl_service *service,
                                           struct bridge_routes **ret_routes, struct sl_error *err);

/** routes may be NULL. */
void bridge_routes_free(struct bridge_routes *routes);

/**
 * Finds the route of a request; literals go before variables, GET serves HEAD too.
 *
 * path  as sent, not decoded. Out of memory is SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code bridge_routes_match(const struct bridge_routes *routes, const char *method,
                                             const char *path, struct sl_arena *arena,
                                             struct bridge_match *ret_match);

#ifdef __cplusplus
}
#endif

#endif
