#include "rest-bridge/call.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "rest-bridge/answer.h"
#include "rest-bridge/timeout.h"
#include "rest-bridge/transcode.h"
#include "json/message.h"

/** An agent that answers at all does so within the operation's time: later means that it is silent.
 */
#define DEADLINE_MARGIN_MS 2000
/** A plan may ask a language model three times, each within REQUEST_TIMEOUT, and is validated
 * after. */
#define PLAN_FACTOR 4

/* ---- fields of a request that the bridge itself looks at ---- */

static const void *present_field(const ProtobufCMessage *message, const char *name,
                                 ProtobufCType type)
{
    const ProtobufCFieldDescriptor *field = sl_message_field(message->descriptor, name);
    if (field == NULL || field->type != type || field->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    const char *base = (const char *)message;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        uint32_t which = 0;
        memcpy(&which, base + field->quantifier_offset, sizeof(which));
        if (which != field->id)
            return NULL;
    }
    return base + field->offset;
}

static const char *string_field(const ProtobufCMessage *message, const char *name)
{
    const void *at = present_field(message, name, PROTOBUF_C_TYPE_STRING);
    const char *value = NULL;
    if (at != NULL)
        memcpy(&value, at, sizeof(value));
    return value != NULL && *value != '\0' ? value : NULL;
}

/** Milliseconds of the field `timeout`; 0 where it is absent or refused by whoever reads it. */
static int64_t timeout_field_ms(const ProtobufCMessage *message)
{
    const void *at = present_field(message, "timeout", PROTOBUF_C_TYPE_INT32);
    int32_t seconds = 0;
    if (at != NULL)
        memcpy(&seconds, at, sizeof(seconds));
    return seconds > 0 ? (int64_t)seconds * 1000 : 0;
}

/** What the service has by its contract. */
static int64_t contract_timeout_ms(const struct bridge_call *call)
{
    const struct bridge *bridge = call->listener->bridge;
    int64_t own_ms = 0;
    switch (call->contract->deadline) {
    case BRIDGE_DEADLINE_REQUEST:
        break;
    case BRIDGE_DEADLINE_OPERATION:
        own_ms = timeout_field_ms(call->message);
        break;
    case BRIDGE_DEADLINE_PLAN:
        own_ms = PLAN_FACTOR * bridge->request_timeout_ms;
        break;
    case BRIDGE_DEADLINE_WORKFLOW:
        return bridge->workflow_timeout_ms;
    case BRIDGE_DEADLINE_STREAM:
        return BRIDGE_MAX_TIMEOUT_MS;
    }
    return (own_ms > 0 ? own_ms : bridge->request_timeout_ms) + DEADLINE_MARGIN_MS;
}

/** A caller that says how long it waits by Grpc-Timeout is not kept longer, nor shorter. */
static int64_t timeout_of(const struct bridge_call *call)
{
    int64_t timeout_ms = call->asked_timeout_ms;
    if (timeout_ms == 0)
        timeout_ms = contract_timeout_ms(call);
    return timeout_ms < BRIDGE_MAX_TIMEOUT_MS ? timeout_ms : BRIDGE_MAX_TIMEOUT_MS;
}

/* ---- errors ---- */

/** A workflow goes on by itself: whoever waited has to know what to ask for. */
static const char *late_workflow_text(const struct bridge_call *call)
{
    const char *id = string_field(call->message, "request_id");
    if (id == NULL)
        id = sl_metadata_get(&call->metadata, "idempotency-key");
    return sl_arena_printf(sl_http_incoming_arena(call->incoming),
                           "Workflow %s did not end within %" PRId64
                           " s; it goes on, and GET /workflow/%s tells how",
                           id != NULL ? id : "", call->timeout_ms / 1000, id != NULL ? id : "");
}

const char *bridge_call_error_text(const struct bridge_call *call, const struct sl_error *error)
{
    const struct bridge_listener_options *peer = &call->listener->options;
    struct sl_arena *arena = sl_http_incoming_arena(call->incoming);
    const char *text = NULL;
    if (error->code == SL_DEADLINE_EXCEEDED && call->contract->deadline == BRIDGE_DEADLINE_WORKFLOW)
        text = late_workflow_text(call);
    else if (error->code == SL_DEADLINE_EXCEEDED)
        text = sl_arena_printf(arena, "%s at %s did not answer within %" PRId64 " s", peer->name,
                               peer->target, call->timeout_ms / 1000);
    else if (error->code == SL_UNAVAILABLE)
        text = sl_arena_printf(arena, "%s at %s is unavailable%s%s", peer->name, peer->target,
                               error->message[0] != '\0' ? ": " : "", error->message);
    else
        text = error->message[0] != '\0' ? error->message : sl_code_name(error->code);
    return text != NULL ? text : "out of memory";
}

void bridge_call_fail(struct bridge_call *call, const struct sl_error *error)
{
    struct sl_http_incoming *incoming = call->incoming;
    const char *text = bridge_call_error_text(call, error);
    int status = bridge_status_of(error->code);
    if (status >= 500)
        sl_log(SL_LOG_WARN, "call failed", sl_field_string("method", call->route->method->path),
               sl_field_string("target", call->listener->options.target),
               sl_field_string("code", sl_code_name(error->code)),
               sl_field_string("error", error->message),
               sl_field_string("request_id", string_field(call->message, "request_id")));
    bridge_call_end(call);
    bridge_answer_detail(incoming, status, text);
}

/* ---- what comes back beside the answer ---- */

