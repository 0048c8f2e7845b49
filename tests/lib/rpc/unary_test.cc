#include <future>
#include <thread>

#include "echo.h"
#include "flat.h"

namespace
{

struct Unary : Echo {
};

/* Metadata that a test sends. */
struct Sent {
    struct sl_arena *arena = sl_arena_new();
    struct sl_metadata metadata = {};
    ~Sent()
    {
        sl_arena_free(arena);
    }
    void add(const char *key, const char *value)
    {
        ASSERT_EQ(sl_metadata_add(&metadata, arena, key, value), SL_OK);
    }
};

TEST_F(Unary, AnswersAndIsSettled)
{
    Outcome outcome = say("good morning");
    EXPECT_EQ(outcome.error.code, SL_OK) << outcome.error.message;
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_SETTLED);
    EXPECT_EQ(outcome.response, "good morning");
    EXPECT_EQ(outcome.peer, "ipv4:" + address());
    EXPECT_EQ(say_count, 1);
}

TEST_F(Unary, CarriesMetadataBothWays)
{
    on_say = [](struct sl_server_call *call, const std::string &, struct sl_error *) {
        const char *key = sl_metadata_get(sl_server_call_metadata(call), "idempotency-key");
        EXPECT_STREQ(key, "w1/step_2");
        EXPECT_EQ(std::string(sl_server_call_peer(call)).rfind("ipv4:127.0.0.1:", 0), 0u);
        EXPECT_EQ(sl_server_call_add_initial(call, "x-first", "1"), SL_OK);
        EXPECT_EQ(sl_server_call_add_trailing(call, "X-Outcome", "settled"), SL_OK);
        EXPECT_EQ(sl_server_call_add_trailing_bytes(call, "grpc-status-details-bin", "a\0b", 3),
                  SL_OK);
        sl_server_call_reply(call, Text("ok").get());
        return SL_OK;
    };
    Sent sent;
    sent.add("Idempotency-Key", "w1/step_2");
    struct sl_call_options options = {};
    options.metadata = &sent.metadata;
    Outcome outcome = say("x", &options);
    EXPECT_EQ(outcome.error.code, SL_OK);
    ASSERT_EQ(outcome.initial.size(), 1u);
    EXPECT_EQ(outcome.initial[0].first, "x-first");
    EXPECT_EQ(outcome.trailing_value("x-outcome"), "settled");
    EXPECT_EQ(outcome.details, std::string("a\0b", 3));
}

TEST_F(Unary, HandlersErrorIsTheStatus)
{
    on_say = [](struct sl_server_call *call, const std::string &, struct sl_error *err) {
        EXPECT_EQ(sl_server_call_add_trailing(call, "x-why", "because"), SL_OK);
        return sl_error_set(err, SL_FAILED_PRECONDITION, "größer als %d", 5);
    };
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_FAILED_PRECONDITION);
    EXPECT_STREQ(outcome.error.message, "größer als 5");
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_EQ(outcome.trailing_value("x-why"), "because");
}

