#include <set>

#include "echo.h"
#include "relay.h"

namespace
{

std::string ipv4(int port)
{
    return "127.0.0.1:" + std::to_string(port);
}

/* ---- Several servers behind one channel ---- */

struct Balanced : Echo {
    struct sl_server *second = nullptr;
    std::string both;

    void SetUp() override
    {
        Echo::SetUp();
        second = new_server("127.0.0.1:0");
        ASSERT_EQ(sl_server_start(second, nullptr), SL_OK);
        both = "ipv4:" + address() + "," + ipv4(sl_server_port(second));
    }
    void TearDown() override
    {
        if (second != nullptr)
            dispose(second);
        Echo::TearDown();
    }
    /* Who answered the last 6 calls; empty where one failed. */
    std::set<std::string> peers()
    {
        std::set<std::string> found;
        for (int i = 0; i < 6; i++) {
            Outcome outcome = say("x");
            if (outcome.error.code != SL_OK)
                return {};
            found.insert(outcome.peer);
        }
        return found;
    }
    void run_until_served_by(const std::set<std::string> &wanted)
    {
        run_until([&] { return peers() == wanted; });
    }
    std::string first_peer() const
    {
        return "ipv4:" + address();
    }
    std::string second_peer() const
    {
        return "ipv4:" + ipv4(sl_server_port(second));
    }
};

TEST_F(Balanced, CallsGoRoundAllAddresses)
{
    replace_channel(both);
    run_until_served_by({first_peer(), second_peer()});
    std::string last;
    for (int i = 0; i < 6; i++) {
        std::string peer = say("x").peer;
        EXPECT_NE(peer, last) << "in turn";
        last = peer;
    }
}

TEST_F(Balanced, ServerThatIsGoneIsLeftOut)
{
    replace_channel(both);
    run_until_served_by({first_peer(), second_peer()});
    dispose(second);
    second = nullptr;
    run_until_served_by({first_peer()});
    for (int i = 0; i < 20; i++)
        EXPECT_EQ(say("x").error.code, SL_OK);
}

TEST_F(Balanced, InstanceThatDoesNotServeIsLeftAndFoundAgain)
{
    struct sl_channel_options options = {};
    options.health_service = "test.Echo";
    replace_channel(both, options);
    run_until_served_by({first_peer(), second_peer()});
    sl_server_set_serving(second, "test.Echo", false);
    run_until_served_by({first_peer()});
    for (int i = 0; i < 10; i++)
        EXPECT_EQ(say("x").peer, first_peer());
    sl_server_set_serving(second, "test.Echo", true);
    run_until_served_by({first_peer(), second_peer()});
}

TEST_F(Balanced, NamesAreResolved)
{
    replace_channel("dns:///localhost:" + std::to_string(sl_server_port(server)));
    EXPECT_EQ(say("x").response, "x");
    replace_channel("localhost:" + std::to_string(sl_server_port(server)));
    EXPECT_EQ(say("y").response, "y");
    replace_channel("dns:///no-such-host.invalid:1");
    Outcome outcome = say("z");
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

/* ---- One server ---- */

struct Channel : Echo {
    /* The server fails the first so many calls. */
    void fail_first(int failures)
    {
        on_say = [this, failures](struct sl_server_call *call, const std::string &text,
                                  struct sl_error *err) {
            if (say_count <= failures)
                return sl_error_set(err, SL_UNAVAILABLE, "not yet");
            sl_server_call_reply(call, Text(text).get());
            return SL_OK;
        };
    }
};

TEST_F(Channel, RetriesWhereTheServiceConfigSaysSo)
{
    struct sl_channel_options options = {};
    options.service_config_members =
        "\"methodConfig\": [{\"name\": [{\"service\": \"test.Echo\"}], \"retryPolicy\": "
        "{\"maxAttempts\": 3, \"initialBackoff\": \"0.01s\", \"maxBackoff\": \"0.1s\", "
        "\"backoffMultiplier\": 2, \"retryableStatusCodes\": [\"UNAVAILABLE\"]}}]";
    replace_channel(address(), options);
    fail_first(2);
    Outcome outcome = say("third time");
    EXPECT_EQ(outcome.response, "third time") << outcome.error.message;
    EXPECT_EQ(say_count, 3);
    fail_first(100);
    outcome = say("never");
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN) << "one of the attempts may have run";
    EXPECT_EQ(say_count, 6);
}

TEST_F(Channel, RetriesNothingByItself)
{
    fail_first(1);
    EXPECT_EQ(say("x").error.code, SL_UNAVAILABLE);
    EXPECT_EQ(say_count, 1);
}

TEST_F(Channel, RefusesServiceConfigsThatAreNone)
{
    struct sl_channel_options options = {};
    options.target = "127.0.0.1:1";
    options.is_insecure = true;
    for (const char *members : {"nonsense", "\"methodConfig\": [{\"name\": 7}]"}) {
        options.service_config_members = members;
        struct sl_channel *none = nullptr;
        struct sl_error error = {};
        EXPECT_EQ(sl_channel_new(loop, &options, &none, &error), SL_INVALID_ARGUMENT) << members;
        EXPECT_NE(std::string(error.message).find(members), std::string::npos) << error.message;
    }
}

/* The wait between two attempts to connect is bounded: gRPC's own would grow to two minutes. */
TEST_F(Channel, FindsAServerThatComesLater)
{
    int port = unused_port();
    replace_channel(ipv4(port));
    for (int i = 0; i < 5; i++)
        EXPECT_EQ(say("nobody").error.code, SL_UNAVAILABLE);
    struct sl_call_options options = {};
    options.wait_for_ready = true;
    options.timeout_ms = 20000;
    Outcome outcome;
    sl_call_unref(start(&outcome, &ECHO_SAY, Text("at last").get(), &options));
    struct sl_server *later = new_server(ipv4(port));
    ASSERT_EQ(sl_server_start(later, nullptr), SL_OK);
    int64_t start_ms = sl_loop_now_ms(loop);
    run_until([&] { return outcome.is_done; });
    EXPECT_EQ(outcome.response, "at last") << outcome.error.message;
    EXPECT_LT(sl_loop_now_ms(loop) - start_ms, 6000);
    dispose(later);
}

TEST_F(Channel, KeepaliveFindsOutThatThePeerIsSilent)
{
    Relay relay(sl_server_port(server));
    struct sl_channel_options options = {};
    options.keepalive_ms = 200;
    options.keepalive_timeout_ms = 200;
    replace_channel(relay.address(), options);
    EXPECT_EQ(say("x").response, "x");
    relay.is_silent = true;
    int64_t start_ms = sl_loop_now_ms(loop);
    Outcome outcome = say("is anybody there?");
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE) << outcome.error.message;
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_LT(sl_loop_now_ms(loop) - start_ms, 8000) << "long before the deadline";
}

