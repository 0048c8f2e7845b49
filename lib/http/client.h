#ifndef SL_HTTP_CLIENT_H
#define SL_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "http/headers.h"
#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** HTTP out: one thread of libcurl multi; connections are kept and reused. */
struct sl_http_client;

struct sl_http_client_options {
    /** Optional. Milliseconds to connect; 0 means 5,000. */
    int64_t connect_timeout_ms;
    /** Optional. Connections kept open when idle; 0 means 256. */
    long max_idle_connections;
    /** Optional. Takes any certificate, whoever's it is: only to ask one's own port how it does. */
    bool trusts_any_certificate;
};

/** options is borrowed until return and may be NULL. */
SL_MUST_USE enum sl_code sl_http_client_new(struct sl_loop *loop,
                                            const struct sl_http_client_options *options,
                                            struct sl_http_client **ret_client,
                                            struct sl_error *err);

/** Aborts what is under way (each done runs with SL_CANCELLED before this returns, on the loop),
 * joins the thread. Loop only. client may be NULL. */
void sl_http_client_free(struct sl_http_client *client);

struct sl_http_response {
    int status;
    const struct sl_headers *headers;
    /** Ends with a NUL that is not counted; "" where on_data took the body. */
    const char *body;
    size_t body_length;
};

/** What a reader of a body does next. */
enum sl_http_flow { SL_HTTP_CONTINUE, SL_HTTP_ABORT };

struct sl_http_request {
    /** Required. "GET", "POST", ... */
    const char *method;
    /** Required. http:// or https://; redirects are not followed. */
    const char *url;
    /** Optional. */
    const struct sl_headers *headers;
    /** Optional. */
    const void *body;
    size_t body_length;
    /** Required. Milliseconds for the whole exchange; with is_stream: until the answer's head. */
    int64_t timeout_ms;
    /** Optional. Largest body taken, bytes; 0 means 16 MiB. More ends in SL_RESOURCE_EXHAUSTED. */
    size_t max_body_bytes;
    /**
     * Goes out on a connection of its own: libcurl sends a request a second time by itself when a
     * reused connection dies before the answer, which a call that changes state must never do.
     */
    bool is_fresh_connection;
    /** The body is endless (server-sent events): timeout_ms ends with the head, idle_timeout_ms
     * rules the rest. */
    bool is_stream;
    /** Optional, with is_stream. Milliseconds without a byte until the exchange fails; 0: no limit.
     */
    int64_t idle_timeout_ms;
    /** Optional. Refuses peers by address, after DNS; runs on the client's thread. */
    bool (*is_address_allowed)(const void *sockaddr, void *arg);
    /** Optional. The head of the answer. Loop. Other than CONTINUE ends the exchange with
     * SL_CANCELLED. */
    enum sl_http_flow (*on_head)(int status, const struct sl_headers *headers, void *arg);
    /** Optional. Takes the body piece by piece instead of gathering it. Loop. */
    enum sl_http_flow (*on_data)(const void *bytes, size_t length, void *arg);
};

/**
 * response is NULL where error->code is not SL_OK; a status of 400 and above is an answer all the
 * same. error->outcome is not_executed where no byte of the request can have reached the peer.
 * Codes: SL_UNAVAILABLE (cannot connect, connection lost), SL_DEADLINE_EXCEEDED, SL_CANCELLED,
 * SL_RESOURCE_EXHAUSTED (too large), SL_PERMISSION_DENIED (address refused), SL_DATA_LOSS (what came
 * is no HTTP). Borrowed until return.
 */
typedef void sl_http_done_fn(const struct sl_error *error, const struct sl_http_response *response,
                             void *arg);

/** An exchange under way, for sl_http_cancel(). Dead when done has run. */
struct sl_http_exchange;

/**
 * Everything in request is copied before this returns.
 *
 * done      on SL_OK runs exactly once, on the loop, never inside this call; on failure never.
 * arg       goes to done, on_head, on_data and is_address_allowed.
 * ret_exchange  may be NULL.
 */
SL_MUST_USE enum sl_code sl_http_request_start(struct sl_http_client *client,
                                               const struct sl_http_request *request,
                                               sl_http_done_fn *done, void *arg,
                                               struct sl_http_exchange **ret_exchange,
                                               struct sl_error *err);

/** Ends it with SL_CANCELLED; done still runs, later. Before done has run. Loop only. */
void sl_http_cancel(struct sl_http_exchange *exchange);

#ifdef __cplusplus
}
#endif

#endif
