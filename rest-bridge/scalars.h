#ifndef BRIDGE_SCALARS_H
#define BRIDGE_SCALARS_H

#include <jansson.h>

#include "rest-bridge/faults.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Numbers and booleans as pydantic v2 takes them in lax mode. Each gives a new reference to the
 * coerced value, or NULL and a fault.
 */

/** minimum and maximum are whole numbers. */
json_t *bridge_check_integer(json_t *input, double minimum, double maximum,
                             const struct bridge_place *place, struct bridge_faults *faults);
json_t *bridge_check_number(json_t *input, const struct bridge_place *place,
                            struct bridge_faults *faults);
json_t *bridge_check_bool(json_t *input, const struct bridge_place *place,
                          struct bridge_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
