/* Made from google/api/annotations.proto by protoc-gen-grpc-c: do not edit. */
#ifndef GOOGLE_API_ANNOTATIONS_GRPC_C_H
#define GOOGLE_API_ANNOTATIONS_GRPC_C_H

#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file google_api_annotations_file;

#ifdef __cplusplus
}
#endif

#endif
