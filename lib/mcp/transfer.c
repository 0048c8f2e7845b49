#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mcp/client_private.h"
#include "mcp/protocol.h"

/* One message over HTTP: POST, and the answer as JSON or as an event stream, which is taken up
 * again with GET where it breaks off. Source: MCP 2025-11-25, basic/transports, "Streamable HTTP".
 */

#define MAX_ANSWER_BYTES ((size_t)16 * 1024 * 1024)
/* What an error's page may say. */
#define MAX_ERROR_BYTES ((size_t)64 * 1024)
/* What a stream may go on with after its answer. */
#define MAX_DRAINED_BYTES ((size_t)64 * 1024)
#define DEFAULT_RESUME_MS 1000

int64_t sl_mcp_time_left(const struct sl_mcp_request *request)
{
    int64_t left = request->deadline_ms - sl_loop_now_ms(request->client->loop);

    return left > 1 ? left : 1;
}

bool sl_mcp_is_media_type(const char *value, const char *type)
{
    size_t length = strlen(type);

    if (!value || strncasecmp(value, type, length) != 0)
        return false;
    return value[length] == '\0' || strchr("; \t", value[length]) != NULL;
}

static enum sl_code add_header(struct sl_mcp_request *request, struct sl_headers *headers,
                               const char *name, const char *value)
{
    if (sl_headers_get(headers, name))
        return SL_OK;
    /* Constants, or what the request or the client keeps, checked when they took it. */
    return sl_headers_refer(headers, request->arena, name, value);
}

enum sl_code sl_mcp_add_all_headers(struct sl_mcp_request *request, struct sl_headers *ret_headers,
                                    struct sl_error *err)
{
    const struct sl_headers *sources[] = {&request->headers, &request->client->headers};
    enum sl_code code = SL_OK;

    SL_TRY(request->client->era->add_headers(request, ret_headers, err));
    if (code == SL_OK)
        code = add_header(request, ret_headers, "Content-Type", "application/json");
    if (code == SL_OK)
        code = add_header(request, ret_headers, "Accept", "application/json, text/event-stream");
    for (size_t s = 0; s < SL_ARRAY_LENGTH(sources); s++) {
        for (size_t i = 0; code == SL_OK && i < sources[s]->count; i++)
            code = add_header(request, ret_headers, sources[s]->entries[i].name,
                              sources[s]->entries[i].value);
    }
    return code == SL_OK ? SL_OK : sl_error_no_memory(err);
}

/* ---- Reading ---- */

static enum sl_http_flow give_up(struct sl_mcp_request *request, enum sl_code code,
                                 const char *what)
{
    request->fault = (struct sl_error){.code = code};
    sl_error_set(&request->fault, code, "%s", what);
    return SL_HTTP_ABORT;
}

static enum sl_http_flow on_head(int status, const struct sl_headers *headers, void *arg)
{
    struct sl_mcp_request *request = arg;
    const char *type = sl_headers_get(headers, "Content-Type");
    const char *session = sl_headers_get(headers, SL_MCP_SESSION_HEADER);

    request->status = status;
    request->is_event_stream = status / 100 == 2 && sl_mcp_is_media_type(type, "text/event-stream");
    request->is_json = sl_mcp_is_media_type(type, "application/json");
    if (request->state == SL_MCP_ENDED)
        return SL_HTTP_ABORT;
    if (session && !request->session_id)
        request->session_id = sl_strdup(session);
    sl_mcp_request_watch(request);
    if (status / 100 != 2 || request->id == 0 || request->is_event_stream || request->is_json)
        return SL_HTTP_CONTINUE;
    sl_error_set(&request->fault, SL_DATA_LOSS,
                 "the answer is %.100s, application/json or text/event-stream is wanted",
                 type ? type : "of no named content type");
    return SL_HTTP_ABORT;
}

static void deliver_answer(void *arg)
{
    sl_mcp_request_settle(arg);
}

static void on_event(const struct sl_sse_event *event, void *arg)
{
    struct sl_mcp_request *request = arg;

    if (*event->id) {
        sl_text_clear(&request->last_event_id);
        sl_text_append(&request->last_event_id, event->id);
    }
    /* An event without data is there for its id only. */
    if (request->answer || request->fault.code != SL_OK || event->data_length == 0)
        return;
    if (strcmp(event->type, "message") != 0)
        return;
    if (!sl_mcp_request_take_event(request, event->data, event->data_length))
        return;
    /* Told at the next turn, not in the middle of a stream's piece. The timer is started, so this
     * moves it. */
    if (sl_timer_start(request->client->loop, &request->timer, 0, deliver_answer, request) != SL_OK)
        give_up(request, SL_RESOURCE_EXHAUSTED, "out of memory");
}

static enum sl_http_flow take_events(struct sl_mcp_request *request, const void *bytes,
                                     size_t length)
{
    struct sl_error error = {0};

    request->events.max_event_bytes = MAX_ANSWER_BYTES;
    if (sl_sse_parser_feed(&request->events, bytes, length, on_event, request, &error) != SL_OK)
        return give_up(request, SL_DATA_LOSS, "the answer is larger than 16 MiB");
    return request->fault.code == SL_OK ? SL_HTTP_CONTINUE : SL_HTTP_ABORT;
}

static enum sl_http_flow on_data(const void *bytes, size_t length, void *arg)
{
    struct sl_mcp_request *request = arg;
    size_t limit = request->status / 100 == 2 ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES;

