#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "http/exchange.h"

/** Bytes of a body that may wait for the loop before curl is told to pause. */
#define PAUSE_BYTES ((size_t)1024 * 1024)
#define MAX_HEAD_FIELDS 256

void sl_http_transfer_stop(struct sl_http_exchange *exchange, enum sl_code code, const char *why)
{
    if (exchange->stop.code == SL_OK)
        sl_error_set(&exchange->stop, code, "%s: %s", exchange->label, why);
}

void sl_http_transfer_set_deadline(struct sl_http_exchange *exchange, int64_t deadline_ms)
{
    exchange->deadline_ms = deadline_ms;
    if (deadline_ms < exchange->client->streams_check_ms)
        exchange->client->streams_check_ms = deadline_ms;
}

/** Sets how long a stream whose answer has begun may be silent. */
static void expect_more(struct sl_http_exchange *exchange)
{
    int64_t idle_ms = exchange->request.idle_timeout_ms;
    if (exchange->request.is_stream)
        sl_http_transfer_set_deadline(exchange,
                                      idle_ms > 0 ? sl_http_now_ms() + idle_ms : INT64_MAX);
}

/* ---- what curl calls ---- */

/** A new status line begins a new head: those of 1xx answers are forgotten (RFC 9110, 15.2). */
static size_t begin_head(struct sl_http_exchange *exchange, const char *line, size_t length)
{
    const char *space = memchr(line, ' ', length);
    exchange->status = space != NULL ? (int)strtol(space, NULL, 10) : 0;
    exchange->headers = (struct sl_headers){0};
    return length;
}

void sl_http_transfer_end_head(struct sl_http_exchange *exchange)
{
    if (exchange->status < 200 || exchange->is_head_complete)
        return;
    exchange->is_head_complete = true;
    expect_more(exchange);
    if (exchange->request.on_head != NULL)
        sl_http_client_tell(exchange->client, (struct sl_http_event *)&exchange->head_event);
}

static enum sl_code add_field(struct sl_http_exchange *exchange, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    if (colon == NULL)
        return SL_OK;
    const char *value = colon + 1;
    const char *end = line + length;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r' || end[-1] == '\n'))
        end--;
    enum sl_code code = sl_headers_add_bytes(&exchange->headers, exchange->arena, line,
                                             (size_t)(colon - line), value, (size_t)(end - value));
    /* A field that no field may be is left out: the answer is still one. */
    return code == SL_INVALID_ARGUMENT ? SL_OK : code;
}

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
    struct sl_http_exchange *exchange = arg;
    size_t length = size * count;
    if (exchange->is_head_complete)
        return length; /* trailers */
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        return begin_head(exchange, line, length);
    if (length == 0 || line[0] == '\r' || line[0] == '\n') {
        sl_http_transfer_end_head(exchange);
        return length;
    }
    if (exchange->headers.count >= MAX_HEAD_FIELDS) {
        sl_http_transfer_stop(exchange, SL_RESOURCE_EXHAUSTED, "the answer has too many headers");
        return 0;
    }
    if (add_field(exchange, line, length) != SL_OK) {
        sl_http_transfer_stop(exchange, SL_RESOURCE_EXHAUSTED, "out of memory");
        return 0;
    }
    return length;
}

bool sl_http_transfer_must_pause(struct sl_http_exchange *exchange)
{
    struct sl_http_client *client = exchange->client;
    pthread_mutex_lock(&client->mutex);
    exchange->is_paused = exchange->queued_bytes >= PAUSE_BYTES;
    bool is_paused = exchange->is_paused;
    pthread_mutex_unlock(&client->mutex);
    return is_paused;
}

static bool pass_data(struct sl_http_exchange *exchange, const char *bytes, size_t length)
{
    struct sl_http_event *event = sl_alloc(sizeof(*event) + length);
    if (event == NULL)
        return false;
    event->exchange = exchange;
    event->kind = SL_HTTP_EVENT_DATA;
    event->length = length;
    memcpy(event->bytes, bytes, length);
    sl_http_client_tell(exchange->client, event);
    return true;
}

