#ifndef TESTS_LIB_RPC_DNS_SERVER_H
#define TESTS_LIB_RPC_DNS_SERVER_H

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/*
 * A DNS server on UDP, for one name: "replicas.test" has the IPv4 addresses it is given, now and
 * anew while it runs; any other question has an empty answer.
 */
class DnsServer
{
  public:
    DnsServer();
    ~DnsServer();
    void answer_with(const std::vector<std::string> &addresses);
    /* A target of gRPC's that asks this server: "dns://127.0.0.1:<port>/replicas.test:<to>". */
    std::string target(int to) const;
    /* How often it was asked for addresses of the name. */
    std::atomic<int> questions{0};

  private:
    void serve();
    std::string reply_to(const std::string &query);

    int fd, port;
    std::atomic<bool> is_ending{false};
    std::mutex mutex;
    std::vector<std::string> current;
    std::thread thread;
};

#endif