    if (request->state == SL_MCP_ENDED || request->answer) {
        request->drained_bytes += length;
        return request->drained_bytes > MAX_DRAINED_BYTES ? SL_HTTP_ABORT : SL_HTTP_CONTINUE;
    }
    if (request->is_event_stream)
        return take_events(request, bytes, length);
    if (length > limit - request->body.length) {
        if (limit == MAX_ANSWER_BYTES)
            return give_up(request, SL_DATA_LOSS, "the answer is larger than 16 MiB");
        length = limit - request->body.length;
    }
    sl_text_append_bytes(&request->body, bytes, length);
    if (sl_text_failed(&request->body))
        return give_up(request, SL_RESOURCE_EXHAUSTED, "out of memory");
    return SL_HTTP_CONTINUE;
}

/* ---- A stream that broke off ---- */

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg);

static enum sl_code start_exchange(struct sl_mcp_request *request, struct sl_http_request *http,
                                   struct sl_error *err)
{
    struct sl_headers headers = {0};

    if (request->is_resuming && sl_headers_add(&headers, request->arena, "Last-Event-ID",
                                               sl_text_string(&request->last_event_id)) != SL_OK)
        return sl_error_set(err, SL_DATA_LOSS, "the stream's last event has an id that is none");
    SL_TRY(sl_mcp_add_all_headers(request, &headers, err));
    http->url = request->client->endpoint;
    http->headers = &headers;
    http->timeout_ms = sl_mcp_time_left(request);
    http->is_stream = true;
    http->on_head = on_head;
    http->on_data = on_data;
    return sl_http_request_start(request->client->http, http, on_done, request, &request->exchange,
                                 err);
}

static void resume(void *arg)
{
    struct sl_mcp_request *request = arg;
    struct sl_http_request http = {.method = "GET"};
    struct sl_error error = {0};

    request->is_resuming = true;
    sl_sse_parser_done(&request->events);
    request->events = (struct sl_sse_parser){0};
    if (start_exchange(request, &http, &error) != SL_OK)
        sl_mcp_request_fail(request, error.code, SL_OUTCOME_UNKNOWN, "%s", error.message);
}

/* Takes the stream up where it broke off, if its events had ids ("Resumability and Redelivery"). */
static bool try_resume(struct sl_mcp_request *request)
{
    int64_t wait_ms = request->events.retry_ms > 0 ? request->events.retry_ms : DEFAULT_RESUME_MS;

    /* Streams of the era without sessions cannot be taken up again: what was asked is lost. */
    if (!request->is_event_stream || request->last_event_id.length == 0 ||
        request->client->era->is_stateless || request->fault.code != SL_OK ||
        wait_ms >= sl_mcp_time_left(request))
        return false;
    return sl_timer_start(request->client->loop, &request->resume_timer, wait_ms, resume,
                          request) == SL_OK;
}

/* Codes that a caller may act on; any other one means that what came was no HTTP, or too much of
 * it. */
static enum sl_code code_of_break(const struct sl_error *error)
{
    switch (error->code) {
    case SL_UNAVAILABLE:
    case SL_DEADLINE_EXCEEDED:
    case SL_CANCELLED:
    case SL_PERMISSION_DENIED:
        return error->code;
    default:
        return error->outcome == SL_OUTCOME_NOT_EXECUTED ? error->code : SL_DATA_LOSS;
    }
}

static void end_broken(struct sl_mcp_request *request, const struct sl_error *error)
{
    bool may_have_left = request->is_resuming || error->outcome != SL_OUTCOME_NOT_EXECUTED;

    if (request->fault.code != SL_OK) {
        sl_mcp_request_fail(request, request->fault.code, SL_OUTCOME_UNKNOWN, "%s",
                            request->fault.message);
        return;
    }
    if (error->code == SL_DEADLINE_EXCEEDED && may_have_left)
        sl_mcp_request_tell_cancelled(request, "the time for it is over");
    sl_mcp_request_fail(request, code_of_break(error),
                        may_have_left ? SL_OUTCOME_UNKNOWN : SL_OUTCOME_NOT_EXECUTED, "%s",
                        error->message);
}

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct sl_mcp_request *request = arg;

    (void)response;
    request->exchange = NULL;
    if (request->state == SL_MCP_ENDED)
        sl_mcp_request_collect(request);
    else if (request->answer)
        sl_mcp_request_settle(request);
    else if (try_resume(request))
        return;
    else if (error->code != SL_OK)
        end_broken(request, error);
    else
        sl_mcp_request_settle(request);
}

static void reset_reading(struct sl_mcp_request *request)
{
    request->status = 0;
    request->is_event_stream = false;
    request->is_json = false;
    request->is_resuming = false;
    request->fault = (struct sl_error){0};
    sl_free(SL_TAKE(request->session_id));
    sl_text_clear(&request->body);
    sl_text_clear(&request->last_event_id);
    sl_sse_parser_done(&request->events);
    request->events = (struct sl_sse_parser){0};
}

enum sl_code sl_mcp_transfer_start(struct sl_mcp_request *request, struct sl_error *err)
{
    SL_CLEANUP(sl_free_cleanup) char *text = NULL;
    struct sl_http_request http = {
        .method = "POST",
        .is_fresh_connection = !request->is_repeatable,
    };

    if (request->client->era->prepare)
        SL_TRY(request->client->era->prepare(request, err));
    text = sl_json_text(request->message, SL_JSON_COMPACT);
    if (!text)
        return sl_error_no_memory(err);
    http.body = text;
    http.body_length = strlen(text);
    reset_reading(request);
    SL_TRY(start_exchange(request, &http, err));
    request->state = SL_MCP_SENT;
    request->generation = request->client->generation;
    request->has_session = request->client->session_id != NULL && !request->is_handshake;
    return SL_OK;
}
