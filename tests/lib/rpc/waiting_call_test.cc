#include "rpc/waiting_call.h"

#include <atomic>
#include <future>

#include "echo.h"

namespace
{

/* The server runs on the test's loop; whoever waits does so on a thread of its own. */
struct WaitingCall : Echo {
    struct sl_waiting_call *call = nullptr;
    struct sl_error error = {};

    void TearDown() override
    {
        apart([&] { sl_waiting_call_free(call); });
        Echo::TearDown();
    }
    void apart(const std::function<void()> &work)
    {
        auto thread = std::async(std::launch::async, work);
        run_until(
            [&] { return thread.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    }
    void open(const struct sl_method *method, const char *request = nullptr,
              const struct sl_call_options *options = nullptr)
    {
        Text text(request != nullptr ? request : "");
        ASSERT_EQ(sl_waiting_call_open(channel, method, options,
                                       request != nullptr ? text.get() : nullptr, &call, &error),
                  SL_OK)
            << error.message;
    }
    enum sl_code send(const std::string &text)
    {
        return sl_waiting_call_send(call, Text(text).get(), &error);
    }
    /* "(end)", "(error)" or the text of the message. */
    std::string next()
    {
        const ProtobufCMessage *message = nullptr;
        if (sl_waiting_call_next(call, &message, &error) != SL_OK)
            return "(error)";
        return message == nullptr ? "(end)" : text_of(message);
    }
    std::string finish()
    {
        const ProtobufCMessage *response = nullptr;
        if (sl_waiting_call_finish(call, &response, &error) != SL_OK)
            return "(error)";
        return text_of(response);
    }
};

TEST_F(WaitingCall, ReadsAStreamOfAnswersToItsEnd)
{
    apart([&] {
        open(&ECHO_COUNT, "100");
        for (int i = 0; i < 100; i++)
            EXPECT_EQ(next(), std::to_string(i));
        EXPECT_EQ(sl_waiting_call_info(call), nullptr);
        EXPECT_EQ(next(), "(end)");
        EXPECT_EQ(next(), "(end)");
        ASSERT_NE(sl_waiting_call_info(call), nullptr);
        EXPECT_EQ(sl_waiting_call_info(call)->error.code, SL_OK);
        EXPECT_EQ(std::string(sl_waiting_call_info(call)->peer).find("ipv4:127.0.0.1:"), 0u);
    });
}

TEST_F(WaitingCall, SendsAStreamOfRequests)
{
    apart([&] {
        open(&ECHO_JOIN);
        std::string all;
        for (int i = 0; i < 100; i++) {
            EXPECT_EQ(send(std::to_string(i)), SL_OK) << error.message;
            all += std::to_string(i);
        }
        EXPECT_EQ(finish(), all);
        EXPECT_EQ(finish(), all) << "the answer stays";
        EXPECT_EQ(send("late"), SL_CANCELLED);
    });
}

TEST_F(WaitingCall, SendsNothingAndIsAnswered)
{
    apart([&] {
        open(&ECHO_JOIN);
        EXPECT_EQ(finish(), "");
    });
}

TEST_F(WaitingCall, ConversesInTurns)
{
    apart([&] {
        open(&ECHO_CHAT);
        for (int i = 0; i < 50; i++) {
            EXPECT_EQ(send(std::to_string(i)), SL_OK) << error.message;
            EXPECT_EQ(next(), std::to_string(i));
        }
        sl_waiting_call_close_send(call);
        sl_waiting_call_close_send(call);
        EXPECT_EQ(send("closed"), SL_FAILED_PRECONDITION);
        EXPECT_STREQ(error.message, "sending to /test.Echo/Chat was closed");
        EXPECT_EQ(next(), "(end)");
    });
    EXPECT_FALSE(has_left);
}

TEST_F(WaitingCall, TellsHowTheServerEndedIt)
{
    apart([&] {
        open(&ECHO_CHAT);
        EXPECT_EQ(send("hello"), SL_OK);
        EXPECT_EQ(send("bye"), SL_OK);
        EXPECT_EQ(next(), "hello") << "what came before the end is not lost";
        EXPECT_EQ(next(), "(error)");
        EXPECT_EQ(error.code, SL_ABORTED);
        EXPECT_STREQ(error.message, "bye");
        EXPECT_EQ(send("after the end"), SL_ABORTED);
        EXPECT_STREQ(error.message, "bye");
    });
}

TEST_F(WaitingCall, SlowReaderStopsTheWriter)
{
    count_message_bytes = 64 * 1024;
    apart([&] { open(&ECHO_COUNT, "400"); });
    int before = -1;
    run_until([&] {
        bool stands_still = before == sent_count && sent_count > 0;
        before = sent_count;
        return stands_still;
    });
    EXPECT_LT(sent_count, 200);
    apart([&] {
        for (int i = 0; i < 400; i++)
            EXPECT_EQ(atoi(next().c_str()), i);
        EXPECT_EQ(next(), "(end)");
    });
}

TEST_F(WaitingCall, EndsAtItsDeadline)
{
    struct sl_call_options options = {};
    options.timeout_ms = 200;
    apart([&] {
        open(&ECHO_CHAT, nullptr, &options);
        EXPECT_EQ(next(), "(error)");
        EXPECT_EQ(error.code, SL_DEADLINE_EXCEEDED);
    });
    run_until([&] { return has_left; });
}

TEST_F(WaitingCall, IsCancelledFromAnotherThread)
{
    std::atomic<bool> is_open{false};
    auto canceller = std::async(std::launch::async, [&] {
        while (!is_open)
            std::this_thread::yield();
        sl_waiting_call_cancel(call);
    });
    apart([&] {
        open(&ECHO_CHAT);
        is_open = true;
        EXPECT_EQ(next(), "(error)");
        EXPECT_EQ(error.code, SL_CANCELLED);
    });
    canceller.get();
}

TEST_F(WaitingCall, FreeingItCancelsIt)
{
    apart([&] {
        open(&ECHO_CHAT);
        EXPECT_EQ(send("x"), SL_OK);
        EXPECT_EQ(next(), "x");
        sl_waiting_call_free(call);
        call = nullptr;
    });
    run_until([&] { return has_left; });
    sl_waiting_call_free(nullptr);
}

TEST_F(WaitingCall, TellsThatThereIsNoServer)
{
    replace_channel("127.0.0.1:" + std::to_string(unused_port()));
    apart([&] {
        open(&ECHO_JOIN);
        enum sl_code code = send("x");
        EXPECT_TRUE(code == SL_OK || code == SL_UNAVAILABLE) << error.message;
        EXPECT_EQ(finish(), "(error)");
        EXPECT_EQ(error.code, SL_UNAVAILABLE) << error.message;
        EXPECT_EQ(error.outcome, SL_OUTCOME_NOT_EXECUTED);
    });
}

TEST_F(WaitingCall, RefusesToFinishAStreamOfAnswers)
{
    apart([&] {
        open(&ECHO_CHAT);
        EXPECT_EQ(finish(), "(error)");
        EXPECT_EQ(error.code, SL_FAILED_PRECONDITION);
    });
}

} // namespace
