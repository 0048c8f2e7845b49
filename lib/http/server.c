#include "http/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "http/incoming.h"
#include "http/limits.h"

#define DEFAULT_MAX_BODY_BYTES ((size_t)4 * 1024 * 1024)
#define DEFAULT_MAX_CONNECTIONS 4096
#define DEFAULT_IDLE_TIMEOUT_S 60
#define DEFAULT_REQUEST_TIMEOUT_S 60
#define MAX_HEAD_BYTES ((size_t)32 * 1024)
/** What microhttpd has for a connection: a head beyond it is refused in its words, so there is room
 * for one that is too large. */
#define CONNECTION_MEMORY_BYTES ((size_t)64 * 1024)
/** At the end: how long answers may take to be sent, and how often that is looked at. */
#define FLUSH_MS 2000
#define FLUSH_CHECK_MS 5

static void server_destroy(struct sl_http_server *server)
{
    pthread_mutex_destroy(&server->mutex);
    pthread_mutex_destroy(&server->connections_mutex);
    sl_http_tls_free(server->tls);
    sl_free(server);
}

static struct MHD_Daemon *start_daemon(struct sl_http_server *server,
                                       const struct sl_http_server_options *options, int fd)
{
    unsigned connections =
        options->max_connections > 0 ? options->max_connections : DEFAULT_MAX_CONNECTIONS;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem tls[3] = {{MHD_OPTION_END, 0, NULL}};
    if (server->tls != NULL)
        sl_http_tls_options(tls);
    return MHD_start_daemon(
        server->tls != NULL ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, sl_http_receive, server,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(server->idle_ms / 1000),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, MHD_OPTION_NOTIFY_COMPLETED,
        sl_http_incoming_completed, server, MHD_OPTION_URI_LOG_CALLBACK, sl_http_receive_uri,
        server, MHD_OPTION_UNESCAPE_CALLBACK, sl_http_keep_escapes, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, sl_http_connection_notify, server, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
}

static enum sl_code open_server(struct sl_http_server *server,
                                const struct sl_http_server_options *options, struct sl_error *err)
{
    int fd = -1;
    if (options->certificate_file != NULL)
        SL_TRY(sl_http_tls_new(options, &server->tls, err));
    SL_TRY(sl_http_listen(options->listen, &fd, &server->port, err));
    server->daemon = start_daemon(server, options, fd);
    if (server->daemon != NULL) {
        sl_http_connections_watch(server);
        return SL_OK;
    }
    /* microhttpd has closed the socket. */
    return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "cannot start the HTTP server on %s",
                        options->listen);
}

static int64_t seconds_or(unsigned given_s, int64_t fallback_s)
{
    return (given_s > 0 ? given_s : fallback_s) * 1000;
}

static void set_limits(struct sl_http_server *server, const struct sl_http_server_options *options)
{
    size_t head = options->max_head_bytes;
    server->max_body_bytes =
        options->max_body_bytes > 0 ? options->max_body_bytes : DEFAULT_MAX_BODY_BYTES;
    server->max_head_bytes = head > 0 && head < MAX_HEAD_BYTES ? head : MAX_HEAD_BYTES;
    server->idle_ms = seconds_or(options->idle_timeout_s, DEFAULT_IDLE_TIMEOUT_S);
    server->request_ms = seconds_or(options->request_timeout_s, DEFAULT_REQUEST_TIMEOUT_S);
}

enum sl_code sl_http_server_new(struct sl_loop *loop, const struct sl_http_server_options *options,
                                struct sl_http_server **ret_server, struct sl_error *err)
{
    struct sl_http_server *server = sl_alloc(sizeof(*server));
    if (server == NULL)
        return sl_error_no_memory(err);
    server->loop = loop;
    server->handler = options->handler;
    server->refusal = options->refusal;
    server->arg = options->arg;
    server->quiesced_fd = -1;
    set_limits(server, options);
    pthread_mutex_init(&server->mutex, NULL);
    pthread_mutex_init(&server->connections_mutex, NULL);
    sl_http_raise_file_limit();
    enum sl_code code = open_server(server, options, err);
    if (code != SL_OK) {
        server_destroy(server);
        return code;
    }
    *ret_server = server;
    return SL_OK;
}

int sl_http_server_port(const struct sl_http_server *server)
{
    return server->port;
}

/* ---- stopping: wait for answers, answer the rest, let them be sent, stop ---- */

static void stop_daemon(struct sl_http_server *server)
{
    sl_timer_stop(&server->watch);
    MHD_stop_daemon(SL_TAKE(server->daemon));
    if (server->quiesced_fd >= 0)
        close(server->quiesced_fd);
}

static void finish_stop(struct sl_http_server *server)
{
    stop_daemon(server);
    server->stopped(server->stopped_arg);
}

/** microhttpd is stopped when what was answered is sent; it aborts where a connection is suspended.
 */
static void check_flushed(void *arg)
{
    struct sl_http_server *server = arg;
    bool is_over =
        atomic_load(&server->active) == 0 || sl_loop_now_ms(server->loop) >= server->flush_until_ms;
    if (is_over || sl_timer_start(server->loop, &server->timer, FLUSH_CHECK_MS, check_flushed,
                                  server) != SL_OK)
        finish_stop(server);
}

static struct sl_http_incoming *first_live(struct sl_http_server *server)
{
    pthread_mutex_lock(&server->mutex);
    struct sl_http_incoming *incoming = server->live;
    pthread_mutex_unlock(&server->mutex);
    return incoming;
}

static void detach_all(struct sl_http_server *server)
{
    pthread_mutex_lock(&server->mutex);
    server->is_closing = true;
    pthread_mutex_unlock(&server->mutex);
    for (struct sl_http_incoming *at = first_live(server); at != NULL; at = first_live(server))
        sl_http_incoming_detach(at);
}

static void close_all(void *arg)
{
    struct sl_http_server *server = arg;
    sl_timer_stop(&server->timer);
    detach_all(server);
    server->flush_until_ms = sl_loop_now_ms(server->loop) + FLUSH_MS;
    check_flushed(server);
}

static bool has_unanswered(struct sl_http_server *server)
{
    bool result = false;
    pthread_mutex_lock(&server->mutex);
    for (struct sl_http_incoming *at = server->live; at != NULL && !result; at = at->next)
        result = !at->is_stream;
    pthread_mutex_unlock(&server->mutex);
    return result;
}

void sl_http_server_answered(struct sl_http_server *server)
{
    if (!atomic_load(&server->is_stopping) || server->is_closing || has_unanswered(server))
        return;
    if (sl_timer_start(server->loop, &server->timer, 0, close_all, server) != SL_OK)
        close_all(server);
}

void sl_http_server_stop_start(struct sl_http_server *server, int64_t grace_ms,
                               void (*done)(void *arg), void *arg)
{
    server->stopped = done;
    server->stopped_arg = arg;
    atomic_store(&server->is_stopping, true);
    /* The socket may only be closed after the daemon has stopped, but it stops listening now. */
    server->quiesced_fd = MHD_quiesce_daemon(server->daemon);
    if (server->quiesced_fd >= 0)
        shutdown(server->quiesced_fd, SHUT_RDWR);
    int64_t wait_ms = has_unanswered(server) ? grace_ms : 0;
    if (sl_timer_start(server->loop, &server->timer, wait_ms, close_all, server) != SL_OK)
        close_all(server);
}

void sl_http_server_free(struct sl_http_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL) {
        atomic_store(&server->is_stopping, true);
        detach_all(server);
        stop_daemon(server);
    }
    server_destroy(server);
}
