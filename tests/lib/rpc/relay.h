#ifndef TESTS_LIB_RPC_RELAY_H
#define TESTS_LIB_RPC_RELAY_H

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

/* A connection to a port of this machine; -1 where there is none. */
int connect_to(int port);

/* Stands between a client and a server: counts what passes, and can fall silent. One connection at
 * a time. */
class Relay
{
  public:
    explicit Relay(int to);
    ~Relay();
    std::string address() const;
    std::atomic<size_t> up{0}, down{0};
    /* Nothing passes any more, and nobody is told. */
    std::atomic<bool> is_silent{false};

  private:
    void serve();
    void pass(int client, int server);
    bool move(int from, int to, std::atomic<size_t> *count);
    int to_port, port = 0, listener = -1;
    std::atomic<bool> is_ending{false};
    std::thread thread;
};

#endif
