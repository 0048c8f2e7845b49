#ifndef BENCH_RPC_H2_H
#define BENCH_RPC_H2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The client's half of HTTP/2, as much of it as unary gRPC calls of one method need: the same
 * request again and again, made once, and of the answers only their lengths. So it costs a
 * fraction of what a server does, and the server is what is measured.
 * Source: RFC 9113 (frames, flow control), RFC 7541 (header compression).
 */

enum {
    H2_IN_BYTES = 256 * 1024,
    H2_OUT_BYTES = 1024 * 1024,
    /** Streams of one connection that may be between the oldest and the newest under way. */
    H2_STREAMS = 8192,
};

/** One call under way. */
struct h2_stream {
    uint32_t id;
    uint32_t message_bytes;
    int64_t start_ns;
};

struct h2_connection {
    int fd;
    uint32_t next_id;
    uint32_t under_way;
    bool has_sent_headers;
    /** What may still be sent, and what has been received since the peer was last told so. */
    int64_t send_window;
    uint32_t received_bytes;
    size_t in_length, out_length, out_sent;
    struct h2_stream streams[H2_STREAMS];
    uint8_t in[H2_IN_BYTES];
    uint8_t out[H2_OUT_BYTES];
    /** Runs when an answer is complete. */
    void (*on_answer)(void *arg, struct h2_connection *connection, const struct h2_stream *stream);
    void *arg;
    /** The last message that came in one piece, NULL where it is gone already. */
    const uint8_t *message;
};

/** Connects to a port of this machine; NULL with errno set where that fails. */
struct h2_connection *h2_connect(int port);

/** Appends a call with a framed gRPC message to what h2_flush() sends; false while the peer's
 * flow control or the buffer does not allow it. */
bool h2_call(struct h2_connection *connection, const uint8_t *message, size_t length);

/** Sends what there is; false when the connection is broken. */
bool h2_flush(struct h2_connection *connection);

/** Reads what there is and reports the answers; NULL, or what is wrong. */
const char *h2_read(struct h2_connection *connection);

#endif
