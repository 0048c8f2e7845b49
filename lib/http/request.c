#include <string.h>

#include "http/exchange.h"

/* A request as its caller gave it becomes the exchange's own: as bytes for a plain connection, or
 * as what libcurl wants. On the loop. */

#define DEFAULT_MAX_BODY_BYTES ((size_t)16 * 1024 * 1024)

static enum sl_code append_curl_header(struct sl_http_exchange *exchange, const char *line)
{
    struct curl_slist *list = curl_slist_append(exchange->curl_headers, line);
    if (list == NULL)
        return SL_RESOURCE_EXHAUSTED;
    exchange->curl_headers = list;
    return SL_OK;
}

/** curl's own additions are taken back unless asked for: "Name:" removes one, "Name;" is an empty
 * one. */
static enum sl_code make_curl_headers(struct sl_http_exchange *exchange,
                                      const struct sl_headers *headers)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        const struct sl_header *header = &headers->entries[i];
        char *line = sl_arena_alloc(exchange->arena,
                                    strlen(header->name) + strlen(header->value) + sizeof(": "));
        if (line == NULL)
            return SL_RESOURCE_EXHAUSTED;
        char *end = stpcpy(line, header->name);
        stpcpy(stpcpy(end, header->value[0] == '\0' ? ";" : ": "), header->value);
        SL_TRY(append_curl_header(exchange, line));
    }
    if (sl_headers_get(headers, "Content-Type") == NULL)
        SL_TRY(append_curl_header(exchange, "Content-Type:"));
    return append_curl_header(exchange, "Expect:");
}

static bool are_allowed(const struct sl_headers *headers)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        if (!sl_header_is_allowed(headers->entries[i].name, headers->entries[i].value))
            return false;
    }
    return true;
}

static const char *write_label(struct sl_arena *arena, const char *method, const char *place)
{
    char *label = sl_arena_alloc(arena, strlen(method) + strlen(place) + 2);
    if (label != NULL)
        stpcpy(stpcpy(stpcpy(label, method), " "), place);
    return label;
}

/** What libcurl needs of a request. */
static enum sl_code copy_for_curl(struct sl_http_exchange *exchange,
                                  const struct sl_http_request *request)
{
    struct sl_http_request *copy = &exchange->request;
    copy->url = sl_arena_strdup(exchange->arena, request->url);
    if (request->body_length > 0)
        copy->body = sl_arena_memdup(exchange->arena, request->body, request->body_length);
    if (copy->url == NULL || (request->body_length > 0 && copy->body == NULL))
        return SL_RESOURCE_EXHAUSTED;
    return make_curl_headers(exchange, request->headers);
}

enum sl_code sl_http_request_copy(struct sl_http_exchange *exchange,
                                  const struct sl_http_request *request, struct sl_error *err)
{
    struct sl_arena *arena = exchange->arena;
    struct sl_http_place *place = &exchange->client->place;
    SL_TRY(sl_http_place_find(place, request->url, err));
    struct sl_http_request *copy = &exchange->request;
    *copy = *request;
    copy->headers = NULL;
    copy->body = NULL;
    copy->url = NULL;
    copy->method = sl_arena_strdup(arena, request->method);
    exchange->label = write_label(arena, request->method, place->label);
    if (copy->method == NULL || exchange->label == NULL)
        return sl_error_no_memory(err);
    if (copy->max_body_bytes == 0)
        copy->max_body_bytes = request->is_stream ? SIZE_MAX : DEFAULT_MAX_BODY_BYTES;
    if (!are_allowed(request->headers))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s: a header field's name or value is not allowed", exchange->label);
    enum sl_code code = sl_http_is_plain(request, &place->url)
                            ? sl_http_write_request(exchange, request, place)
                            : copy_for_curl(exchange, request);
    return code == SL_OK ? code : sl_error_no_memory(err);
}
