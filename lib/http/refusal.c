#include <string.h>

#include "http/incoming.h"

/** Reasons are this house's own words: nothing in them needs escaping. */
static void default_refusal(struct sl_headers *headers, struct sl_arena *arena, const char *reason,
                            const char **ret_body)
{
    if (sl_headers_add(headers, arena, "Content-Type", "application/json") == SL_OK)
        *ret_body = sl_arena_printf(arena, "{\"detail\":\"%s\"}", reason);
}

struct MHD_Response *sl_http_refusal_response(const struct sl_http_server *server, int status,
                                              const char *reason)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_headers headers = {0};
    const char *body = NULL;
    if (arena == NULL)
        return NULL;
    if (server->refusal != NULL)
        server->refusal(server->arg, status, reason, &headers, arena, &body);
    else
        default_refusal(&headers, arena, reason, &body);
    if (body == NULL)
        body = "";
    char *copy = sl_arena_strdup(arena, body);
    if (copy == NULL)
        return NULL;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(copy), copy, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return NULL;
    for (size_t i = 0; i < headers.count; i++)
        MHD_add_response_header(response, headers.entries[i].name, headers.entries[i].value);
    MHD_add_response_header(response, "Connection", "close");
    return response;
}

enum MHD_Result sl_http_refuse(struct sl_http_incoming *incoming, int status, const char *reason)
{
    struct MHD_Response *response = sl_http_refusal_response(incoming->server, status, reason);
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(incoming->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}
