#include "rest-bridge/transcode.h"

#include <string.h>

#include "base/text.h"
#include "rest-bridge/answer.h"
#include "rest-bridge/body.h"
#include "rest-bridge/faults.h"
#include "rest-bridge/model.h"
#include "rest-bridge/query.h"
#include "rest-bridge/timeout.h"
#include "json/message.h"

static const struct bridge_place in_body = {NULL, "body", 0};

/** A request on its way from HTTP to a message. */
struct reading {
    const struct bridge_match *match;
    const struct sl_http_incoming_request *http;
    const ProtobufCMessageDescriptor *type;
    struct bridge_faults faults;
    /** What becomes the message. */
    json_t *object;
    /** What the body was, for faults in it; NULL where there was none. */
    json_t *body;
    bool is_unreadable;
};

/** The body is the whole message, as far as the path does not give it. */
static void merge_whole(struct reading *reading)
{
    json_t *checked = bridge_model_check(reading->type, reading->body, reading->object, &in_body,
                                         &reading->faults);
    if (checked == NULL)
        return;
    if (json_object_update(checked, reading->object) != 0)
        reading->faults.is_out_of_memory = true;
    json_decref(reading->object);
    reading->object = checked;
}

/** The body is one field of the message. */
static void merge_field(struct reading *reading, const char *name)
{
    const ProtobufCFieldDescriptor *field = sl_message_field(reading->type, name);
    json_t *checked = bridge_model_check_field(field, reading->body, &in_body, &reading->faults);
    if (checked != NULL && json_object_set_new(reading->object, field->name, checked) != 0)
        reading->faults.is_out_of_memory = true;
}

/** A body that may be left out: nothing in it is required. */
static bool is_body_optional(const struct reading *reading)
{
    struct bridge_faults faults = {0};
    json_t *empty = json_object();
    json_decref(bridge_model_check(reading->type, empty, reading->object, &in_body, &faults));
    bool is_optional = !bridge_faults_any(&faults);
    json_decref(empty);
    bridge_faults_done(&faults);
    return is_optional;
}

/** Nothing, or a null in place of a body that may be left out. */
static void read_absent_body(struct reading *reading)
{
    if (!is_body_optional(reading))
        bridge_faults_add(&reading->faults, BRIDGE_FAULT_MISSING, &in_body, NULL);
}

static void read_body(struct reading *reading)
{
    const char *rule = reading->match->route->binding->body;
    enum bridge_body kind = bridge_read_body(reading->http, &reading->faults, &reading->body);
    reading->is_unreadable = kind == BRIDGE_BODY_UNREADABLE;
    bool is_null = kind == BRIDGE_BODY_JSON && json_is_null(reading->body);
    if (kind == BRIDGE_BODY_ABSENT || (is_null && is_body_optional(reading)))
        read_absent_body(reading);
    else if (kind == BRIDGE_BODY_JSON && strcmp(rule, "*") == 0)
        merge_whole(reading);
    else if (kind == BRIDGE_BODY_JSON)
        merge_field(reading, rule);
}

/** A reader of events that comes again says which it saw last (WHATWG HTML, 9.2.4). */
static void read_last_event_id(struct reading *reading)
{
    static const struct bridge_place in_header = {NULL, "header", 0};
    static const struct bridge_place place = {&in_header, "last-event-id", 0};
    const char *id = sl_headers_get(reading->http->headers, "Last-Event-ID");
    const ProtobufCFieldDescriptor *field = sl_message_field(reading->type, "after_sequence");
    if (!reading->match->route->method->is_server_streaming || id == NULL || *id == '\0' ||
        field == NULL)
        return;
    json_t *input = json_string(id);
    json_t *checked = NULL;
    if (input != NULL)
        checked = bridge_model_check_field(field, input, &place, &reading->faults);
    if (checked != NULL && json_object_set_new(reading->object, field->name, checked) != 0)
        reading->faults.is_out_of_memory = true;
    json_decref(input);
}

static void read_parts(struct reading *reading)
{
    const char *rule = reading->match->route->binding->body;
    reading->object = json_object();
    reading->faults.is_out_of_memory = reading->object == NULL;
    if (reading->object == NULL)
        return;
    bridge_read_path(reading->type, reading->match, reading->object, &reading->faults);
    if (strcmp(rule, "*") != 0)
        bridge_read_query(reading->type, reading->http->query, reading->object, &reading->faults);
    if (rule[0] != '\0')
        read_body(reading);
    read_last_event_id(reading);
}

