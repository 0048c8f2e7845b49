#include <sys/socket.h>

#include "base/memory.h"
#include "http/incoming.h"

/*
 * microhttpd closes connections that are silent, but one that sends a byte now and then is not. So
 * each connection has a time by which what is awaited of it has to be there; whoever is late is
 * hung up on, which microhttpd sees as a client that left.
 */

#define WATCH_INTERVAL_MS 1000

/* ---- the list; microhttpd's thread ---- */

static void add(struct sl_http_server *server, struct sl_http_connection *connection)
{
    pthread_mutex_lock(&server->connections_mutex);
    connection->next = server->connections;
    if (connection->next != NULL)
        connection->next->previous = connection;
    server->connections = connection;
    pthread_mutex_unlock(&server->connections_mutex);
}

static void take_out(struct sl_http_server *server, struct sl_http_connection *connection)
{
    pthread_mutex_lock(&server->connections_mutex);
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    pthread_mutex_unlock(&server->connections_mutex);
}

static struct sl_http_connection *open_connection(struct sl_http_server *server,
                                                  struct MHD_Connection *handle)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct sl_http_connection *connection = sl_alloc(sizeof(*connection));
    if (connection == NULL || info == NULL) {
        sl_free(connection);
        return NULL;
    }
    connection->server = server;
    connection->fd = info->connect_fd;
    atomic_init(&connection->due_ms, sl_loop_now_ms(server->loop) + server->request_ms);
    add(server, connection);
    return connection;
}

/* microhttpd says that a connection is closed before it closes the socket: a descriptor in the list
 * is never another's. */
void sl_http_connection_notify(void *server, struct MHD_Connection *handle, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = open_connection(server, handle);
        return;
    }
    if (*context == NULL)
        return;
    take_out(server, *context);
    sl_free(*context);
    *context = NULL;
}

/* ---- what is awaited ---- */

static struct sl_http_connection *connection_of(struct MHD_Connection *handle)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

void sl_http_connection_begun(struct MHD_Connection *handle)
{
    struct sl_http_connection *connection = connection_of(handle);
    if (connection == NULL)
        return;
    long long due_ms = sl_loop_now_ms(connection->server->loop) + connection->server->request_ms;
    if (due_ms < atomic_load(&connection->due_ms))
        atomic_store(&connection->due_ms, due_ms);
}

void sl_http_connection_received(struct MHD_Connection *handle)
{
    struct sl_http_connection *connection = connection_of(handle);
    if (connection != NULL)
        atomic_store(&connection->due_ms, INT64_MAX);
}

/* The next request may be long in coming; that it has begun is seen at its first line's end. */
void sl_http_connection_answered(struct MHD_Connection *handle)
{
    struct sl_http_connection *connection = connection_of(handle);
    if (connection == NULL)
        return;
    const struct sl_http_server *server = connection->server;
    atomic_store(&connection->due_ms,
                 sl_loop_now_ms(server->loop) + server->idle_ms + server->request_ms);
}

/* ---- the watch; the loop ---- */

static void hang_up_on_late_ones(struct sl_http_server *server)
{
    int64_t now_ms = sl_loop_now_ms(server->loop);
    pthread_mutex_lock(&server->connections_mutex);
    for (struct sl_http_connection *at = server->connections; at != NULL; at = at->next) {
        if (atomic_load(&at->due_ms) < now_ms)
            shutdown(at->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&server->connections_mutex);
}

static void on_watch(void *arg)
{
    struct sl_http_server *server = arg;
    hang_up_on_late_ones(server);
    sl_http_connections_watch(server);
}

void sl_http_connections_watch(struct sl_http_server *server)
{
    /* Without memory for a timer, silence is still bounded by microhttpd. */
    (void)!sl_timer_start(server->loop, &server->watch, WATCH_INTERVAL_MS, on_watch, server);
}
