#include "http/client.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "http/url.h"

#define DEFAULT_CONNECT_TIMEOUT_MS 5000
#define DEFAULT_IDLE_CONNECTIONS 256
/** Events that are delivered before the loop looks at others. */
#define EVENTS_PER_TURN 64

static void run_events(struct sl_task *task);

/* ---- exchanges ---- */

void sl_http_exchange_free(struct sl_http_exchange *exchange)
{
    if (exchange == NULL)
        return;
    curl_slist_free_all(exchange->curl_headers);
    sl_text_done(&exchange->body);
    sl_arena_pool_give(&exchange->client->arenas, exchange->arena);
    sl_free(exchange);
}

static void init_fixed_event(struct sl_http_fixed_event *event, struct sl_http_exchange *exchange,
                             enum sl_http_event_kind kind)
{
    event->exchange = exchange;
    event->kind = kind;
}

/** NULL when memory is out. */
static struct sl_http_exchange *exchange_new(struct sl_http_client *client)
{
    struct sl_http_exchange *exchange = sl_alloc(sizeof(*exchange));
    if (exchange == NULL)
        return NULL;
    exchange->client = client;
    exchange->arena = sl_arena_pool_take(&client->arenas);
    init_fixed_event(&exchange->head_event, exchange, SL_HTTP_EVENT_HEAD);
    init_fixed_event(&exchange->done_event, exchange, SL_HTTP_EVENT_DONE);
    if (exchange->arena != NULL)
        return exchange;
    sl_http_exchange_free(exchange);
    return NULL;
}

/* ---- the inbox of curl's thread; the mutex is held ---- */

static void inbox_push(struct sl_http_client *client, struct sl_http_exchange *exchange)
{
    if (exchange->is_in_inbox || exchange->is_finished || client->is_stopping)
        return;
    /* Who finds others waiting need not wake the thread: it empties the inbox once it has begun. */
    bool must_wake = client->inbox_head == NULL;
    exchange->is_in_inbox = true;
    exchange->inbox_next = NULL;
    if (client->inbox_tail != NULL)
        client->inbox_tail->inbox_next = exchange;
    else
        client->inbox_head = exchange;
    client->inbox_tail = exchange;
    if (must_wake)
        sl_http_driver_wake(client);
}

static void inbox_remove(struct sl_http_client *client, struct sl_http_exchange *exchange)
{
    if (!exchange->is_in_inbox)
        return;
    struct sl_http_exchange *before = NULL;
    struct sl_http_exchange *at = client->inbox_head;
    for (; at != exchange; at = at->inbox_next)
        before = at;
    if (before != NULL)
        before->inbox_next = exchange->inbox_next;
    else
        client->inbox_head = exchange->inbox_next;
    if (client->inbox_tail == exchange)
        client->inbox_tail = before;
    exchange->is_in_inbox = false;
}

enum sl_code sl_http_exchange_begin(struct sl_http_client *client,
                                    struct sl_http_exchange **ret_exchange, struct sl_error *err)
{
    if (!client->is_closing) {
        *ret_exchange = exchange_new(client);
        return *ret_exchange != NULL ? SL_OK : sl_error_no_memory(err);
    }
    sl_error_set(err, SL_CANCELLED, "the HTTP client is being closed");
    if (err != NULL)
        err->outcome = SL_OUTCOME_NOT_EXECUTED;
    return SL_CANCELLED;
}

void sl_http_exchange_submit(struct sl_http_exchange *exchange, sl_http_done_fn *done, void *arg)
{
    struct sl_http_client *client = exchange->client;
    exchange->done = done;
    exchange->arg = arg;
    exchange->next = client->exchanges;
    if (exchange->next != NULL)
        exchange->next->previous = exchange;
    client->exchanges = exchange;

    pthread_mutex_lock(&client->mutex);
    exchange->wants_start = true;
    inbox_push(client, exchange);
    pthread_mutex_unlock(&client->mutex);
}

enum sl_code sl_http_request_start(struct sl_http_client *client,
                                   const struct sl_http_request *request, sl_http_done_fn *done,
                                   void *arg, struct sl_http_exchange **ret_exchange,
                                   struct sl_error *err)
{
    SL_CLEANUP(sl_http_exchange_cleanup) struct sl_http_exchange *exchange = NULL;
    SL_TRY(sl_http_exchange_begin(client, &exchange, err));
    SL_TRY(sl_http_request_copy(exchange, request, err));
    sl_http_exchange_submit(exchange, done, arg);
    if (ret_exchange != NULL)
        *ret_exchange = exchange;
    exchange = NULL;
    return SL_OK;
}

void sl_http_cancel(struct sl_http_exchange *exchange)
{
    struct sl_http_client *client = exchange->client;
    exchange->is_cancelled = true;
    pthread_mutex_lock(&client->mutex);
    exchange->wants_cancel = true;
    inbox_push(client, exchange);
    pthread_mutex_unlock(&client->mutex);
}

/* ---- events, on the loop ---- */

void sl_http_client_tell(struct sl_http_client *client, struct sl_http_event *event)
{
    pthread_mutex_lock(&client->mutex);
    event->next = NULL;
    if (client->events_tail != NULL)
        client->events_tail->next = event;
    else
        client->events_head = event;
    client->events_tail = event;
    event->exchange->queued_bytes += event->kind == SL_HTTP_EVENT_DATA ? event->length : 0;
    event->exchange->is_finished |= event->kind == SL_HTTP_EVENT_DONE;
    pthread_mutex_unlock(&client->mutex);
    client->has_news = true;
}