bool sl_http_transfer_take_body(struct sl_http_exchange *exchange, const char *bytes, size_t length)
{
    const struct sl_http_request *request = &exchange->request;
    expect_more(exchange);
    if (length > request->max_body_bytes - exchange->received_bytes) {
        sl_http_transfer_stop(exchange, SL_RESOURCE_EXHAUSTED, "the answer is too large");
        return false;
    }
    exchange->received_bytes += length;
    bool is_taken = false;
    if (request->on_data != NULL) {
        is_taken = pass_data(exchange, bytes, length);
    } else {
        sl_text_append_bytes(&exchange->body, bytes, length);
        is_taken = !sl_text_failed(&exchange->body);
    }
    if (!is_taken)
        sl_http_transfer_stop(exchange, SL_RESOURCE_EXHAUSTED, "out of memory");
    return is_taken;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct sl_http_exchange *exchange = arg;
    size_t length = size * count;
    if (exchange->request.on_data != NULL && sl_http_transfer_must_pause(exchange)) {
        expect_more(exchange);
        return CURL_WRITEFUNC_PAUSE;
    }
    return sl_http_transfer_take_body(exchange, bytes, length) ? length : 0;
}

/** Refuses an address before anything goes there. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sl_http_exchange *exchange = arg;
    (void)purpose;
    if (exchange->request.is_address_allowed != NULL &&
        !exchange->request.is_address_allowed(&address->addr, exchange->arg)) {
        exchange->is_address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/** The last thing before the request's first byte: until here, it provably was not executed. */
static int on_prerequest(void *arg, char *peer, char *local, int peer_port, int local_port)
{
    struct sl_http_exchange *exchange = arg;
    (void)peer, (void)local, (void)peer_port, (void)local_port;
    exchange->has_begun = true;
    return CURL_PREREQFUNC_OK;
}

/* ---- setting up ---- */

/* A failure of setopt is memory that is out, or a libcurl without the feature: either ends it. */
#define SET(option, value)                                                                         \
    do {                                                                                           \
        if (curl_easy_setopt(easy, (option), (value)) != CURLE_OK)                                 \
            return SL_RESOURCE_EXHAUSTED;                                                          \
    } while (0)

static enum sl_code set_method(CURL *easy, const struct sl_http_request *request)
{
    bool is_head = strcmp(request->method, "HEAD") == 0;
    bool has_body = request->body_length > 0 || strcmp(request->method, "POST") == 0 ||
                    strcmp(request->method, "PUT") == 0;
    if (is_head)
        SET(CURLOPT_NOBODY, 1L);
    if (has_body && !is_head) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    }
    SET(CURLOPT_CUSTOMREQUEST, request->method);
    return SL_OK;
}

static enum sl_code set_connection(CURL *easy, const struct sl_http_exchange *exchange)
{
    const struct sl_http_request *request = &exchange->request;
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)exchange->client->connect_timeout_ms);
    if (!request->is_stream)
        SET(CURLOPT_TIMEOUT_MS, (long)(request->timeout_ms > 0 ? request->timeout_ms : 1));
    /* Addresses are checked as a connection is opened: a checked request opens its own. */
    bool is_fresh = request->is_fresh_connection || request->is_address_allowed != NULL;
    SET(CURLOPT_FRESH_CONNECT, is_fresh ? 1L : 0L);
    SET(CURLOPT_FORBID_REUSE, is_fresh ? 1L : 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    if (exchange->client->trusts_any_certificate) {
        SET(CURLOPT_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    return SL_OK;
}

static enum sl_code set_callbacks(CURL *easy, struct sl_http_exchange *exchange)
{
    SET(CURLOPT_PRIVATE, (void *)exchange);
    SET(CURLOPT_ERRORBUFFER, exchange->curl_error);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, (void *)exchange);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, (void *)exchange);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)exchange);
    SET(CURLOPT_PREREQFUNCTION, on_prerequest);
    SET(CURLOPT_PREREQDATA, (void *)exchange);
    return SL_OK;
}

static enum sl_code set_up(CURL *easy, struct sl_http_exchange *exchange)
{
    if (exchange->mail != NULL)
        return sl_mail_set_up(easy, exchange);
    SET(CURLOPT_URL, exchange->request.url);
    SET(CURLOPT_HTTPHEADER, exchange->curl_headers);
    SL_TRY(set_method(easy, &exchange->request));
    SL_TRY(set_connection(easy, exchange));
    return set_callbacks(easy, exchange);
}

