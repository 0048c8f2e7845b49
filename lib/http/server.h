#ifndef SL_HTTP_SERVER_H
#define SL_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/headers.h"
#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** HTTP/1.1 in, on libmicrohttpd: read on its threads, handled on the loop, answered from there. */
struct sl_http_server;

/**
 * A request that waits for its answer, from the handler's call until it was answered. The handler
 * (or somebody later) answers exactly once: with sl_http_reply(), or with sl_http_stream_begin()
 * and sl_http_stream_end(). After that the pointer is dead. A client that leaves is seen only while
 * a stream is written: give whatever the answer waits for a deadline. Loop only.
 */
struct sl_http_incoming;

/** Everything that was sent; lives as long as the incoming. */
struct sl_http_incoming_request {
    const char *method;
    /** As sent, not decoded; begins with "/". */
    const char *path;
    /** As sent, without "?"; "" where there is none. */
    const char *query;
    const struct sl_headers *headers;
    /** Ends with a NUL that is not counted. */
    const char *body;
    size_t body_length;
    /** "127.0.0.1:54321" */
    const char *peer;
};

typedef void sl_http_handler_fn(void *arg, struct sl_http_incoming *incoming,
                                const struct sl_http_incoming_request *request);

/** Writes the answer to what the server refuses by itself (400, 413, 431, 503): appends a body. */
typedef void sl_http_refusal_fn(void *arg, int status, const char *reason,
                                struct sl_headers *headers, struct sl_arena *arena,
                                const char **ret_body);

struct sl_http_server_options {
    /** Required. host:port; port 0 lets the system choose. */
    const char *listen;
    /** Required. Runs on the loop for each request that is whole. */
    sl_http_handler_fn *handler;
    void *arg;
    /** Optional. Largest body taken, bytes; 0 means 4 MiB. More is 413. */
    size_t max_body_bytes;
    /** Optional. Largest head taken (target and header fields), bytes; 0 means 32 KiB, the most.
     * More is 431. */
    size_t max_head_bytes;
    /** Optional. Connections at most; 0 means 4,096. */
    unsigned max_connections;
    /** Optional. Seconds without a byte until a connection is closed; 0 means 60. */
    unsigned idle_timeout_s;
    /** Optional. Seconds in which a request has to have come whole, however its bytes trickle; 0
     * means 60. */
    unsigned request_timeout_s;
    /**
     * Optional. PEM certificate (its chain after it) and private key: TLS 1.2 or 1.3, and nothing
     * else, is spoken. Looked at again every tls_refresh_s seconds (0 means 10): connections made
     * after that use what is in them then. Borrowed until the server is made.
     */
    const char *certificate_file, *key_file;
    unsigned tls_refresh_s;
    /** Optional. NULL: a refusal's body is {"detail": reason}. Runs on any thread. */
    sl_http_refusal_fn *refusal;
};

/** options is borrowed until return. SL_UNAVAILABLE: the address is taken or cannot be bound; err
 * names it. SL_INVALID_ARGUMENT: a TLS file is no good; err names it. */
SL_MUST_USE enum sl_code sl_http_server_new(struct sl_loop *loop,
                                            const struct sl_http_server_options *options,
                                            struct sl_http_server **ret_server,
                                            struct sl_error *err);

int sl_http_server_port(const struct sl_http_server *server);

/**
 * Takes no new connections, waits grace_ms milliseconds for what is unanswered, ends streams,
 * answers the rest 503; then done(arg) runs once, on the loop. Handlers may still answer: it goes
 * nowhere.
 */
void sl_http_server_stop_start(struct sl_http_server *server, int64_t grace_ms,
                               void (*done)(void *arg), void *arg);

/** After stop is done; without it, what is unanswered gets 503 at once. server may be NULL. Loop
 * only. */
void sl_http_server_free(struct sl_http_server *server);

/** Lives as long as the incoming; owns its request. */
struct sl_arena *sl_http_incoming_arena(struct sl_http_incoming *incoming);

const struct sl_http_incoming_request *
sl_http_incoming_request(const struct sl_http_incoming *incoming);

/**
 * Has the request measured, and traced, as one of this route ("/workflow/{request_id}"; static)
 * until it is answered. begins_trace: also where the client sent no context. Once, before the
 * answer. Source: OpenTelemetry, semantic conventions for HTTP.
 */
void sl_http_observe(struct sl_http_incoming *incoming, const char *route, bool begins_trace);
/** The W3C trace context that calls made for this request pass on: its span's, else what the client
 * sent; NULL where there is none. Lives as long as the incoming. */
const char *sl_http_incoming_traceparent(const struct sl_http_incoming *incoming);

/** Adds a field to the answer, whatever it will be, also the server's own; before the handler
 * answers. Copied. A field that is no field, or has no room, is left out. */
void sl_http_answer_header(struct sl_http_incoming *incoming, const char *name, const char *value);

/**
 * Answers. headers may be NULL; Content-Length and Date are added. body is copied. status 100 to
 * 599.
 */
void sl_http_reply(struct sl_http_incoming *incoming, int status, const struct sl_headers *headers,
                   const void *body, size_t body_length);

/** Begins an answer that is sent as it comes (chunked); on_closed(arg) runs once, on the loop, if
 * the client leaves before the end; then sl_http_stream_end() is still due. */
void sl_http_stream_begin(struct sl_http_incoming *incoming, int status,
                          const struct sl_headers *headers, void (*on_closed)(void *arg),
                          void *arg);

/** Copies; never blocks. Returns the bytes that wait to be sent: a sender waits where they grow. */
size_t sl_http_stream_send(struct sl_http_incoming *incoming, const void *bytes, size_t length);

/** Ends the answer. */
void sl_http_stream_end(struct sl_http_incoming *incoming);

#ifdef __cplusplus
}
#endif

#endif
