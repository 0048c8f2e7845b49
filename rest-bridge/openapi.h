#ifndef BRIDGE_OPENAPI_H
#define BRIDGE_OPENAPI_H

#include <stdbool.h>

#include "base/error.h"
#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The OpenAPI 3.1 document of a service, made from the descriptors and comments of its .proto file:
 * an RPC that gets an annotation is in the document as it is on the routes.
 */

struct bridge_openapi_options {
    /** Required. What answers the routes, "payment": for the title, and for which examples fit. */
    const char *name;
    /** Required. Static. */
    const struct sl_service *service;
    /** Callers need a key or a token. */
    bool is_protected;
};

/**
 * The document as JSON, for sl_free(). Depends on options only; any thread.
 *
 * Errors: SL_INVALID_ARGUMENT (a descriptor that does not unpack), SL_RESOURCE_EXHAUSTED.
 * Source: OpenAPI Specification 3.1.1; JSON Schema 2020-12.
 */
SL_MUST_USE enum sl_code bridge_openapi_text(const struct bridge_openapi_options *options,
                                             char **ret_text, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
