#include "rest-bridge/assets.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "rest-bridge/answer.h"
#include "rest-bridge/assets_private.h"

#define OPENAPI_PATH "/openapi.json"
/** Quotes, 32 hex digits, NUL. */
#define ETAG_SIZE 35

struct bridge_assets {
    char *openapi;
    bool has_page;
    char openapi_etag[ETAG_SIZE];
    /** One for each of the table, in its order. */
    char (*etags)[ETAG_SIZE];
};

SL_DEFINE_CLEANUP(assets_cleanup, struct bridge_assets, bridge_assets_free)

/**
 * Nothing from elsewhere, no script and no style that is not a file of ours. Swagger UI draws its
 * icons as data: images.
 */
static const struct sl_header protection[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    /* Asked for again each time, answered 304 while it is the same. */
    {"Cache-Control", "no-cache"},
};

static void make_etag(const char *bytes, size_t length, char out[ETAG_SIZE])
{
    char hex[SL_SHA256_HEX_SIZE];
    sl_sha256_hex(bytes, length, hex);
    snprintf(out, ETAG_SIZE, "\"%.32s\"", hex);
}

enum sl_code bridge_assets_new(const struct bridge_assets_options *options,
                               struct bridge_assets **ret_assets, struct sl_error *err)
{
    SL_CLEANUP(assets_cleanup) struct bridge_assets *assets = sl_alloc(sizeof(*assets));
    if (assets == NULL)
        return sl_error_no_memory(err);
    assets->openapi = sl_strdup(options->openapi);
    assets->etags = sl_alloc_array(bridge_asset_count + 1, sizeof(*assets->etags));
    if (assets->openapi == NULL || assets->etags == NULL)
        return sl_error_no_memory(err);
    assets->has_page = options->has_page;
    make_etag(assets->openapi, strlen(assets->openapi), assets->openapi_etag);
    for (size_t i = 0; i < bridge_asset_count; i++) {
        const struct bridge_asset *asset = &bridge_asset_table[i];
        make_etag(asset->begin, (size_t)(asset->end - asset->begin), assets->etags[i]);
    }
    *ret_assets = SL_TAKE(assets);
    return SL_OK;
}

void bridge_assets_free(struct bridge_assets *assets)
{
    if (assets == NULL)
        return;
    sl_free(assets->openapi);
    sl_free(assets->etags);
    sl_free(assets);
}

/** What is to be sent. */
struct found {
    const char *content_type;
    const char *begin;
    size_t length;
    const char *etag;
};

static bool find(const struct bridge_assets *assets, const char *path, struct found *ret_found)
{
    if (strcmp(path, OPENAPI_PATH) == 0) {
        *ret_found = (struct found){"application/json", assets->openapi, strlen(assets->openapi),
                                    assets->openapi_etag};
        return true;
    }
    for (size_t i = 0; i < bridge_asset_count; i++) {
        const struct bridge_asset *asset = &bridge_asset_table[i];
        bool is_docs = sl_text_starts_with(asset->path, "/docs");
        if (strcmp(asset->path, path) != 0 || (!is_docs && !assets->has_page))
            continue;
        *ret_found = (struct found){asset->content_type, asset->begin,
                                    (size_t)(asset->end - asset->begin), assets->etags[i]};
        return true;
    }
    return false;
}

static void send_found(struct sl_http_incoming *incoming, const struct found *found)
{
    struct sl_arena *arena = sl_http_incoming_arena(incoming);
    const struct sl_headers *asked = sl_http_incoming_request(incoming)->headers;
    const char *known = sl_headers_get(asked, "If-None-Match");
    struct sl_headers headers = bridge_answer_headers(incoming, found->content_type);
    enum sl_code code = sl_headers_add(&headers, arena, "ETag", found->etag);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(protection) && code == SL_OK; i++)
        code = sl_headers_add(&headers, arena, protection[i].name, protection[i].value);
    if (code != SL_OK)
        bridge_answer(incoming, 503, NULL);
    else if (known != NULL && strstr(known, found->etag) != NULL)
        sl_http_reply(incoming, 304, &headers, NULL, 0);
    else
        sl_http_reply(incoming, 200, &headers, found->begin, found->length);
}

bool bridge_assets_answer(const struct bridge_assets *assets, struct sl_http_incoming *incoming)
{
    const struct sl_http_incoming_request *request = sl_http_incoming_request(incoming);
    struct found found;
    if (!find(assets, request->path, &found))
        return false;
    if (strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0)
        send_found(incoming, &found);
    else
        bridge_answer_with(incoming, 405, "Method Not Allowed",
                           &(struct sl_header){"Allow", "GET, HEAD"});
    return true;
}
