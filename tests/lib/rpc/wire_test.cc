#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "echo.h"
#include "relay.h"

namespace
{

/* What goes wrong on the wire: bytes that are no HTTP/2, messages that are none, peers that vanish.
 */
struct Wire : Echo {
    /* Calls a method with any bytes in the first field of the request. */
    Outcome call_with(const struct sl_method *method, const std::string &bytes)
    {
        Google__Protobuf__BytesValue message = GOOGLE__PROTOBUF__BYTES_VALUE__INIT;
        message.value.data = reinterpret_cast<uint8_t *>(const_cast<char *>(bytes.data()));
        message.value.len = bytes.size();
        return call(method, &message.base);
    }
};

TEST_F(Wire, BytesThatAreNoMessageAreInvalidArgument)
{
    for (const char *bytes : {"\xff", "\xc0\x80"}) {
        Outcome outcome = call_with(&ECHO_SAY, bytes);
        EXPECT_EQ(outcome.error.code, SL_INVALID_ARGUMENT);
        EXPECT_STREQ(outcome.error.message,
                     "google.protobuf.StringValue.value: a string that is not UTF-8");
        EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    }
    EXPECT_EQ(call_with(&ECHO_SAY, std::string("a\0b", 3)).error.code, SL_INVALID_ARGUMENT);
    EXPECT_EQ(call_with(&ECHO_NEST, "\x0a\x7f").error.code, SL_INVALID_ARGUMENT);
    EXPECT_EQ(call_with(&ECHO_NEST, "").error.code, SL_OK);
    EXPECT_EQ(say_count, 0);
}

TEST_F(Wire, NestingIsBounded)
{
    std::string bytes;
    for (int i = 0; i < 10000; i++) {
        std::string head(1, i % 2 == 0 ? '\x0a' : '\x32');
        size_t left = bytes.size();
        for (; left >= 0x80; left >>= 7)
            head += static_cast<char>(left | 0x80);
        bytes = head + static_cast<char>(left) + bytes;
    }
    Outcome outcome = call_with(&ECHO_NEST, bytes);
    EXPECT_EQ(outcome.error.code, SL_INVALID_ARGUMENT);
    EXPECT_NE(std::string(outcome.error.message).find("deeper than 100"), std::string::npos)
        << outcome.error.message;
}

TEST_F(Wire, MessagesOverTheLimitAreResourceExhausted)
{
    EXPECT_EQ(say(std::string(4 * 1024 * 1024 - 100, 'x')).error.code, SL_OK);
    Outcome outcome = say(std::string(4 * 1024 * 1024 + 100, 'x'));
    EXPECT_EQ(outcome.error.code, SL_RESOURCE_EXHAUSTED) << outcome.error.message;
    EXPECT_EQ(say_count, 1);
    on_say = [](struct sl_server_call *call, const std::string &, struct sl_error *) {
        sl_server_call_reply(call, Text(std::string(4 * 1024 * 1024 + 100, 'x')).get());
        return SL_OK;
    };
    outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_RESOURCE_EXHAUSTED) << outcome.error.message;
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
}

TEST_F(Wire, ResponsesThatAreNoMessageAreInternal)
{
    on_say = [](struct sl_server_call *call, const std::string &, struct sl_error *) {
        sl_server_call_reply(call, Text("\xff").get());
        return SL_OK;
    };
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_INTERNAL);
    EXPECT_NE(std::string(outcome.error.message).find("/test.Echo/Say"), std::string::npos);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
}

TEST_F(Wire, MetadataOfAMegabyteIsRefused)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_metadata metadata = {};
    ASSERT_EQ(sl_metadata_add(&metadata, arena, "x-large", std::string(1 << 20, 'x').c_str()),
              SL_OK);
    struct sl_call_options options = {};
    options.metadata = &metadata;
    Outcome outcome = say("x", &options);
    EXPECT_NE(outcome.error.code, SL_OK);
    EXPECT_EQ(say_count, 0);
    sl_arena_free(arena);
    EXPECT_EQ(say("y").response, "y");
}

