#ifndef SL_HTTP_INCOMING_H
#define SL_HTTP_INCOMING_H

/* Private to lib/http: what the server's two sides, the loop and microhttpd's threads, share. */

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "http/server.h"
#include "loop/timer.h"

/**
 * One request. Made by microhttpd's thread with the first line, filled there, then suspended and
 * handed to the loop by `task`; the loop answers and resumes; microhttpd sends and says that it is
 * completed. Each side holds a reference, and so does each post under way; the last one frees.
 */
struct sl_http_incoming {
    atomic_int references;
    struct sl_http_server *server;
    struct MHD_Connection *connection;

    /* microhttpd's thread until `task` is posted, then the loop's until it has answered. */
    struct sl_arena *arena;
    struct sl_http_incoming_request request;
    struct sl_headers headers;
    struct sl_text body;
    struct sl_task task;

    /* microhttpd's thread. */
    bool is_begun;
    size_t received_bytes;
    /** What is to be answered instead of handling it; status 0: nothing. */
    int refusal_status;
    const char *refusal_reason;

    /* The loop's. */
    /** Go with the answer, owned by arena. */
    struct sl_headers answer_headers;
    bool is_stream;
    /** The server has answered by itself: what the handler answers goes nowhere. */
    bool is_detached;
    bool is_released;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
    struct sl_task closed_task;

    /** See sl_http_observe(); route NULL: it is not observed. */
    const char *route;
    int64_t observed_ns;
    struct sl_span *span;

    /* Guarded by the server's mutex. */
    struct sl_http_incoming *previous, *next;

    /* Written by the loop before it resumes, read by microhttpd's thread after. */
    int status;
    struct MHD_Response *response;

    /* Guarded by mutex. */
    pthread_mutex_t mutex;
    bool is_suspended;
    bool is_ended;
    /** microhttpd is through with it. */
    bool is_completed;
    struct sl_text pending;
    size_t pending_sent;
};

/** observed.c: it is answered. */
void sl_http_observed(struct sl_http_incoming *incoming);

/** A connection, from accept() to close(). Kept in the server's list while it is open. */
struct sl_http_connection {
    struct sl_http_server *server;
    int fd;
    /** By the loop's clock: when what is awaited of the client has to have come; INT64_MAX while it
     * is not its turn. */
    atomic_llong due_ms;
    /* Guarded by the server's connections_mutex. */
    struct sl_http_connection *previous, *next;
};

struct sl_http_tls;
struct sl_span;

struct sl_http_server {
    struct sl_loop *loop;
    sl_http_handler_fn *handler;
    sl_http_refusal_fn *refusal;
    void *arg;
    size_t max_body_bytes, max_head_bytes;
    int64_t idle_ms, request_ms;
    struct MHD_Daemon *daemon;
    /** NULL: plain text. */
    struct sl_http_tls *tls;
    int port;

    /** New requests are refused. */
    atomic_bool is_stopping;
    /** Requests that microhttpd has begun and not completed. */
    atomic_long active;

    /* Guarded by mutex. */
    pthread_mutex_t mutex;
    /** Handed to the loop and not yet answered (streams: not yet ended). */
    struct sl_http_incoming *live;
    /** Nothing is suspended any more. */
    bool is_closing;

    pthread_mutex_t connections_mutex;
    struct sl_http_connection *connections;

    /* The loop's. */
    struct sl_timer timer, watch;
    int64_t flush_until_ms;
    int quiesced_fd;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/** receive.c: the callbacks of microhttpd that read a request. */
void *sl_http_receive_uri(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result sl_http_receive(void *server, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **state);
size_t sl_http_keep_escapes(void *arg, struct MHD_Connection *connection, char *text);

/** refusal.c: answers with status and closes the connection. microhttpd's thread. */
enum MHD_Result sl_http_refuse(struct sl_http_incoming *incoming, int status, const char *reason);
struct MHD_Response *sl_http_refusal_response(const struct sl_http_server *server, int status,
                                              const char *reason);

/** incoming.c */
struct sl_http_incoming *sl_http_incoming_new(struct sl_http_server *server,
                                              struct MHD_Connection *connection);
void sl_http_incoming_unref(struct sl_http_incoming *incoming);
/** Suspends the connection and posts the request to the loop; false: the server closes. */
bool sl_http_incoming_hand_over(struct sl_http_incoming *incoming);
/** Answers in the handler's place, or ends the stream, when the server stops. Loop. */
void sl_http_incoming_detach(struct sl_http_incoming *incoming);
void sl_http_incoming_completed(void *server, struct MHD_Connection *connection, void **state,
                                enum MHD_RequestTerminationCode code);

/** server.c: a request was answered. Loop. */
void sl_http_server_answered(struct sl_http_server *server);

/** connections.c: who has how long to send what. */
void sl_http_connection_notify(void *server, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code);
/** A request has begun to come; it is whole; it was answered. microhttpd's thread. */
void sl_http_connection_begun(struct MHD_Connection *connection);
void sl_http_connection_received(struct MHD_Connection *connection);
void sl_http_connection_answered(struct MHD_Connection *connection);
/** Begins to hang up on those that are late, once a second. Loop. */
void sl_http_connections_watch(struct sl_http_server *server);

/** tls.c: certificate and key of a server, looked at again as they change. */
enum sl_code sl_http_tls_new(const struct sl_http_server_options *options,
                             struct sl_http_tls **ret_tls, struct sl_error *err);
void sl_http_tls_free(struct sl_http_tls *tls);
/** Options for microhttpd; they end its list. */
void sl_http_tls_options(struct MHD_OptionItem options[3]);

/** listen.c: a listening socket for "host:port"; err names the address. */
enum sl_code sl_http_listen(const char *address, int *ret_fd, int *ret_port, struct sl_error *err);

#endif
