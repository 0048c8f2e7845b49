#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/exchange.h"

#define EVENTS_AT_ONCE 64

int64_t sl_http_now_ms(void)
{
    return sl_clock_monotonic_ms(sl_clock_system());
}

void sl_http_driver_wake(struct sl_http_client *client)
{
    uint64_t one = 1;
    ssize_t written = write(client->wake_fd, &one, sizeof(one));
    /* It can only fail where the counter is full, and then the thread wakes anyhow. */
    (void)written;
}

/* ---- what epoll hands back: a connection of ours, or the number of a descriptor, marked ---- */

static uint64_t mark_of(int fd)
{
    return (uint64_t)fd << 1 | 1;
}

static bool is_marked(uint64_t mark)
{
    return (mark & 1) != 0;
}

/* ---- what curl asks for: sockets to watch, a timer ---- */

/** socket_state is not NULL where epoll knows the socket already. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_state)
{
    struct sl_http_client *client = arg;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(client->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        curl_multi_assign(client->multi, fd, NULL);
        return 0;
    }
    struct epoll_event event = {.data.u64 = mark_of(fd)};
    event.events = ((what & CURL_POLL_IN) != 0 ? (uint32_t)EPOLLIN : 0) |
                   ((what & CURL_POLL_OUT) != 0 ? (uint32_t)EPOLLOUT : 0);
    int operation = socket_state != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    int result = epoll_ctl(client->epoll_fd, operation, fd, &event);
    if (result != 0 && errno == EEXIST)
        result = epoll_ctl(client->epoll_fd, EPOLL_CTL_MOD, fd, &event);
    else if (result != 0 && errno == ENOENT)
        result = epoll_ctl(client->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    if (result != 0)
        return -1;
    curl_multi_assign(client->multi, fd, client);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *arg)
{
    struct sl_http_client *client = arg;
    (void)multi;
    client->curl_timer_ms = timeout_ms < 0 ? INT64_MAX : sl_http_now_ms() + timeout_ms;
    return 0;
}

/* ---- streams: their deadlines move, so curl's own timeout does not fit them ---- */

static void streams_add(struct sl_http_exchange *exchange)
{
    struct sl_http_client *client = exchange->client;
    exchange->stream_next = client->streams;
    if (exchange->stream_next != NULL)
        exchange->stream_next->stream_previous = exchange;
    client->streams = exchange;
    exchange->is_in_streams = true;
}

static void streams_remove(struct sl_http_exchange *exchange)
{
    if (exchange->stream_next != NULL)
        exchange->stream_next->stream_previous = exchange->stream_previous;
    if (exchange->stream_previous != NULL)
        exchange->stream_previous->stream_next = exchange->stream_next;
    else
        exchange->client->streams = exchange->stream_next;
}

void sl_http_driver_end(struct sl_http_exchange *exchange, CURLcode result)
{
    if (exchange->is_in_streams)
        streams_remove(exchange);
    exchange->is_over = true;
    sl_http_transfer_end(exchange, result);
}

/** Looks at all streams when the nearest deadline known may have come; activity moves them
 * meanwhile. */
static void check_streams(struct sl_http_client *client)
{
    int64_t now = sl_http_now_ms();
    if (now < client->streams_check_ms)
        return;
    client->streams_check_ms = INT64_MAX;
    struct sl_http_exchange *next = NULL;
    for (struct sl_http_exchange *at = client->streams; at != NULL; at = next) {
        next = at->stream_next;
        if (at->deadline_ms <= now) {
            sl_http_transfer_stop(at, SL_DEADLINE_EXCEEDED,
                                  at->is_head_complete && at->request.is_stream
                                      ? "nothing came for too long"
                                      : "no answer in time");
            sl_http_driver_end(at, CURLE_OPERATION_TIMEDOUT);
        } else if (at->deadline_ms < client->streams_check_ms) {
            client->streams_check_ms = at->deadline_ms;
        }
    }
}

