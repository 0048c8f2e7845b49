#include "dns_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

/* RFC 1035, 4.1. */
constexpr size_t HEADER_BYTES = 12;
constexpr size_t QUESTION_END_BYTES = 4;
constexpr int TYPE_A = 1;
const std::string NAME("\x08replicas\x04test\0", 15);

} // namespace

DnsServer::DnsServer() : fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
    struct sockaddr_in address = {};
    socklen_t size = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&address), size), 0);
    EXPECT_EQ(getsockname(fd, reinterpret_cast<struct sockaddr *>(&address), &size), 0);
    port = ntohs(address.sin_port);
    thread = std::thread([this] { serve(); });
}

DnsServer::~DnsServer()
{
    is_ending = true;
    thread.join();
    close(fd);
}

void DnsServer::answer_with(const std::vector<std::string> &addresses)
{
    std::lock_guard<std::mutex> guard(mutex);
    current = addresses;
}

std::string DnsServer::target(int to) const
{
    return "dns://127.0.0.1:" + std::to_string(port) + "/replicas.test:" + std::to_string(to);
}

/* Header, question, and an answer of each address whose name points back to the question's. */
std::string DnsServer::reply_to(const std::string &query)
{
    size_t end = query.find('\0', HEADER_BYTES);
    if (query.size() < HEADER_BYTES || end == std::string::npos ||
        end + 1 + QUESTION_END_BYTES > query.size())
        return "";
    const std::string name = query.substr(HEADER_BYTES, end + 1 - HEADER_BYTES);
    const int type = static_cast<unsigned char>(query[end + 2]);
    std::string answers;
    size_t count = 0;
    if (name == NAME && type == TYPE_A) {
        std::lock_guard<std::mutex> guard(mutex);
        questions++;
        for (const std::string &address : current) {
            struct in_addr bytes = {};
            inet_pton(AF_INET, address.c_str(), &bytes);
            answers += std::string("\xc0\x0c\0\1\0\1\0\0\0\0\0\4", 12) +
                       std::string(reinterpret_cast<const char *>(&bytes), sizeof(bytes));
            count++;
        }
    }
    return query.substr(0, 2) + std::string("\x81\x80\0\1\0", 5) + static_cast<char>(count) +
           std::string(4, '\0') +
           query.substr(HEADER_BYTES, end + 1 + QUESTION_END_BYTES - HEADER_BYTES) + answers;
}

void DnsServer::serve()
{
    struct pollfd waiting = {fd, POLLIN, 0};
    while (!is_ending) {
        if (poll(&waiting, 1, 10) <= 0)
            continue;
        char bytes[1024];
        struct sockaddr_in from = {};
        socklen_t size = sizeof(from);
        ssize_t got = recvfrom(fd, bytes, sizeof(bytes), 0,
                               reinterpret_cast<struct sockaddr *>(&from), &size);
        if (got <= 0)
            continue;
        std::string reply = reply_to(std::string(bytes, static_cast<size_t>(got)));
        sendto(fd, reply.data(), reply.size(), 0, reinterpret_cast<struct sockaddr *>(&from), size);
    }
}
