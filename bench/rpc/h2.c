#include "h2.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum frame_type {
    DATA,
    HEADERS,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    PUSH,
    PING,
    GOAWAY,
    WINDOW_UPDATE
};
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8 };
enum { FRAME_HEADER_BYTES = 9, GRPC_PREFIX_BYTES = 5, DEFAULT_WINDOW = 65535 };

/* How much the peer may send in advance: never the limit. */
static const uint32_t WIDE_WINDOW = 1u << 30;

/* Headers of a call: the static table's, then those that the first call adds to the dynamic one. */
static const struct {
    uint8_t name_index;
    const char *name, *value;
} ADDED[] = {
    {4, NULL, "/servicelane.agent.v1.AgentService/Execute"},
    {1, NULL, "localhost"},
    {0, "te", "trailers"},
    {31, NULL, "application/grpc"},
    {58, NULL, "servicelane-bench"},
    {0, "grpc-accept-encoding", "identity, deflate, gzip"},
    {0, "grpc-timeout", "30S"},
};
enum {
    ADDED_COUNT = sizeof(ADDED) / sizeof(ADDED[0]),
    POST_AND_HTTP = 2,
    FIRST_DYNAMIC = 62,
};
static const uint8_t STATIC_HEADERS[POST_AND_HTTP] = {0x83, 0x86};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_frame_header(uint8_t *at, size_t length, unsigned type_and_flags, uint32_t stream)
{
    put_u32(at, (uint32_t)length << 8 | type_and_flags >> 8);
    at[4] = (uint8_t)type_and_flags;
    put_u32(at + 5, stream);
}

static void add_frame(struct h2_connection *connection, unsigned type, unsigned flags,
                      uint32_t stream, const void *payload, size_t length)
{
    uint8_t *at = connection->out + connection->out_length;
    put_frame_header(at, length, type << 8 | flags, stream);
    if (length > 0)
        memcpy(at + FRAME_HEADER_BYTES, payload, length);
    connection->out_length += FRAME_HEADER_BYTES + length;
}

static void add_window(struct h2_connection *connection, uint32_t bytes)
{
    uint8_t increment[4];
    put_u32(increment, bytes);
    add_frame(connection, WINDOW_UPDATE, 0, 0, increment, sizeof(increment));
}

static void add_preface(struct h2_connection *connection)
{
    static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /* SETTINGS_INITIAL_WINDOW_SIZE */
    uint8_t settings[6] = {0, 4};
    put_u32(settings + 2, WIDE_WINDOW);
    memcpy(connection->out, PREFACE, sizeof(PREFACE) - 1);
    connection->out_length = sizeof(PREFACE) - 1;
    add_frame(connection, SETTINGS, 0, 0, settings, sizeof(settings));
    add_window(connection, WIDE_WINDOW);
}

struct h2_connection *h2_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct h2_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        return NULL;
    int on = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 ||
        connect(connection->fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        free(connection);
        return NULL;
    }
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection->next_id = 1;
    connection->send_window = DEFAULT_WINDOW;
    add_preface(connection);
    return connection;
}

/* ---- Calls ---- */

static uint8_t *put_text(uint8_t *at, const char *text)
{
    size_t length = strlen(text);
    *at++ = (uint8_t)length;
    memcpy(at, text, length);
    return at + length;
}

/* The block of the first call; those that follow name what it added. */
static size_t put_headers(uint8_t *block, bool is_first)
{
    uint8_t *at = block;
    memcpy(at, STATIC_HEADERS, POST_AND_HTTP);
    at += POST_AND_HTTP;
    for (size_t i = 0; i < ADDED_COUNT; i++) {
        if (!is_first) {
            *at++ = (uint8_t)(0x80 | (FIRST_DYNAMIC + ADDED_COUNT - 1 - i));
            continue;
        }
        *at++ = (uint8_t)(0x40 | ADDED[i].name_index);
        if (ADDED[i].name != NULL)
            at = put_text(at, ADDED[i].name);
        at = put_text(at, ADDED[i].value);
    }
    return (size_t)(at - block);
}

static struct h2_stream *stream_of(struct h2_connection *connection, uint32_t id)
{
    return &connection->streams[id / 2 % H2_STREAMS];
}

bool h2_call(struct h2_connection *connection, const uint8_t *message, size_t length)
{
    uint8_t block[512];
    struct h2_stream *stream = stream_of(connection, connection->next_id);
    size_t room = sizeof(connection->out) - connection->out_length;
    if (stream->id != 0 || connection->send_window < (int64_t)length ||
        room < length + sizeof(block) + (size_t)4 * FRAME_HEADER_BYTES)
        return false;
    size_t block_length = put_headers(block, !connection->has_sent_headers);
    connection->has_sent_headers = true;
    stream->id = connection->next_id;
    stream->message_bytes = 0;
    stream->start_ns = now_ns();
    add_frame(connection, HEADERS, END_HEADERS, stream->id, block, block_length);
    add_frame(connection, DATA, END_STREAM, stream->id, message, length);
    connection->send_window -= (int64_t)length;
    connection->next_id += 2;
    connection->under_way++;
    return true;
}

