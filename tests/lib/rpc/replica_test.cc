#include <memory>
#include <set>
#include <thread>

#include "child.h"
#include "dns_server.h"
#include "echo.h"

namespace
{

/* What the children do: a server, and a client in the middle of a conversation. */
struct Replica : Echo {
};

TEST_F(Replica, DISABLED_Serves)
{
    std::string listen = child_address();
    ASSERT_NE(listen, "") << "this runs in a child of the other tests";
    struct sl_server *own = new_server(listen);
    struct sl_error error = {};
    ASSERT_EQ(sl_server_start(own, &error), SL_OK) << error.message;
    child_is_ready();
    sl_loop_run(loop);
}

TEST_F(Replica, DISABLED_Converses)
{
    std::string target = child_address();
    ASSERT_NE(target, "") << "this runs in a child of the other tests";
    struct sl_channel *own = new_channel(target);
    struct sl_waiting_call *call = nullptr;
    const ProtobufCMessage *message = nullptr;
    ASSERT_EQ(sl_waiting_call_open(own, &ECHO_CHAT, nullptr, nullptr, &call, nullptr), SL_OK);
    ASSERT_EQ(sl_waiting_call_send(call, Text("hello").get(), nullptr), SL_OK);
    ASSERT_EQ(sl_waiting_call_next(call, &message, nullptr), SL_OK);
    child_is_ready();
    sl_loop_run(loop);
}

/* ---- Peers that are killed in the middle of a stream ---- */

TEST_F(Replica, ClientThatIsKilledIsSeenAsCancelled)
{
    std::unique_ptr<Child> client;
    std::thread starter([&] {
        client = std::make_unique<Child>("Replica.DISABLED_Converses", address());
        client->kill();
    });
    run_until([&] { return has_left; }, 30000);
    starter.join();
    EXPECT_EQ(say("the server goes on").response, "the server goes on");
}

TEST_F(Replica, ServerThatIsKilledEndsTheStream)
{
    std::string listen = "127.0.0.1:" + std::to_string(unused_port());
    Child child("Replica.DISABLED_Serves", listen);
    struct sl_channel *to_child = new_channel(listen);
    struct sl_waiting_call *call = nullptr;
    struct sl_error error = {};
    const ProtobufCMessage *message = nullptr;
    ASSERT_EQ(sl_waiting_call_open(to_child, &ECHO_CHAT, nullptr, nullptr, &call, &error), SL_OK);
    ASSERT_EQ(sl_waiting_call_send(call, Text("hello").get(), &error), SL_OK) << error.message;
    ASSERT_EQ(sl_waiting_call_next(call, &message, &error), SL_OK) << error.message;
    EXPECT_EQ(text_of(message), "hello");
    child.kill();
    EXPECT_EQ(sl_waiting_call_next(call, &message, &error), SL_UNAVAILABLE) << error.message;
    EXPECT_EQ(error.outcome, SL_OUTCOME_UNKNOWN);
    sl_waiting_call_free(call);
    sl_channel_free(to_child);
}

/* ---- A name with several addresses ---- */

/* Three addresses with one port, as containers of one service have. */
struct Named : Echo {
    DnsServer dns;
    int port = 0;
    std::vector<struct sl_server *> servers;

