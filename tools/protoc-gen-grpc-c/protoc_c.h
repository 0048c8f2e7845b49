#ifndef PROTOC_GEN_GRPC_C_PROTOC_C_H
#define PROTOC_GEN_GRPC_C_PROTOC_C_H

#include "base/arena.h"
#include "base/error.h"
#include "google/protobuf/descriptor.pb-c.h"

/** SL_UNIMPLEMENTED where a file is neither proto2 nor proto3: protoc-c knows no editions, and
 * would take one for proto2. err says where. */
SL_MUST_USE enum sl_code gen_check_syntax(const Google__Protobuf__FileDescriptorProto *file,
                                          struct sl_arena *arena, struct sl_error *err);

/**
 * Makes of a descriptor set what protoc-c can work with.
 *
 * proto3 `optional`, which it refuses, becomes a plain oneof of one field, named optional_<field>.
 * The field keeps number and type, so the bytes on the wire stay the same; in C its presence is
 * optional_<field>_case. Services go: the stubs are ours, and protoc-c's do not compile for methods
 * with names such as Delete or Register.
 *
 * A field whose name is a keyword that protoc-c does not know (export, restrict, ...) gets "_"
 * after its name, as protoc-c does with those it knows.
 *
 * Errors: SL_ALREADY_EXISTS where a message has that name already, SL_UNIMPLEMENTED for a group;
 * with file and message,
 * and with the line where the set has it (--include_source_info).
 */
SL_MUST_USE enum sl_code gen_for_protoc_c(Google__Protobuf__FileDescriptorSet *set,
                                          struct sl_arena *arena, struct sl_error *err);

#endif
