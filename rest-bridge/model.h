#ifndef BRIDGE_MODEL_H
#define BRIDGE_MODEL_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "rest-bridge/faults.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * JSON against a message's descriptor, as pydantic v2 checks it against a model in lax mode: what
 * it coerces is coerced ("30" is an int), what it refuses is a fault. Source: pydantic's
 * documentation, "Conversion Table".
 */

/**
 * Checks an object against type and gives back a copy with coerced values; unknown members stay in
 * it.
 *
 * given  members that come from elsewhere (the path): not missing, whatever the body says; may be
 * NULL. Returns a new reference, NULL where faults were added.
 */
json_t *bridge_model_check(const ProtobufCMessageDescriptor *type, json_t *input,
                           const json_t *given, const struct bridge_place *place,
                           struct bridge_faults *faults);

/** Checks one field's value; as bridge_model_check(). */
json_t *bridge_model_check_field(const ProtobufCFieldDescriptor *field, json_t *input,
                                 const struct bridge_place *place, struct bridge_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
