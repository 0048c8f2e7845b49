#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "http/sse.h"
#include "rest-bridge/answer.h"
#include "rest-bridge/call.h"
#include "rest-bridge/transcode.h"
#include "json/json.h"
#include "json/message.h"

/** A sign of life keeps proxies from closing, and finds out whether the client is still there. */
#define HEARTBEAT_MS 15000
/** Bytes that wait for the client: from the upper mark on the RPC is not read, until the lower one.
 */
#define PAUSE_BYTES ((size_t)256 * 1024)
#define RESUME_BYTES ((size_t)64 * 1024)
#define PAUSED_CHECK_MS 50

/** How messages are written into the answer. id may be NULL. */
struct bridge_stream_format {
    const char *content_type;
    void (*write)(struct sl_text *out, const char *type, const char *id, const char *json);
    const char *heartbeat;
};

static void write_line(struct sl_text *out, const char *type, const char *id, const char *json)
{
    (void)type, (void)id;
    sl_text_append(out, json);
    sl_text_append_char(out, '\n');
}

static const struct bridge_stream_format events = {"text/event-stream; charset=utf-8", sl_sse_write,
                                                   ":\n\n"};
static const struct bridge_stream_format lines = {"application/x-ndjson", write_line, "\n"};

static const struct bridge_stream_format *choose_format(const struct sl_headers *headers)
{
    const char *accept = sl_headers_get(headers, "Accept");
    return accept != NULL && strstr(accept, "application/x-ndjson") != NULL ? &lines : &events;
}

/* ---- the answer ---- */

static void on_client_left(void *arg)
{
    struct bridge_call *call = arg;
    if (call->call != NULL)
        sl_call_cancel(call->call);
}

static void begin(struct bridge_call *call)
{
    if (call->has_begun)
        return;
    call->has_begun = true;
    struct sl_headers headers = bridge_answer_headers(call->incoming, call->format->content_type);
    enum sl_code code = sl_headers_add(&headers, sl_http_incoming_arena(call->incoming),
                                       "Cache-Control", "no-cache");
    (void)code; /* Without it the answer is still right. */
    sl_http_stream_begin(call->incoming, 200, &headers, on_client_left, call);
}

static size_t send(struct bridge_call *call, const char *type, const char *id, const json_t *body)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text json = {0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {0};
    sl_json_write(body, SL_JSON_COMPACT, &json);
    call->format->write(&out, type, id, sl_text_string(&json));
    if (sl_text_failed(&json) || sl_text_failed(&out))
        return SIZE_MAX;
    return sl_http_stream_send(call->incoming, sl_text_string(&out), out.length);
}

/* ---- time ---- */

static void on_tick(void *arg);

/** Without a timer nobody finds out that the client left: then the call ends. */
static void arm(struct bridge_call *call)
{
    int64_t delay_ms = call->is_paused ? PAUSED_CHECK_MS : HEARTBEAT_MS;
    enum sl_code code =
        sl_timer_start(call->listener->bridge->loop, &call->timer, delay_ms, on_tick, call);
    if (code != SL_OK && call->call != NULL)
        sl_call_cancel(call->call);
}

static void on_tick(void *arg)
{
    struct bridge_call *call = arg;
    if (!call->is_paused) {
        begin(call);
        sl_http_stream_send(call->incoming, call->format->heartbeat,
                            strlen(call->format->heartbeat));
    } else if (sl_http_stream_send(call->incoming, "", 0) <= RESUME_BYTES) {
        call->is_paused = false;
        if (call->call != NULL)
            sl_call_resume(call->call);
    }
    arm(call);
}

/* ---- the RPC ---- */

/** The number by which a client that comes again says what it has seen. */
static const char *id_of(const ProtobufCMessage *message, char out[24])
{
    const ProtobufCFieldDescriptor *field = sl_message_field(message->descriptor, "sequence");
    int64_t sequence = 0;
    if (field == NULL || field->type != PROTOBUF_C_TYPE_INT64)
        return NULL;
    memcpy(&sequence, (const char *)message + field->offset, sizeof(sequence));
    snprintf(out, 24, "%" PRId64, sequence);
    return out;
}

static enum sl_flow on_message(const ProtobufCMessage *message, void *arg)
{
    struct bridge_call *call = arg;
    struct sl_error err = {0};
    char id[24];
    json_t *body = NULL;
    if (bridge_write_response(call->route->binding, message, &body, &err) != SL_OK)
        return SL_FLOW_CANCEL;
    begin(call);
    size_t waiting = send(call, NULL, id_of(message, id), body);
    json_decref(body);
    if (waiting == SIZE_MAX)
        return SL_FLOW_CANCEL;
    call->is_paused = waiting > PAUSE_BYTES;
    arm(call);
    return call->is_paused ? SL_FLOW_PAUSE : SL_FLOW_NEXT;
}

static void send_error(struct bridge_call *call, const struct sl_error *error)
{
    json_t *body = bridge_detail(bridge_call_error_text(call, error));
    if (body != NULL)
        json_object_set_new(body, "code", json_string(sl_code_name(error->code)));
    sl_log(SL_LOG_INFO, "stream failed", sl_field_string("method", call->route->method->path),
           sl_field_string("code", sl_code_name(error->code)),
           sl_field_string("error", error->message));
    if (body != NULL)
        send(call, "error", NULL, body);
    json_decref(body);
}

static void on_end(const struct sl_call_info *info, void *arg)
{
    struct bridge_call *call = arg;
    struct sl_http_incoming *incoming = call->incoming;
    sl_call_unref(SL_TAKE(call->call));
    if (!call->has_begun && bridge_call_may_repeat(call, info->error.code)) {
        bridge_stream_start(call);
        return;
    }
    if (!call->has_begun)
        bridge_call_take_metadata(call, info);
    if (!call->has_begun && info->error.code != SL_OK) {
        bridge_call_fail(call, &info->error);
        return;
    }
    begin(call);
    if (info->error.code != SL_OK)
        send_error(call, &info->error);
    bridge_call_end(call);
    sl_http_stream_end(incoming);
}

void bridge_stream_start(struct bridge_call *call)
{
    static const struct sl_stream_callbacks callbacks = {on_message, on_end};
    struct sl_call_options options = bridge_call_options(call);
    call->format = choose_format(sl_http_incoming_request(call->incoming)->headers);
    enum sl_code code = sl_call_stream_start(call->listener->channel, call->route->method, &options,
                                             call->message, &callbacks, call, &call->call);
    struct sl_error err = {0};
    if (code == SL_OK) {
        arm(call);
        return;
    }
    sl_error_set(&err, code, "the call could not be made: %s", sl_code_name(code));
    bridge_call_fail(call, &err);
}
