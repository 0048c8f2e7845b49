#include <string.h>

#include "mcp/client_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/protocol.h"

/* What comes back: which code and outcome an answer means. Not executed is said only where the
 * server provably did nothing. */

/** HTTP's refusals of a request that was not carried out (RFC 9110, 15). */
static const struct refusal {
    int status;
    enum sl_code code;
    const char *what;
} refusals[] = {
    {400, SL_INVALID_ARGUMENT, "the server refuses the request (400)"},
    {401, SL_UNAUTHENTICATED, "the server wants credentials (401)"},
    {403, SL_PERMISSION_DENIED, "the server forbids it (403)"},
    {404, SL_UNAVAILABLE, "nothing is served there (404)"},
    {405, SL_UNAVAILABLE, "this is no MCP endpoint (405)"},
    {406, SL_UNAVAILABLE, "the server answers in no form known here (406)"},
    {413, SL_INVALID_ARGUMENT, "the request is too large for the server (413)"},
    {415, SL_UNAVAILABLE, "the server takes no JSON (415)"},
    {429, SL_UNAVAILABLE, "the server is busy (429)"},
    {503, SL_UNAVAILABLE, "the server is busy or stopping (503)"},
};

static const struct refusal *find_refusal(int status)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(refusals); i++) {
        if (refusals[i].status == status)
            return &refusals[i];
    }
    return NULL;
}

static bool is_refused_unread(json_int_t code)
{
    return code == SL_JSONRPC_PARSE_ERROR || code == SL_JSONRPC_INVALID_REQUEST ||
           code == SL_JSONRPC_METHOD_NOT_FOUND || code == SL_JSONRPC_INVALID_PARAMS ||
           (code <= SL_JSONRPC_HEADER_MISMATCH && code >= SL_JSONRPC_UNSUPPORTED_REVISION);
}

/* A JSON-RPC error; status is its HTTP status. */
static void settle_error(struct sl_mcp_request *request, const json_t *error)
{
    json_int_t number = json_integer_value(json_object_get(error, "code"));
    const struct refusal *refusal = find_refusal(request->status);
    enum sl_outcome outcome = SL_OUTCOME_UNKNOWN;
    enum sl_code code = SL_INTERNAL;

    request->error_number = number;
    request->error_data = json_object_get(error, "data");
    if (sl_json_bool(json_object_get(error, "data"), SL_MCP_NOT_EXECUTED, false)) {
        code = SL_UNAVAILABLE;
        outcome = SL_OUTCOME_NOT_EXECUTED;
    } else if (is_refused_unread(number)) {
        code = SL_INVALID_ARGUMENT;
        outcome = SL_OUTCOME_NOT_EXECUTED;
    } else if (refusal) {
        code = refusal->code;
        outcome = SL_OUTCOME_NOT_EXECUTED;
    }
    sl_mcp_request_fail(request, code, outcome, "%s (JSON-RPC error %lld)",
                        sl_json_string(error, "message"), (long long)number);
}

static void settle_no_answer(struct sl_mcp_request *request, const char *what)
{
    sl_mcp_request_fail(request, SL_DATA_LOSS, SL_OUTCOME_UNKNOWN, "%s", what);
}

/* A result, if it is the last word. Source: MCP 2026-07-28, basic, "Results", and
 * basic/patterns/mrtr. */
static void settle_result(struct sl_mcp_request *request, json_t *result)
{
    const json_t *type = json_object_get(result, "resultType");
    const char *name = json_string_value(type);
    struct sl_error none = {0};

    if (!type || sl_text_equals(name, "complete"))
        sl_mcp_request_end(request, &none, result);
    else if (sl_text_equals(name, "input_required"))
        /* The tool goes on only if it is asked again with the input. */
        sl_mcp_request_fail(request, SL_FAILED_PRECONDITION, SL_OUTCOME_NOT_EXECUTED,
                            "the tool asks for input (input_required), which this client cannot "
                            "give");
    else
        sl_mcp_request_fail(request, SL_DATA_LOSS, SL_OUTCOME_UNKNOWN,
                            "the result is of a type not known here: %.40s",
                            name ? name : "(no name)");
}

static bool is_own_id(const struct sl_mcp_request *request, const json_t *id)
{
    return json_is_integer(id) && json_integer_value(id) == request->id;
}

/* A whole JSON-RPC answer. */
static void settle_json(struct sl_mcp_request *request, json_t *json)
{
    struct sl_jsonrpc_message message;
    struct sl_error error = {0};

    if (sl_jsonrpc_read(json, &message, &error) != SL_OK) {
        sl_mcp_request_fail(request, SL_DATA_LOSS, SL_OUTCOME_UNKNOWN,
                            "the answer is no JSON-RPC: %s", error.message);
        return;
    }
    if (message.kind != SL_JSONRPC_RESULT && message.kind != SL_JSONRPC_ERROR) {
        settle_no_answer(request, "the answer is no JSON-RPC response");
        return;
    }
    /* An error may be without id, where the server could not read it. */
    if (!is_own_id(request, message.id) && !(message.kind == SL_JSONRPC_ERROR && !message.id)) {
        settle_no_answer(request, "the answer is to another request (its id differs)");
        return;
    }
    if (message.kind == SL_JSONRPC_ERROR)
        settle_error(request, message.error);
    else if (!json_is_object(message.result))
        settle_no_answer(request, "the result is no object");
    else
        settle_result(request, message.result);
}

