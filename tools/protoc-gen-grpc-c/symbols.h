#ifndef PROTOC_GEN_GRPC_C_SYMBOLS_H
#define PROTOC_GEN_GRPC_C_SYMBOLS_H

#include "google/protobuf/descriptor.pb-c.h"
#include "names.h"

/**
 * Adds the global names that protoc-c gives to the messages and enums of a file, so that those of
 * the stubs can be held against them.
 *
 * c_package  what protoc-c takes for the file's package.
 * kind       GEN_NAME_PROTOC_C or GEN_NAME_IMPORTED.
 */
SL_MUST_USE enum sl_code gen_symbols_add(struct gen_names *names,
                                         const Google__Protobuf__FileDescriptorProto *file,
                                         const char *c_package, enum gen_name_kind kind,
                                         struct sl_arena *arena, struct sl_error *err);

#endif
