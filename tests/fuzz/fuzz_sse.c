/* A stream of server-sent events: the events are the same however the bytes are cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "http/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_EVENT_BYTES 1024

static void note(const struct sl_sse_event *event, void *arg)
{
    struct sl_text *out = arg;

    if (strlen(event->data) > event->data_length)
        abort();
    sl_text_printf(out, "%s|%s|", event->type, event->id);
    sl_text_append_bytes(out, event->data, event->data_length);
    sl_text_append_char(out, '\n');
}

/* The events of data, given in pieces of that size. */
static enum sl_code read_events(const uint8_t *data, size_t size, size_t piece, struct sl_text *out)
{
    struct sl_sse_parser parser = {.max_event_bytes = MAX_EVENT_BYTES};
    enum sl_code code = SL_OK;

    for (size_t at = 0; code == SL_OK && at < size; at += piece)
        code = sl_sse_parser_feed(&parser, data + at, size - at < piece ? size - at : piece, note,
                                  out, NULL);
    sl_sse_parser_done(&parser);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_text whole = {0}, cut = {0};
    enum sl_code of_whole, of_cut;

    if (size == 0)
        return 0;
    of_whole = read_events(data + 1, size - 1, size, &whole);
    of_cut = read_events(data + 1, size - 1, data[0] % 16u + 1u, &cut);
    if (of_whole != of_cut || strcmp(sl_text_string(&whole), sl_text_string(&cut)) != 0)
        abort();
    sl_text_done(&whole);
    sl_text_done(&cut);
    return 0;
}
