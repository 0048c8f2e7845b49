#include <arpa/inet.h>
#include <string.h>

#include "http/incoming.h"

/** A body that is refused is still read, up to so many times the limit, so that the sender reads
 * why. */
#define DRAIN_FACTOR 16

/** What a request's headers say of its shape. */
struct shape {
    struct sl_http_incoming *incoming;
    size_t bytes;
    unsigned host_count, length_count, transfer_encoding_count;
    const char *content_length;
    const char *transfer_encoding;
    bool is_malformed, is_out_of_memory;
};

/* ---- the first line ---- */

size_t sl_http_keep_escapes(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg, (void)connection;
    return strlen(text);
}

/** "http://host/path" is "/path" (RFC 9112, 3.2.2). */
static const char *origin_form(const char *uri)
{
    if (uri[0] == '/')
        return uri;
    const char *scheme_end = strstr(uri, "://");
    if (scheme_end == NULL)
        return uri;
    const char *path = strchr(scheme_end + 3, '/');
    return path != NULL ? path : "/";
}

static enum sl_code set_target(struct sl_http_incoming *incoming, const char *uri)
{
    const char *target = origin_form(uri);
    const char *question = strchr(target, '?');
    size_t path_length = question != NULL ? (size_t)(question - target) : strlen(target);
    incoming->request.path = sl_arena_strndup(incoming->arena, target, path_length);
    incoming->request.query =
        question != NULL ? sl_arena_strdup(incoming->arena, question + 1) : "";
    return incoming->request.path != NULL && incoming->request.query != NULL
               ? SL_OK
               : SL_RESOURCE_EXHAUSTED;
}

void *sl_http_receive_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct sl_http_incoming *incoming = sl_http_incoming_new(arg, connection);
    sl_http_connection_begun(connection);
    if (incoming == NULL)
        return NULL;
    if (set_target(incoming, uri) != SL_OK) {
        incoming->refusal_status = 503;
        incoming->refusal_reason = "Out of memory";
    }
    return incoming;
}

/* ---- the headers ---- */

/* The value without the spaces around it, which microhttpd leaves at the end (RFC 9110, 5.5); NULL
 * when memory is out. */
static const char *trim_end(const char *value, size_t length, struct sl_arena *arena)
{
    if (length == 0 || !strchr(" \t", value[length - 1]))
        return value;
    while (length > 0 && strchr(" \t", value[length - 1]))
        length--;
    return sl_arena_strndup(arena, value, length);
}

static enum MHD_Result add_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                  size_t name_size, const char *value, size_t value_size)
{
    struct shape *shape = arg;
    struct sl_http_incoming *incoming = shape->incoming;
    (void)kind;
    if (value == NULL)
        value = "";
    /* With the colon, a space and the line's end. */
    shape->bytes += name_size + value_size + 4;
    if (strlen(name) != name_size || strlen(value) != value_size) {
        shape->is_malformed = true;
        return MHD_NO;
    }
    const char *trimmed = trim_end(value, value_size, incoming->arena);
    enum sl_code code = trimmed ? sl_headers_add(&incoming->headers, incoming->arena, name, trimmed)
                                : SL_RESOURCE_EXHAUSTED;
    shape->is_malformed = code == SL_INVALID_ARGUMENT;
    shape->is_out_of_memory = code == SL_RESOURCE_EXHAUSTED;
    if (code != SL_OK)
        return MHD_NO;
    if (sl_text_equals_nocase(name, "Host"))
        shape->host_count++;
    if (sl_text_equals_nocase(name, "Content-Length")) {
        shape->length_count++;
        shape->content_length = value;
    }
    if (sl_text_equals_nocase(name, "Transfer-Encoding")) {
        shape->transfer_encoding_count++;
        shape->transfer_encoding = value;
    }
    return MHD_YES;
}

static bool is_over_limit(const struct shape *shape)
{
    int64_t length = 0;
    if (shape->content_length == NULL)
        return false;
    if (!sl_parse_int64(shape->content_length, 0, INT64_MAX, &length))
        return true;
    return (uint64_t)length > shape->incoming->server->max_body_bytes;
}

static bool is_length_malformed(const struct shape *shape)
{
    const char *text = shape->content_length;
    return text != NULL && (*text == '\0' || text[strspn(text, "0123456789")] != '\0');
}

/** What must not be passed on, because two readers could find different requests in it (RFC 9112,
 * 6). */
