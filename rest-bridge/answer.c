#include "rest-bridge/answer.h"

#include "json/json.h"

static const int statuses[] = {
    [SL_OK] = 200,
    [SL_CANCELLED] = 503,
    [SL_UNKNOWN] = 500,
    [SL_INVALID_ARGUMENT] = 422,
    [SL_DEADLINE_EXCEEDED] = 504,
    [SL_NOT_FOUND] = 404,
    [SL_ALREADY_EXISTS] = 409,
    [SL_PERMISSION_DENIED] = 403,
    [SL_RESOURCE_EXHAUSTED] = 429,
    [SL_FAILED_PRECONDITION] = 422,
    [SL_ABORTED] = 409,
    [SL_OUT_OF_RANGE] = 422,
    [SL_UNIMPLEMENTED] = 501,
    [SL_INTERNAL] = 500,
    [SL_UNAVAILABLE] = 503,
    [SL_DATA_LOSS] = 500,
    [SL_UNAUTHENTICATED] = 401,
};

int bridge_status_of(enum sl_code code)
{
    return (size_t)code < SL_ARRAY_LENGTH(statuses) ? statuses[code] : 500;
}

json_t *bridge_detail(const char *text)
{
    json_t *detail = json_string(text);
    if (detail == NULL)
        detail = json_string("The reason is no UTF-8");
    return json_pack("{s:o}", "detail", detail);
}

struct sl_headers bridge_answer_headers(struct sl_http_incoming *incoming, const char *content_type)
{
    struct sl_headers headers = {0};
    struct sl_arena *arena = sl_http_incoming_arena(incoming);
    /* An answer without it is still an answer. */
    (void)!sl_headers_add(&headers, arena, "Content-Type", content_type);
    return headers;
}

static void send(struct sl_http_incoming *incoming, int status, json_t *body,
                 const struct sl_header *header)
{
    static const char no_memory[] = "{\"detail\":\"out of memory\"}";
    struct sl_headers headers = bridge_answer_headers(incoming, "application/json");
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    bool has_all = header == NULL || sl_headers_add(&headers, sl_http_incoming_arena(incoming),
                                                    header->name, header->value) == SL_OK;
    if (body != NULL && has_all)
        sl_json_write(body, SL_JSON_COMPACT, &text);
    json_decref(body);
    if (text.length == 0 || sl_text_failed(&text))
        sl_http_reply(incoming, 500, &headers, no_memory, sizeof(no_memory) - 1);
    else
        sl_http_reply(incoming, status, &headers, text.data, text.length);
}

void bridge_answer(struct sl_http_incoming *incoming, int status, json_t *body)
{
    send(incoming, status, body, NULL);
}

void bridge_answer_detail(struct sl_http_incoming *incoming, int status, const char *text)
{
    send(incoming, status, bridge_detail(text), NULL);
}

void bridge_answer_with(struct sl_http_incoming *incoming, int status, const char *text,
                        const struct sl_header *header)
{
    send(incoming, status, bridge_detail(text), header);
}

void bridge_answer_faults(struct sl_http_incoming *incoming, json_t *faults)
{
    send(incoming, 422, json_pack("{s:o}", "detail", faults), NULL);
}
