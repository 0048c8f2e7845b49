#include <string.h>

#include "http/exchange.h"

/* Where requests go. Most clients ask one peer again and again: its URL is read once. */

static enum sl_code read_place(struct sl_http_place *place, const char *url, struct sl_error *err)
{
    struct sl_arena *arena = place->arena;
    SL_TRY(sl_url_parse(url, arena, &place->url, err));
    const struct sl_url *parts = &place->url;
    bool is_ipv6 = strchr(parts->host, ':') != NULL;
    place->origin = sl_arena_printf(arena, is_ipv6 ? "[%s]:%d" : "%s:%d", parts->host, parts->port);
    if (place->origin == NULL)
        return sl_error_no_memory(err);
    place->label = sl_arena_printf(arena, "%s://%s%s", parts->scheme, place->origin, parts->path);
    char *text = sl_arena_strdup(arena, url);
    if (place->label == NULL || text == NULL)
        return sl_error_no_memory(err);
    place->text = text;
    return SL_OK;
}

enum sl_code sl_http_place_find(struct sl_http_place *place, const char *url, struct sl_error *err)
{
    if (place->text != NULL && url != NULL && strcmp(place->text, url) == 0)
        return SL_OK;
    place->text = NULL;
    if (place->arena == NULL && (place->arena = sl_arena_new()) == NULL)
        return sl_error_no_memory(err);
    sl_arena_reset(place->arena);
    return read_place(place, url, err);
}

void sl_http_place_done(struct sl_http_place *place)
{
    sl_arena_free(place->arena);
}