/* ---- the inbox ---- */

/** False where it ended at once: then the loop has been told, and may have freed it. */
static bool start_transfer(struct sl_http_exchange *exchange)
{
    bool is_plain = exchange->wire != NULL;
    exchange->deadline_ms = INT64_MAX;
    if (is_plain || exchange->request.is_stream) {
        sl_http_transfer_set_deadline(exchange, sl_http_now_ms() + exchange->request.timeout_ms);
        streams_add(exchange);
    }
    enum sl_code code = is_plain ? sl_http_plain_begin(exchange) : sl_http_transfer_begin(exchange);
    if (code == SL_OK)
        return !is_plain;
    sl_http_transfer_stop(exchange, SL_RESOURCE_EXHAUSTED, "out of memory");
    sl_http_driver_end(exchange, CURLE_OUT_OF_MEMORY);
    return false;
}

struct wishes {
    bool start, cancel, resume;
};

/** Takes one exchange with what the loop wants of it; false where the inbox is empty. */
static bool take_wishes(struct sl_http_client *client, struct wishes *ret_wishes,
                        struct sl_http_exchange **ret_exchange)
{
    pthread_mutex_lock(&client->mutex);
    struct sl_http_exchange *exchange = client->inbox_head;
    if (exchange != NULL) {
        client->inbox_head = exchange->inbox_next;
        if (client->inbox_head == NULL)
            client->inbox_tail = NULL;
        exchange->is_in_inbox = false;
        *ret_wishes =
            (struct wishes){exchange->wants_start, exchange->wants_cancel, exchange->wants_resume};
        exchange->wants_start = exchange->wants_cancel = exchange->wants_resume = false;
        /* The loop frees what has finished: it is not touched once the mutex is let go. */
        *ret_exchange = exchange->is_finished ? NULL : exchange;
    }
    pthread_mutex_unlock(&client->mutex);
    return exchange != NULL;
}

static void grant(struct sl_http_exchange *exchange, const struct wishes *wishes)
{
    if (exchange->is_over)
        return;
    if (wishes->cancel) {
        sl_http_transfer_stop(exchange, SL_CANCELLED, "cancelled");
        sl_http_driver_end(exchange, CURLE_ABORTED_BY_CALLBACK);
        return;
    }
    if (wishes->start && !start_transfer(exchange))
        return;
    if (wishes->resume && exchange->wire != NULL)
        sl_http_plain_resume(exchange);
    else if (wishes->resume)
        curl_easy_pause(exchange->easy, CURLPAUSE_CONT);
}

static void read_inbox(struct sl_http_client *client)
{
    struct wishes wishes;
    struct sl_http_exchange *exchange = NULL;
    while (take_wishes(client, &wishes, &exchange)) {
        if (exchange != NULL)
            grant(exchange, &wishes);
    }
}

/* ---- the thread ---- */

static void read_messages(struct sl_http_client *client)
{
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(client->multi, &left); message != NULL;
         message = curl_multi_info_read(client->multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *owner = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        struct sl_http_exchange *exchange = (struct sl_http_exchange *)(void *)owner;
        if (exchange->wire != NULL && result == CURLE_OK)
            sl_http_plain_connected(exchange);
        else
            sl_http_driver_end(exchange, result);
    }
}

static int wait_ms(const struct sl_http_client *client)
{
    int64_t due = client->curl_timer_ms < client->streams_check_ms ? client->curl_timer_ms
                                                                   : client->streams_check_ms;
    if (due == INT64_MAX)
        return -1;
    int64_t left = due - sl_http_now_ms();
    if (left <= 0)
        return 0;
    return left < 60000 ? (int)left : 60000;
}