    void SetUp() override
    {
        Echo::SetUp();
        port = sl_server_port(server);
    }
    void TearDown() override
    {
        for (struct sl_server *one : servers)
            dispose(one);
        Echo::TearDown();
    }
    std::string at(int host) const
    {
        return "127.0.0." + std::to_string(host) + ":" + std::to_string(port);
    }
    void serve(int host)
    {
        servers.push_back(new_server(at(host)));
        struct sl_error error = {};
        ASSERT_EQ(sl_server_start(servers.back(), &error), SL_OK) << error.message;
    }
    /* Who answered the last 9 calls; empty where one failed. */
    std::set<std::string> peers()
    {
        std::set<std::string> found;
        for (int i = 0; i < 9; i++) {
            Outcome outcome = say("x");
            if (outcome.error.code != SL_OK)
                return {};
            found.insert(outcome.peer);
        }
        return found;
    }
    void run_until_served_by(const std::vector<int> &hosts)
    {
        std::set<std::string> wanted;
        for (int host : hosts)
            wanted.insert("ipv4:" + at(host));
        run_until([&] { return peers() == wanted; }, 20000);
    }
};

const char RETRIES[] =
    "\"methodConfig\": [{\"name\": [{\"service\": \"test.Echo\"}], \"retryPolicy\": "
    "{\"maxAttempts\": 5, \"initialBackoff\": \"0.05s\", \"maxBackoff\": \"1s\", "
    "\"backoffMultiplier\": 2, \"retryableStatusCodes\": [\"UNAVAILABLE\"]}}]";

TEST_F(Named, CallsGoRoundAllAddressesOfTheName)
{
    dns.answer_with({"127.0.0.1", "127.0.0.2", "127.0.0.3"});
    serve(2);
    serve(3);
    replace_channel(dns.target(port));
    run_until_served_by({1, 2, 3});
    std::vector<std::string> turn;
    for (int i = 0; i < 9; i++)
        turn.push_back(say("x").peer);
    for (int i = 3; i < 9; i++)
        EXPECT_EQ(turn[i], turn[i - 3]) << "in turn";
    EXPECT_GT(dns.questions, 0);
}

/* Killed with calls on it: those are made again elsewhere, nobody sees that one is gone. */
TEST_F(Named, ReplicaThatDiesFailsNoCallThatMayBeRetried)
{
    dns.answer_with({"127.0.0.1", "127.0.0.2"});
    Child replica("Replica.DISABLED_Serves", at(2));
    struct sl_channel_options options = {};
    options.service_config_members = RETRIES;
    replace_channel(dns.target(port), options);
    run_until_served_by({1, 2});
    const size_t CALLS = 600;
    std::vector<Outcome> outcomes(CALLS);
    for (size_t i = 0; i < CALLS; i++) {
        sl_call_unref(start(&outcomes[i], &ECHO_SAY, Text(std::to_string(i)).get()));
        if (i == CALLS / 2)
            replica.kill();
        if (i % 8 == 0)
            run_until([&] { return outcomes[i].is_done; });
    }
    std::set<std::string> served_by;
    for (size_t i = 0; i < CALLS; i++) {
        run_until([&] { return outcomes[i].is_done; });
        EXPECT_EQ(outcomes[i].error.code, SL_OK) << i << ": " << outcomes[i].error.message;
        EXPECT_EQ(outcomes[i].response, std::to_string(i));
        served_by.insert(outcomes[i].peer);
    }
    EXPECT_EQ(served_by.size(), 2u) << "both had calls";
    run_until_served_by({1});
}

TEST_F(Named, HealthMovesCallsAwayAndBack)
{
    dns.answer_with({"127.0.0.1", "127.0.0.2", "127.0.0.3"});
    serve(2);
    serve(3);
    struct sl_channel_options options = {};
    options.health_service = "test.Echo";
    replace_channel(dns.target(port), options);
    run_until_served_by({1, 2, 3});
    sl_server_set_serving(servers[0], "test.Echo", false);
    run_until_served_by({1, 3});
    sl_server_set_serving(servers[1], "test.Echo", false);
    run_until_served_by({1});
    sl_server_set_serving(servers[0], "test.Echo", true);
    sl_server_set_serving(servers[1], "test.Echo", true);
    run_until_served_by({1, 2, 3});
}

/* A replica goes and comes back under another address: the name is asked again when one is lost. */
TEST_F(Named, NewAddressesAreFoundWhenOneIsLost)
{
    dns.answer_with({"127.0.0.1", "127.0.0.2"});
    serve(2);
    replace_channel(dns.target(port));
    run_until_served_by({1, 2});
    serve(3);
    dns.answer_with({"127.0.0.1", "127.0.0.3"});
    dispose(servers[0]);
    servers.erase(servers.begin());
    run_until_served_by({1, 3});
}

} // namespace
