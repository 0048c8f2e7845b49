#ifndef BRIDGE_CONTRACT_H
#define BRIDGE_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What existing REST clients rely on and the .proto files do not say, as tables. A message or
 * method that is not in them gets what suits any: nothing is required, no key is made.
 */

/** From what an RPC's deadline is made. */
enum bridge_deadline {
    /** REQUEST_TIMEOUT. */
    BRIDGE_DEADLINE_REQUEST,
    /** The request's field `timeout`, else REQUEST_TIMEOUT. */
    BRIDGE_DEADLINE_OPERATION,
    /** Planning: a few calls to a language model. */
    BRIDGE_DEADLINE_PLAN,
    /** SERVICELANE_WORKFLOW_TIMEOUT. */
    BRIDGE_DEADLINE_WORKFLOW,
    /** As long as the stream goes on. */
    BRIDGE_DEADLINE_STREAM,
};

struct bridge_method_contract {
    /** "/package.Service/Method" */
    const char *path;
    enum bridge_deadline deadline;
    /** Honours an idempotency key: gets one where none came, and is sent again with it. */
    bool is_keyed;
};

/** Never NULL. Static. */
const struct bridge_method_contract *bridge_method_contract(const struct sl_method *method);

/** Whether a body without this field is refused. message is a full name. */
bool bridge_is_required(const char *message, const char *field);

#ifdef __cplusplus
}
#endif

#endif
