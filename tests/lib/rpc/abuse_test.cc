#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "echo.h"
#include "flat.h"
#include "relay.h"

namespace
{

/*
 * Peers that mean ill, or are broken: whatever they send, others are served, and nothing of it
 * stays. They talk from a thread of their own while the loop runs.
 */
struct Abuse : Echo {
    const std::string preface =
        std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + frame(SETTINGS, 0, 0, "");
    enum { DATA = 0, HEADERS = 1, SETTINGS = 4, CONTINUATION = 9 };
    enum { END_STREAM = 1, END_HEADERS = 4 };

    static std::string frame(int type, int flags, int stream, const std::string &body)
    {
        const size_t length = body.size();
        const char head[9] = {static_cast<char>(length >> 16),
                              static_cast<char>(length >> 8),
                              static_cast<char>(length),
                              static_cast<char>(type),
                              static_cast<char>(flags),
                              0,
                              0,
                              0,
                              static_cast<char>(stream)};
        return std::string(head, sizeof(head)) + body;
    }
    /* A header as HPACK has it, literal and never indexed (RFC 7541, 6.2.2); both shorter than 127
     * bytes. */
    static std::string header(const std::string &name, const std::string &value)
    {
        return std::string(1, '\0') + static_cast<char>(name.size()) + name +
               static_cast<char>(value.size()) + value;
    }
    static std::string request_headers()
    {
        return header(":method", "POST") + header(":scheme", "http") +
               header(":path", "/test.Echo/Say") + header(":authority", "x") +
               header("te", "trailers") + header("content-type", "application/grpc");
    }
    /* A message that says it has `claimed` bytes. */
    static std::string message(uint32_t claimed, const std::string &body)
    {
        return std::string("\0\0", 2) + static_cast<char>(claimed >> 16) +
               static_cast<char>(claimed >> 8) + static_cast<char>(claimed) + body;
    }
    int port() const
    {
        return sl_server_port(server);
    }
    /* Runs `attack` in a thread, and the loop until it is done. */
    void under(const std::function<void(int port)> &attack)
    {
        bool never = false;
        std::atomic<bool> is_done{false};
        std::thread thread([&, to = port()] {
            attack(to);
            is_done = true;
        });
        run_until([&] { return is_done.load(); }, 60000);
        while (!is_done)
            sl_loop_run_until(loop, &never, 100);
        thread.join();
    }
    static void throw_at(int to, const std::string &bytes)
    {
        int fd = connect_to(to);
        ASSERT_GE(fd, 0);
        /* It may be hung up on meanwhile. */
        for (size_t at = 0; at < bytes.size();) {
            ssize_t sent = send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0)
                break;
            at += static_cast<size_t>(sent);
        }
        close(fd);
    }
    /* What the server answers until it hangs up, or for so long. */
    static std::string ask(int to, const std::string &bytes, int timeout_ms)
    {
        int fd = connect_to(to);
        struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
        EXPECT_GT(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), 0);
        std::string answer;
        char part[4096];
        for (ssize_t got; (got = recv(fd, part, sizeof(part), 0)) > 0;)
            answer.append(part, static_cast<size_t>(got));
        close(fd);
        return answer;
    }
    /* Whether others are served: on a new connection, where the attack cost this client its own. */
    void is_served(const std::string &text)
    {
        struct sl_call_options options = {};
        options.wait_for_ready = true;
        EXPECT_EQ(say(text, &options).response, text);
    }
    /* The attack once to have everything allocated that stays, then again: nothing more stays. */
    void stays_flat(const std::function<void()> &attack)
    {
        is_served("before");
        attack();
        is_served("between");
        size_t descriptors_before = descriptors();
        run_until([&] {
            size_t now = descriptors();
            bool is_settled = now >= descriptors_before;
            descriptors_before = now;
            return is_settled;
        });
        size_t allocated_before = allocated();
        attack();
        is_served("after");
        run_until([&] { return descriptors() <= descriptors_before; });
        if (COUNTS_MEMORY)
            run_until([&] { return allocated() < allocated_before + (1 << 20); });
        EXPECT_EQ(say_count, 3);
    }
    void leaves_nothing(const std::function<void(int port)> &attack)
    {
        stays_flat([&] { under(attack); });
    }
};

/* ThreadSanitizer makes a connection fifty times as dear. */
constexpr int DROPPED = IS_SLOW ? 500 : 10000;

TEST_F(Abuse, ConnectionsOpenedAndDropped)
{
    leaves_nothing([](int to) {
        for (int i = 0; i < DROPPED; i++) {
            int fd = connect_to(to);
            ASSERT_GE(fd, 0) << i;
            /* Half of them with a reset, as a process that was killed leaves them. */
            struct linger at_once = {1, 0};
            if (i % 2 == 0)
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
            close(fd);
        }
    });
}

TEST_F(Abuse, FramesOfGarbage)
{
    leaves_nothing([this](int to) {
        std::mt19937 random(11);
        for (int i = 0; i < 300; i++) {
            std::string bytes = preface;
            for (int j = 0; j < 20; j++) {
                std::string body(random() % 64, '\0');
                for (char &c : body)
                    c = static_cast<char>(random());
                bytes += frame(static_cast<int>(random() % 12), static_cast<int>(random() % 256),
                               static_cast<int>(random() % 5), body);
            }
            throw_at(to, bytes);
        }
    });
}

