#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "http/url.h"
#include "orchestrator/agent.h"
#include "orchestrator/agent_rest_answer.h"
#include "telemetry/metrics.h"
#include "telemetry/span.h"

/* Agents that speak REST: the routes, bodies and headers of docs/compatibility.md. */

struct rest_agent {
    struct orch_agent base;
    struct sl_http_client *http;
    /** Without a slash at the end. */
    char *url;
    char *host;
    /** Calls in flight outlive the agent. */
    long references;
};

struct rest_call {
    struct rest_agent *agent;
    struct sl_http_exchange *exchange;
    enum orch_agent_method method;
    orch_agent_done_fn *done;
    void *arg;
    int64_t began_ns;
    struct sl_span *span;
};

static const struct route {
    const char *method, *path;
} routes[] = {
    [ORCH_AGENT_HEALTH] = {"GET", "/health"},
    [ORCH_AGENT_CAPABILITIES] = {"GET", "/capabilities"},
    [ORCH_AGENT_VALIDATE] = {"POST", "/validate"},
    [ORCH_AGENT_EXECUTE] = {"POST", "/execute"},
};

static void agent_unref(struct rest_agent *agent)
{
    if (--agent->references > 0)
        return;
    sl_free(agent->url);
    sl_free(agent->host);
    sl_free(agent);
}

/* Source: OpenTelemetry, semantic conventions for HTTP clients. */
static void observe_end(struct rest_call *call, const struct sl_error *error,
                        const struct sl_http_response *response)
{
    char status[16];
    bool is_answered = error->code == SL_OK;
    snprintf(status, sizeof(status), "%d", is_answered ? response->status : 0);
    sl_metric_observe_since(SL_METRIC_HTTP_CLIENT_SECONDS, call->began_ns,
                            routes[call->method].method,
                            is_answered ? status : sl_code_name(error->code));
    if (is_answered)
        sl_span_set_int(call->span, "http.response.status_code", response->status);
    bool is_error = !is_answered || response->status >= 400;
    sl_span_end(call->span, !is_error ? NULL : is_answered ? status : sl_code_name(error->code));
}

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct rest_call *call = arg;
    struct orch_agent_answer answer;
    observe_end(call, error, response);
    orch_agent_rest_read(call->method, error, response, &answer);
    call->done(&answer, call->arg);
    json_decref(answer.message);
    agent_unref(call->agent);
    sl_free(call);
}

/* ---- What is sent ---- */

static enum sl_code add_headers(const struct orch_agent_request *request, const char *traceparent,
                                struct sl_arena *arena, struct sl_headers *headers,
                                struct sl_error *err)
{
    const struct orch_caller *caller = request->caller;
    const struct sl_header entries[] = {
        {"Idempotency-Key", request->idempotency_key},
        {"Accept", "application/json"},
        {"Content-Type", request->operation ? "application/json" : NULL},
        {"X-Request-Id", request->request_id},
        {"X-Tenant-Id", caller ? caller->tenant : NULL},
        {"X-Dealer-Id", caller ? caller->dealer : NULL},
        {"X-User-Id", caller ? caller->user : NULL},
        {"traceparent", traceparent},
    };
    for (size_t i = 0; i < SL_ARRAY_LENGTH(entries); i++) {
        if (!entries[i].value || !*entries[i].value)
            continue;
        /* Ids may be any text; as headers only those go that HTTP allows. The key always does. */
        enum sl_code code = sl_headers_add(headers, arena, entries[i].name, entries[i].value);
        if (code == SL_RESOURCE_EXHAUSTED || (code != SL_OK && i == 0))
            return sl_error_set(err, code, "header %s: \"%s\" cannot be sent", entries[i].name,
                                entries[i].value);
    }
    return SL_OK;
}

static enum sl_code write_body(const struct orch_agent_request *request, struct sl_text *body,
                               struct sl_error *err)
{
    if (!request->operation)
        return SL_OK;
    SL_CLEANUP(sl_json_cleanup)
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:O?, s:o, s:n}", "request_id",
        request->request_id ? request->request_id : "", "operation", request->operation,
        "parameters",
        request->parameters ? json_incref((json_t *)(uintptr_t)request->parameters) : json_object(),
        "context", request->context, "timeout",
        request->timeout_seconds > 0 ? json_integer(request->timeout_seconds) : json_null(),
        "callback_url");
    if (!json)
        return sl_error_no_memory(err);
    sl_json_write(json, SL_JSON_COMPACT, body);
    return sl_text_failed(body) ? sl_error_no_memory(err) : SL_OK;
}

