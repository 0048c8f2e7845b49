#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "echo.h"
#include "flat.h"

namespace
{

/* Servers that mean ill, or are broken: each connection gets these bytes and, where it shall, an
 * end. */
class BadServer
{
  public:
    BadServer(std::function<std::string()> answer, bool ends)
        : says(std::move(answer)), hangs_up(ends)
    {
        struct sockaddr_in address = {};
        socklen_t size = sizeof(address);
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(listener, reinterpret_cast<struct sockaddr *>(&address), size), 0);
        EXPECT_EQ(listen(listener, 64), 0);
        EXPECT_EQ(getsockname(listener, reinterpret_cast<struct sockaddr *>(&address), &size), 0);
        target = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        thread = std::thread([this] { serve(); });
    }
    ~BadServer()
    {
        is_ending = true;
        thread.join();
        close(listener);
    }
    std::string target;

  private:
    void serve()
    {
        std::vector<int> kept;
        struct pollfd waiting = {listener, POLLIN, 0};
        while (!is_ending) {
            if (poll(&waiting, 1, 10) <= 0)
                continue;
            int fd = accept(listener, nullptr, nullptr);
            std::string bytes = says();
            char ignored[4096];
            /* The request first: it may be answered by anything then. */
            if (hangs_up)
                recv(fd, ignored, sizeof(ignored), 0);
            send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            kept.push_back(fd);
            if (hangs_up || kept.size() > 20) {
                close(kept.front());
                kept.erase(kept.begin());
            }
        }
        for (int fd : kept)
            close(fd);
    }
    std::function<std::string()> says;
    bool hangs_up;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::atomic<bool> is_ending{false};
    std::thread thread;
};

struct BadServers : Echo {
    std::mt19937 random{5};

    std::string frame(int type, int flags, int stream, const std::string &body)
    {
        std::string head(9, '\0');
        head[1] = static_cast<char>(body.size() >> 8);
        head[2] = static_cast<char>(body.size());
        head[3] = static_cast<char>(type);
        head[4] = static_cast<char>(flags);
        head[8] = static_cast<char>(stream);
        return head + body;
    }
    std::string garbage(size_t longest)
    {
        std::string bytes(random() % longest, '\0');
        for (char &c : bytes)
            c = static_cast<char>(random());
        return bytes;
    }
    std::string settings()
    {
        return frame(4, 0, 0, "");
    }
    /* Calls end with a status other than OK, each on a channel of its own; nothing of them stays.
     */
    void calls_fail(std::function<std::string()> says, bool hangs_up = true)
    {
        BadServer bad(std::move(says), hangs_up);
        size_t before = 0, allocated_before = 0;
        for (int round = 0; round < 2; round++) {
            replace_channel(bad.target);
            for (int i = 0; i < 40; i++) {
                struct sl_call_options options = {};
                options.timeout_ms = hangs_up ? 5000 : 100;
                Outcome outcome = say("x", &options);
                EXPECT_NE(outcome.error.code, SL_OK);
                EXPECT_NE(outcome.error.message[0], '\0');
            }
            replace_channel(address());
            EXPECT_EQ(say("still here").response, "still here");
            if (round > 0)
                break;
            before = descriptors();
            allocated_before = allocated();
        }
        run_until([&] { return descriptors() <= before + 2; });
        EXPECT_LE(descriptors(), before + 2);
        if (COUNTS_MEMORY)
            run_until([&] { return allocated() < allocated_before + (1 << 20); });
    }
};

TEST_F(BadServers, ThatSendGarbage)
{
    calls_fail([this] { return garbage(2000); });
    calls_fail([this] {
        std::string bytes = settings();
        for (int i = 0; i < 20; i++)
            bytes += frame(static_cast<int>(random() % 12), static_cast<int>(random() % 256),
                           static_cast<int>(random() % 5), garbage(64));
        return bytes;
    });
}

TEST_F(BadServers, ThatSpeakAnotherProtocol)
{
    calls_fail([] { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); });
}

TEST_F(BadServers, ThatCutTheirAnswerOff)
{
    /* 200 and content-type; then a message that says 100 bytes and has five. */
    const std::string headers = std::string("\x88\x0f\x10\x10", 4) + "application/grpc";
    const std::string message("\0\0\0\0\x64hello", 10);
    calls_fail([=] { return settings() + frame(1, 4, 1, headers) + frame(0, 0, 1, message); });
    calls_fail([=] { return settings() + frame(1, 4, 1, headers) + frame(0, 1, 1, message); });
    calls_fail([=] { return settings() + frame(1, 4, 1, headers).substr(0, 15); });
}

TEST_F(BadServers, ThatSayNothing)
{
    calls_fail([] { return std::string(); }, false);
    calls_fail([this] { return settings(); }, false);
}

} // namespace
