#include "http/incoming.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"

#define STREAM_BLOCK_BYTES 16384

/* ---- life ---- */

static void run_handler(struct sl_task *task);
static void run_closed(struct sl_task *task);

struct sl_http_incoming *sl_http_incoming_new(struct sl_http_server *server,
                                              struct MHD_Connection *connection)
{
    struct sl_http_incoming *incoming = sl_alloc(sizeof(*incoming));
    if (incoming == NULL)
        return NULL;
    incoming->arena = sl_arena_new();
    if (incoming->arena == NULL) {
        sl_free(incoming);
        return NULL;
    }
    atomic_init(&incoming->references, 1);
    pthread_mutex_init(&incoming->mutex, NULL);
    incoming->server = server;
    incoming->connection = connection;
    incoming->task.run = run_handler;
    incoming->closed_task.run = run_closed;
    atomic_fetch_add(&server->active, 1);
    return incoming;
}

static void incoming_ref(struct sl_http_incoming *incoming)
{
    atomic_fetch_add(&incoming->references, 1);
}

/** Frees what the request was read into: its user is through with it. */
static void drop_request(struct sl_http_incoming *incoming)
{
    sl_arena_free(SL_TAKE(incoming->arena));
    sl_text_done(&incoming->body);
}

void sl_http_incoming_unref(struct sl_http_incoming *incoming)
{
    if (atomic_fetch_sub(&incoming->references, 1) != 1)
        return;
    drop_request(incoming);
    if (incoming->response != NULL)
        MHD_destroy_response(incoming->response);
    sl_text_done(&incoming->pending);
    pthread_mutex_destroy(&incoming->mutex);
    sl_free(incoming);
}

/* ---- microhttpd's thread to the loop ---- */

bool sl_http_incoming_hand_over(struct sl_http_incoming *incoming)
{
    struct sl_http_server *server = incoming->server;
    pthread_mutex_lock(&server->mutex);
    bool is_taken = !server->is_closing;
    if (is_taken) {
        incoming_ref(incoming);
        incoming->is_suspended = true;
        MHD_suspend_connection(incoming->connection);
        incoming->next = server->live;
        if (incoming->next != NULL)
            incoming->next->previous = incoming;
        server->live = incoming;
        sl_loop_post(server->loop, &incoming->task);
    }
    pthread_mutex_unlock(&server->mutex);
    return is_taken;
}

static void run_handler(struct sl_task *task)
{
    struct sl_http_incoming *incoming =
        (struct sl_http_incoming *)((char *)task - offsetof(struct sl_http_incoming, task));
    if (incoming->is_detached)
        sl_http_incoming_unref(incoming);
    else
        incoming->server->handler(incoming->server->arg, incoming, &incoming->request);
}

static void run_closed(struct sl_task *task)
{
    struct sl_http_incoming *incoming =
        (struct sl_http_incoming *)((char *)task - offsetof(struct sl_http_incoming, closed_task));
    if (!incoming->is_released && !incoming->is_detached && incoming->on_closed != NULL)
        incoming->on_closed(incoming->on_closed_arg);
    sl_http_incoming_unref(incoming);
}

void sl_http_incoming_completed(void *arg, struct MHD_Connection *connection, void **state,
                                enum MHD_RequestTerminationCode code)
{
    struct sl_http_server *server = arg;
    struct sl_http_incoming *incoming = *state;
    (void)code;
    sl_http_connection_answered(connection);
    if (incoming == NULL)
        return;
    *state = NULL;
    pthread_mutex_lock(&incoming->mutex);
    incoming->is_completed = true;
    bool left_early = incoming->is_stream && !incoming->is_ended;
    pthread_mutex_unlock(&incoming->mutex);
    if (left_early) {
        incoming_ref(incoming);
        sl_loop_post(server->loop, &incoming->closed_task);
    }
    sl_http_incoming_unref(incoming);
    atomic_fetch_sub(&server->active, 1);
}

/* ---- answering; the loop ---- */

struct sl_arena *sl_http_incoming_arena(struct sl_http_incoming *incoming)
{
    return incoming->arena;
}

const struct sl_http_incoming_request *
sl_http_incoming_request(const struct sl_http_incoming *incoming)
{
    return &incoming->request;
}

static void unlink_live(struct sl_http_incoming *incoming)
{
    struct sl_http_server *server = incoming->server;
    pthread_mutex_lock(&server->mutex);
    if (incoming->next != NULL)
        incoming->next->previous = incoming->previous;
    if (incoming->previous != NULL)
        incoming->previous->next = incoming->next;
    else
        server->live = incoming->next;
    pthread_mutex_unlock(&server->mutex);
}

/** Lets microhttpd go on with the connection where it waits. */
static void resume(struct sl_http_incoming *incoming)
{
    pthread_mutex_lock(&incoming->mutex);
    bool was_suspended = incoming->is_suspended;
    incoming->is_suspended = false;
    pthread_mutex_unlock(&incoming->mutex);
    if (was_suspended)
        MHD_resume_connection(incoming->connection);
}

