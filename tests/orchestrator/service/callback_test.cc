#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "world.h"

namespace
{

/** Takes HTTP requests one by one, answers with the statuses given. */
class Receiver
{
  public:
    explicit Receiver(std::vector<int> statuses) : statuses_(std::move(statuses))
    {
        sockaddr_in address = {};
        socklen_t length = sizeof(address);
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(0, bind(listener_, reinterpret_cast<sockaddr *>(&address), length));
        EXPECT_EQ(0, listen(listener_, 8));
        getsockname(listener_, reinterpret_cast<sockaddr *>(&address), &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { Serve(); });
    }
    ~Receiver()
    {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }
    std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + "/done";
    }
    std::vector<std::string> requests()
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return requests_;
    }

  private:
    static bool IsWhole(const std::string &request)
    {
        size_t head = request.find("\r\n\r\n");
        size_t at = request.find("Content-Length: ");
        return head != std::string::npos && at != std::string::npos &&
               request.size() >= head + 4 + std::stoul(request.substr(at + 16));
    }
    void Serve()
    {
        for (;;) {
            int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0)
                return;
            std::string request;
            char buffer[4096];
            ssize_t length = 0;
            while (!IsWhole(request) && (length = read(connection, buffer, sizeof(buffer))) > 0)
                request.append(buffer, static_cast<size_t>(length));
            int status = 200;
            {
                std::lock_guard<std::mutex> lock(mutex_);
                if (requests_.size() < statuses_.size())
                    status = statuses_[requests_.size()];
                requests_.push_back(request);
            }
            std::string answer = "HTTP/1.1 " + std::to_string(status) +
                                 " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            EXPECT_EQ(static_cast<ssize_t>(answer.size()),
                      write(connection, answer.data(), answer.size()));
            close(connection);
        }
    }

    std::vector<int> statuses_;
    int listener_ = -1, port_ = 0;
    std::thread thread_;
    std::mutex mutex_;
    std::vector<std::string> requests_;
};

std::string WithCallback(const std::string &id, const std::string &url)
{
    return PlanRequest(id, {PlanStep("m", "payment", "make")}, R"("callback_url":")" + url + "\"");
}

} // namespace

TEST(Callback, DeliversTheResultUntilItIsTaken)
{
    Receiver receiver({503, 200});
    World world;
    ASSERT_TRUE(world.Start());
    Called called = world.Orchestrate(WithCallback("r1", receiver.url()));
    ASSERT_EQ(SL_OK, called.code) << called.message;
    ASSERT_TRUE(Eventually([&] { return receiver.requests().size() == 2; }));
    std::string request = receiver.requests()[1];
    std::string body = request.substr(request.find("\r\n\r\n") + 4);
    sl_error error = {};
    json_t *json = nullptr;
    ASSERT_EQ(SL_OK, sl_json_parse(body.data(), body.size(), nullptr, &json, &error));
    EXPECT_TRUE(json_equal(json, json_object_get(world.Get("r1").json.get(), "result"))) << body;
    json_decref(json);
}

TEST(Callback, IsKeptOverARestart)
{
    Receiver receiver({503});
    World world;
    ASSERT_TRUE(world.Start());
    world.Orchestrate(WithCallback("r1", receiver.url()));
    ASSERT_TRUE(Eventually([&] { return receiver.requests().size() == 1; }));
    world.Stop();
    ASSERT_TRUE(world.Start());
    EXPECT_TRUE(Eventually([&] { return receiver.requests().size() == 2; }));
}

TEST(Callback, UrlThatIsNoneIsRefused)
{
    World world;
    ASSERT_TRUE(world.Start());
    Called called = world.Orchestrate(WithCallback("r1", "ftp://example.com/x"));
    EXPECT_EQ(SL_INVALID_ARGUMENT, called.code);
    EXPECT_EQ(SL_NOT_FOUND, world.Get("r1").code);
}
