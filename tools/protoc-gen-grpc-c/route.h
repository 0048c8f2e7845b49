#ifndef PROTOC_GEN_GRPC_C_ROUTE_H
#define PROTOC_GEN_GRPC_C_ROUTE_H

#include "google/protobuf/descriptor.pb-c.h"
#include "model.h"

/**
 * Reads the option google.api.http of a method into method->routes: the rule itself, then its
 * additional bindings. Without the option there are none.
 *
 * options  may be NULL; borrowed as long as the model is.
 * Errors: SL_INVALID_ARGUMENT, with the method's place.
 */
SL_MUST_USE enum sl_code gen_routes_read(const Google__Protobuf__MethodOptions *options,
                                         struct sl_arena *arena, struct gen_method *method,
                                         struct sl_error *err);

#endif
