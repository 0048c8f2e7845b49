/* Made from google/api/http.proto by protoc-gen-grpc-c: do not edit. */
#ifndef GOOGLE_API_HTTP_GRPC_C_H
#define GOOGLE_API_HTTP_GRPC_C_H

#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file google_api_http_file;

#ifdef __cplusplus
}
#endif

#endif