void sl_http_client_flush(struct sl_http_client *client)
{
    if (!client->has_news)
        return;
    client->has_news = false;
    pthread_mutex_lock(&client->mutex);
    bool must_post = client->events_head != NULL && !client->is_task_out && !client->is_stopping;
    if (must_post)
        client->is_task_out = true;
    pthread_mutex_unlock(&client->mutex);
    if (must_post)
        sl_loop_post(client->loop, &client->task);
}

static struct sl_http_event *pop_event(struct sl_http_client *client)
{
    pthread_mutex_lock(&client->mutex);
    struct sl_http_event *event = client->events_head;
    if (event != NULL) {
        client->events_head = event->next;
        if (client->events_head == NULL)
            client->events_tail = NULL;
    }
    pthread_mutex_unlock(&client->mutex);
    return event;
}

/** Calls done and frees; the thread knows the exchange no more. */
static void finish(struct sl_http_exchange *exchange)
{
    struct sl_http_client *client = exchange->client;
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        client->exchanges = exchange->next;
    pthread_mutex_lock(&client->mutex);
    inbox_remove(client, exchange);
    pthread_mutex_unlock(&client->mutex);

    struct sl_http_response response = {
        .status = exchange->status,
        .headers = &exchange->headers,
        .body = sl_text_string(&exchange->body),
        .body_length = exchange->body.length,
    };
    if (exchange->is_cancelled) {
        sl_error_set(&exchange->error, SL_CANCELLED, "%s: cancelled", exchange->label);
        exchange->error.outcome =
            exchange->has_begun ? SL_OUTCOME_UNKNOWN : SL_OUTCOME_NOT_EXECUTED;
    }
    bool is_answer = exchange->error.code == SL_OK;
    exchange->done(&exchange->error, is_answer ? &response : NULL, exchange->arg);
    sl_http_exchange_free(exchange);
}

static void deliver_data(struct sl_http_event *event)
{
    struct sl_http_exchange *exchange = event->exchange;
    struct sl_http_client *client = exchange->client;
    pthread_mutex_lock(&client->mutex);
    exchange->queued_bytes -= event->length;
    if (exchange->is_paused && exchange->queued_bytes == 0) {
        exchange->is_paused = false;
        exchange->wants_resume = true;
        inbox_push(client, exchange);
    }
    pthread_mutex_unlock(&client->mutex);
    if (exchange->is_cancelled)
        return;
    if (exchange->request.on_data(event->bytes, event->length, exchange->arg) != SL_HTTP_CONTINUE)
        sl_http_cancel(exchange);
}

static void deliver(struct sl_http_event *event)
{
    struct sl_http_exchange *exchange = event->exchange;
    switch (event->kind) {
    case SL_HTTP_EVENT_HEAD:
        if (!exchange->is_cancelled &&
            exchange->request.on_head(exchange->status, &exchange->headers, exchange->arg) !=
                SL_HTTP_CONTINUE)
            sl_http_cancel(exchange);
        break;
    case SL_HTTP_EVENT_DATA:
        deliver_data(event);
        sl_free(event);
        break;
    case SL_HTTP_EVENT_DONE:
        finish(exchange);
        break;
    }
}

static void client_destroy(struct sl_http_client *client)
{
    pthread_mutex_destroy(&client->mutex);
    sl_arena_pool_done(&client->arenas);
    sl_http_place_done(&client->place);
    sl_free(client);
}

/** A callback may free the client: then only the memory is left, for this to free. */
static void run_events(struct sl_task *task)
{
    struct sl_http_client *client =
        (struct sl_http_client *)((char *)task - offsetof(struct sl_http_client, task));
    struct sl_http_event *event = NULL;
    for (int i = 0; i < EVENTS_PER_TURN && !client->is_closed; i++) {
        event = pop_event(client);
        if (event == NULL)
            break;
        deliver(event);
    }
    if (client->is_closed) {
        client_destroy(client);
        return;
    }
    pthread_mutex_lock(&client->mutex);
    client->is_task_out = client->events_head != NULL;
    bool must_post = client->is_task_out;
    pthread_mutex_unlock(&client->mutex);
    if (must_post)
        sl_loop_post(client->loop, task);
}

/* ---- the client's life ---- */

enum sl_code sl_http_client_new(struct sl_loop *loop, const struct sl_http_client_options *options,
                                struct sl_http_client **ret_client, struct sl_error *err)
{
    static const struct sl_http_client_options defaults;
    if (options == NULL)
        options = &defaults;
    struct sl_http_client *client = sl_alloc(sizeof(*client));
    if (client == NULL)
        return sl_error_no_memory(err);
    client->loop = loop;
    client->task.run = run_events;
    client->connect_timeout_ms =
        options->connect_timeout_ms > 0 ? options->connect_timeout_ms : DEFAULT_CONNECT_TIMEOUT_MS;
    client->trusts_any_certificate = options->trusts_any_certificate;
    pthread_mutex_init(&client->mutex, NULL);
    sl_http_raise_file_limit();
    long idle = options->max_idle_connections > 0 ? options->max_idle_connections
                                                  : DEFAULT_IDLE_CONNECTIONS;
    client->max_idle_links = (size_t)idle;
    enum sl_code code = sl_http_driver_open(client, idle, err);
    if (code != SL_OK) {
        client_destroy(client);
        return code;
    }
    *ret_client = client;
    return SL_OK;
}

void sl_http_client_free(struct sl_http_client *client)
{
    if (client == NULL)
        return;
    client->is_closing = true;
    sl_http_driver_close(client);
    for (struct sl_http_event *event = pop_event(client); event != NULL;
         event = pop_event(client)) {
        if (event->kind == SL_HTTP_EVENT_DATA)
            sl_free(event);
    }
    while (client->exchanges != NULL) {
        client->exchanges->is_cancelled = true;
        finish(client->exchanges);
    }
    client->is_closed = true;
    if (!client->is_task_out)
        client_destroy(client);
}