static enum sl_code send_request(struct rest_call *call, const struct orch_agent_request *request,
                                 struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    SL_CLEANUP(sl_text_cleanup) struct sl_text body = {0};
    const struct route *route = &routes[request->method];
    struct sl_headers headers = {0};
    char *url = arena ? sl_arena_printf(arena, "%s%s", call->agent->url, route->path) : NULL;
    if (!url)
        return sl_error_no_memory(err);
    const char *traceparent =
        sl_span_traceparent(call->span, request->caller ? request->caller->traceparent : NULL);
    SL_TRY(add_headers(request, traceparent, arena, &headers, err));
    SL_TRY(write_body(request, &body, err));
    struct sl_http_request http = {
        .method = route->method,
        .url = url,
        .headers = &headers,
        .body = body.data,
        .body_length = body.length,
        .timeout_ms = request->timeout_ms,
        .is_fresh_connection = request->method == ORCH_AGENT_EXECUTE && !request->is_repeatable,
    };
    return sl_http_request_start(call->agent->http, &http, on_done, call, &call->exchange, err);
}

static void observe_begin(struct rest_call *call, const struct orch_agent_request *request)
{
    const struct route *route = &routes[request->method];
    call->began_ns = sl_metric_now_ns();
    if (!request->caller || !sl_traceparent_is_valid(request->caller->traceparent))
        return;
    call->span = sl_span_start(SL_SPAN_CLIENT, route->method, request->caller->traceparent);
    sl_span_set(call->span, "http.request.method", route->method);
    sl_span_set(call->span, "url.template", route->path);
    sl_span_set(call->span, "server.address", call->agent->host);
}

static enum sl_code rest_call_start(struct orch_agent *base,
                                    const struct orch_agent_request *request,
                                    orch_agent_done_fn *done, void *arg,
                                    struct orch_agent_call **ret_call, struct sl_error *err)
{
    struct rest_agent *agent = (struct rest_agent *)base;
    struct rest_call *call = sl_alloc(sizeof(*call));
    if (!call)
        return sl_error_no_memory(err);
    *call = (struct rest_call){.agent = agent, .method = request->method, .done = done, .arg = arg};
    observe_begin(call, request);
    enum sl_code code = send_request(call, request, err);
    if (code != SL_OK) {
        sl_span_end(call->span, sl_code_name(code));
        sl_free(call);
        return code;
    }
    agent->references++;
    if (ret_call)
        *ret_call = (struct orch_agent_call *)call;
    return SL_OK;
}

static void rest_cancel(struct orch_agent_call *call)
{
    sl_http_cancel(((struct rest_call *)call)->exchange);
}

static void rest_free(struct orch_agent *agent)
{
    agent_unref((struct rest_agent *)agent);
}

/* ---- Life ---- */

enum sl_code orch_agent_rest_new(struct sl_http_client *http, const char *url,
                                 struct orch_agent **ret_agent, struct sl_error *err)
{
    static const struct orch_agent_protocol protocol = {rest_call_start, rest_cancel, rest_free};
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_url parsed;
    size_t length = strlen(url);
    if (!arena)
        return sl_error_no_memory(err);
    SL_TRY(sl_url_parse(url, arena, &parsed, err));
    if (*parsed.query)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s: a URL without a query is wanted", url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    struct rest_agent *agent = sl_alloc(sizeof(*agent));
    char *copy = sl_strndup(url, length);
    char *host = sl_strdup(parsed.host);
    if (!agent || !copy || !host) {
        sl_free(agent);
        sl_free(copy);
        sl_free(host);
        return sl_error_no_memory(err);
    }
    *agent = (struct rest_agent){
        .base = {&protocol}, .http = http, .url = copy, .host = host, .references = 1};
    *ret_agent = &agent->base;
    return SL_OK;
}
