#ifndef BRIDGE_ASSETS_H
#define BRIDGE_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "http/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The files of the page and of /docs, which are part of the program (CMakeLists.txt lists them),
 * and each service's OpenAPI document. Never changed once made.
 */

struct bridge_assets;

struct bridge_assets_options {
    /** Required. GET /openapi.json; copied. */
    const char *openapi;
    /** Also the page for people, at "/". */
    bool has_page;
};

SL_MUST_USE enum sl_code bridge_assets_new(const struct bridge_assets_options *options,
                                           struct bridge_assets **ret_assets, struct sl_error *err);

/** assets may be NULL. */
void bridge_assets_free(struct bridge_assets *assets);

/** Answers where the path is that of a file; false where it is not. Loop only. */
bool bridge_assets_answer(const struct bridge_assets *assets, struct sl_http_incoming *incoming);

#ifdef __cplusplus
}
#endif

#endif
