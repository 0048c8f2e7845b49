#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "http/exchange.h"
#include "http/reader.h"

/*
 * HTTP/1.1 without TLS over connections that are kept: what the calls of an agent to its tools are
 * made of, and where libcurl costs more than all the rest of a call (docs/adr/0014). libcurl opens
 * the connection, with its resolver and its timeouts; from then on the socket is ours. A request
 * that must not be sent twice never comes here: see sl_http_is_plain(). All on curl's thread.
 */

/** A connection that was idle for longer may be one that nobody but us remembers. */
#define IDLE_MS 60000

struct sl_http_link {
    struct sl_http_client *client;
    /** Of the idle or the closed. */
    struct sl_http_link *next;
    int fd;
    /** What epoll watches it for; 0 where epoll does not know it. */
    uint32_t watched;
    int64_t idle_since_ms;
    /** NULL while idle. */
    struct sl_http_exchange *exchange;
    size_t sent_bytes;
    /** Carried a request before this one: the peer may have closed it meanwhile. */
    bool is_reused;
    bool has_answered;
    struct sl_http_reader reader;
    /** Whom it leads to. */
    char origin[];
};

static void watch(struct sl_http_link *link, uint32_t events)
{
    if (link->watched == events)
        return;
    int operation = events == 0          ? EPOLL_CTL_DEL
                    : link->watched == 0 ? EPOLL_CTL_ADD
                                         : EPOLL_CTL_MOD;
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(uintptr_t)link};
    if (epoll_ctl(link->client->epoll_fd, operation, link->fd, &event) == 0)
        link->watched = events;
}

/* ---- Their lives ---- */

/** Its memory stays until the end of the turn: events of it may be at hand. */
static void close_link(struct sl_http_link *link)
{
    struct sl_http_client *client = link->client;
    close(link->fd);
    sl_http_reader_done(&link->reader);
    if (link->exchange != NULL)
        link->exchange->link = NULL;
    link->exchange = NULL;
    link->fd = -1;
    link->next = client->closed_links;
    client->closed_links = link;
}

void sl_http_plain_collect(struct sl_http_client *client)
{
    while (client->closed_links != NULL) {
        struct sl_http_link *link = client->closed_links;
        client->closed_links = link->next;
        sl_free(link);
    }
}

static void take_out_idle(struct sl_http_link *link)
{
    struct sl_http_link **place = &link->client->idle_links;
    while (*place != link)
        place = &(*place)->next;
    *place = link->next;
    link->client->idle_count--;
}

static struct sl_http_link *find_idle(struct sl_http_client *client, const char *origin)
{
    struct sl_http_link *link = client->idle_links;
    while (link != NULL && strcmp(link->origin, origin) != 0)
        link = link->next;
    if (link != NULL)
        take_out_idle(link);
    if (link == NULL || sl_http_now_ms() - link->idle_since_ms <= IDLE_MS)
        return link;
    /* The last used is the first found, so all others are older still. */
    close_link(link);
    return find_idle(client, origin);
}

static void keep(struct sl_http_link *link)
{
    struct sl_http_client *client = link->client;
    if (client->idle_count >= client->max_idle_links || link->watched == 0) {
        close_link(link);
        return;
    }
    link->idle_since_ms = sl_http_now_ms();
    link->next = client->idle_links;
    client->idle_links = link;
    client->idle_count++;
}

void sl_http_plain_drop(struct sl_http_exchange *exchange)
{
    if (exchange->link != NULL)
        close_link(exchange->link);
}

void sl_http_plain_close(struct sl_http_client *client)
{
    while (client->idle_links != NULL) {
        struct sl_http_link *link = client->idle_links;
        take_out_idle(link);
        close_link(link);
    }
    sl_http_plain_collect(client);
}

/* ---- Sending ---- */

static void end(struct sl_http_exchange *exchange, enum sl_code code, const char *why)
{
    sl_http_plain_drop(exchange);
    sl_http_transfer_stop(exchange, code, why);
    sl_http_driver_end(exchange, CURLE_RECV_ERROR);
}

/** The connection is of no more use. One that was closed while it was idle takes no request with
 * it: what is sent here may be sent once more, on a new one. */
static void break_off(struct sl_http_link *link, enum sl_code code, const char *why)
{
    struct sl_http_exchange *exchange = link->exchange;
    bool is_stale = link->is_reused && !link->has_answered;
    if (!is_stale) {
        end(exchange, code, why);
        return;
    }
    close_link(link);
    if (sl_http_transfer_connect(exchange) != SL_OK)
        end(exchange, SL_RESOURCE_EXHAUSTED, "out of memory");
}

static void send_more(struct sl_http_link *link)
{
    const struct sl_http_exchange *exchange = link->exchange;
    while (link->sent_bytes < exchange->wire_length) {
        ssize_t sent = send(link->fd, exchange->wire + link->sent_bytes,
                            exchange->wire_length - link->sent_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN) {
            break_off(link, SL_UNAVAILABLE, strerror(errno));
            return;
        }
        if (sent < 0)
            break;
        link->sent_bytes += (size_t)sent;
    }
    bool is_sent = link->sent_bytes == exchange->wire_length;
    watch(link, is_sent ? (uint32_t)EPOLLIN : (uint32_t)(EPOLLIN | EPOLLOUT));
    if (link->watched == 0)
        end(link->exchange, SL_RESOURCE_EXHAUSTED, "its socket cannot be watched");
}

