#ifndef SL_OUTBOX_WEBHOOK_H
#define SL_OUTBOX_WEBHOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/headers.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How a callback is sent: to which URLs and addresses, and with which signature.
 * Any thread; no state.
 */

/**
 * What may be called: a list of "host", "host:port", "*.domain" and "address/prefix length", parted
 * by commas. Empty: every address but link-local and metadata ones, which no list allows.
 */
struct sl_webhook_rules;

/** Errors: SL_INVALID_ARGUMENT names the entry. allow is copied and may be NULL. */
SL_MUST_USE enum sl_code
sl_webhook_rules_new(const char *allow, struct sl_webhook_rules **ret_rules, struct sl_error *err);
void sl_webhook_rules_free(struct sl_webhook_rules *rules);

/**
 * Whether url is an http or https URL whose host the rules let pass as far as the name tells; the
 * address it leads to is looked at when connecting. rules may be NULL.
 * Errors: SL_INVALID_ARGUMENT (no such URL), SL_PERMISSION_DENIED; both say what was given.
 */
SL_MUST_USE enum sl_code sl_webhook_check_url(const struct sl_webhook_rules *rules, const char *url,
                                              struct sl_error *err);

/**
 * Whether a peer may be connected to: never link-local (169.254.0.0/16, fe80::/10), never a cloud's
 * metadata address, and where the rules have address ranges and the host itself is not listed, only
 * those.
 *
 * sockaddr  a struct sockaddr of IPv4 or IPv6; another family is refused.
 */
bool sl_webhook_is_address_allowed(const struct sl_webhook_rules *rules, const char *url,
                                   const void *sockaddr);

struct sl_webhook_message {
    const char *id;
    /** Seconds since 1970 UTC. */
    int64_t timestamp_s;
    const char *body;
    /** "whsec_" and base64, or the bytes themselves; NULL or "" for none. */
    const char *secret;
};

/**
 * The headers of a delivery: Content-Type, Idempotency-Key, webhook-id, webhook-timestamp and, with
 * a secret, webhook-signature ("v1," and the base64 of HMAC-SHA256 over "id.timestamp.body").
 * Source: Standard Webhooks, "Signature scheme".
 */
SL_MUST_USE enum sl_code sl_webhook_headers(const struct sl_webhook_message *message,
                                            struct sl_arena *arena, struct sl_headers *headers,
                                            struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
