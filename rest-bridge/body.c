#include "rest-bridge/body.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rest-bridge/json_fault.h"
#include "json/json.h"

/**
 * application/json or application/<anything>+json, whatever parameters follow. A body without a
 * type is JSON too, unless a web page sent it: a page of another site may send that without being
 * asked.
 */
static bool is_json(const struct sl_headers *headers)
{
    char type[128];
    const char *content_type = sl_headers_get(headers, "Content-Type");
    if (content_type == NULL)
        return sl_headers_get(headers, "Origin") == NULL;
    content_type += strspn(content_type, " \t");
    size_t length = strcspn(content_type, "; \t");
    if (length >= sizeof(type))
        return false;
    memcpy(type, content_type, length);
    type[length] = '\0';
    if (sl_text_equals_nocase(type, "application/json"))
        return true;
    return length > 5 && sl_text_equals_nocase(type + length - 5, "+json") &&
           strncasecmp(type, "application/", 12) == 0;
}

/** Where lib/json's "line L column C: words" is, in bytes from the start. */
static size_t offset_of(const char *text, size_t length, const char *message,
                        const char **ret_words)
{
    unsigned long line = 0, column = 0;
    int after = 0;
    *ret_words = message;
    if (sscanf(message, "line %lu column %lu: %n", &line, &column, &after) != 2 || after == 0)
        return 0;
    *ret_words = message + after;
    size_t at = 0;
    for (; line > 1 && at < length; at++)
        line -= text[at] == '\n';
    at += column > 0 ? column - 1 : 0;
    return at < length ? at : length;
}

static void add_json_fault(struct bridge_faults *faults, const char *text, size_t length,
                           const char *message)
{
    size_t position = 0;
    const char *words = NULL;
    if (!bridge_json_fault(text, length, &position, &words))
        position = offset_of(text, length, message, &words);
    bridge_faults_add_json(faults, position, words);
}

/** A byte order mark is no part of the text, to Python. */
static size_t mark_length(const struct sl_http_incoming_request *http)
{
    return http->body_length >= 3 && memcmp(http->body, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

enum bridge_body bridge_read_body(const struct sl_http_incoming_request *http,
                                  struct bridge_faults *faults, json_t **ret_value)
{
    struct sl_error err = {0};
    if (http->body_length == 0)
        return BRIDGE_BODY_ABSENT;
    if (!sl_utf8_is_valid(http->body, http->body_length))
        return BRIDGE_BODY_UNREADABLE;
    if (!is_json(http->headers)) {
        json_t *text = json_stringn(http->body, http->body_length);
        faults->is_out_of_memory |= text == NULL;
        *ret_value = text;
        return text != NULL ? BRIDGE_BODY_JSON : BRIDGE_BODY_FAULTY;
    }
    const char *text = http->body + mark_length(http);
    size_t length = http->body_length - mark_length(http);
    enum sl_code code = sl_json_parse(text, length, NULL, ret_value, &err);
    if (code == SL_OK)
        return BRIDGE_BODY_JSON;
    if (code == SL_INVALID_ARGUMENT)
        add_json_fault(faults, text, length, err.message);
    else
        faults->is_out_of_memory = true;
    return BRIDGE_BODY_FAULTY;
}