static enum sl_code parse(const struct sl_mcp_request *request, const char *text, size_t length,
                          json_t **ret_json, struct sl_error *err)
{
    struct sl_json_limits limits = {
        .max_depth = SL_JSONRPC_MAX_DEPTH,
        .are_big_integers_strings = request->are_big_integers_strings,
    };

    return sl_json_parse(text, length, &limits, ret_json, err);
}

static void settle_body(struct sl_mcp_request *request)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    struct sl_error error = {0};

    if (parse(request, sl_text_string(&request->body), request->body.length, &json, &error) !=
        SL_OK)
        sl_mcp_request_fail(request, SL_DATA_LOSS, SL_OUTCOME_UNKNOWN, "the answer is no JSON: %s",
                            error.message);
    else
        settle_json(request, json);
}

/* An HTTP status that is no success. */
static void settle_status(struct sl_mcp_request *request)
{
    const struct refusal *refusal = find_refusal(request->status);
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    struct sl_jsonrpc_message message;
    struct sl_error error = {0};

    if (request->is_json &&
        parse(request, sl_text_string(&request->body), request->body.length, &json, &error) ==
            SL_OK &&
        sl_jsonrpc_read(json, &message, &error) == SL_OK && message.kind == SL_JSONRPC_ERROR) {
        settle_error(request, message.error);
        return;
    }
    if (refusal)
        sl_mcp_request_fail(request, refusal->code, SL_OUTCOME_NOT_EXECUTED, "%s", refusal->what);
    else if (request->status / 100 == 3)
        sl_mcp_request_fail(request, SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN,
                            "the server redirects (%d), which is not followed", request->status);
    else
        sl_mcp_request_fail(request, SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN,
                            "the server answers with HTTP status %d", request->status);
}

/* Once, in a new session: the server refused the request unread. */
static bool try_again(struct sl_mcp_request *request)
{
    struct sl_mcp_client *client = request->client;
    struct sl_error error = {0};

    if (request->has_changed_session || !client->era->is_stale(request))
        return false;
    request->has_changed_session = true;
    if (client->state == SL_MCP_OPEN && request->generation == client->generation) {
        if (client->era->is_stateless)
            sl_mcp_era_forget(client);
        sl_mcp_session_forget(client);
    }
    if (sl_mcp_request_enqueue(request, &error) != SL_OK)
        sl_mcp_request_fail(request, error.code, SL_OUTCOME_NOT_EXECUTED, "%s", error.message);
    return true;
}

void sl_mcp_request_settle(struct sl_mcp_request *request)
{
    SL_CLEANUP(sl_json_cleanup) json_t *answer = json_incref(request->answer);
    struct sl_error none = {0};

    if (answer)
        settle_json(request, answer);
    else if (try_again(request))
        return;
    else if (request->status / 100 != 2)
        settle_status(request);
    else if (request->id == 0)
        sl_mcp_request_end(request, &none, NULL);
    else if (request->is_event_stream)
        settle_no_answer(request, "the stream ended before the answer");
    else
        settle_body(request);
}

bool sl_mcp_request_take_event(struct sl_mcp_request *request, const char *data, size_t length)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    struct sl_jsonrpc_message message;
    struct sl_error error = {0};

    if (parse(request, data, length, &json, &error) != SL_OK ||
        sl_jsonrpc_read(json, &message, &error) != SL_OK) {
        sl_error_set(&request->fault, SL_DATA_LOSS, "an event of the answer is no JSON-RPC: %s",
                     error.message);
        return false;
    }
    if (message.kind == SL_JSONRPC_RESULT || message.kind == SL_JSONRPC_ERROR) {
        request->answer = SL_TAKE(json);
        return true;
    }
    sl_mcp_take_server_message(request->client, json);
    return false;
}

/* Requests of the server: ping is answered, anything else is not offered. */
static void answer_server(struct sl_mcp_client *client, const struct sl_jsonrpc_message *message)
{
    if (strcmp(message->method, "ping") == 0)
        sl_mcp_post_and_forget(client, sl_jsonrpc_result(message->id, json_object()));
    else
        sl_mcp_post_and_forget(client, sl_jsonrpc_error(message->id, SL_JSONRPC_METHOD_NOT_FOUND,
                                                        "this client does not offer it", NULL));
}

static void take_progress(struct sl_mcp_client *client, const json_t *params)
{
    const json_t *token = json_object_get(params, "progressToken");
    struct sl_mcp_request *request = client->requests;

    while (request && !(request->on_progress && is_own_id(request, token)))
        request = request->next;
    if (request)
        request->on_progress(sl_json_number(params, "progress", 0),
                             sl_json_number(params, "total", 0), sl_json_string(params, "message"),
                             request->owner);
}

static void take_notification(struct sl_mcp_client *client,
                              const struct sl_jsonrpc_message *message)
{
    if (strcmp(message->method, "notifications/progress") == 0)
        take_progress(client, message->params);
    else if (client->on_tools_changed &&
             strcmp(message->method, "notifications/tools/list_changed") == 0)
        client->on_tools_changed(client->arg);
}

void sl_mcp_take_server_message(struct sl_mcp_client *client, json_t *json)
{
    struct sl_jsonrpc_message message;

    if (sl_jsonrpc_read(json, &message, NULL) != SL_OK)
        return;
    /* A server without sessions asks nothing, and there would be no place for an answer. */
    if (message.kind == SL_JSONRPC_REQUEST && !client->era->is_stateless)
        answer_server(client, &message);
    else if (message.kind == SL_JSONRPC_NOTIFICATION)
        take_notification(client, &message);
}