/** lib/json says "field.path: words"; the field is told as the place, where it is one of ours. */
static void add_refused_value(struct reading *reading, const char *message)
{
    char name[128];
    size_t length = strcspn(message, ".[:");
    struct bridge_place place = in_body;
    json_t *input = reading->body;
    if (length < sizeof(name)) {
        memcpy(name, message, length);
        name[length] = '\0';
        if (sl_message_field(reading->type, name) != NULL) {
            place = (struct bridge_place){&in_body, name, 0};
            input = json_object_get(reading->object, name);
        }
    }
    bridge_faults_add_words(&reading->faults, &place, input, message);
}

static ProtobufCMessage *make_message(struct reading *reading, struct sl_arena *arena)
{
    ProtobufCMessage *message = NULL;
    struct sl_error err = {0};
    enum sl_code code = sl_message_from_json(reading->type, reading->object, SL_DIALECT_REST, arena,
                                             &message, &err);
    if (code == SL_OK)
        return message;
    if (code == SL_INVALID_ARGUMENT)
        add_refused_value(reading, err.message);
    else
        reading->faults.is_out_of_memory = true;
    return NULL;
}

static struct bridge_refusal refusal_of(const struct reading *reading)
{
    if (reading->faults.is_out_of_memory)
        return (struct bridge_refusal){503, bridge_detail("out of memory")};
    if (reading->is_unreadable)
        return (struct bridge_refusal){400, bridge_detail("There was an error parsing the body")};
    return (struct bridge_refusal){422, json_pack("{s:O}", "detail", reading->faults.list)};
}

bool bridge_read_request(const struct bridge_match *match,
                         const struct sl_http_incoming_request *http, struct sl_arena *arena,
                         ProtobufCMessage **ret_message, struct bridge_refusal *ret_refusal)
{
    struct reading reading = {.match = match, .http = http, .type = match->route->method->request};
    ProtobufCMessage *message = NULL;
    read_parts(&reading);
    if (!bridge_faults_any(&reading.faults) && !reading.is_unreadable)
        message = make_message(&reading, arena);
    if (message != NULL)
        *ret_message = message;
    else
        *ret_refusal = refusal_of(&reading);
    bridge_faults_done(&reading.faults);
    json_decref(reading.object);
    json_decref(reading.body);
    return message != NULL;
}

/* ---- headers ---- */

/** What goes on as metadata, under the same name in lower case. */
static const char *const passed_headers[] = {
    "idempotency-key", "x-tenant-id", "x-dealer-id",   "x-user-id",
    "x-request-id",    "tracestate",  "authorization", "x-api-key",
};

static struct bridge_refusal refuse_header(const char *name, const char *value, const char *words)
{
    static const struct bridge_place in_header = {NULL, "header", 0};
    const struct bridge_place place = {&in_header, name, 0};
    struct bridge_faults faults = {0};
    json_t *input = value != NULL ? json_string(value) : NULL;
    bridge_faults_add_words(&faults, &place, input, words);
    json_decref(input);
    struct bridge_refusal refusal = {422, json_pack("{s:O}", "detail", faults.list)};
    bridge_faults_done(&faults);
    return refusal;
}

bool bridge_read_timeout(const struct sl_headers *headers, int64_t *ret_ms,
                         struct bridge_refusal *ret_refusal)
{
    const char *value = sl_headers_get(headers, "Grpc-Timeout");
    if (value == NULL || bridge_timeout_read(value, ret_ms))
        return true;
    *ret_refusal = refuse_header("grpc-timeout", value,
                                 "up to 8 digits and one of H, M, S, m, u, n are wanted");
    return false;
}

bool bridge_read_metadata(const struct sl_headers *headers, struct sl_arena *arena,
                          struct sl_metadata *metadata, struct bridge_refusal *ret_refusal)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(passed_headers); i++) {
        const char *value = sl_headers_get(headers, passed_headers[i]);
        enum sl_code code = SL_OK;
        if (value != NULL)
            code = sl_metadata_add(metadata, arena, passed_headers[i], value);
        if (code == SL_OK)
            continue;
        *ret_refusal =
            refuse_header(passed_headers[i], NULL, "only visible ASCII and spaces are taken");
        return false;
    }
    return true;
}

/* ---- answers ---- */

enum sl_code bridge_write_response(const struct sl_http_binding *binding,
                                   const ProtobufCMessage *response, json_t **ret_body,
                                   struct sl_error *err)
{
    json_t *whole = NULL;
    SL_TRY(sl_message_to_json(response, SL_DIALECT_REST, &whole, err));
    if (binding->response_body == NULL || binding->response_body[0] == '\0') {
        *ret_body = whole;
        return SL_OK;
    }
    json_t *part = json_incref(json_object_get(whole, binding->response_body));
    json_decref(whole);
    *ret_body = part != NULL ? part : json_null();
    return SL_OK;
}