TEST_F(Unary, OutcomeOfAnErrorIsWhatTheHandlerSaysOfTheCallNotOfTheError)
{
    on_say = [](struct sl_server_call *call, const std::string &text, struct sl_error *err) {
        if (text == "said") {
            EXPECT_EQ(sl_server_call_add_trailing(call, SL_OUTCOME_KEY, "not_executed"), SL_OK);
        }
        sl_error_set(err, SL_UNAVAILABLE, "busy");
        err->outcome = SL_OUTCOME_NOT_EXECUTED;
        return SL_UNAVAILABLE;
    };
    EXPECT_EQ(say("unsaid").error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_EQ(say("said").error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_F(Unary, AnswersLater)
{
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        hold(call);
        return SL_OK;
    };
    Outcome outcome;
    sl_call_unref(start(&outcome, &ECHO_SAY, Text("x").get()));
    run_until([&] { return held.size() == 1; });
    EXPECT_FALSE(outcome.is_done);
    sl_server_call_reply(held[0], Text("at last").get());
    held.clear();
    run_until([&] { return outcome.is_done; });
    EXPECT_EQ(outcome.response, "at last");
}

TEST_F(Unary, ManyAtOnce)
{
    std::vector<Outcome> outcomes(200);
    for (size_t i = 0; i < outcomes.size(); i++)
        sl_call_unref(start(&outcomes[i], &ECHO_SAY, Text(std::to_string(i)).get()));
    run_until([&] {
        for (const Outcome &outcome : outcomes) {
            if (!outcome.is_done)
                return false;
        }
        return true;
    });
    for (size_t i = 0; i < outcomes.size(); i++)
        EXPECT_EQ(outcomes[i].response, std::to_string(i)) << outcomes[i].error.message;
}

TEST_F(Unary, MethodThatIsNotThere)
{
    struct sl_method nowhere = ECHO_SAY;
    nowhere.path = "/test.Echo/Nowhere";
    Outcome outcome = call(&nowhere, Text("x").get());
    EXPECT_EQ(outcome.error.code, SL_UNIMPLEMENTED);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_F(Unary, DeadlineIsSeenByBothSides)
{
    int64_t remaining_ms = 0;
    on_say = [&](struct sl_server_call *call, const std::string &, struct sl_error *) {
        remaining_ms = sl_server_call_remaining_ms(call);
        sl_server_call_on_cancel(
            call, [](void *arg) { static_cast<Echo *>(arg)->has_left = true; }, this);
        hold(call);
        return SL_OK;
    };
    struct sl_call_options options = {};
    options.timeout_ms = IS_SLOW ? 5000 : 200;
    Outcome outcome = say("x", &options);
    EXPECT_EQ(outcome.error.code, SL_DEADLINE_EXCEEDED);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_GT(remaining_ms, 0);
    /* Timeouts are rounded up where they travel. */
    EXPECT_LE(remaining_ms, options.timeout_ms + 50);
    run_until([&] { return has_left; });
    EXPECT_TRUE(sl_server_call_is_cancelled(held[0]));
    run_until([&] { return sl_server_call_remaining_ms(held[0]) == 0; });
}

TEST_F(Unary, WithoutDeadlineNoneIsSent)
{
    int64_t remaining_ms = 0;
    on_say = [&](struct sl_server_call *call, const std::string &, struct sl_error *) {
        remaining_ms = sl_server_call_remaining_ms(call);
        sl_server_call_reply(call, Text("ok").get());
        return SL_OK;
    };
    struct sl_call_options options = {};
    options.timeout_ms = -1;
    EXPECT_EQ(say("x", &options).error.code, SL_OK);
    EXPECT_EQ(remaining_ms, INT64_MAX);
}

TEST_F(Unary, CancelReachesTheServer)
{
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        sl_server_call_on_cancel(
            call, [](void *arg) { static_cast<Echo *>(arg)->has_left = true; }, this);
        hold(call);
        return SL_OK;
    };
    Outcome outcome;
    struct sl_call *call = start(&outcome, &ECHO_SAY, Text("x").get());
    run_until([&] { return held.size() == 1; });
    sl_call_cancel(call);
    run_until([&] { return outcome.is_done && has_left; });
    EXPECT_EQ(outcome.error.code, SL_CANCELLED);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
    sl_call_cancel(call);
    sl_call_unref(call);
}

TEST_F(Unary, CancelledBeforeItLeftIsNotExecuted)
{
    sl_channel_free(channel);
    channel = new_channel("127.0.0.1:" + std::to_string(unused_port()));
    struct sl_call_options options = {};
    options.wait_for_ready = true;
    Outcome outcome;
    struct sl_call *call = start(&outcome, &ECHO_SAY, Text("x").get(), &options);
    sl_call_cancel(call);
    run_until([&] { return outcome.is_done; });
    EXPECT_EQ(outcome.error.code, SL_CANCELLED);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    sl_call_unref(call);
}

TEST_F(Unary, WhereNobodyListensIsNotExecuted)
{
    sl_channel_free(channel);
    channel = new_channel("127.0.0.1:" + std::to_string(unused_port()));
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_EQ(outcome.peer, "");
    EXPECT_NE(std::string(outcome.error.message).find("onnect"), std::string::npos)
        << outcome.error.message;
}

TEST_F(Unary, WaitForReadyEndsAtItsDeadlineNotExecuted)
{
    sl_channel_free(channel);
    channel = new_channel("127.0.0.1:" + std::to_string(unused_port()));
    struct sl_call_options options = {};
    options.wait_for_ready = true;
    options.timeout_ms = 100;
    Outcome outcome = say("x", &options);
    EXPECT_EQ(outcome.error.code, SL_DEADLINE_EXCEEDED);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_F(Unary, NameThatDoesNotResolveIsNotExecuted)
{
    sl_channel_free(channel);
    channel = new_channel("dns:///no-such-host.invalid:1");
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_F(Unary, WhereRetriesAreAllowedNothingIsClaimed)
{
    sl_channel_free(channel);
    std::string target = "127.0.0.1:" + std::to_string(unused_port());
    struct sl_channel_options options = {};
    options.target = target.c_str();
    options.is_insecure = true;
    options.service_config_members =
        "\"methodConfig\": [{\"name\": [{}], \"retryPolicy\": {\"maxAttempts\": 2, "
        "\"initialBackoff\": \"0.01s\", \"maxBackoff\": \"0.1s\", \"backoffMultiplier\": 2, "
        "\"retryableStatusCodes\": [\"UNAVAILABLE\"]}}]";
    struct sl_error error = {};
    ASSERT_EQ(sl_channel_new(loop, &options, &channel, &error), SL_OK) << error.message;
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
}

TEST_F(Unary, BadTargetsAndConfigsAreRefusedAtOnce)
{
    struct sl_channel *made = nullptr;
    struct sl_channel_options options = {};
    struct sl_error error = {};
    options.is_insecure = true;
    options.target = "";
    EXPECT_EQ(sl_channel_new(loop, &options, &made, &error), SL_INVALID_ARGUMENT);
    options.target = "ipv4:not-an-address";
    EXPECT_EQ(sl_channel_new(loop, &options, &made, &error), SL_INVALID_ARGUMENT);
    EXPECT_NE(std::string(error.message).find("ipv4:not-an-address"), std::string::npos);
    options.target = "localhost:1";
    options.service_config_members = "\"methodConfig\": 5";
    EXPECT_EQ(sl_channel_new(loop, &options, &made, &error), SL_INVALID_ARGUMENT);
    options.service_config_members = nullptr;
    options.health_service = "a\"b";
    EXPECT_EQ(sl_channel_new(loop, &options, &made, &error), SL_INVALID_ARGUMENT);
    EXPECT_EQ(made, nullptr);
}

TEST_F(Unary, FreedChannelLetsItsCallsEnd)
{
    Outcome outcome;
    sl_call_unref(start(&outcome, &ECHO_SAY, Text("still here").get()));
    sl_channel_free(channel);
    channel = nullptr;
    run_until([&] { return outcome.is_done; });
    EXPECT_EQ(outcome.response, "still here") << outcome.error.message;
}

TEST_F(Unary, WaitingCallFromAnotherThread)
{
    on_say = [](struct sl_server_call *call, const std::string &text, struct sl_error *err) {
        if (text == "fail")
            return sl_error_set(err, SL_NOT_FOUND, "not here");
        sl_server_call_reply(call, Text(text).get());
        return SL_OK;
    };
    struct sl_channel_options options = {};
    std::string target = address();
    options.target = target.c_str();
    options.is_insecure = true;
    auto caller = std::async(std::launch::async, [&] {
        struct sl_channel *own = nullptr;
        struct sl_error error = {};
        struct sl_arena *arena = sl_arena_new();
        ProtobufCMessage *response = nullptr;
        EXPECT_EQ(sl_channel_new(nullptr, &options, &own, &error), SL_OK);
        EXPECT_EQ(
            sl_call_unary(own, &ECHO_SAY, nullptr, Text("hello").get(), arena, &response, &error),
            SL_OK)
            << error.message;
        std::string text = response != nullptr ? text_of(response) : "(none)";
        ProtobufCMessage *untouched = nullptr;
        EXPECT_EQ(
            sl_call_unary(own, &ECHO_SAY, nullptr, Text("fail").get(), arena, &untouched, &error),
            SL_NOT_FOUND);
        EXPECT_STREQ(error.message, "not here");
        EXPECT_EQ(untouched, nullptr);
        sl_channel_free(own);
        sl_arena_free(arena);
        return text;
    });
    run_until(
        [&] { return caller.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    EXPECT_EQ(caller.get(), "hello");
}

/* ---- Calls made for calls ---- */

struct Onward : Echo {
    Outcome inner;
    struct sl_server_call *outer_call = nullptr;
    int64_t inner_remaining_ms = 0;

    /* "outer" makes an inner call with itself for a parent, which hangs. */
    void SetUp() override
    {
        Echo::SetUp();
        on_say = [this](struct sl_server_call *call, const std::string &text, struct sl_error *) {
            if (text == "inner") {
                inner_remaining_ms = sl_server_call_remaining_ms(call);
                hold(call);
                return SL_OK;
            }
            struct sl_call_options options = {};
            options.parent = call;
            options.timeout_ms = 60000;
            sl_call_unref(start(&inner, &ECHO_SAY, Text("inner").get(), &options));
            outer_call = call;
            hold(call);
            return SL_OK;
        };
    }
};

TEST_F(Onward, ParentsDeadlineWins)
{
    struct sl_call_options options = {};
    options.timeout_ms = IS_SLOW ? 3000 : 300;
    Outcome outer = say("outer", &options);
    EXPECT_EQ(outer.error.code, SL_DEADLINE_EXCEEDED);
    run_until([&] { return inner.is_done; });
    EXPECT_LE(inner_remaining_ms, options.timeout_ms + 50);
    EXPECT_GT(inner_remaining_ms, 0);
    EXPECT_TRUE(inner.error.code == SL_DEADLINE_EXCEEDED || inner.error.code == SL_CANCELLED);
}

TEST_F(Onward, ParentsCancellationIsPassedOn)
{
    Outcome outer;
    struct sl_call *call = start(&outer, &ECHO_SAY, Text("outer").get());
    run_until([&] { return held.size() == 2; });
    sl_call_cancel(call);
    sl_call_unref(call);
    run_until([&] { return inner.is_done; });
    EXPECT_EQ(inner.error.code, SL_CANCELLED);
    run_until([&] {
        return sl_server_call_is_cancelled(held[0]) && sl_server_call_is_cancelled(held[1]);
    });
}

} // namespace
