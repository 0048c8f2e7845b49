#ifndef SL_HTTP_URL_H
#define SL_HTTP_URL_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The parts of an http or https URL (RFC 3986). Texts are owned by the arena given to the parser.
 */
struct sl_url {
    const char *scheme; /* "http" or "https" */
    const char *host;   /* lower case; an IPv6 address without its brackets */
    int port;           /* as given, else 80 or 443 */
    const char *path;   /* begins with "/"; as given, not decoded */
    const char *query;  /* without "?"; "" where there is none */
};

/** SL_INVALID_ARGUMENT: not an http(s) URL, user info in it, control characters; err names the URL.
 */
SL_MUST_USE enum sl_code sl_url_parse(const char *text, struct sl_arena *arena,
                                      struct sl_url *ret_url, struct sl_error *err);

/**
 * Decodes %XX (and "+" as a space where is_query); false for a broken escape, a NUL or invalid
 * UTF-8. Appends to out.
 */
SL_MUST_USE bool sl_url_decode(const char *text, size_t length, bool is_query, struct sl_text *out);

/** Appends text with all but unreserved characters as %XX. */
void sl_url_encode(const char *text, struct sl_text *out);

#ifdef __cplusplus
}
#endif

#endif
