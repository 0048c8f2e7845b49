/* Made from google/protobuf/duration.proto by protoc-gen-grpc-c: do not edit. */
#ifndef GOOGLE_PROTOBUF_DURATION_GRPC_C_H
#define GOOGLE_PROTOBUF_DURATION_GRPC_C_H

#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file google_protobuf_duration_file;

#ifdef __cplusplus
}
#endif

#endif