static void handle_socket(struct sl_http_client *client, const struct epoll_event *event)
{
    if (!is_marked(event->data.u64)) {
        sl_http_plain_event((struct sl_http_link *)(uintptr_t)event->data.u64, event->events);
        return;
    }
    int running = 0;
    int mask = 0;
    if ((event->events & (EPOLLIN | EPOLLHUP)) != 0)
        mask |= CURL_CSELECT_IN;
    if ((event->events & EPOLLOUT) != 0)
        mask |= CURL_CSELECT_OUT;
    if ((event->events & EPOLLERR) != 0)
        mask |= CURL_CSELECT_ERR;
    curl_multi_socket_action(client->multi, (curl_socket_t)(event->data.u64 >> 1), mask, &running);
}

static bool is_stopping(struct sl_http_client *client)
{
    pthread_mutex_lock(&client->mutex);
    bool result = client->is_stopping;
    pthread_mutex_unlock(&client->mutex);
    return result;
}

static void turn(struct sl_http_client *client)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int running = 0;
    int count = epoll_wait(client->epoll_fd, events, EVENTS_AT_ONCE, wait_ms(client));
    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 != mark_of(client->wake_fd)) {
            handle_socket(client, &events[i]);
            continue;
        }
        uint64_t wakes = 0;
        ssize_t got = read(client->wake_fd, &wakes, sizeof(wakes));
        (void)got;
    }
    if (sl_http_now_ms() >= client->curl_timer_ms) {
        client->curl_timer_ms = INT64_MAX;
        curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    read_inbox(client);
    check_streams(client);
    read_messages(client);
    sl_http_plain_collect(client);
    sl_http_client_flush(client);
}

void *sl_http_driver_run(void *arg)
{
    struct sl_http_client *client = arg;
    while (!is_stopping(client))
        turn(client);
    return NULL;
}

/* ---- opening and closing, on the loop ---- */

static void close_parts(struct sl_http_client *client)
{
    while (client->pool_count > 0)
        curl_easy_cleanup(client->pool[--client->pool_count]);
    if (client->multi != NULL)
        curl_multi_cleanup(client->multi);
    if (client->epoll_fd >= 0)
        close(client->epoll_fd);
    if (client->wake_fd >= 0)
        close(client->wake_fd);
    client->epoll_fd = client->wake_fd = -1;
}

static bool open_parts(struct sl_http_client *client, long max_idle_connections)
{
    client->curl_timer_ms = client->streams_check_ms = INT64_MAX;
    client->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    client->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    client->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == 0 ? curl_multi_init() : NULL;
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = mark_of(client->wake_fd)};
    if (client->epoll_fd < 0 || client->wake_fd < 0 || client->multi == NULL ||
        epoll_ctl(client->epoll_fd, EPOLL_CTL_ADD, client->wake_fd, &event) != 0)
        return false;
    CURLM *multi = client->multi;
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, max_idle_connections) == CURLM_OK;
}

/** The thread takes no signals: they belong to whoever waits for them. */
static int start_thread(struct sl_http_client *client)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&client->thread, NULL, sl_http_driver_run, client);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

enum sl_code sl_http_driver_open(struct sl_http_client *client, long max_idle_connections,
                                 struct sl_error *err)
{
    client->epoll_fd = client->wake_fd = -1;
    if (open_parts(client, max_idle_connections) && start_thread(client) == 0)
        return SL_OK;
    close_parts(client);
    return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "cannot start the HTTP client: %s",
                        strerror(errno));
}

void sl_http_driver_close(struct sl_http_client *client)
{
    pthread_mutex_lock(&client->mutex);
    client->is_stopping = true;
    pthread_mutex_unlock(&client->mutex);
    sl_http_driver_wake(client);
    pthread_join(client->thread, NULL);
    for (struct sl_http_exchange *at = client->exchanges; at != NULL; at = at->next) {
        sl_http_plain_drop(at);
        if (at->easy == NULL)
            continue;
        curl_multi_remove_handle(client->multi, at->easy);
        curl_easy_cleanup(at->easy);
        at->easy = NULL;
    }
    sl_http_plain_close(client);
    close_parts(client);
}
