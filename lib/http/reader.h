#ifndef SL_HTTP_READER_H
#define SL_HTTP_READER_H

/* Private to lib/http. */

#include <stdint.h>

#include "base/text.h"
#include "http/headers.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the next step of reading an answer found. */
enum sl_http_part {
    /** Nothing yet: more bytes are wanted. */
    SL_HTTP_PART_NONE,
    /** The head is complete: status and headers stand. */
    SL_HTTP_PART_HEAD,
    /** A piece of the body. */
    SL_HTTP_PART_DATA,
    /** The answer is over; what follows belongs to nobody. */
    SL_HTTP_PART_END,
    /** What came is no answer: fault says why. */
    SL_HTTP_PART_BROKEN,
};

struct sl_http_piece {
    const char *bytes;
    size_t length;
};

/**
 * Reads one answer of HTTP/1.1 as its bytes come, with or without a body whose length is known.
 * Zeroed but for arena and has_no_body it is ready. What one answer could mean in two ways is
 * broken. Guarded by its owner. Source: RFC 9112, 4 to 7 and 9.3.
 */
struct sl_http_reader {
    /** Required. Owns the headers. */
    struct sl_arena *arena;
    /** The request was a HEAD. */
    bool has_no_body;

    int status;
    struct sl_headers headers;
    /** Valid at the end: the connection may carry another request. */
    bool is_kept;
    /** Why it is broken, SL_DATA_LOSS or SL_RESOURCE_EXHAUSTED. */
    enum sl_code fault_code;
    const char *fault;

    /* Its own. */
    unsigned state;
    /** The beginning of a line whose end has not come. */
    struct sl_text line;
    size_t head_bytes;
    /** Of the body or of its chunk. */
    uint64_t left;
    const char *length_text;
    bool has_coding, is_open_ended, is_close_asked;
};

/** Takes from [*at, end) what the next part needs, and moves *at. ret_piece: of DATA, borrowed from
 * the bytes given. After END or BROKEN it is not called again. */
enum sl_http_part sl_http_reader_next(struct sl_http_reader *reader, const char **at,
                                      const char *end, struct sl_http_piece *ret_piece);

/** The connection was closed: END where that is how the body ends, else BROKEN. */
enum sl_http_part sl_http_reader_close(struct sl_http_reader *reader);

void sl_http_reader_done(struct sl_http_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
