#ifndef PROTOC_GEN_GRPC_C_PLUGIN_H
#define PROTOC_GEN_GRPC_C_PLUGIN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Answers protoc: a serialized CodeGeneratorRequest gives a serialized CodeGeneratorResponse, which
 * carries what is wrong with the .proto files too. An error is returned where the bytes are no
 * request.
 */
SL_MUST_USE enum sl_code gen_plugin_run(const struct sl_text *request, struct sl_text *response,
                                        struct sl_error *err);

/** A serialized FileDescriptorSet with what gen_for_protoc_c() makes of it. */
SL_MUST_USE enum sl_code gen_for_protoc_c_run(const struct sl_text *in, struct sl_text *out,
                                              struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
