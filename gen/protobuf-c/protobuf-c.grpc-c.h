/* Made from protobuf-c/protobuf-c.proto by protoc-gen-grpc-c: do not edit. */
#ifndef PROTOBUF_C_PROTOBUF_C_GRPC_C_H
#define PROTOBUF_C_PROTOBUF_C_GRPC_C_H

#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file protobuf_c_protobuf_c_file;

#ifdef __cplusplus
}
#endif

#endif
