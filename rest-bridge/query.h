#ifndef BRIDGE_QUERY_H
#define BRIDGE_QUERY_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "rest-bridge/faults.h"
#include "rest-bridge/route.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Puts the path's variables into object, as members or (dotted) as members of members. */
void bridge_read_path(const ProtobufCMessageDescriptor *type, const struct bridge_match *match,
                      json_t *object, struct bridge_faults *faults);

/**
 * Puts the query's parameters into object, where they name a field of type; others are ignored, and
 * a field that the path gave stays. Repeated fields take every value, others the last.
 */
void bridge_read_query(const ProtobufCMessageDescriptor *type, const char *query, json_t *object,
                       struct bridge_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
