#include "http/reader.h"

#include <string.h>

/* A head may have this many bytes and fields; the lines between chunks count as well. */
#define MAX_HEAD_BYTES ((size_t)256 * 1024)
#define MAX_FIELDS 256
#define MAX_CHUNK_DIGITS 15

enum state {
    STATUS_LINE,
    FIELD,
    BODY,
    OPEN_BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    OVER,
};

/** What a step returns that is to be followed by the next at once. */
#define GO_ON ((enum sl_http_part)(SL_HTTP_PART_BROKEN + 1))

struct input {
    const char *at;
    const char *end;
    struct sl_http_piece *piece;
};

static enum sl_http_part broken(struct sl_http_reader *reader, enum sl_code code, const char *why)
{
    reader->fault_code = code;
    reader->fault = why;
    return SL_HTTP_PART_BROKEN;
}

static enum sl_http_part go_to(struct sl_http_reader *reader, enum state state)
{
    reader->state = state;
    return GO_ON;
}

/* ---- Lines ---- */

/** A line without its end, if all of it is there: GO_ON, and ret_line borrowed until the next. */
static enum sl_http_part take_line(struct sl_http_reader *reader, struct input *input,
                                   struct sl_http_piece *ret_line)
{
    size_t there = (size_t)(input->end - input->at);
    const char *newline = there > 0 ? memchr(input->at, '\n', there) : NULL;
    size_t taken = newline != NULL ? (size_t)(newline - input->at) + 1 : there;
    const char *bytes = input->at;
    size_t length = taken;
    reader->head_bytes += taken;
    input->at += taken;
    if (reader->head_bytes > MAX_HEAD_BYTES)
        return broken(reader, SL_RESOURCE_EXHAUSTED, "the head of the answer is too large");
    if (newline == NULL || reader->line.length > 0) {
        sl_text_append_bytes(&reader->line, bytes, length);
        if (sl_text_failed(&reader->line))
            return broken(reader, SL_RESOURCE_EXHAUSTED, "out of memory");
        bytes = reader->line.data;
        length = reader->line.length;
    }
    if (newline == NULL)
        return SL_HTTP_PART_NONE;
    /* What was gathered stays readable until the next line begins. */
    reader->line.length = 0;
    length--;
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    *ret_line = (struct sl_http_piece){bytes, length};
    return GO_ON;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum sl_http_part read_status_line(struct sl_http_reader *reader, struct input *input)
{
    static const char protocol[] = "HTTP/1.";
    struct sl_http_piece line;
    enum sl_http_part part = take_line(reader, input, &line);
    if (part != GO_ON)
        return part;
    const char *text = line.bytes;
    size_t before = sizeof(protocol) - 1;
    if (line.length < before + 5 || memcmp(text, protocol, before) != 0 ||
        !is_digit(text[before]) || text[before + 1] != ' ' || !is_digit(text[before + 2]) ||
        !is_digit(text[before + 3]) || !is_digit(text[before + 4]) ||
        (line.length > before + 5 && text[before + 5] != ' '))
        return broken(reader, SL_DATA_LOSS, "the answer is no HTTP/1.1");
    reader->status =
        (text[before + 2] - '0') * 100 + (text[before + 3] - '0') * 10 + (text[before + 4] - '0');
    if (reader->status < 100 || reader->status == 101)
        return broken(reader, SL_DATA_LOSS, "the answer has a status that was not asked for");
    reader->headers = (struct sl_headers){0};
    reader->length_text = NULL;
    reader->has_coding = false;
    /* Before 1.1 a connection carries one request. */
    reader->is_close_asked = text[before] == '0';
    return go_to(reader, FIELD);
}

/* ---- Fields ---- */

static bool equals_nocase(struct sl_http_piece piece, const char *text)
{
    for (size_t i = 0; i < piece.length; i++) {
        char c = piece.bytes[i] >= 'A' && piece.bytes[i] <= 'Z' ? (char)(piece.bytes[i] | 0x20)
                                                                : piece.bytes[i];
        if (c != text[i])
            return false;
    }
    return text[piece.length] == '\0';
}

static struct sl_http_piece trim(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (struct sl_http_piece){from, (size_t)(to - from)};
}

static bool lists_close(struct sl_http_piece value)
{
    const char *end = value.bytes + value.length;
    for (const char *at = value.bytes; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;
        if (equals_nocase(trim(at, stop), "close"))
            return true;
        at = stop + 1;
    }
    return false;
}

/** Notes the fields that say where the body ends; NULL, or what is wrong with this one. */
static const char *heed(struct sl_http_reader *reader, struct sl_http_piece name,
                        const struct sl_header *header, struct sl_http_piece value)
{
    if (equals_nocase(name, "content-length")) {
        if (value.length == 0 || value.length > 18 ||
            strspn(header->value, "0123456789") != value.length)
            return "the answer's Content-Length is no number";
        if (reader->length_text != NULL && strcmp(reader->length_text, header->value) != 0)
            return "the answer has two lengths";
        reader->length_text = header->value;
    } else if (equals_nocase(name, "transfer-encoding")) {
        if (reader->has_coding || !equals_nocase(value, "chunked"))
            return "the answer has a transfer coding other than chunked";
        reader->has_coding = true;
    } else if (equals_nocase(name, "connection")) {
        reader->is_close_asked = reader->is_close_asked || lists_close(value);
    }
    return NULL;
}

static enum sl_http_part add_field(struct sl_http_reader *reader, struct sl_http_piece line)
{
    const char *colon = memchr(line.bytes, ':', line.length);
    if (line.bytes[0] == ' ' || line.bytes[0] == '\t')
        return broken(reader, SL_DATA_LOSS, "a header of the answer is folded");
    if (colon == NULL)
        return broken(reader, SL_DATA_LOSS, "a header of the answer has no colon");
    if (reader->headers.count >= MAX_FIELDS)
        return broken(reader, SL_RESOURCE_EXHAUSTED, "the answer has too many headers");
    struct sl_http_piece name = {line.bytes, (size_t)(colon - line.bytes)};
    struct sl_http_piece value = trim(colon + 1, line.bytes + line.length);
    enum sl_code code = sl_headers_add_bytes(&reader->headers, reader->arena, name.bytes,
                                             name.length, value.bytes, value.length);
    /* A field that no field may be is left out: the answer is still one. */
    if (code == SL_INVALID_ARGUMENT)
        return GO_ON;
    if (code != SL_OK)
        return broken(reader, SL_RESOURCE_EXHAUSTED, "out of memory");
    const struct sl_header *header = &reader->headers.entries[reader->headers.count - 1];
    const char *fault = heed(reader, name, header, value);
    return fault == NULL ? GO_ON : broken(reader, SL_DATA_LOSS, fault);
}

/** Where the body ends (RFC 9112, 6.3). */
static enum sl_http_part end_head(struct sl_http_reader *reader)
{
    if (reader->status < 200)
        return go_to(reader, STATUS_LINE);
    bool is_empty = reader->has_no_body || reader->status == 204 || reader->status == 304;
    reader->is_kept = !reader->is_close_asked;
    reader->left = 0;
    reader->state = BODY;
    if (is_empty)
        return SL_HTTP_PART_HEAD;
    if (reader->has_coding) {
        /* With a length besides, somebody on the way may have seen another answer. */
        reader->is_kept = reader->is_kept && reader->length_text == NULL;
        reader->state = CHUNK_SIZE;
    } else if (reader->length_text != NULL) {
        for (const char *c = reader->length_text; *c != '\0'; c++)
            reader->left = reader->left * 10 + (uint64_t)(*c - '0');
    } else {
        reader->is_kept = false;
        reader->state = OPEN_BODY;
    }
    return SL_HTTP_PART_HEAD;
}

static enum sl_http_part read_field(struct sl_http_reader *reader, struct input *input)
{
    struct sl_http_piece line;
    enum sl_http_part part = take_line(reader, input, &line);
    if (part != GO_ON)
        return part;
    return line.length == 0 ? end_head(reader) : add_field(reader, line);
}

/* ---- Bodies ---- */

static enum sl_http_part take_data(struct sl_http_reader *reader, struct input *input,
                                   uint64_t limit)
{
    size_t there = (size_t)(input->end - input->at);
    size_t length = there < limit ? there : (size_t)limit;
    if (length == 0)
        return SL_HTTP_PART_NONE;
    *input->piece = (struct sl_http_piece){input->at, length};
    input->at += length;
    if (reader->state != OPEN_BODY)
        reader->left -= length;
    return SL_HTTP_PART_DATA;
}

static enum sl_http_part read_body(struct sl_http_reader *reader, struct input *input)
{
    return reader->left == 0 ? go_to(reader, OVER) : take_data(reader, input, reader->left);
}

static enum sl_http_part read_open_body(struct sl_http_reader *reader, struct input *input)
{
    return take_data(reader, input, UINT64_MAX);
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum sl_http_part read_chunk_size(struct sl_http_reader *reader, struct input *input)
{
    struct sl_http_piece line;
    enum sl_http_part part = take_line(reader, input, &line);
    size_t digits = 0;
    if (part != GO_ON)
        return part;
    reader->left = 0;
    while (digits < line.length && hex_digit(line.bytes[digits]) >= 0 && digits <= MAX_CHUNK_DIGITS)
        reader->left = reader->left * 16 + (uint64_t)hex_digit(line.bytes[digits++]);
    bool is_ended = digits == line.length || memchr("; \t", line.bytes[digits], 3) != NULL;
    if (digits == 0 || digits > MAX_CHUNK_DIGITS || !is_ended)
        return broken(reader, SL_DATA_LOSS, "a chunk of the answer has no size");
    /* A body may have any number of chunks, each with a short line. */
    if (line.length <= MAX_CHUNK_DIGITS)
        reader->head_bytes = 0;
    return go_to(reader, reader->left > 0 ? CHUNK : TRAILER);
}

static enum sl_http_part read_chunk(struct sl_http_reader *reader, struct input *input)
{
    return reader->left == 0 ? go_to(reader, CHUNK_END) : take_data(reader, input, reader->left);
}

static enum sl_http_part read_chunk_end(struct sl_http_reader *reader, struct input *input)
{
    struct sl_http_piece line;
    enum sl_http_part part = take_line(reader, input, &line);
    if (part != GO_ON)
        return part;
    if (line.length > 0)
        return broken(reader, SL_DATA_LOSS, "a chunk of the answer is longer than its size");
    return go_to(reader, CHUNK_SIZE);
}

/* Fields after the body are not looked at. */
static enum sl_http_part read_trailer(struct sl_http_reader *reader, struct input *input)
{
    struct sl_http_piece line;
    enum sl_http_part part = take_line(reader, input, &line);
    if (part != GO_ON)
        return part;
    return line.length == 0 ? go_to(reader, OVER) : GO_ON;
}

static enum sl_http_part end(struct sl_http_reader *reader, struct input *input)
{
    (void)reader, (void)input;
    return SL_HTTP_PART_END;
}

enum sl_http_part sl_http_reader_next(struct sl_http_reader *reader, const char **at,
                                      const char *limit, struct sl_http_piece *ret_piece)
{
    static enum sl_http_part (*const STEPS[])(struct sl_http_reader *, struct input *) = {
        [STATUS_LINE] = read_status_line, [FIELD] = read_field,           [BODY] = read_body,
        [OPEN_BODY] = read_open_body,     [CHUNK_SIZE] = read_chunk_size, [CHUNK] = read_chunk,
        [CHUNK_END] = read_chunk_end,     [TRAILER] = read_trailer,       [OVER] = end,
    };
    struct input input = {*at, limit, ret_piece};
    enum sl_http_part part = GO_ON;
    while (part == GO_ON)
        part = STEPS[reader->state](reader, &input);
    *at = input.at;
    return part;
}

enum sl_http_part sl_http_reader_close(struct sl_http_reader *reader)
{
    if (reader->state == OPEN_BODY)
        return SL_HTTP_PART_END;
    return broken(reader, SL_UNAVAILABLE,
                  reader->state == STATUS_LINE && reader->head_bytes == 0
                      ? "the connection was closed without an answer"
                      : "the connection was closed in the middle of the answer");
}

void sl_http_reader_done(struct sl_http_reader *reader)
{
    sl_text_done(&reader->line);
}
