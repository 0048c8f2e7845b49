#include "http/url.h"

#include <string.h>

static const struct {
    const char *name;
    int port;
} schemes[] = {{"http", 80}, {"https", 443}};

static bool has_only_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= 0x20 || c == 0x7f)
            return false;
    }
    return true;
}

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/** Finds the scheme and the text after "://"; NULL where it is neither http nor https. */
static const char *read_scheme(const char *text, struct sl_url *url)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(schemes); i++) {
        size_t length = strlen(schemes[i].name);
        size_t at = 0;
        while (at < length && to_lower(text[at]) == schemes[i].name[at])
            at++;
        if (at < length || strncmp(text + length, "://", 3) != 0)
            continue;
        url->scheme = schemes[i].name;
        url->port = schemes[i].port;
        return text + length + 3;
    }
    return NULL;
}

/** Splits [text, end) into host and port; the host is not yet copied. */
static bool read_authority(const char *text, const char *end, size_t *ret_host_length,
                           struct sl_url *url)
{
    const char *host_end = end;
    url->host = text;
    if (text < end && *text == '[') {
        const char *bracket = memchr(text, ']', (size_t)(end - text));
        if (bracket == NULL || bracket == text + 1)
            return false;
        url->host = text + 1;
        *ret_host_length = (size_t)(bracket - url->host);
        host_end = bracket + 1;
    } else {
        const char *colon = memchr(text, ':', (size_t)(end - text));
        host_end = colon != NULL ? colon : end;
        *ret_host_length = (size_t)(host_end - text);
    }
    if (*ret_host_length == 0)
        return false;
    if (host_end == end)
        return true;
    int64_t port = 0;
    char digits[8] = "";
    size_t length = (size_t)(end - host_end) - 1;
    if (*host_end != ':' || length >= sizeof(digits))
        return false;
    if (length == 0)
        return true;
    memcpy(digits, host_end + 1, length);
    if (!sl_parse_int64(digits, 0, 65535, &port))
        return false;
    url->port = (int)port;
    return true;
}

static enum sl_code refuse(const char *text, const char *why, struct sl_error *err)
{
    return sl_error_set(err, SL_INVALID_ARGUMENT, "\"%.300s\" is no http or https URL: %s", text,
                        why);
}

static enum sl_code copy_parts(struct sl_arena *arena, size_t host_length, const char *rest,
                               struct sl_url *url, struct sl_error *err)
{
    const char *fragment = strchr(rest, '#');
    size_t rest_length = fragment != NULL ? (size_t)(fragment - rest) : strlen(rest);
    const char *question = memchr(rest, '?', rest_length);
    size_t path_length = question != NULL ? (size_t)(question - rest) : rest_length;
    char *host = sl_arena_strndup(arena, url->host, host_length);
    url->path = path_length == 0 ? "/" : sl_arena_strndup(arena, rest, path_length);
    url->query = "";
    if (question != NULL)
        url->query = sl_arena_strndup(arena, question + 1, rest_length - path_length - 1);
    if (host == NULL || url->path == NULL || url->query == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < host_length; i++)
        host[i] = to_lower(host[i]);
    url->host = host;
    return SL_OK;
}

enum sl_code sl_url_parse(const char *text, struct sl_arena *arena, struct sl_url *ret_url,
                          struct sl_error *err)
{
    struct sl_url url = {0};
    if (text == NULL)
        return refuse("", "it is empty", err);
    if (!has_only_printable(text))
        return refuse(text, "it has spaces or control characters", err);
    const char *authority = read_scheme(text, &url);
    if (authority == NULL)
        return refuse(text, "it does not begin with http:// or https://", err);
    const char *end = authority + strcspn(authority, "/?#");
    size_t host_length = 0;
    if (memchr(authority, '@', (size_t)(end - authority)) != NULL)
        return refuse(text, "user names in it are not taken", err);
    if (!read_authority(authority, end, &host_length, &url))
        return refuse(text, "host or port is wrong", err);
    SL_TRY(copy_parts(arena, host_length, end, &url, err));
    *ret_url = url;
    return SL_OK;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/** Decodes one character at text[*at] and moves on; -1 where an escape is broken. */
static int decode_char(const char *text, size_t length, bool is_query, size_t *at)
{
    char c = text[(*at)++];
    if (c == '+' && is_query)
        return ' ';
    if (c != '%')
        return (unsigned char)c;
    if (length - *at < 2)
        return -1;
    int high = hex_value(text[*at]);
    int low = hex_value(text[*at + 1]);
    *at += 2;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool sl_url_decode(const char *text, size_t length, bool is_query, struct sl_text *out)
{
    size_t start = out->length;
    for (size_t at = 0; at < length;) {
        int c = decode_char(text, length, is_query, &at);
        if (c <= 0)
            return false;
        sl_text_append_char(out, (char)c);
    }
    if (sl_text_failed(out))
        return false;
    return out->length == start || sl_utf8_is_valid(out->data + start, out->length - start);
}

void sl_url_encode(const char *text, struct sl_text *out)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        bool is_unreserved = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                             (c >= 'a' && c <= 'z') || strchr("-._~", c) != NULL;
        if (is_unreserved)
            sl_text_append_char(out, (char)c);
        else
            sl_text_printf(out, "%%%02X", c);
    }
}
