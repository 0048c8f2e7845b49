#include "http/sse.h"

#include <string.h>

#define DEFAULT_MAX_EVENT_BYTES ((size_t)16 * 1024 * 1024)

struct feed {
    struct sl_sse_parser *parser;
    void (*on_event)(const struct sl_sse_event *event, void *arg);
    void *arg;
};

static void set_text(struct sl_text *text, const char *value, size_t length)
{
    sl_text_clear(text);
    sl_text_append_bytes(text, value, length);
}

static void field_event(struct sl_sse_parser *parser, const char *value, size_t length)
{
    set_text(&parser->type, value, length);
}

static void field_data(struct sl_sse_parser *parser, const char *value, size_t length)
{
    if (parser->has_data)
        sl_text_append_char(&parser->data, '\n');
    sl_text_append_bytes(&parser->data, value, length);
    parser->has_data = true;
}

static void field_id(struct sl_sse_parser *parser, const char *value, size_t length)
{
    if (memchr(value, '\0', length) == NULL)
        set_text(&parser->id, value, length);
}

static void field_retry(struct sl_sse_parser *parser, const char *value, size_t length)
{
    int64_t ms = 0;
    (void)length;
    if (value[0] >= '0' && value[0] <= '9' && sl_parse_int64(value, 0, INT64_MAX, &ms))
        parser->retry_ms = ms;
}

static const struct {
    const char *name;
    void (*read)(struct sl_sse_parser *parser, const char *value, size_t length);
} fields[] = {
    {"event", field_event}, {"data", field_data}, {"id", field_id}, {"retry", field_retry}};

static void dispatch(struct feed *feed)
{
    struct sl_sse_parser *parser = feed->parser;
    if (parser->has_data) {
        struct sl_sse_event event = {
            .type = parser->type.length > 0 ? parser->type.data : "message",
            .id = sl_text_string(&parser->id),
            .data = sl_text_string(&parser->data),
            .data_length = parser->data.length,
        };
        feed->on_event(&event, feed->arg);
    }
    sl_text_clear(&parser->data);
    sl_text_clear(&parser->type);
    parser->has_data = false;
}

/** Reads the gathered line (WHATWG HTML, 9.2.6, "Interpreting an event stream"). */
static void read_line(struct feed *feed)
{
    struct sl_sse_parser *parser = feed->parser;
    const char *line = sl_text_string(&parser->line);
    size_t length = parser->line.length;
    if (!parser->is_past_start && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        length -= 3;
    }
    parser->is_past_start = true;
    const char *colon = memchr(line, ':', length);
    size_t name_length = colon != NULL ? (size_t)(colon - line) : length;
    size_t value_at = colon != NULL ? name_length + 1 : length;
    if (value_at < length && line[value_at] == ' ')
        value_at++;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(fields); i++) {
        if (strlen(fields[i].name) == name_length && memcmp(fields[i].name, line, name_length) == 0)
            fields[i].read(parser, line + value_at, length - value_at);
    }
    if (length == 0)
        dispatch(feed);
    sl_text_clear(&parser->line);
}

static enum sl_code check_size(const struct sl_sse_parser *parser, struct sl_error *err)
{
    size_t limit = parser->max_event_bytes != 0 ? parser->max_event_bytes : DEFAULT_MAX_EVENT_BYTES;
    if (sl_text_failed(&parser->line) || sl_text_failed(&parser->data) ||
        sl_text_failed(&parser->type) || sl_text_failed(&parser->id))
        return sl_error_no_memory(err);
    if (parser->line.length + parser->data.length > limit)
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED,
                            "an event of the stream has more than %zu bytes", limit);
    return SL_OK;
}

enum sl_code sl_sse_parser_feed(struct sl_sse_parser *parser, const void *bytes, size_t length,
                                void (*on_event)(const struct sl_sse_event *event, void *arg),
                                void *arg, struct sl_error *err)
{
    struct feed feed = {parser, on_event, arg};
    const char *at = bytes;
    const char *end = length > 0 ? at + length : at;
    while (at < end) {
        /* CR LF is one line end, also where the two come in different pieces. */
        if (parser->was_cr && *at == '\n') {
            parser->was_cr = false;
            at++;
            continue;
        }
        parser->was_cr = false;
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        sl_text_append_bytes(&parser->line, at, (size_t)(stop - at));
        SL_TRY(check_size(parser, err));
        if (stop < end) {
            parser->was_cr = *stop == '\r';
            read_line(&feed);
            SL_TRY(check_size(parser, err));
            stop++;
        }
        at = stop;
    }
    return SL_OK;
}

void sl_sse_parser_done(struct sl_sse_parser *parser)
{
    sl_text_done(&parser->line);
    sl_text_done(&parser->data);
    sl_text_done(&parser->type);
    sl_text_done(&parser->id);
}

/** Writes a field of one line; what could end the line is left out. */
static void write_field(struct sl_text *out, const char *name, const char *value)
{
    sl_text_append(out, name);
    sl_text_append(out, ": ");
    for (; *value != '\0'; value++) {
        if (*value != '\n' && *value != '\r')
            sl_text_append_char(out, *value);
    }
    sl_text_append_char(out, '\n');
}

void sl_sse_write(struct sl_text *out, const char *type, const char *id, const char *data)
{
    if (type != NULL)
        write_field(out, "event", type);
    if (id != NULL)
        write_field(out, "id", id);
    for (;;) {
        size_t length = strcspn(data, "\r\n");
        sl_text_append(out, "data: ");
        sl_text_append_bytes(out, data, length);
        sl_text_append_char(out, '\n');
        data += length;
        if (*data == '\0')
            break;
        data += data[0] == '\r' && data[1] == '\n' ? 2 : 1;
    }
    sl_text_append_char(out, '\n');
}
