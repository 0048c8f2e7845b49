#include <string.h>
#include <strings.h>

#include "mcp/server_private.h"

/*
 * Against DNS rebinding: a page of somebody else, in a browser on this machine, whose name leads to
 * this server. Its Origin shows it, and so does its Host where only this machine may call. Source:
 * MCP 2025-11-25, basic/transports, "Security Warning".
 */

char *sl_mcp_host_of(const char *authority, struct sl_arena *arena)
{
    const char *end;

    if (authority[0] == '[') {
        end = strchr(authority, ']');
        return sl_arena_strndup(arena, authority + 1,
                                end ? (size_t)(end - authority) - 1 : strlen(authority) - 1);
    }
    end = strrchr(authority, ':');
    return sl_arena_strndup(arena, authority, end ? (size_t)(end - authority) : strlen(authority));
}

static bool is_loopback(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1"};

    for (size_t i = 0; i < SL_ARRAY_LENGTH(names); i++) {
        if (strcasecmp(host, names[i]) == 0)
            return true;
    }
    return false;
}

static bool is_own_host(const char *authority, const char *listen_host, struct sl_arena *arena)
{
    const char *host = sl_mcp_host_of(authority, arena);

    return host && *host && (is_loopback(host) || strcasecmp(host, listen_host) == 0);
}

/* "null" and whatever else is no http(s) origin is none of ours. */
static bool is_own_origin(const char *origin, const char *listen_host, struct sl_arena *arena)
{
    const char *authority = NULL;

    if (strncasecmp(origin, "http://", 7) == 0)
        authority = origin + 7;
    else if (strncasecmp(origin, "https://", 8) == 0)
        authority = origin + 8;
    return authority && !strpbrk(authority, "/@") && is_own_host(authority, listen_host, arena);
}

bool sl_mcp_origin_is_allowed(const struct sl_headers *headers, const char *listen_host,
                              struct sl_arena *arena)
{
    const char *host = sl_headers_get(headers, "Host");

    for (size_t i = 0; i < headers->count; i++) {
        const struct sl_header *header = &headers->entries[i];

        if (strcasecmp(header->name, "Origin") == 0 &&
            !is_own_origin(header->value, listen_host, arena))
            return false;
    }
    /* Beyond loopback the names that lead here are not known. */
    return !is_loopback(listen_host) || !host || is_own_host(host, listen_host, arena);
}
