#include "relay.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int connect_to(int port)
{
    struct sockaddr_in peer = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, reinterpret_cast<struct sockaddr *>(&peer), sizeof(peer)) == 0)
        return fd;
    close(fd);
    return -1;
}

Relay::Relay(int to) : to_port(to)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(listener, reinterpret_cast<struct sockaddr *>(&address), size), 0);
    EXPECT_EQ(listen(listener, 8), 0);
    EXPECT_EQ(getsockname(listener, reinterpret_cast<struct sockaddr *>(&address), &size), 0);
    port = ntohs(address.sin_port);
    thread = std::thread([this] { serve(); });
}

Relay::~Relay()
{
    is_ending = true;
    thread.join();
    close(listener);
}

std::string Relay::address() const
{
    return "127.0.0.1:" + std::to_string(port);
}

void Relay::serve()
{
    struct pollfd waiting = {listener, POLLIN, 0};
    while (!is_ending) {
        if (poll(&waiting, 1, 10) <= 0)
            continue;
        int client = accept(listener, nullptr, nullptr);
        int server = connect_to(to_port);
        pass(client, server);
        close(client);
        close(server);
    }
}

bool Relay::move(int from, int to, std::atomic<size_t> *count)
{
    char bytes[1 << 16];
    ssize_t got = recv(from, bytes, sizeof(bytes), 0);
    if (got <= 0)
        return false;
    *count += static_cast<size_t>(got);
    for (ssize_t sent = 0; sent < got;) {
        ssize_t now = send(to, bytes + sent, static_cast<size_t>(got - sent), MSG_NOSIGNAL);
        if (now <= 0)
            return false;
        sent += now;
    }
    return true;
}

void Relay::pass(int client, int server)
{
    struct pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    while (!is_ending) {
        if (is_silent) {
            poll(nullptr, 0, 10);
            continue;
        }
        if (poll(both, 2, 10) <= 0)
            continue;
        if (both[0].revents != 0 && !move(client, server, &up))
            return;
        if (both[1].revents != 0 && !move(server, client, &down))
            return;
    }
}