/* The other way round: a client that vanished without a word, as when its cable was pulled. */
TEST_F(Channel, KeepaliveOfTheServerFindsOutThatTheClientIsSilent)
{
    struct sl_server_options options = {};
    options.keepalive_ms = 200;
    options.keepalive_timeout_ms = 200;
    replace_server(options);
    bool has_gone = false;
    on_say = [&](struct sl_server_call *call, const std::string &, struct sl_error *) {
        hold(call);
        sl_server_call_on_cancel(
            call, [](void *arg) { *static_cast<bool *>(arg) = true; }, &has_gone);
        return SL_OK;
    };
    Relay relay(sl_server_port(server));
    replace_channel(relay.address());
    Outcome outcome;
    sl_call_unref(start(&outcome, &ECHO_SAY, Text("x").get()));
    run_until([&] { return held.size() == 1; });
    relay.is_silent = true;
    run_until([&] { return has_gone; });
    struct sl_error error = {SL_CANCELLED, SL_OUTCOME_UNKNOWN, "gone"};
    sl_server_call_fail(held.back(), &error);
    held.pop_back();
    sl_channel_free(channel);
    channel = nullptr;
    relay.is_silent = false;
    run_until([&] { return outcome.is_done; });
}

TEST_F(Channel, BinaryMetadataHoldsAnyBytes)
{
    const std::string bytes("\0\xff\n,", 4);
    struct sl_arena *arena = sl_arena_new();
    struct sl_metadata metadata = {};
    ASSERT_EQ(sl_metadata_add_bytes(&metadata, arena, "X-Bytes-Bin", bytes.data(), bytes.size()),
              SL_OK);
    on_say = [&](struct sl_server_call *call, const std::string &, struct sl_error *) {
        const struct sl_metadata *got = sl_server_call_metadata(call);
        std::string found;
        for (size_t i = 0; i < got->count; i++) {
            if (std::string(got->entries[i].key) == "x-bytes-bin")
                found.assign(got->entries[i].value, got->entries[i].length);
        }
        EXPECT_EQ(found, bytes);
        sl_server_call_reply(call, Text("ok").get());
        return SL_OK;
    };
    struct sl_call_options options = {};
    options.metadata = &metadata;
    EXPECT_EQ(say("x", &options).response, "ok");
    sl_arena_free(arena);
}

TEST_F(Channel, StatusDetailsComeWithTheStatus)
{
    on_say = [](struct sl_server_call *call, const std::string &, struct sl_error *) {
        struct sl_error error = {SL_FAILED_PRECONDITION, SL_OUTCOME_UNKNOWN, "sold out"};
        sl_server_call_fail_with(call, &error, "\x08\x09\x12\x00", 4);
        return SL_OK;
    };
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_FAILED_PRECONDITION);
    EXPECT_STREQ(outcome.error.message, "sold out");
    EXPECT_EQ(outcome.details, std::string("\x08\x09\x12\x00", 4));
}

} // namespace
