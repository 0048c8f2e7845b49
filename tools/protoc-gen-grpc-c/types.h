#ifndef PROTOC_GEN_GRPC_C_TYPES_H
#define PROTOC_GEN_GRPC_C_TYPES_H

#include "google/protobuf/compiler/plugin.pb-c.h"
#include "model.h"

/** The package that protoc-c makes C names from: the file's, or what its option c_package says. */
const char *gen_c_package(const Google__Protobuf__FileDescriptorProto *file,
                          struct sl_arena *arena);

/**
 * Finds a message by its name with the leading dot (".foo.Bar.Inner") among all files of the
 * request. SL_NOT_FOUND where there is none.
 */
SL_MUST_USE enum sl_code
gen_type_find(const Google__Protobuf__Compiler__CodeGeneratorRequest *request, const char *name,
              struct sl_arena *arena, struct gen_type *ret_type, struct sl_error *err);

/** What protoc-c calls the first member of the message's struct. NULL when memory is out. */
const char *gen_base_name(const Google__Protobuf__DescriptorProto *message, struct sl_arena *arena);

#endif
