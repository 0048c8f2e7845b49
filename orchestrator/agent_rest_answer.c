#include "orchestrator/agent_rest_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "json/message.h"

/* ---- Statuses ---- */

struct meaning {
    int status;
    enum sl_code code;
    enum sl_outcome outcome;
};

/* A status of its own line, else that of its hundred. A refusal is one before anything was done; a
 * 5xx may come from an agent that had begun, or from a proxy that waited for one. */
static const struct meaning meanings[] = {
    {401, SL_UNAUTHENTICATED, SL_OUTCOME_NOT_EXECUTED},
    {403, SL_PERMISSION_DENIED, SL_OUTCOME_NOT_EXECUTED},
    {404, SL_UNIMPLEMENTED, SL_OUTCOME_NOT_EXECUTED},
    {405, SL_UNIMPLEMENTED, SL_OUTCOME_NOT_EXECUTED},
    {408, SL_DEADLINE_EXCEEDED, SL_OUTCOME_UNKNOWN},
    {409, SL_ALREADY_EXISTS, SL_OUTCOME_NOT_EXECUTED},
    {429, SL_RESOURCE_EXHAUSTED, SL_OUTCOME_NOT_EXECUTED},
    {501, SL_UNIMPLEMENTED, SL_OUTCOME_NOT_EXECUTED},
    {502, SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN},
    {503, SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN},
    {504, SL_DEADLINE_EXCEEDED, SL_OUTCOME_UNKNOWN},
    {4, SL_INVALID_ARGUMENT, SL_OUTCOME_NOT_EXECUTED},
    {5, SL_INTERNAL, SL_OUTCOME_UNKNOWN},
};

static const struct meaning *meaning_of(int status)
{
    static const struct meaning other = {0, SL_UNKNOWN, SL_OUTCOME_UNKNOWN};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(meanings); i++)
        if (meanings[i].status == status || meanings[i].status == status / 100)
            return &meanings[i];
    return &other;
}

/* One fault of FastAPI's {"detail": [{"loc": ["body", "operation"], "msg": "Field required"}]}. */
static void add_fault(struct sl_text *text, const json_t *fault)
{
    const char *words = sl_json_string(fault, "msg");
    size_t i;
    json_t *part;
    sl_text_append(text, text->length ? "; " : "");
    json_array_foreach(json_object_get(fault, "loc"), i, part)
    {
        sl_text_append(text, i > 0 ? "." : "");
        if (json_is_string(part))
            sl_text_append(text, json_string_value(part));
        else
            sl_text_printf(text, "%lld", (long long)json_integer_value(part));
    }
    sl_text_printf(text, ": %s", words ? words : "is not accepted");
}

static void describe(const struct sl_http_response *response, struct sl_text *text)
{
    SL_CLEANUP(sl_json_cleanup) json_t *body = NULL;
    struct sl_error ignored = {0};
    size_t i;
    json_t *fault;
    if (sl_json_parse(response->body, response->body_length, NULL, &body, &ignored) != SL_OK)
        return;
    const json_t *detail = json_object_get(body, "detail");
    if (json_is_string(detail))
        sl_text_append(text, json_string_value(detail));
    json_array_foreach(detail, i, fault) add_fault(text, fault);
}

static void read_refusal(const struct sl_http_response *response,
                         struct orch_agent_answer *ret_answer)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    const struct meaning *meaning = meaning_of(response->status);
    const char *retry_after = sl_headers_get(response->headers, "retry-after");
    describe(response, &text);
    sl_error_set(&ret_answer->error, meaning->code, "HTTP %d%s%s", response->status,
                 text.length ? ": " : "", sl_text_string(&text));
    ret_answer->error.outcome = meaning->outcome;
    double seconds = retry_after ? strtod(retry_after, NULL) : 0;
    ret_answer->retry_after_seconds = seconds > 0 ? seconds : 0;
}

/* ---- Bodies ---- */

static void unfit(struct orch_agent_answer *ret_answer, const char *what)
{
    sl_error_set(&ret_answer->error, SL_UNKNOWN, "the answer does not fit: %s", what);
}

/* Through the contract's message: what comes out has every field, and nothing that cannot be sent
 * on. */
