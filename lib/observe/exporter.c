#include "observe/exporter.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "http/client.h"
#include "http/url.h"
#include "loop/timer.h"
#include "observe/otlp.h"
#include "telemetry/metrics.h"

#define BATCH_SPANS 512
#define INTERVAL_MS 1000
#define REQUEST_TIMEOUT_MS 5000
#define LAST_BATCH_MS 1000

struct sl_exporter {
    struct sl_loop *loop;
    struct sl_http_client *http;
    struct sl_arena *arena;
    struct sl_headers headers;
    const char *url;
    char *service_name;
    struct sl_timer timer;
    /** Of the request under way; 0: none is. */
    size_t sending;
    bool is_idle, was_refused;
};

static void look(void *arg);

static void look_later(struct sl_exporter *exporter, int64_t delay_ms)
{
    if (sl_timer_start(exporter->loop, &exporter->timer, delay_ms, look, exporter) != SL_OK)
        sl_log(SL_LOG_ERROR, "spans not exported any more", sl_field_string("error", "no memory"));
}

/* Said once when it begins and once when it is over. */
static void say(struct sl_exporter *exporter, const char *why)
{
    if (why && !exporter->was_refused)
        sl_log(SL_LOG_WARN, "collector takes no spans", sl_field_string("url", exporter->url),
               sl_field_string("reason", why));
    else if (!why && exporter->was_refused)
        sl_log(SL_LOG_INFO, "collector takes spans again", sl_field_string("url", exporter->url));
    exporter->was_refused = why != NULL;
}

static void on_sent(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct sl_exporter *exporter = arg;
    bool is_taken = error->code == SL_OK && response->status / 100 == 2;
    struct sl_error why = *error;
    if (error->code == SL_OK && !is_taken)
        sl_error_set(&why, SL_UNKNOWN, "HTTP %d", response->status);
    sl_metric_add(SL_METRIC_SPANS, (double)exporter->sending, is_taken ? "exported" : "dropped",
                  NULL);
    if (why.code != SL_CANCELLED)
        say(exporter, is_taken ? NULL : why.message);
    exporter->sending = 0;
    exporter->is_idle = true;
    look_later(exporter, sl_spans_waiting() >= BATCH_SPANS ? 0 : INTERVAL_MS);
}

static enum sl_code send_batch(struct sl_exporter *exporter, const struct sl_span *first)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = sl_otlp_request(exporter->service_name, first);
    SL_CLEANUP(sl_text_cleanup) struct sl_text body = {0};
    struct sl_error ignored = {0};
    if (!json)
        return SL_RESOURCE_EXHAUSTED;
    sl_json_write(json, SL_JSON_COMPACT, &body);
    if (sl_text_failed(&body))
        return SL_RESOURCE_EXHAUSTED;
    struct sl_http_request request = {.method = "POST",
                                      .url = exporter->url,
                                      .headers = &exporter->headers,
                                      .body = body.data,
                                      .body_length = body.length,
                                      .timeout_ms = REQUEST_TIMEOUT_MS};
    return sl_http_request_start(exporter->http, &request, on_sent, exporter, NULL, &ignored);
}

static void look(void *arg)
{
    struct sl_exporter *exporter = arg;
    if (exporter->sending > 0)
        return;
    struct sl_span *first = sl_spans_take(BATCH_SPANS, &exporter->sending);
    if (first && send_batch(exporter, first) == SL_OK) {
        exporter->is_idle = false;
    } else {
        sl_metric_add(SL_METRIC_SPANS, (double)exporter->sending, "dropped", NULL);
        exporter->sending = 0;
        look_later(exporter, INTERVAL_MS);
    }
    sl_spans_free(first);
}

/* ---- Life ---- */

/* "name=value,name2=value2"; values may be percent-encoded. Source: OpenTelemetry, "Specifying
 * headers via environment variables". */
static enum sl_code read_headers(struct sl_exporter *exporter, const char *text,
                                 struct sl_error *err)
{
    SL_TRY(sl_headers_add(&exporter->headers, exporter->arena, "Content-Type", "application/json"));
    while (*text) {
        size_t length = strcspn(text, ",");
        const char *equals = memchr(text, '=', length);
        SL_CLEANUP(sl_text_cleanup) struct sl_text name = {0}, value = {0};
        if (!equals)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "OTEL_EXPORTER_OTLP_HEADERS: name=value,... is wanted");
        sl_text_append_bytes(&name, text, (size_t)(equals - text));
        size_t value_length = length - (size_t)(equals - text) - 1;
        if (!sl_url_decode(equals + 1, value_length, false, &value) ||
            sl_headers_add(&exporter->headers, exporter->arena, sl_text_string(&name),
                           sl_text_string(&value)) != SL_OK)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "OTEL_EXPORTER_OTLP_HEADERS: header \"%.60s\" cannot be sent",
                                sl_text_string(&name));
        text += length + (text[length] == ',');
    }
    return SL_OK;
}

static enum sl_code fill(struct sl_exporter *exporter, const struct sl_observe_settings *settings,
                         const char *service_name, struct sl_error *err)
{
    const char *endpoint = settings->otlp_endpoint;
    size_t length = strlen(endpoint);
    while (length > 0 && endpoint[length - 1] == '/')
        length--;
    exporter->arena = sl_arena_new();
    exporter->service_name = sl_strdup(service_name);
    exporter->url = exporter->arena
                        ? sl_arena_printf(exporter->arena, "%.*s/v1/traces", (int)length, endpoint)
                        : NULL;
    if (!exporter->service_name || !exporter->url)
        return sl_error_no_memory(err);
    SL_TRY(read_headers(exporter, settings->otlp_headers ? settings->otlp_headers : "", err));
    SL_TRY(sl_http_client_new(exporter->loop, NULL, &exporter->http, err));
    return sl_timer_start(exporter->loop, &exporter->timer, INTERVAL_MS, look, exporter);
}

enum sl_code sl_exporter_new(struct sl_loop *loop, const struct sl_observe_settings *settings,
                             const char *service_name, struct sl_exporter **ret_exporter,
                             struct sl_error *err)
{
    struct sl_exporter *exporter = sl_alloc(sizeof(*exporter));
    if (!exporter)
        return sl_error_no_memory(err);
    exporter->loop = loop;
    exporter->is_idle = true;
    enum sl_code code = fill(exporter, settings, service_name, err);
    if (code != SL_OK) {
        sl_exporter_free(exporter);
        return code;
    }
    sl_tracing_start();
    *ret_exporter = exporter;
    return SL_OK;
}

static void send_the_last(struct sl_exporter *exporter)
{
    int64_t end_ms = sl_loop_now_ms(exporter->loop) + LAST_BATCH_MS;
    for (int64_t left_ms = LAST_BATCH_MS;
         left_ms > 0 && (!exporter->is_idle || sl_spans_waiting() > 0);
         left_ms = end_ms - sl_loop_now_ms(exporter->loop)) {
        if (exporter->is_idle)
            look(exporter);
        sl_loop_run_until(exporter->loop, &exporter->is_idle, left_ms);
        if (exporter->was_refused)
            return;
    }
}

void sl_exporter_free(struct sl_exporter *exporter)
{
    if (!exporter)
        return;
    if (exporter->http)
        send_the_last(exporter);
    sl_http_client_free(exporter->http);
    sl_timer_stop(&exporter->timer);
    sl_arena_free(exporter->arena);
    sl_free(exporter->service_name);
    sl_free(exporter);
}