static const char *find_ambiguity(const struct shape *shape, const char *version)
{
    bool needs_host = strcmp(version, "HTTP/1.0") != 0;
    if (shape->is_malformed)
        return "A header is malformed";
    if (shape->host_count > 1 || (needs_host && shape->host_count == 0))
        return "Exactly one Host header is wanted";
    if (shape->length_count > 1)
        return "Content-Length is there more than once";
    if (is_length_malformed(shape))
        return "Content-Length is no number";
    if (shape->transfer_encoding_count > 0 && shape->length_count > 0)
        return "Content-Length and Transfer-Encoding are both there";
    if (shape->transfer_encoding_count > 1 ||
        (shape->transfer_encoding_count == 1 &&
         !sl_text_equals_nocase(shape->transfer_encoding, "chunked")))
        return "Transfer-Encoding has to be chunked";
    if (shape->incoming->request.path[0] != '/')
        return "The request target has to begin with /";
    return NULL;
}

static const char *peer_text(struct sl_http_incoming *incoming)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(incoming->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char host[INET6_ADDRSTRLEN] = "";
    if (info == NULL || info->client_addr == NULL)
        return "";
    const struct sockaddr *address = info->client_addr;
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
        return sl_arena_printf(incoming->arena, "[%s]:%d", host, ntohs(in6->sin6_port));
    }
    const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
    inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
    return sl_arena_printf(incoming->arena, "%s:%d", host, ntohs(in->sin_port));
}

static void set_refusal(struct sl_http_incoming *incoming, int status, const char *reason)
{
    incoming->refusal_status = status;
    incoming->refusal_reason = reason;
}

/** Reads the head. An ambiguous request ends here; one that is refused otherwise is read to its
 * end. */
static enum MHD_Result begin(struct sl_http_incoming *incoming, const char *method,
                             const char *version)
{
    struct shape shape = {.incoming = incoming};
    shape.bytes = strlen(incoming->request.path) + strlen(incoming->request.query);
    incoming->is_begun = true;
    MHD_get_connection_values_n(incoming->connection, MHD_HEADER_KIND, add_header, &shape);
    incoming->request.method = sl_arena_strdup(incoming->arena, method);
    incoming->request.peer = peer_text(incoming);
    incoming->request.headers = &incoming->headers;
    if (shape.is_out_of_memory || incoming->request.method == NULL ||
        incoming->request.peer == NULL || incoming->refusal_status != 0)
        return sl_http_refuse(incoming, 503, "Out of memory");
    if (shape.bytes > incoming->server->max_head_bytes)
        return sl_http_refuse(incoming, 431, "Request header fields too large");
    const char *ambiguity = find_ambiguity(&shape, version);
    if (ambiguity != NULL)
        return sl_http_refuse(incoming, 400, ambiguity);
    if (atomic_load(&incoming->server->is_stopping))
        return sl_http_refuse(incoming, 503, "The server is being stopped");
    if (!is_over_limit(&shape))
        return MHD_YES;
    set_refusal(incoming, 413, "Request body too large");
    bool waits = sl_headers_get(&incoming->headers, "Expect") != NULL;
    return waits ? sl_http_refuse(incoming, 413, "Request body too large") : MHD_YES;
}

/* ---- the body ---- */

static enum MHD_Result take_body(struct sl_http_incoming *incoming, const char *bytes,
                                 size_t *length)
{
    size_t limit = incoming->server->max_body_bytes;
    incoming->received_bytes += *length;
    if (incoming->received_bytes > limit && incoming->refusal_status == 0)
        set_refusal(incoming, 413, "Request body too large");
    if (incoming->received_bytes / DRAIN_FACTOR > limit)
        return MHD_NO;
    if (incoming->refusal_status == 0)
        sl_text_append_bytes(&incoming->body, bytes, *length);
    else
        sl_text_done(&incoming->body);
    if (sl_text_failed(&incoming->body))
        set_refusal(incoming, 503, "Out of memory");
    *length = 0;
    return MHD_YES;
}

static enum MHD_Result send_answer(struct sl_http_incoming *incoming)
{
    if (incoming->response == NULL)
        return MHD_NO;
    enum MHD_Result result =
        MHD_queue_response(incoming->connection, (unsigned)incoming->status, incoming->response);
    MHD_destroy_response(incoming->response);
    incoming->response = NULL;
    return result;
}

enum MHD_Result sl_http_receive(void *server, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **state)
{
    struct sl_http_incoming *incoming = *state;
    (void)server, (void)connection, (void)url;
    if (incoming == NULL)
        return MHD_NO;
    if (!incoming->is_begun)
        return begin(incoming, method, version);
    if (*upload_data_size > 0)
        return take_body(incoming, upload_data, upload_data_size);
    if (incoming->status != 0)
        return send_answer(incoming);
    if (incoming->refusal_status != 0)
        return sl_http_refuse(incoming, incoming->refusal_status, incoming->refusal_reason);
    incoming->request.body = sl_text_string(&incoming->body);
    incoming->request.body_length = incoming->body.length;
    sl_http_connection_received(connection);
    if (!sl_http_incoming_hand_over(incoming))
        return sl_http_refuse(incoming, 503, "The server is being stopped");
    return MHD_YES;
}
