#ifndef BRIDGE_ORIGIN_H
#define BRIDGE_ORIGIN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * From where a request comes, where a browser makes it: the name by which it found the bridge
 * (Host), and the page that makes it (Origin).
 */

/** Comma-separated texts of the configuration, taken apart. Never changed once made. */
struct bridge_names {
    const char **entries;
    size_t count;
    /** "*" is among them. */
    bool has_all;
};

/** Owned by arena; text may be NULL. */
SL_MUST_USE enum sl_code bridge_names_read(const char *text, struct sl_arena *arena,
                                           struct bridge_names *ret_names, struct sl_error *err);

/**
 * Whether a Host names this listener: on loopback only names of loopback do, and those in `hosts`,
 * because a page of somebody else may have made its own name lead here (DNS rebinding); elsewhere
 * all do, where `hosts` is empty. host may be NULL: no browser asks.
 */
bool bridge_host_is_ours(const char *host, bool is_loopback, const struct bridge_names *hosts);

/** Whether an Origin's page is the bridge's own: its host is that of the request. */
bool bridge_origin_is_same(const char *origin, const char *host);

/** Whether a page of that Origin may use the bridge, by SERVICELANE_CORS_ORIGINS. */
bool bridge_origin_is_listed(const char *origin, const struct bridge_names *origins);

/** Adds the fields to the answer that let a page of that origin read it (WHATWG Fetch, 3.3). */
void bridge_origin_allow(struct sl_http_incoming *incoming, const char *origin,
                         const struct bridge_names *origins);

/** Answers a browser's question whether it may ask (a preflight). methods as in Allow. */
void bridge_origin_answer_preflight(struct sl_http_incoming *incoming, const char *methods);

#ifdef __cplusplus
}
#endif

#endif
