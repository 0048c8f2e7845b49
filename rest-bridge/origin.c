#include "rest-bridge/origin.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* ---- lists ---- */

static enum sl_code add_name(struct bridge_names *names, const char *text, size_t length,
                             struct sl_arena *arena)
{
    while (length > 0 && text[length - 1] == ' ')
        length--;
    char *name = sl_arena_strndup(arena, text, length);
    if (name == NULL)
        return SL_RESOURCE_EXHAUSTED;
    names->entries[names->count++] = name;
    names->has_all |= strcmp(name, "*") == 0;
    return SL_OK;
}

enum sl_code bridge_names_read(const char *text, struct sl_arena *arena,
                               struct bridge_names *ret_names, struct sl_error *err)
{
    struct bridge_names names = {0};
    size_t most = 1;
    for (const char *at = text; at != NULL && *at != '\0'; at++)
        most += *at == ',';
    names.entries = sl_arena_alloc_array(arena, most, sizeof(*names.entries));
    if (names.entries == NULL)
        return sl_error_no_memory(err);
    for (const char *at = text; at != NULL && *at != '\0';) {
        at += strspn(at, ", ");
        size_t length = strcspn(at, ",");
        if (length > 0 && add_name(&names, at, length, arena) != SL_OK)
            return sl_error_no_memory(err);
        at += length;
    }
    *ret_names = names;
    return SL_OK;
}

static bool holds(const struct bridge_names *names, const char *text, size_t length)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strlen(names->entries[i]) == length &&
            strncasecmp(names->entries[i], text, length) == 0)
            return true;
    }
    return names->has_all;
}

/* ---- Host ---- */

/* Of "host:port" or "[::1]:port", without the port. */
static size_t host_length(const char *authority)
{
    if (authority[0] == '[')
        return strcspn(authority, "]") + (strchr(authority, ']') != NULL);
    return strcspn(authority, ":");
}

static bool is_loopback_name(const char *host, size_t length)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(names); i++) {
        if (strlen(names[i]) == length && strncasecmp(names[i], host, length) == 0)
            return true;
    }
    /* The rest of 127.0.0.0/8: digits and dots only, which no name is. */
    return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= length;
}

bool bridge_host_is_ours(const char *host, bool is_loopback, const struct bridge_names *hosts)
{
    if (host == NULL || (!is_loopback && hosts->count == 0))
        return true;
    size_t length = host_length(host);
    return holds(hosts, host, length) || holds(hosts, host, strlen(host)) ||
           (is_loopback && is_loopback_name(host, length));
}

/* ---- Origin ---- */

/* What follows the scheme; NULL for "null" and whatever else is no page's origin. */
static const char *authority_of(const char *origin, const char **ret_default_port)
{
    static const struct {
        const char *scheme, *port;
    } schemes[] = {{"http://", ":80"}, {"https://", ":443"}};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(schemes); i++) {
        size_t length = strlen(schemes[i].scheme);
        if (strncasecmp(origin, schemes[i].scheme, length) == 0) {
            *ret_default_port = schemes[i].port;
            return origin + length;
        }
    }
    return NULL;
}

bool bridge_origin_is_same(const char *origin, const char *host)
{
    const char *port = NULL;
    const char *authority = authority_of(origin, &port);
    if (authority == NULL || host == NULL)
        return false;
    if (strcasecmp(authority, host) == 0)
        return true;
    /* A port that goes without saying may be said by one of them. */
    size_t length = host_length(host);
    return host_length(authority) == length && strncasecmp(authority, host, length) == 0 &&
           (authority[length] == '\0' || strcmp(authority + length, port) == 0) &&
           (host[length] == '\0' || strcmp(host + length, port) == 0);
}

bool bridge_origin_is_listed(const char *origin, const struct bridge_names *origins)
{
    return holds(origins, origin, strlen(origin));
}

void bridge_origin_allow(struct sl_http_incoming *incoming, const char *origin,
                         const struct bridge_names *origins)
{
    sl_http_answer_header(incoming, "Access-Control-Allow-Origin", origins->has_all ? "*" : origin);
    sl_http_answer_header(incoming, "Access-Control-Expose-Headers",
                          "X-Request-Id, Retry-After, Traceparent, WWW-Authenticate");
    if (!origins->has_all)
        sl_http_answer_header(incoming, "Vary", "Origin");
}

void bridge_origin_answer_preflight(struct sl_http_incoming *incoming, const char *methods)
{
    sl_http_answer_header(incoming, "Access-Control-Allow-Methods", methods);
    sl_http_answer_header(incoming, "Access-Control-Allow-Headers",
                          "Accept, Authorization, Content-Type, Grpc-Timeout, Idempotency-Key, "
                          "Last-Event-ID, Traceparent, Tracestate, X-Api-Key, X-Dealer-Id, "
                          "X-Request-Id, X-Tenant-Id, X-User-Id");
    sl_http_answer_header(incoming, "Access-Control-Max-Age", "600");
    sl_http_reply(incoming, 204, NULL, NULL, 0);
}
