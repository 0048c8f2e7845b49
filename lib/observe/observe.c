#include "observe/observe.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "http/server.h"
#include "observe/exporter.h"
#include "telemetry/metrics.h"

struct sl_observe {
    struct sl_http_server *server;
    struct sl_exporter *exporter;
};

/* ---- /metrics ---- */

static void reply(struct sl_http_incoming *incoming, int status, const char *type,
                  const struct sl_text *body)
{
    struct sl_headers headers = {0};
    if (sl_headers_add(&headers, sl_http_incoming_arena(incoming), "Content-Type", type) != SL_OK)
        status = 500;
    sl_http_reply(incoming, status, &headers, sl_text_string(body), body->length);
}

static void on_request(void *arg, struct sl_http_incoming *incoming,
                       const struct sl_http_incoming_request *request)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text body = {0};
    bool is_read = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    (void)arg;
    if (strcmp(request->path, "/metrics") != 0 || !is_read) {
        sl_text_append(&body, "GET /metrics is wanted\n");
        reply(incoming, is_read ? 404 : 405, "text/plain; charset=utf-8", &body);
        return;
    }
    sl_metrics_write(&body);
    reply(incoming, sl_text_failed(&body) ? 503 : 200, "text/plain; version=0.0.4; charset=utf-8",
          &body);
}

/* "host:port", or "host:port+" for programs that share it. */
static enum sl_code read_listen(const char *text, const char *program, struct sl_text *out,
                                struct sl_error *err)
{
    static const char *const programs[] = {"orchestrator", "rest-bridge",         "payment-agent",
                                           "parts-agent",  "repair-orders-agent", "payment-mcp",
                                           "parts-mcp",    "repair-orders-mcp"};
    size_t length = strlen(text);
    bool is_shared = length > 0 && text[length - 1] == '+';
    SL_CLEANUP(sl_text_cleanup) struct sl_text digits = {0};
    const char *colon = strrchr(text, ':');
    int64_t port = 0, number = 0;
    if (colon)
        sl_text_append_bytes(&digits, colon + 1, strlen(colon + 1) - is_shared);
    if (!colon || colon == text || !sl_parse_int64(sl_text_string(&digits), 0, 65535, &port))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "SERVICELANE_METRICS_LISTEN: \"%s\" was given, host:port or host:port+ "
                            "is wanted, such as 127.0.0.1:9464+",
                            text);
    for (size_t i = 0; is_shared && i < SL_ARRAY_LENGTH(programs); i++)
        if (strcmp(programs[i], program) == 0)
            number = (int64_t)i;
    sl_text_append_bytes(out, text, (size_t)(colon - text));
    sl_text_printf(out, ":%lld", (long long)(port + number));
    return sl_text_failed(out) ? sl_error_no_memory(err) : SL_OK;
}

static enum sl_code serve(struct sl_loop *loop, const char *listen, const char *program,
                          struct sl_observe *observe, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text address = {0};
    SL_TRY(read_listen(listen, program, &address, err));
    struct sl_http_server_options options = {
        .listen = sl_text_string(&address), .handler = on_request, .max_connections = 64};
    if (sl_http_server_new(loop, &options, &observe->server, err) != SL_OK)
        return sl_error_prefix(err, "SERVICELANE_METRICS_LISTEN");
    sl_metrics_start();
    sl_log(SL_LOG_INFO, "metrics served", sl_field_string("address", sl_text_string(&address)),
           sl_field_int("port", sl_http_server_port(observe->server)));
    return SL_OK;
}

/* ---- Life ---- */

static bool is_set(const char *text)
{
    return text && *text;
}

static enum sl_code start(struct sl_loop *loop, const struct sl_observe_settings *settings,
                          const char *program, struct sl_observe *observe, struct sl_error *err)
{
    if (is_set(settings->metrics_listen))
        SL_TRY(serve(loop, settings->metrics_listen, program, observe, err));
    if (!is_set(settings->otlp_endpoint))
        return SL_OK;
    const char *name = is_set(settings->service_name) ? settings->service_name : program;
    return sl_exporter_new(loop, settings, name, &observe->exporter, err);
}

enum sl_code sl_observe_new(struct sl_loop *loop, const struct sl_observe_settings *settings,
                            const char *program, struct sl_observe **ret_observe,
                            struct sl_error *err)
{
    struct sl_observe *observe = sl_alloc(sizeof(*observe));
    if (!observe)
        return sl_error_no_memory(err);
    enum sl_code code = start(loop, settings, program, observe, err);
    if (code != SL_OK) {
        sl_observe_free(observe);
        return code;
    }
    *ret_observe = observe;
    return SL_OK;
}

int sl_observe_port(const struct sl_observe *observe)
{
    return observe->server ? sl_http_server_port(observe->server) : 0;
}

void sl_observe_free(struct sl_observe *observe)
{
    if (!observe)
        return;
    sl_exporter_free(observe->exporter);
    sl_http_server_free(observe->server);
    sl_free(observe);
}