static enum sl_code take_handle(struct sl_http_exchange *exchange)
{
    struct sl_http_client *client = exchange->client;
    exchange->easy = client->pool_count > 0 ? client->pool[--client->pool_count] : curl_easy_init();
    return exchange->easy != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code add_handle(struct sl_http_exchange *exchange)
{
    CURLMcode code = curl_multi_add_handle(exchange->client->multi, exchange->easy);
    return code == CURLM_OK ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

enum sl_code sl_http_transfer_begin(struct sl_http_exchange *exchange)
{
    SL_TRY(take_handle(exchange));
    SL_TRY(set_up(exchange->easy, exchange));
    return add_handle(exchange);
}

static enum sl_code set_up_connect(CURL *easy, struct sl_http_exchange *exchange)
{
    char url[1024];
    /* A host's name has at most 255 characters, and sl_http_is_plain() knows its scheme. */
    snprintf(url, sizeof(url), "http://%s/", exchange->origin);
    SET(CURLOPT_URL, url);
    SL_TRY(set_connection(easy, exchange));
    SET(CURLOPT_TIMEOUT_MS, 0L);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_CONNECT_ONLY, 1L);
    return set_callbacks(easy, exchange);
}

enum sl_code sl_http_transfer_connect(struct sl_http_exchange *exchange)
{
    SL_TRY(take_handle(exchange));
    SL_TRY(set_up_connect(exchange->easy, exchange));
    return add_handle(exchange);
}

/* ---- the end ---- */

static const struct {
    CURLcode curl;
    enum sl_code code;
} curl_codes[] = {
    {CURLE_OUT_OF_MEMORY, SL_RESOURCE_EXHAUSTED},
    {CURLE_URL_MALFORMAT, SL_INVALID_ARGUMENT},
    {CURLE_UNSUPPORTED_PROTOCOL, SL_INVALID_ARGUMENT},
    {CURLE_OPERATION_TIMEDOUT, SL_DEADLINE_EXCEEDED},
};

static enum sl_code code_of(const struct sl_http_exchange *exchange, CURLcode result)
{
    curl_off_t total_us = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_TOTAL_TIME_T, &total_us);
    bool is_whole_time = total_us / 1000 >= exchange->request.timeout_ms - 1;
    /* A connection that cannot be made in its own time is a peer that is not there. */
    if (result == CURLE_OPERATION_TIMEDOUT && !exchange->has_begun && !is_whole_time)
        return SL_UNAVAILABLE;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(curl_codes); i++) {
        if (curl_codes[i].curl == result)
            return curl_codes[i].code;
    }
    return SL_UNAVAILABLE;
}

static void set_error(struct sl_http_exchange *exchange, CURLcode result)
{
    if (result != CURLE_OK && exchange->is_address_refused && !exchange->has_begun)
        sl_http_transfer_stop(exchange, SL_PERMISSION_DENIED, "its address is not allowed");
    if (exchange->stop.code != SL_OK) {
        exchange->error = exchange->stop;
    } else if (result != CURLE_OK) {
        const char *why =
            exchange->curl_error[0] != '\0' ? exchange->curl_error : curl_easy_strerror(result);
        sl_error_set(&exchange->error, code_of(exchange, result), "%s: %s", exchange->label, why);
    }
    if (exchange->error.code != SL_OK)
        exchange->error.outcome =
            exchange->has_begun ? SL_OUTCOME_UNKNOWN : SL_OUTCOME_NOT_EXECUTED;
    if (exchange->mail != NULL && exchange->error.code != SL_OK && exchange->stop.code == SL_OK)
        sl_mail_judge(exchange);
}

static void give_back_handle(struct sl_http_client *client, CURL *easy)
{
    curl_multi_remove_handle(client->multi, easy);
    if (client->pool_count == SL_HTTP_POOL_SIZE) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    client->pool[client->pool_count++] = easy;
}

void sl_http_transfer_give_back(struct sl_http_exchange *exchange)
{
    if (exchange->easy != NULL)
        give_back_handle(exchange->client, exchange->easy);
    exchange->easy = NULL;
}

void sl_http_transfer_end(struct sl_http_exchange *exchange, CURLcode result)
{
    set_error(exchange, result);
    sl_http_plain_drop(exchange);
    sl_http_transfer_give_back(exchange);
    sl_http_client_tell(exchange->client, (struct sl_http_event *)&exchange->done_event);
}
