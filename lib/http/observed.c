#include <stdio.h>

#include "http/incoming.h"
#include "telemetry/metrics.h"
#include "telemetry/span.h"

void sl_http_observe(struct sl_http_incoming *incoming, const char *route, bool begins_trace)
{
    const struct sl_http_incoming_request *request = &incoming->request;
    const char *parent = sl_headers_get(request->headers, "traceparent");
    char name[128];
    incoming->route = route;
    incoming->observed_ns = sl_metric_now_ns();
    sl_metric_move(SL_METRIC_HTTP_SERVER_IN_FLIGHT, 1, NULL, NULL);
    if (parent == NULL && !begins_trace)
        return;
    snprintf(name, sizeof(name), "%s %s", request->method, route);
    incoming->span = sl_span_start(SL_SPAN_SERVER, name, parent);
    sl_span_set(incoming->span, "http.request.method", request->method);
    sl_span_set(incoming->span, "http.route", route);
    sl_span_set(incoming->span, "url.scheme", incoming->server->tls != NULL ? "https" : "http");
}

const char *sl_http_incoming_traceparent(const struct sl_http_incoming *incoming)
{
    return sl_span_traceparent(incoming->span,
                               sl_headers_get(incoming->request.headers, "traceparent"));
}

void sl_http_observed(struct sl_http_incoming *incoming)
{
    char status[16];
    if (incoming->route == NULL)
        return;
    snprintf(status, sizeof(status), "%d", incoming->status);
    sl_metric_move(SL_METRIC_HTTP_SERVER_IN_FLIGHT, -1, NULL, NULL);
    sl_metric_observe_since(SL_METRIC_HTTP_SERVER_SECONDS, incoming->observed_ns, incoming->route,
                            status);
    sl_span_set_int(incoming->span, "http.response.status_code", incoming->status);
    sl_span_end(incoming->span, incoming->status >= 500 ? status : NULL);
    incoming->route = NULL;
    incoming->span = NULL;
}
