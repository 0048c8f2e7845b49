#ifndef SL_TESTS_MCP_RAW_SERVER_H
#define SL_TESTS_MCP_RAW_SERVER_H

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/** What a server does wrong: bytes written for a request, then the connection is closed or kept
 * silent. */
struct RawReply {
    std::string bytes;
    bool stays_open = false;
    /** As many bytes more, or until the client will have no more. */
    size_t flood = 0;
};

/** Says what a script says, request by request; whatever belongs to opening a session goes well. */
class RawServer
{
  public:
    using Script = std::function<RawReply(const std::string &head, const std::string &body)>;

    explicit RawServer(Script script) : script_(std::move(script))
    {
        struct sockaddr_in address = {};
        socklen_t length = sizeof(address);

        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(listener_, reinterpret_cast<struct sockaddr *>(&address), length), 0);
        EXPECT_EQ(listen(listener_, 64), 0);
        getsockname(listener_, reinterpret_cast<struct sockaddr *>(&address), &length);
        port = ntohs(address.sin_port);
        thread_ = std::thread([this] { Accept(); });
    }

    ~RawServer()
    {
        is_stopping_ = true;
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        for (int fd : open_)
            close(fd);
        close(listener_);
    }

    int port = 0;

  private:
    void Accept()
    {
        while (!is_stopping_) {
            int fd = accept(listener_, nullptr, nullptr);
            if (fd < 0)
                continue;
            Serve(fd);
        }
    }

    static bool ReadRequest(int fd, std::string *head, std::string *body)
    {
        std::string text;
        char buffer[65536];
        size_t end;

        while ((end = text.find("\r\n\r\n")) == std::string::npos) {
            ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
            if (got <= 0)
                return false;
            text.append(buffer, static_cast<size_t>(got));
        }
        *head = text.substr(0, end);
        *body = text.substr(end + 4);
        size_t at = head->find("Content-Length: ");
        size_t length = at == std::string::npos ? 0 : std::stoul(head->substr(at + 16));
        while (body->size() < length) {
            ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
            if (got <= 0)
                return false;
            body->append(buffer, static_cast<size_t>(got));
        }
        return true;
    }

    static bool Send(int fd, const std::string &bytes)
    {
        size_t at = 0;
        while (at < bytes.size()) {
            ssize_t sent = send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            at += static_cast<size_t>(sent);
        }
        return true;
    }

    void Serve(int fd)
    {
        std::string head, body;

        if (!ReadRequest(fd, &head, &body)) {
            close(fd);
            return;
        }
        RawReply reply = script_(head, body);
        const std::string block(65536, 'x');
        bool is_taken = Send(fd, reply.bytes);
        for (size_t sent = 0; is_taken && sent < reply.flood; sent += block.size())
            is_taken = Send(fd, block);
        if (reply.stays_open)
            open_.push_back(fd);
        else
            close(fd);
    }

    Script script_;
    int listener_ = -1;
    std::atomic<bool> is_stopping_{false};
    std::vector<int> open_;
    std::thread thread_;
};

inline std::string Http(const std::string &status, const std::string &type, const std::string &body,
                        const std::string &more = "")
{
    return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n" +
           more + "\r\n" + body;
}

inline std::string JsonAnswer(const std::string &body)
{
    return Http("200 OK", "application/json", body);
}

/** A stream that ends with the connection. */
inline std::string Stream(const std::string &events)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" +
           events;
}

/** The id of the request in body, as text. */
inline std::string IdOf(const std::string &body)
{
    json_t *json = json_loads(body.c_str(), 0, nullptr);
    json_int_t id = json_integer_value(json_object_get(json, "id"));

    json_decref(json);
    return std::to_string(id);
}

#endif
