#ifndef SL_HTTP_SSE_H
#define SL_HTTP_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One server-sent event (WHATWG HTML, 9.2). Borrowed until the callback returns. */
struct sl_sse_event {
    /** "message" where the stream names none. */
    const char *type;
    /** Last id seen on the stream, "" where there was none. */
    const char *id;
    const char *data;
    size_t data_length;
};

/** Reads a stream of server-sent events piece by piece. Zeroed it is ready; sl_sse_parser_done()
 * frees. */
struct sl_sse_parser {
    struct sl_text line;
    struct sl_text data;
    struct sl_text type;
    struct sl_text id;
    /** Milliseconds of the last "retry" field, 0 where there was none. */
    int64_t retry_ms;
    /** Bytes that an event may have; 0 means 16 MiB. */
    size_t max_event_bytes;
    bool has_data;
    bool was_cr;
    bool is_past_start;
};

/** Calls on_event for each event that is complete; SL_RESOURCE_EXHAUSTED for one that is too large.
 */
SL_MUST_USE enum sl_code
sl_sse_parser_feed(struct sl_sse_parser *parser, const void *bytes, size_t length,
                   void (*on_event)(const struct sl_sse_event *event, void *arg), void *arg,
                   struct sl_error *err);
void sl_sse_parser_done(struct sl_sse_parser *parser);

/** Appends an event; type and id may be NULL; data may have several lines. */
void sl_sse_write(struct sl_text *out, const char *type, const char *id, const char *data);

#ifdef __cplusplus
}
#endif

#endif
