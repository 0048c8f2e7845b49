#include <string.h>

#include "http/exchange.h"

/* The bytes of a request as they go over a plain connection (RFC 9112, 3), written by the loop. */

/** The longest name that DNS has (RFC 1035, 2.3.4). */
#define MAX_HOST_BYTES 255

/** Fields that a request makes itself; one that brings its own is left to libcurl. */
static bool is_own_field(const char *name)
{
    static const char *const own[] = {"Host", "Expect", "Connection", "Content-Length",
                                      "Transfer-Encoding"};
    switch (name[0] | 0x20) {
    case 'h':
    case 'e':
    case 'c':
    case 't':
        for (size_t i = 0; i < SL_ARRAY_LENGTH(own); i++) {
            if (sl_text_equals_nocase(name, own[i]))
                return true;
        }
    }
    return false;
}

bool sl_http_is_plain(const struct sl_http_request *request, const struct sl_url *url)
{
    if (url->scheme[4] == 's' || strlen(url->host) > MAX_HOST_BYTES ||
        request->is_fresh_connection || request->is_address_allowed != NULL ||
        request->method[0] == '\0')
        return false;
    for (size_t i = 0; request->headers != NULL && i < request->headers->count; i++) {
        if (is_own_field(request->headers->entries[i].name))
            return false;
    }
    return true;
}

static bool has_body(const struct sl_http_request *request)
{
    return request->body_length > 0 || strcmp(request->method, "POST") == 0 ||
           strcmp(request->method, "PUT") == 0;
}

static char *put(char *at, const char *text)
{
    return stpcpy(at, text);
}

static char *put_number(char *at, size_t number)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *at++ = digits[--count];
    *at = '\0';
    return at;
}

static char *put_fields(char *at, const struct sl_headers *headers)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        at = put(put(at, headers->entries[i].name), ": ");
        at = put(put(at, headers->entries[i].value), "\r\n");
    }
    return at;
}

static size_t size_of_fields(const struct sl_headers *headers)
{
    size_t size = 0;
    for (size_t i = 0; headers != NULL && i < headers->count; i++)
        size += strlen(headers->entries[i].name) + strlen(headers->entries[i].value) + 4;
    return size;
}

enum sl_code sl_http_write_request(struct sl_http_exchange *exchange,
                                   const struct sl_http_request *request,
                                   const struct sl_http_place *place)
{
    struct sl_arena *arena = exchange->arena;
    const struct sl_url *url = &place->url;
    const char *origin = sl_arena_strdup(arena, place->origin);
    if (origin == NULL)
        return SL_RESOURCE_EXHAUSTED;
    /* The fixed parts, and a length of at most twenty digits. */
    size_t size = strlen(request->method) + strlen(url->path) + strlen(url->query) +
                  strlen(origin) + size_of_fields(request->headers) + request->body_length + 128;
    char *wire = sl_arena_alloc(arena, size);
    if (wire == NULL)
        return SL_RESOURCE_EXHAUSTED;
    char *at = put(put(put(wire, request->method), " "), url->path);
    if (url->query[0] != '\0')
        at = put(put(at, "?"), url->query);
    at = put(put(at, " HTTP/1.1\r\nHost: "), origin);
    /* A port that goes without saying is not said (RFC 9110, 4.2.3). */
    if (url->port == 80)
        at -= sizeof(":80") - 1;
    at = put_fields(put(at, "\r\n"), request->headers);
    if (sl_headers_get(request->headers, "Accept") == NULL)
        at = put(at, "Accept: */*\r\n");
    if (has_body(request))
        at = put(put_number(put(at, "Content-Length: "), request->body_length), "\r\n");
    at = put(at, "\r\n");
    if (request->body_length > 0)
        memcpy(at, request->body, request->body_length);
    exchange->origin = origin;
    exchange->wire = wire;
    exchange->wire_length = (size_t)(at - wire) + request->body_length;
    return SL_OK;
}
