#ifndef PROTOC_GEN_GRPC_C_PROTOC_C_H
#define PROTOC_GEN_GRPC_C_PROTOC_C_H

#include "base/arena.h"
#include "base/error.h"
#include "google/protobuf/descriptor.pb-c.h"

/**
 * Makes of a descriptor set what protoc-c can work with.
 *
 * proto3 `optional`, which it refuses, becomes a plain oneof of one field, named optional_<field>.
 * The field keeps number and type, so the bytes on the wire stay the same; in C its presence is
 * optional_<field>_case. Services go: the stubs are ours, and protoc-c's do not compile for methods
 * with names such as Delete or Register.
 *
 * Errors: SL_ALREADY_EXISTS where a message has that name already, SL_UNIMPLEMENTED for a group;
 * with file and message.
 */
SL_MUST_USE enum sl_code gen_for_protoc_c(Google__Protobuf__FileDescriptorSet *set,
                                          struct sl_arena *arena, struct sl_error *err);

#endif