static void carry(struct sl_http_link *link, struct sl_http_exchange *exchange, bool is_reused)
{
    link->exchange = exchange;
    exchange->link = link;
    link->sent_bytes = 0;
    link->is_reused = is_reused;
    link->has_answered = false;
    link->reader = (struct sl_http_reader){
        .arena = exchange->arena,
        .has_no_body = strcmp(exchange->request.method, "HEAD") == 0,
    };
    exchange->has_begun = true;
    send_more(link);
}

enum sl_code sl_http_plain_begin(struct sl_http_exchange *exchange)
{
    struct sl_http_link *link = find_idle(exchange->client, exchange->origin);
    if (link == NULL)
        return sl_http_transfer_connect(exchange);
    carry(link, exchange, true);
    return SL_OK;
}

void sl_http_plain_connected(struct sl_http_exchange *exchange)
{
    curl_socket_t theirs = CURL_SOCKET_BAD;
    curl_easy_getinfo(exchange->easy, CURLINFO_ACTIVESOCKET, &theirs);
    /* libcurl closes its descriptor with its handle; the connection lives on in ours. */
    int fd = theirs == CURL_SOCKET_BAD ? -1 : fcntl(theirs, F_DUPFD_CLOEXEC, 0);
    sl_http_transfer_give_back(exchange);
    struct sl_http_link *link =
        fd < 0 ? NULL : sl_alloc(sizeof(*link) + strlen(exchange->origin) + 1);
    if (link == NULL) {
        if (fd >= 0)
            close(fd);
        end(exchange, SL_RESOURCE_EXHAUSTED, "no memory or no file for its connection");
        return;
    }
    link->client = exchange->client;
    link->fd = fd;
    stpcpy(link->origin, exchange->origin);
    carry(link, exchange, false);
}

/* ---- Receiving ---- */

/** The answer is there. A connection that still has something to say is not one to go on with. */
static void complete(struct sl_http_link *link, bool has_more)
{
    struct sl_http_exchange *exchange = link->exchange;
    bool is_kept = link->reader.is_kept && !has_more && link->sent_bytes == exchange->wire_length;
    exchange->link = NULL;
    link->exchange = NULL;
    sl_http_reader_done(&link->reader);
    link->reader = (struct sl_http_reader){0};
    if (is_kept)
        keep(link);
    else
        close_link(link);
    sl_http_driver_end(exchange, CURLE_OK);
}

/** False where the exchange is over. */
static bool feed(struct sl_http_link *link, const char *at, const char *limit)
{
    struct sl_http_exchange *exchange = link->exchange;
    for (;;) {
        struct sl_http_piece piece;
        switch (sl_http_reader_next(&link->reader, &at, limit, &piece)) {
        case SL_HTTP_PART_NONE:
            return true;
        case SL_HTTP_PART_HEAD:
            exchange->status = link->reader.status;
            exchange->headers = link->reader.headers;
            sl_http_transfer_end_head(exchange);
            break;
        case SL_HTTP_PART_DATA:
            if (sl_http_transfer_take_body(exchange, piece.bytes, piece.length))
                break;
            end(exchange, SL_RESOURCE_EXHAUSTED, "the answer is refused");
            return false;
        case SL_HTTP_PART_END:
            complete(link, at < limit);
            return false;
        case SL_HTTP_PART_BROKEN:
            end(exchange, link->reader.fault_code, link->reader.fault);
            return false;
        }
    }
}

static void hear_end(struct sl_http_link *link)
{
    if (sl_http_reader_close(&link->reader) == SL_HTTP_PART_END)
        complete(link, false);
    else
        break_off(link, link->reader.fault_code, link->reader.fault);
}

static void receive(struct sl_http_link *link)
{
    struct sl_http_client *client = link->client;
    for (;;) {
        if (link->exchange->request.on_data != NULL &&
            sl_http_transfer_must_pause(link->exchange)) {
            watch(link, 0);
            return;
        }
        ssize_t got = recv(link->fd, client->input, sizeof(client->input), MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got < 0) {
            break_off(link, SL_UNAVAILABLE, strerror(errno));
            return;
        }
        if (got == 0) {
            hear_end(link);
            return;
        }
        link->has_answered = true;
        /* What did not fill the room was all there is; epoll tells of more. */
        if (!feed(link, client->input, client->input + got) || got < (ssize_t)sizeof(client->input))
            return;
    }
}

void sl_http_plain_resume(struct sl_http_exchange *exchange)
{
    if (exchange->link != NULL)
        watch(exchange->link, EPOLLIN);
}

void sl_http_plain_event(struct sl_http_link *link, uint32_t events)
{
    if (link->fd < 0)
        return;
    if (link->exchange == NULL) {
        /* Closed, or bytes that nobody asked for. */
        take_out_idle(link);
        close_link(link);
        return;
    }
    struct sl_http_exchange *exchange = link->exchange;
    if ((events & EPOLLOUT) != 0)
        send_more(link);
    if (link->exchange == exchange && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        receive(link);
}