TEST_F(Wire, GarbageOnTheSocketHarmsNobodyElse)
{
    std::mt19937 random(7);
    const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for (int i = 0; i < 50; i++) {
        int fd = connect_to(sl_server_port(server));
        std::string bytes = i % 2 == 0 ? "" : preface;
        for (int j = 0; j < 200; j++)
            bytes += static_cast<char>(random());
        EXPECT_GT(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), 0);
        close(fd);
    }
    EXPECT_EQ(say("still here").response, "still here");
}

/* ---- A server that is none ---- */

/* What it does when a request's headers have come. */
enum Manner { HANG_UP, REFUSE_STREAM, GO_AWAY };

/* Speaks just enough HTTP/2 to be sent requests, and counts them. */
struct BadServer {
    Manner manner;
    int fd = -1, port = 0;
    std::atomic<int> requests{0};
    std::atomic<bool> is_ending{false};
    std::thread thread;

    explicit BadServer(Manner with) : manner(with)
    {
        struct sockaddr_in address = {};
        socklen_t size = sizeof(address);
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        EXPECT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&address), size), 0);
        EXPECT_EQ(listen(fd, 8), 0);
        EXPECT_EQ(getsockname(fd, reinterpret_cast<struct sockaddr *>(&address), &size), 0);
        port = ntohs(address.sin_port);
        thread = std::thread([this] { serve(); });
    }
    ~BadServer()
    {
        is_ending = true;
        thread.join();
        close(fd);
    }
    bool is_readable(int socket)
    {
        struct pollfd waiting = {socket, POLLIN, 0};
        while (!is_ending) {
            if (poll(&waiting, 1, 20) > 0)
                return true;
        }
        return false;
    }
    bool read_exactly(int socket, unsigned char *bytes, size_t length)
    {
        while (length > 0) {
            ssize_t got = is_readable(socket) ? recv(socket, bytes, length, 0) : 0;
            if (got <= 0)
                return false;
            bytes += got;
            length -= static_cast<size_t>(got);
        }
        return true;
    }
    void serve()
    {
        while (is_readable(fd)) {
            int peer = accept(fd, nullptr, nullptr);
            talk(peer);
            close(peer);
        }
    }
    void talk(int peer)
    {
        static const char settings[9] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
        unsigned char bytes[1 << 16];
        send(peer, settings, sizeof(settings), MSG_NOSIGNAL);
        if (!read_exactly(peer, bytes, 24))
            return;
        /* Frames (RFC 9113, section 4.1): length, type, flags, stream. */
        while (read_exactly(peer, bytes, 9)) {
            size_t length = static_cast<size_t>(bytes[0]) << 16 | bytes[1] << 8 | bytes[2];
            unsigned char stream = bytes[8], type = bytes[3];
            if (length > sizeof(bytes) || !read_exactly(peer, bytes, length))
                return;
            if (type != 1)
                continue;
            requests++;
            if (manner == HANG_UP)
                return;
            /* Both say "this may safely be tried again", and gRPC would do so by itself. */
            const char refused[13] = {0, 0, 4, 3, 0, 0, 0, 0, static_cast<char>(stream),
                                      0, 0, 0, 7};
            const char go_away[17] = {0, 0, 8, 7};
            if (manner == REFUSE_STREAM) {
                send(peer, refused, sizeof(refused), MSG_NOSIGNAL);
                continue;
            }
            send(peer, go_away, sizeof(go_away), MSG_NOSIGNAL);
            return;
        }
    }
};

TEST_F(Wire, RequestThatLeftIsUnknownAndNotMadeAgain)
{
    for (Manner manner : {HANG_UP, REFUSE_STREAM, GO_AWAY}) {
        BadServer bad(manner);
        sl_channel_free(channel);
        channel = new_channel("127.0.0.1:" + std::to_string(bad.port));
        Outcome outcome = say("refund");
        EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE) << outcome.error.message;
        EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
        EXPECT_EQ(bad.requests, 1) << manner;
    }
}

} // namespace
