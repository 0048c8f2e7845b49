#ifndef SL_OUTBOX_OUTBOX_H
#define SL_OUTBOX_OUTBOX_H

#include <stdint.h>

#include "base/error.h"
#include "http/client.h"
#include "loop/loop.h"
#include "store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What must be delivered to somebody's URL: at least once, never again after a 2xx, over restarts.
 *
 * Life: the owner puts SL_OUTBOX_SCHEMA into its migrations; within the unit of work that makes the
 * news it calls sl_outbox_add(), so that news and delivery are committed together; when that write
 * is done it calls sl_outbox_wake(). The outbox tries after 1, 2, 4 s and so on, up to an hour
 * apart, for a day, and then gives up with a log line. Replicas over one database share the work by
 * leases. Loop only.
 */
struct sl_outbox;
struct sl_webhook_rules;

/** The table, as one migration of the owner's. */
#define SL_OUTBOX_SCHEMA                                                                           \
    "CREATE TABLE outbox ("                                                                        \
    "id TEXT PRIMARY KEY, url TEXT NOT NULL, body TEXT NOT NULL, attempts BIGINT NOT NULL, "       \
    "due_ms BIGINT NOT NULL, created_ms BIGINT NOT NULL, owner TEXT NOT NULL, "                    \
    "lease_ms BIGINT NOT NULL);"                                                                   \
    "CREATE INDEX outbox_due ON outbox (due_ms);"

struct sl_outbox_options {
    /** Required. Borrowed until sl_outbox_free(). */
    struct sl_store *store;
    /** Required. Borrowed until sl_outbox_free(). */
    struct sl_http_client *http;
    /** Optional. SERVICELANE_CALLBACK_SECRET: signs each delivery (Standard Webhooks). Copied. */
    const char *secret;
    /** Optional. SERVICELANE_CALLBACK_ALLOW: see lib/outbox/webhook.h. Copied. */
    const char *allow;
    /** Optional. Milliseconds before the second attempt; doubles from there; 0 means 1,000. */
    int64_t first_delay_ms;
};

/** Begins delivering what an earlier process left. Errors: SL_INVALID_ARGUMENT (secret, allow),
 * SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code sl_outbox_new(struct sl_loop *loop,
                                       const struct sl_outbox_options *options,
                                       struct sl_outbox **ret_outbox, struct sl_error *err);

/**
 * Ends deliveries under way; what was not delivered stays for the next process, and
 * sl_outbox_wake() does nothing from then on. Before the HTTP client and then the store are freed,
 * which wait for what is still to call back. outbox may be NULL.
 */
void sl_outbox_close(struct sl_outbox *outbox);

/** Closes and frees; when nobody calls sl_outbox_wake() any more. outbox may be NULL. */
void sl_outbox_free(struct sl_outbox *outbox);

struct sl_outbox_item {
    /** Required. Unique; sent as Idempotency-Key and webhook-id. An id that is there already is
     * left alone. */
    const char *id;
    /** Required. An http or https URL that sl_webhook_check_url() lets pass. */
    const char *url;
    /** Required. JSON. */
    const char *body;
    /** Required. Now, milliseconds since 1970 UTC. */
    int64_t now_ms;
};

/** Within a unit of work of the owner's. */
SL_MUST_USE enum sl_code sl_outbox_add(struct sl_db *db, const struct sl_outbox_item *item,
                                       struct sl_error *err);

/** Looks for what is due: call it when the write that added something is done. */
void sl_outbox_wake(struct sl_outbox *outbox);

/** What URLs may be given: for sl_webhook_check_url(). Borrowed until sl_outbox_free(). */
const struct sl_webhook_rules *sl_outbox_rules(const struct sl_outbox *outbox);

#ifdef __cplusplus
}
#endif

#endif
