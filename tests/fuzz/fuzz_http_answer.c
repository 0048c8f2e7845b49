/* An answer of HTTP/1.1: it is the same however the bytes are cut, and no part reaches outside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads from [at, end) until that is used up or the answer is over; notes its body. */
static enum sl_http_part read_piece(struct sl_http_reader *reader, const char *at, const char *end,
                                    struct sl_text *body)
{
    for (;;) {
        struct sl_http_piece piece = {NULL, 0};
        const char *before = at;
        enum sl_http_part part = sl_http_reader_next(reader, &at, end, &piece);

        if (at < before || at > end || (part == SL_HTTP_PART_NONE && at != end))
            abort();
        if (part == SL_HTTP_PART_DATA &&
            (piece.length == 0 || piece.bytes < before || piece.bytes + piece.length != at))
            abort();
        if (part == SL_HTTP_PART_DATA)
            sl_text_append_bytes(body, piece.bytes, piece.length);
        else if (part != SL_HTTP_PART_HEAD)
            return part;
    }
}

/* All that is found, as text; the bytes are given in pieces of that size. */
static void read_answer(const char *bytes, size_t size, size_t piece_size, struct sl_text *out)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_http_reader reader = {.arena = arena, .has_no_body = size > 0 && bytes[0] == 'h'};
    enum sl_http_part part = SL_HTTP_PART_NONE;

    for (size_t at = 0; part == SL_HTTP_PART_NONE && at < size; at += piece_size)
        part = read_piece(&reader, bytes + at,
                          bytes + (size - at < piece_size ? size : at + piece_size), out);
    if (part == SL_HTTP_PART_NONE)
        part = sl_http_reader_close(&reader);
    sl_text_printf(out, "|%d|%d|%s", (int)part, reader.status, reader.fault ? reader.fault : "");
    for (size_t i = 0; i < reader.headers.count; i++)
        sl_text_printf(out, "|%s:%s", reader.headers.entries[i].name,
                       reader.headers.entries[i].value);
    sl_http_reader_done(&reader);
    sl_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_text whole = {0}, cut = {0};

    if (size == 0)
        return 0;
    read_answer((const char *)data + 1, size - 1, size, &whole);
    read_answer((const char *)data + 1, size - 1, data[0] % 16u + 1u, &cut);
    if (whole.length != cut.length ||
        memcmp(sl_text_string(&whole), sl_text_string(&cut), whole.length) != 0)
        abort();
    sl_text_done(&whole);
    sl_text_done(&cut);
    return 0;
}