/** The handler is through: its reference goes. */
static void release(struct sl_http_incoming *incoming)
{
    struct sl_http_server *server = incoming->is_detached ? NULL : incoming->server;
    sl_http_observed(incoming);
    incoming->is_released = true;
    if (server != NULL)
        unlink_live(incoming);
    drop_request(incoming);
    if (server != NULL)
        resume(incoming);
    sl_http_incoming_unref(incoming);
    if (server != NULL)
        sl_http_server_answered(server);
}

static void add_headers(struct MHD_Response *response, const struct sl_headers *headers)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++)
        MHD_add_response_header(response, headers->entries[i].name, headers->entries[i].value);
}

void sl_http_answer_header(struct sl_http_incoming *incoming, const char *name, const char *value)
{
    /* It was answered by the server: nothing is added any more. */
    if (incoming->is_detached)
        return;
    (void)!sl_headers_add(&incoming->answer_headers, incoming->arena, name, value);
}

void sl_http_reply(struct sl_http_incoming *incoming, int status, const struct sl_headers *headers,
                   const void *body, size_t body_length)
{
    if (!incoming->is_detached) {
        incoming->status = status;
        incoming->response = MHD_create_response_from_buffer(
            body_length, body_length > 0 ? (void *)(uintptr_t)body : NULL, MHD_RESPMEM_MUST_COPY);
        if (incoming->response != NULL) {
            add_headers(incoming->response, &incoming->answer_headers);
            add_headers(incoming->response, headers);
        }
    }
    release(incoming);
}

/* ---- streams ---- */

/** microhttpd asks for more: gives what waits, ends, or has the connection wait. */
static ssize_t read_pending(void *arg, uint64_t position, char *buffer, size_t max)
{
    struct sl_http_incoming *incoming = arg;
    (void)position;
    pthread_mutex_lock(&incoming->mutex);
    struct sl_text *pending = &incoming->pending;
    size_t length = pending->length - incoming->pending_sent;
    ssize_t result = 0;
    if (length > 0) {
        length = length < max ? length : max;
        memcpy(buffer, pending->data + incoming->pending_sent, length);
        incoming->pending_sent += length;
        result = (ssize_t)length;
        if (incoming->pending_sent == pending->length) {
            sl_text_clear(pending);
            incoming->pending_sent = 0;
        }
    } else if (sl_text_failed(pending)) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (incoming->is_ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        incoming->is_suspended = true;
        MHD_suspend_connection(incoming->connection);
    }
    pthread_mutex_unlock(&incoming->mutex);
    return result;
}

void sl_http_stream_begin(struct sl_http_incoming *incoming, int status,
                          const struct sl_headers *headers, void (*on_closed)(void *arg), void *arg)
{
    incoming->on_closed = on_closed;
    incoming->on_closed_arg = arg;
    if (incoming->is_detached)
        return;
    incoming->status = status;
    incoming->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES,
                                                           read_pending, incoming, NULL);
    if (incoming->response != NULL) {
        add_headers(incoming->response, &incoming->answer_headers);
        add_headers(incoming->response, headers);
    }
    pthread_mutex_lock(&incoming->mutex);
    incoming->is_stream = true;
    pthread_mutex_unlock(&incoming->mutex);
    resume(incoming);
    sl_http_server_answered(incoming->server);
}

size_t sl_http_stream_send(struct sl_http_incoming *incoming, const void *bytes, size_t length)
{
    size_t waiting = 0;
    bool has_news = false;
    if (incoming->is_detached)
        return 0;
    pthread_mutex_lock(&incoming->mutex);
    if (!incoming->is_completed) {
        sl_text_append_bytes(&incoming->pending, bytes, length);
        waiting = incoming->pending.length - incoming->pending_sent;
        has_news = waiting > 0 || sl_text_failed(&incoming->pending);
    }
    pthread_mutex_unlock(&incoming->mutex);
    if (has_news)
        resume(incoming);
    return waiting;
}

static void mark_ended(struct sl_http_incoming *incoming)
{
    pthread_mutex_lock(&incoming->mutex);
    incoming->is_ended = true;
    pthread_mutex_unlock(&incoming->mutex);
}

void sl_http_stream_end(struct sl_http_incoming *incoming)
{
    mark_ended(incoming);
    release(incoming);
}

/* ---- the server stops ---- */

void sl_http_incoming_detach(struct sl_http_incoming *incoming)
{
    bool is_stream = incoming->is_stream;
    unlink_live(incoming);
    if (is_stream) {
        mark_ended(incoming);
    } else {
        incoming->status = 503;
        incoming->response =
            sl_http_refusal_response(incoming->server, 503, "The server is being stopped");
        if (incoming->response != NULL)
            add_headers(incoming->response, &incoming->answer_headers);
    }
    incoming->is_detached = true;
    resume(incoming);
    if (is_stream && incoming->on_closed != NULL)
        incoming->on_closed(incoming->on_closed_arg);
}
