/* Made from google/protobuf/descriptor.proto by protoc-gen-grpc-c: do not edit. */
#ifndef GOOGLE_PROTOBUF_DESCRIPTOR_GRPC_C_H
#define GOOGLE_PROTOBUF_DESCRIPTOR_GRPC_C_H

#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file google_protobuf_descriptor_file;

#ifdef __cplusplus
}
#endif

#endif