TEST_F(Abuse, MessagesThatAreCutOff)
{
    const std::string start = preface + frame(HEADERS, END_HEADERS, 1, request_headers());
    leaves_nothing([&](int to) {
        const std::string whole = start + frame(DATA, END_STREAM, 1, message(100, "\x0a\x04half"));
        for (size_t length = 1; length < whole.size(); length++)
            throw_at(to, whole.substr(0, length));
        throw_at(to, whole);
    });
}

TEST_F(Abuse, MessageShorterThanItSaysIsAnsweredWithAStatus)
{
    const std::string start = preface + frame(HEADERS, END_HEADERS, 1, request_headers());
    for (uint32_t claimed : {100u, 0xffffffu}) {
        std::string answer;
        under([&](int to) {
            answer = ask(to, start + frame(DATA, END_STREAM, 1, message(claimed, "short")), 500);
        });
        EXPECT_NE(answer.find("grpc-status"), std::string::npos);
    }
    EXPECT_EQ(say_count, 0);
}

/* Headers that never end: 1 MB of them in frames of 16 KB. */
TEST_F(Abuse, HeadersWithoutEnd)
{
    leaves_nothing([this](int to) {
        std::string bytes = preface + frame(HEADERS, 0, 1, request_headers());
        std::string many;
        while (many.size() < 16000)
            many += header("x-" + std::to_string(many.size()), std::string(100, 'x'));
        for (int i = 0; i < 64; i++)
            bytes += frame(CONTINUATION, 0, 1, many);
        for (int i = 0; i < 10; i++)
            throw_at(to, bytes);
    });
}

TEST_F(Abuse, MetadataOfAMegabyteGetsAStatus)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_metadata metadata = {};
    for (int i = 0; i < 16; i++)
        ASSERT_EQ(sl_metadata_add(&metadata, arena, ("x-large-" + std::to_string(i)).c_str(),
                                  std::string(1 << 16, 'x').c_str()),
                  SL_OK);
    struct sl_call_options options = {};
    options.metadata = &metadata;
    stays_flat([&] {
        for (int i = 0; i < 20; i++) {
            Outcome outcome = say("x", &options);
            /* The server may have hung up by the time that all of it is written. */
            ASSERT_TRUE(outcome.error.code == SL_RESOURCE_EXHAUSTED ||
                        outcome.error.code == SL_UNAVAILABLE)
                << outcome.error.message;
        }
    });
    sl_arena_free(arena);
}

TEST_F(Abuse, PeersThatSendNothingAreHungUpOn)
{
    struct sl_server_options options = {};
    options.handshake_timeout_ms = 300;
    replace_server(options);
    replace_channel(address());
    stays_flat([&] {
        std::vector<int> silent;
        for (int i = 0; i < 100; i++)
            silent.push_back(connect_to(port()));
        auto is_hung_up_on = [](int fd) {
            char bytes[256];
            ssize_t got;
            while ((got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
                ;
            return got == 0 || errno == ECONNRESET;
        };
        for (int fd : silent) {
            run_until([&] { return is_hung_up_on(fd); });
            close(fd);
        }
    });
}

TEST_F(Abuse, NestingOfAThousandLevelsIsRefused)
{
    std::string bytes;
    for (int i = 0; i < 1000; i++) {
        std::string head(1, i % 2 == 0 ? '\x0a' : '\x32');
        size_t left = bytes.size();
        for (; left >= 0x80; left >>= 7)
            head += static_cast<char>(left | 0x80);
        bytes = head + static_cast<char>(left) + bytes;
    }
    Google__Protobuf__BytesValue nested = GOOGLE__PROTOBUF__BYTES_VALUE__INIT;
    nested.value.data = reinterpret_cast<uint8_t *>(bytes.data());
    nested.value.len = bytes.size();
    stays_flat([&] {
        for (int i = 0; i < 500; i++) {
            Outcome outcome = call(&ECHO_NEST, &nested.base);
            ASSERT_EQ(outcome.error.code, SL_INVALID_ARGUMENT) << outcome.error.message;
        }
    });
}

/* Streams that are left in the middle, by clients that say so. */
TEST_F(Abuse, CallsThatAreAbandoned)
{
    stays_flat([&] {
        for (int i = 0; i < 200; i++) {
            Outcome outcome;
            static const struct sl_stream_callbacks CALLBACKS = {
                [](const ProtobufCMessage *, void *) { return SL_FLOW_CANCEL; },
                [](const struct sl_call_info *info, void *arg) {
                    static_cast<Outcome *>(arg)->take(info);
                }};
            ASSERT_EQ(sl_call_stream_start(channel, &ECHO_COUNT, nullptr, Text("1000").get(),
                                           &CALLBACKS, &outcome, nullptr),
                      SL_OK);
            run_until([&] { return outcome.is_done; });
            ASSERT_EQ(outcome.error.code, SL_CANCELLED);
        }
    });
}

} // namespace
