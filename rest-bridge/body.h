#ifndef BRIDGE_BODY_H
#define BRIDGE_BODY_H

#include <jansson.h>

#include "http/server.h"
#include "rest-bridge/faults.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bridge_body {
    BRIDGE_BODY_JSON,
    /** There is none. */
    BRIDGE_BODY_ABSENT,
    /** It is no JSON; the fault has been added. */
    BRIDGE_BODY_FAULTY,
    /** It is not even text. */
    BRIDGE_BODY_UNREADABLE,
};

/**
 * Reads the body as FastAPI does: what its Content-Type calls JSON is parsed, other text is a
 * string.
 *
 * ret_value  a new reference for BRIDGE_BODY_JSON, otherwise untouched.
 */
enum bridge_body bridge_read_body(const struct sl_http_incoming_request *http,
                                  struct bridge_faults *faults, json_t **ret_value);

#ifdef __cplusplus
}
#endif

#endif
