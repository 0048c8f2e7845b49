#ifndef BRIDGE_DOOR_H
#define BRIDGE_DOOR_H

#include "auth/auth.h"
#include "guard/settings.h"
#include "loop/loop.h"
#include "rest-bridge/origin.h"
#include "rest-bridge/rate.h"
#include "rest-bridge/route.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What a request passes before it is handled: from where it comes, who makes it, how often. One for
 * all listeners of a bridge. Loop only.
 */
struct bridge_door;

struct bridge_door_options {
    /** Optional. Who may call. Borrowed until return. */
    const struct sl_guard_settings *guard;
    /** Optional. Requests a second of each client; 0: any number, but for keys that say otherwise.
     */
    double rate;
    /** Optional. Requests at once of each client; 0 means as many as in two seconds. */
    double burst;
    /** Optional. Comma-separated: pages' origins that may use the bridge; names it goes by. */
    const char *cors_origins;
    const char *allowed_hosts;
};

SL_MUST_USE enum sl_code bridge_door_new(struct sl_loop *loop,
                                         const struct bridge_door_options *options,
                                         struct bridge_door **ret_door, struct sl_error *err);

/** door may be NULL. */
void bridge_door_free(struct bridge_door *door);

/**
 * Lets a request in, or answers it: 421 (another name), 403 (another site's page, another tenant),
 * 401 (who?), 429 (too often), 204 (a browser asks whether it may).
 *
 * is_loopback  the listener's address is.
 * Returns false where it was answered.
 */
bool bridge_door_admit(struct bridge_door *door, bool is_loopback, const struct bridge_match *match,
                       struct sl_http_incoming *incoming);

#ifdef __cplusplus
}
#endif

#endif
