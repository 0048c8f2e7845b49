#ifndef AGENT_IDENTITY_H
#define AGENT_IDENTITY_H

#include "base/arena.h"
#include "base/error.h"
#include "http/headers.h"
#include "rpc/metadata.h"
#include "services/agent/service.h"

#ifdef __cplusplus
extern "C" {
#endif

/** For whom a call is made. Texts are never NULL. */
struct agent_identity {
    const char *tenant;
    const char *dealer;
    const char *user;
};

/**
 * Who a call is made for: x-tenant-id, x-dealer-id and x-user-id of its metadata (which may be
 * NULL), each else from defaults. Borrows from both.
 */
struct agent_identity agent_identity_of(const struct sl_metadata *metadata,
                                        const struct agent_identity *defaults);

/** The headers that the service's MCP server gets, owned by arena; empty values are left out. */
SL_MUST_USE enum sl_code agent_identity_headers(const struct agent_service *service,
                                                const struct agent_identity *identity,
                                                struct sl_arena *arena,
                                                struct sl_headers *ret_headers,
                                                struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