static void read_message(const ProtobufCMessageDescriptor *type, const json_t *body,
                         struct orch_agent_answer *ret_answer)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    ProtobufCMessage *message = NULL;
    struct sl_error error = {0};
    enum sl_code code =
        arena ? sl_message_from_json(type, body, SL_DIALECT_REST, arena, &message, &error)
              : sl_error_no_memory(&error);
    if (code == SL_OK)
        code = sl_message_to_json(message, SL_DIALECT_REST, &ret_answer->message, &error);
    if (code != SL_OK)
        unfit(ret_answer, error.message);
}

/* The old agents' times have no zone and their health more states: only what is needed is read. */
static void read_health(const json_t *body, struct orch_agent_answer *ret_answer)
{
    const char *status = sl_json_string(body, "status");
    const char *reason = sl_json_string(body, "reason");
    struct sl_error words = {0};
    if (!status) {
        unfit(ret_answer, "status: a string is wanted");
        return;
    }
    bool is_healthy = strcmp(status, "healthy") == 0;
    if (!is_healthy && !reason) {
        sl_error_set(&words, SL_UNKNOWN, "it says that it is \"%s\"", status);
        reason = words.message;
    }
    ret_answer->message = json_pack("{s:s, s:s?}", "status", is_healthy ? "healthy" : "degraded",
                                    "reason", is_healthy ? NULL : reason);
}

static bool says_timeout(const char *error)
{
    return error && (strcasestr(error, "timed out") || strcasestr(error, "timeout"));
}

/* An agent that knows nothing of outcomes: a failure is a refusal, but for a timeout, of which it
 * cannot know what it left behind. */
static json_t *read_metadata(const json_t *body)
{
    json_t *given = json_object_get(body, "metadata");
    json_t *metadata = json_is_object(given) ? json_copy(given) : json_object();
    bool has_outcome = sl_json_string(metadata, "outcome") != NULL;
    bool is_open = !sl_json_bool(body, "success", false) && !has_outcome &&
                   says_timeout(sl_json_string(body, "error"));
    if (is_open) {
        json_object_set_new(metadata, "outcome", json_string("unknown"));
        json_object_set_new(metadata, "retryable", json_true());
    }
    return metadata;
}

static void read_execution(const json_t *body, struct orch_agent_answer *ret_answer)
{
    const json_t *error = json_object_get(body, "error");
    const char *id = sl_json_string(body, "request_id");
    json_t *result = json_object_get(body, "result");
    char *words = error && !json_is_null(error) && !json_is_string(error)
                      ? sl_json_text(error, SL_JSON_SPACED)
                      : NULL;
    if (!json_is_boolean(json_object_get(body, "success"))) {
        unfit(ret_answer, "success: a boolean is wanted");
    } else {
        ret_answer->message =
            json_pack("{s:s, s:b, s:O?, s:s?, s:f, s:o}", "request_id", id ? id : "", "success",
                      sl_json_bool(body, "success", false), "result", result, "error",
                      words ? words : json_string_value(error), "execution_time",
                      sl_json_number(body, "execution_time", 0), "metadata", read_metadata(body));
    }
    sl_free(words);
}

static void read_body(enum orch_agent_method method, const json_t *body,
                      struct orch_agent_answer *ret_answer)
{
    switch (method) {
    case ORCH_AGENT_HEALTH:
        read_health(body, ret_answer);
        break;
    case ORCH_AGENT_CAPABILITIES:
        read_message(agent_service_get_capabilities_method.response, body, ret_answer);
        break;
    case ORCH_AGENT_VALIDATE:
        read_message(agent_service_validate_operation_method.response, body, ret_answer);
        break;
    case ORCH_AGENT_EXECUTE:
        read_execution(body, ret_answer);
        break;
    }
    if (ret_answer->error.code == SL_OK && !ret_answer->message)
        sl_error_no_memory(&ret_answer->error);
}

void orch_agent_rest_read(enum orch_agent_method method, const struct sl_error *error,
                          const struct sl_http_response *response,
                          struct orch_agent_answer *ret_answer)
{
    static const struct sl_json_limits limits = {.are_big_integers_strings = true};
    SL_CLEANUP(sl_json_cleanup) json_t *body = NULL;
    struct sl_error fault = {0};
    *ret_answer = (struct orch_agent_answer){.error = *error};
    if (error->code != SL_OK)
        return;
    if (response->status != 200)
        read_refusal(response, ret_answer);
    else if (sl_json_parse(response->body, response->body_length, &limits, &body, &fault) != SL_OK)
        unfit(ret_answer, fault.message);
    else if (!json_is_object(body))
        unfit(ret_answer, "a JSON object is wanted");
    else
        read_body(method, body, ret_answer);
}
