#ifndef MCP_PAY_DESK_H
#define MCP_PAY_DESK_H

#include "http/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where the pages are; a link is this, a slash and its token. */
#define PAY_DESK_PATH "/pay"

/**
 * The pages behind payment links, a double of a payment provider. GET /pay/<token> shows a payment,
 * POST /pay/<token>/pay and /decline change it, once, and lead back to the page. Before the token
 * a segment RO_<order> may stand, as links with a base of their own have it. Who has the token may
 * pay; pages of other origins may not make a browser do it. self: a struct tool_desk. Loop only.
 */
void pay_desk_handle(void *self, struct sl_http_incoming *incoming,
                     const struct sl_http_incoming_request *request);

#ifdef __cplusplus
}
#endif

#endif