bool h2_flush(struct h2_connection *connection)
{
    while (connection->out_sent < connection->out_length) {
        ssize_t count = send(connection->fd, connection->out + connection->out_sent,
                             connection->out_length - connection->out_sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0)
            connection->out_sent += (size_t)count;
    }
    connection->out_sent = connection->out_length = 0;
    return true;
}

/* ---- Answers ---- */

struct frame {
    uint8_t type, flags;
    uint32_t stream;
    const uint8_t *payload;
    size_t length;
};

static const char *end_stream(struct h2_connection *connection, struct h2_stream *stream)
{
    const struct h2_stream ended = *stream;
    stream->id = 0;
    connection->under_way--;
    connection->on_answer(connection->arg, connection, &ended);
    connection->message = NULL;
    return NULL;
}

static const char *read_stream(struct h2_connection *connection, const struct frame *frame)
{
    struct h2_stream *stream = stream_of(connection, frame->stream);
    if (stream->id != frame->stream)
        return "an answer to a call that was not made";
    if (frame->type == RST_STREAM)
        return "a call was reset";
    if ((frame->flags & PADDED) != 0)
        return "a padded frame";
    if (frame->type == DATA) {
        connection->message = stream->message_bytes == 0 ? frame->payload : NULL;
        stream->message_bytes += (uint32_t)frame->length;
        connection->received_bytes += (uint32_t)frame->length;
    }
    return (frame->flags & END_STREAM) != 0 ? end_stream(connection, stream) : NULL;
}

static const char *read_settings(struct h2_connection *connection, const struct frame *frame)
{
    if ((frame->flags & ACK) == 0)
        add_frame(connection, SETTINGS, ACK, 0, NULL, 0);
    return NULL;
}

static const char *read_ping(struct h2_connection *connection, const struct frame *frame)
{
    if ((frame->flags & ACK) == 0)
        add_frame(connection, PING, ACK, 0, frame->payload, frame->length);
    return NULL;
}

/* A stream's own window is wider than one request. */
static const char *read_window(struct h2_connection *connection, const struct frame *frame)
{
    if (frame->stream == 0)
        connection->send_window += get_u32(frame->payload);
    return NULL;
}

static const char *read_goaway(struct h2_connection *connection, const struct frame *frame)
{
    (void)connection;
    (void)frame;
    return "the server closes the connection";
}

static const char *read_frame(struct h2_connection *connection, const struct frame *frame)
{
    static const char *(*const READERS[])(struct h2_connection *, const struct frame *) = {
        [DATA] = read_stream,          [HEADERS] = read_stream, [RST_STREAM] = read_stream,
        [SETTINGS] = read_settings,    [PING] = read_ping,      [GOAWAY] = read_goaway,
        [WINDOW_UPDATE] = read_window,
    };
    if (frame->type > WINDOW_UPDATE || READERS[frame->type] == NULL)
        return NULL;
    return READERS[frame->type](connection, frame);
}

static const char *read_frames(struct h2_connection *connection)
{
    const uint8_t *at = connection->in;
    size_t left = connection->in_length;
    const char *fault = NULL;
    while (fault == NULL && left >= FRAME_HEADER_BYTES) {
        struct frame frame = {.type = at[3], .flags = at[4], .stream = get_u32(at + 5)};
        frame.length = get_u32(at) >> 8;
        frame.payload = at + FRAME_HEADER_BYTES;
        if (left - FRAME_HEADER_BYTES < frame.length)
            break;
        fault = read_frame(connection, &frame);
        at += FRAME_HEADER_BYTES + frame.length;
        left -= FRAME_HEADER_BYTES + frame.length;
    }
    connection->message = NULL;
    memmove(connection->in, at, left);
    connection->in_length = left;
    return fault;
}

const char *h2_read(struct h2_connection *connection)
{
    ssize_t count = recv(connection->fd, connection->in + connection->in_length,
                         sizeof(connection->in) - connection->in_length, 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return NULL;
    if (count <= 0)
        return "the connection is broken";
    connection->in_length += (size_t)count;
    const char *fault = read_frames(connection);
    if (connection->received_bytes > WIDE_WINDOW / 2) {
        add_window(connection, connection->received_bytes);
        connection->received_bytes = 0;
    }
    return fault;
}