void bridge_call_take_metadata(struct bridge_call *call, const struct sl_call_info *info)
{
    static const struct {
        const char *key, *name;
        bool is_of_failures;
    } fields[] = {{"retry-after", "Retry-After", true}, {"traceparent", "Traceparent", false}};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(fields); i++) {
        const char *value = sl_metadata_get(info->trailing_metadata, fields[i].key);
        if (value == NULL)
            value = sl_metadata_get(info->initial_metadata, fields[i].key);
        if (value != NULL && (!fields[i].is_of_failures || info->error.code != SL_OK))
            sl_http_answer_header(call->incoming, fields[i].name, value);
    }
}

/* ---- the call ---- */

struct sl_call_options bridge_call_options(const struct bridge_call *call)
{
    int64_t left_ms = call->deadline_ms - sl_loop_now_ms(call->listener->bridge->loop);
    return (struct sl_call_options){.timeout_ms = left_ms > 1 ? left_ms : 1,
                                    .metadata = &call->metadata};
}

bool bridge_call_may_repeat(struct bridge_call *call, enum sl_code code)
{
    bool is_reading = strcmp(call->route->binding->method, "GET") == 0;
    bool may = code == SL_UNAVAILABLE && !call->is_repeated &&
               (is_reading || call->contract->is_keyed) && !call->listener->bridge->is_stopping &&
               sl_loop_now_ms(call->listener->bridge->loop) < call->deadline_ms;
    call->is_repeated |= may;
    return may;
}

static void on_answer(const struct sl_call_info *info, const ProtobufCMessage *response, void *arg);

static void make_call(struct bridge_call *call)
{
    struct sl_call_options options = bridge_call_options(call);
    enum sl_code code = sl_call_unary_start(call->listener->channel, call->route->method, &options,
                                            call->message, on_answer, call, &call->call);
    struct sl_error err = {0};
    if (code == SL_OK)
        return;
    sl_error_set(&err, code, "the call could not be made: %s", sl_code_name(code));
    bridge_call_fail(call, &err);
}

static void answer(struct bridge_call *call, const ProtobufCMessage *response)
{
    struct sl_http_incoming *incoming = call->incoming;
    struct sl_error err = {0};
    json_t *body = NULL;
    if (bridge_write_response(call->route->binding, response, &body, &err) != SL_OK) {
        /* What the service sent has no form in JSON: that is its fault, not the caller's. */
        err.code = SL_INTERNAL;
        bridge_call_fail(call, &err);
        return;
    }
    bridge_call_end(call);
    bridge_answer(incoming, 200, body);
}

static void on_answer(const struct sl_call_info *info, const ProtobufCMessage *response, void *arg)
{
    struct bridge_call *call = arg;
    sl_call_unref(SL_TAKE(call->call));
    if (bridge_call_may_repeat(call, info->error.code)) {
        make_call(call);
        return;
    }
    bridge_call_take_metadata(call, info);
    if (info->error.code == SL_OK)
        answer(call, response);
    else
        bridge_call_fail(call, &info->error);
}

static void call_begin(struct bridge_call *call)
{
    struct bridge *bridge = call->listener->bridge;
    call->next = bridge->calls;
    if (call->next != NULL)
        call->next->previous = call;
    bridge->calls = call;
}

void bridge_call_end(struct bridge_call *call)
{
    struct bridge *bridge = call->listener->bridge;
    sl_timer_stop(&call->timer);
    if (call->next != NULL)
        call->next->previous = call->previous;
    if (call->previous != NULL)
        call->previous->next = call->next;
    else
        bridge->calls = call->next;
    bridge_call_ended(bridge);
}

/** With a key of the bridge's own, a call that was lost may be made again without a second effect.
 */
static enum sl_code add_key(struct bridge_call *call)
{
    char key[SL_UUID_SIZE];
    if (!call->contract->is_keyed || sl_metadata_get(&call->metadata, "idempotency-key") != NULL)
        return SL_OK;
    sl_uuid_new(key);
    return sl_metadata_add(&call->metadata, sl_http_incoming_arena(call->incoming),
                           "idempotency-key", key);
}

/** The context of the bridge's own span, where there is one; one that cannot be sent stays behind.
 */
static void add_context(struct bridge_call *call)
{
    const char *context = sl_http_incoming_traceparent(call->incoming);
    if (context != NULL)
        (void)!sl_metadata_add(&call->metadata, sl_http_incoming_arena(call->incoming),
                               "traceparent", context);
}

void bridge_call_start(struct bridge_listener *listener, const struct bridge_match *match,
                       struct sl_http_incoming *incoming)
{
    const struct sl_http_incoming_request *http = sl_http_incoming_request(incoming);
    struct sl_arena *arena = sl_http_incoming_arena(incoming);
    struct bridge_refusal refusal;
    struct bridge_call *call = sl_arena_alloc(arena, sizeof(*call));
    if (call == NULL) {
        bridge_answer(incoming, 503, NULL);
        return;
    }
    call->listener = listener;
    call->incoming = incoming;
    call->route = match->route;
    call->contract = bridge_method_contract(match->route->method);
    const char *route = match->route->binding->path;
    sl_http_observe(incoming, route, strcmp(route, "/health") != 0);
    if (!bridge_read_request(match, http, arena, &call->message, &refusal) ||
        !bridge_read_metadata(http->headers, arena, &call->metadata, &refusal) ||
        !bridge_read_timeout(http->headers, &call->asked_timeout_ms, &refusal)) {
        bridge_answer(incoming, refusal.status, refusal.body);
        return;
    }
    add_context(call);
    if (add_key(call) != SL_OK) {
        bridge_answer(incoming, 503, NULL);
        return;
    }
    call->timeout_ms = timeout_of(call);
    call->deadline_ms = sl_loop_now_ms(listener->bridge->loop) + call->timeout_ms;
    call_begin(call);
    if (call->route->method->is_server_streaming)
        bridge_stream_start(call);
    else
        make_call(call);
}
