#ifndef SL_TESTS_HTTP_FIXTURE_H
#define SL_TESTS_HTTP_FIXTURE_H

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "http/client.h"
#include "http/server.h"
#include "loop/loop.h"

/** A loop with a server whose handler is a lambda, a client, and plain sockets beside them. */
class HttpTest : public ::testing::Test
{
  protected:
    static constexpr int64_t kPatienceMs = 10000;

    using Handler =
        std::function<void(struct sl_http_incoming *, const struct sl_http_incoming_request *)>;

    struct Answer {
        bool is_done = false;
        struct sl_error error = {};
        int status = 0;
        std::string body;
        std::vector<std::pair<std::string, std::string>> headers;

        std::string Header(const std::string &name) const
        {
            for (const auto &[key, value] : headers) {
                if (strcasecmp(key.c_str(), name.c_str()) == 0)
                    return value;
            }
            return "";
        }
    };

    void SetUp() override
    {
        ASSERT_EQ(SL_OK, sl_loop_new(nullptr, &loop_, &err_)) << err_.message;
        ASSERT_EQ(SL_OK, sl_http_client_new(loop_, nullptr, &client_, &err_)) << err_.message;
    }

    void TearDown() override
    {
        StopServer(0);
        sl_http_client_free(client_);
        Drain();
        sl_loop_free(loop_);
    }

    void Drain()
    {
        for (int i = 0; i < 1000 && sl_loop_pending_posts(loop_) > 0; i++) {
            bool never = false;
            sl_loop_run_until(loop_, &never, 1);
        }
        EXPECT_EQ(0, sl_loop_pending_posts(loop_));
    }

    void StartServer(Handler handler, struct sl_http_server_options options = {})
    {
        handler_ = std::move(handler);
        if (options.listen == nullptr)
            options.listen = "127.0.0.1:0";
        options.handler = [](void *arg, struct sl_http_incoming *incoming,
                             const struct sl_http_incoming_request *request) {
            static_cast<HttpTest *>(arg)->handler_(incoming, request);
        };
        options.arg = this;
        ASSERT_EQ(SL_OK, sl_http_server_new(loop_, &options, &server_, &err_)) << err_.message;
        port_ = sl_http_server_port(server_);
    }

    /** Begins to stop; is_stopped_ says when it is done. */
    void BeginStop(int64_t grace_ms)
    {
        sl_http_server_stop_start(
            server_, grace_ms, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped_);
    }

    void StopServer(int64_t grace_ms)
    {
        if (server_ == nullptr)
            return;
        if (!is_stop_begun_)
            BeginStop(grace_ms);
        EXPECT_TRUE(RunUntil(&is_stopped_));
        sl_http_server_free(server_);
        server_ = nullptr;
    }

    bool RunUntil(const bool *flag, int64_t timeout_ms = kPatienceMs)
    {
        return sl_loop_run_until(loop_, flag, timeout_ms);
    }

    /** Runs the loop until the condition holds; looks at it after every few milliseconds of loop.
     */
    bool RunUntilTrue(const std::function<bool()> &condition)
    {
        for (int i = 0; i < kPatienceMs / 2 && !condition(); i++) {
            bool never = false;
            sl_loop_run_until(loop_, &never, 2);
        }
        return condition();
    }

    std::string Url(const std::string &path) const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }

    static void OnDone(const struct sl_error *error, const struct sl_http_response *response,
                       void *arg)
    {
        auto *answer = static_cast<Answer *>(arg);
        EXPECT_FALSE(answer->is_done);
        answer->is_done = true;
        answer->error = *error;
        EXPECT_EQ(error->code == SL_OK, response != nullptr);
        if (response == nullptr)
            return;
        answer->status = response->status;
        answer->body.assign(response->body, response->body_length);
        for (size_t i = 0; i < response->headers->count; i++)
            answer->headers.emplace_back(response->headers->entries[i].name,
                                         response->headers->entries[i].value);
    }

    Answer Fetch(struct sl_http_request request)
    {
        Answer answer;
        if (request.timeout_ms == 0)
            request.timeout_ms = 5000;
        EXPECT_EQ(SL_OK, sl_http_request_start(client_, &request, OnDone, &answer, nullptr, &err_));
        EXPECT_FALSE(answer.is_done);
        EXPECT_TRUE(RunUntil(&answer.is_done));
        return answer;
    }

    Answer Get(const std::string &path)
    {
        std::string url = Url(path);
        struct sl_http_request request = {};
        request.method = "GET";
        request.url = url.c_str();
        return Fetch(request);
    }

    int Connect() const
    {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<uint16_t>(port_));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(0, connect(fd, reinterpret_cast<struct sockaddr *>(&address), sizeof(address)));
        return fd;
    }

    static void SendAll(int fd, const std::string &bytes)
    {
        for (size_t at = 0; at < bytes.size();) {
            ssize_t sent = send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0)
                return;
            at += static_cast<size_t>(sent);
        }
    }

    /** Reads until the peer closes or `enough` was seen, or nothing came for the time of patience.
     */
    static std::string ReadUntil(int fd, const std::string &enough)
    {
        std::string text;
        char buffer[65536];
        struct pollfd ready = {fd, POLLIN, 0};
        while ((enough.empty() || text.find(enough) == std::string::npos) &&
               poll(&ready, 1, kPatienceMs) > 0) {
            ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
            if (got <= 0)
                break;
            text.append(buffer, static_cast<size_t>(got));
        }
        return text;
    }

    /** Runs work on a thread of its own while the loop runs here. */
    void Beside(const std::function<void()> &work)
    {
        struct Finish {
            struct sl_task task;
            bool is_done;
        } finish = {};
        finish.task.run = [](struct sl_task *task) {
            reinterpret_cast<Finish *>(task)->is_done = true;
        };
        std::thread thread([&] {
            work();
            sl_loop_post(loop_, &finish.task);
        });
        EXPECT_TRUE(RunUntil(&finish.is_done, 3 * kPatienceMs));
        thread.join();
    }

    /** Sends bytes on a connection of their own and gives back all that comes until it is closed.
     */
    std::string Raw(const std::string &bytes, const std::string &enough = "")
    {
        std::string answer;
        Beside([&] {
            int fd = Connect();
            SendAll(fd, bytes);
            answer = ReadUntil(fd, enough);
            close(fd);
        });
        return answer;
    }

    static void ReplyText(struct sl_http_incoming *incoming, int status, const std::string &text)
    {
        sl_http_reply(incoming, status, nullptr, text.data(), text.size());
    }

    struct sl_loop *loop_ = nullptr;
    struct sl_http_client *client_ = nullptr;
    struct sl_http_server *server_ = nullptr;
    struct sl_error err_ = {};
    int port_ = 0;
    bool is_stop_begun_ = false;
    bool is_stopped_ = false;
    Handler handler_;
};

#endif
