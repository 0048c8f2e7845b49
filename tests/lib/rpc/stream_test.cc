#include "echo.h"
#include "flat.h"

namespace
{

/* A client of a stream, whose test says what it does with each message. */
struct Reader {
    Outcome outcome;
    std::function<enum sl_flow(const std::string &)> on_message;
    struct sl_call *call = nullptr;

    static enum sl_flow take(const ProtobufCMessage *message, void *arg)
    {
        Reader *self = static_cast<Reader *>(arg);
        EXPECT_FALSE(self->outcome.is_done);
        self->outcome.messages.push_back(text_of(message));
        return self->on_message ? self->on_message(self->outcome.messages.back()) : SL_FLOW_NEXT;
    }
    static void done(const struct sl_call_info *info, void *arg)
    {
        static_cast<Reader *>(arg)->outcome.take(info);
    }
    const struct sl_stream_callbacks callbacks = {take, done};

    void start(struct sl_channel *channel, const std::string &text,
               const struct sl_call_options *options = nullptr)
    {
        ASSERT_EQ(sl_call_stream_start(channel, &ECHO_COUNT, options, Text(text).get(), &callbacks,
                                       this, &call),
                  SL_OK);
    }
    void open(struct sl_channel *channel, const struct sl_method *method)
    {
        ASSERT_EQ(sl_call_open_start(channel, method, nullptr, &callbacks, this, &call), SL_OK);
    }
    ~Reader()
    {
        sl_call_unref(call);
    }
};

struct Stream : Echo {
    Reader reader;
    int sent = 0, refused = 0;

    bool send(const std::string &text)
    {
        auto on_sent = [](bool is_sent, void *arg) {
            Stream *test = static_cast<Stream *>(arg);
            is_sent ? test->sent++ : test->refused++;
        };
        int before = sent + refused;
        if (sl_call_send(reader.call, Text(text).get(), on_sent, this) != SL_OK)
            return false;
        run_until([&] { return sent + refused > before; });
        return refused == 0;
    }
    void run_to_end()
    {
        run_until([&] { return reader.outcome.is_done; });
    }
};

TEST_F(Stream, OfResponsesArrivesInOrder)
{
    reader.start(channel, "100");
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_OK) << reader.outcome.error.message;
    EXPECT_EQ(reader.outcome.error.outcome, SL_OUTCOME_SETTLED);
    ASSERT_EQ(reader.outcome.messages.size(), 100u);
    for (int i = 0; i < 100; i++)
        EXPECT_EQ(reader.outcome.messages[i], std::to_string(i));
}

TEST_F(Stream, SlowReaderStopsTheWriter)
{
    constexpr int MESSAGES = 400;
    count_message_bytes = 64 * 1024;
    reader.on_message = [](const std::string &) { return SL_FLOW_PAUSE; };
    reader.start(channel, std::to_string(MESSAGES));
    run_until([&] { return reader.outcome.messages.size() == 1; });
    /* Whatever flow control lets pass gets its chance; then the writer stands still. */
    int before = -1;
    run_until([&] {
        bool stands_still = before == sent_count;
        before = sent_count;
        return stands_still;
    });
    EXPECT_LT(sent_count, MESSAGES / 2);
    EXPECT_EQ(reader.outcome.messages.size(), 1u);
    reader.on_message = nullptr;
    sl_call_resume(reader.call);
    run_to_end();
    EXPECT_EQ(reader.outcome.messages.size(), static_cast<size_t>(MESSAGES));
}

/* Both ways: a client that does not read stops the server, which then reads no more itself, and so
 * the client's own writer. Nobody keeps what the other does not take. */
TEST_F(Stream, SlowReaderStopsTheWriterInBothDirections)
{
    constexpr int MESSAGES = 400;
    const std::string large(64 * 1024, 'x');
    reader.on_message = [](const std::string &) { return SL_FLOW_PAUSE; };
    reader.open(channel, &ECHO_CHAT);
    auto on_sent = [](bool is_sent, void *arg) {
        Stream *test = static_cast<Stream *>(arg);
        is_sent ? test->sent++ : test->refused++;
    };
    int asked = 0;
    auto send_on = [&] {
        for (int i = 0; i < 10; i++) {
            if (asked == sent && asked < MESSAGES &&
                sl_call_send(reader.call, Text(large).get(), on_sent, this) == SL_OK)
                asked++;
            bool never = false;
            sl_loop_run_until(loop, &never, IS_SLOW ? 10 : 1);
        }
    };
    int before = -1;
    for (int still = 0; still < 5; before = sent) {
        send_on();
        still = before == sent ? still + 1 : 0;
    }
    EXPECT_LT(sent, MESSAGES / 2);
    EXPECT_GE(sent, 1);
    EXPECT_EQ(reader.outcome.messages.size(), 1u);
    reader.on_message = nullptr;
    sl_call_resume(reader.call);
    run_until(
        [&] {
            send_on();
            return reader.outcome.messages.size() == static_cast<size_t>(MESSAGES);
        },
        60000);
    sl_call_close_send(reader.call);
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_OK) << reader.outcome.error.message;
}

TEST_F(Stream, StatusWaitsForMessagesThatWereNotRead)
{
    reader.on_message = [](const std::string &) { return SL_FLOW_PAUSE; };
    reader.start(channel, "3");
    run_until([&] { return sent_count == 3; });
    for (size_t i = 1; i <= 3; i++) {
        run_until([&] { return reader.outcome.messages.size() == i; });
        EXPECT_FALSE(reader.outcome.is_done && i < 3);
        sl_call_resume(reader.call);
    }
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_OK);
}

TEST_F(Stream, CancelledByItsReader)
{
    reader.on_message = [](const std::string &) { return SL_FLOW_CANCEL; };
    reader.start(channel, "1000000");
    run_until([&] { return reader.outcome.is_done && has_left; });
    EXPECT_EQ(reader.outcome.error.code, SL_CANCELLED);
    EXPECT_EQ(reader.outcome.messages.size(), 1u);
    EXPECT_LT(sent_count, 20000) << "a busy writer keeps the loop from its sockets";
}

TEST_F(Stream, CancelledWhilePaused)
{
    reader.on_message = [](const std::string &) { return SL_FLOW_PAUSE; };
    reader.start(channel, "1000000");
    run_until([&] { return reader.outcome.messages.size() == 1; });
    sl_call_cancel(reader.call);
    run_until([&] { return reader.outcome.is_done && has_left; });
    EXPECT_EQ(reader.outcome.error.code, SL_CANCELLED);
    sl_call_resume(reader.call);
}

TEST_F(Stream, DeadlineEndsIt)
{
    struct sl_call_options options = {};
    options.timeout_ms = IS_SLOW ? 3000 : 100;
    reader.on_message = [](const std::string &) { return SL_FLOW_PAUSE; };
    reader.start(channel, "1000000", &options);
    run_until([&] { return reader.outcome.is_done && has_left; });
    EXPECT_EQ(reader.outcome.error.code, SL_DEADLINE_EXCEEDED);
    EXPECT_EQ(reader.outcome.error.outcome, SL_OUTCOME_UNKNOWN);
}

TEST_F(Stream, WhereNobodyListensIsNotExecuted)
{
    sl_channel_free(channel);
    channel = new_channel("127.0.0.1:" + std::to_string(unused_port()));
    reader.start(channel, "1");
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(reader.outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_F(Stream, OfRequestsIsAnsweredOnce)
{
    reader.open(channel, &ECHO_JOIN);
    EXPECT_TRUE(send("one "));
    EXPECT_TRUE(send("two "));
    EXPECT_TRUE(send("three"));
    sl_call_close_send(reader.call);
    sl_call_close_send(reader.call);
    EXPECT_EQ(sl_call_send(reader.call, Text("late").get(), nullptr, nullptr),
              SL_FAILED_PRECONDITION);
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_OK);
    EXPECT_EQ(reader.outcome.messages, std::vector<std::string>{"one two three"});
    EXPECT_EQ(sl_call_send(reader.call, Text("late").get(), nullptr, nullptr), SL_CANCELLED);
}

TEST_F(Stream, OneMessageIsSentAtATime)
{
    reader.open(channel, &ECHO_JOIN);
    ASSERT_EQ(sl_call_send(reader.call, Text("a").get(), nullptr, nullptr), SL_OK);
    EXPECT_EQ(sl_call_send(reader.call, Text("b").get(), nullptr, nullptr), SL_FAILED_PRECONDITION);
    sl_call_close_send(reader.call);
    run_to_end();
    EXPECT_EQ(reader.outcome.messages, std::vector<std::string>{"a"});
}

TEST_F(Stream, WithoutRequestsIsAnsweredToo)
{
    reader.open(channel, &ECHO_JOIN);
    sl_call_close_send(reader.call);
    run_to_end();
    EXPECT_EQ(reader.outcome.messages, std::vector<std::string>{""});
}

TEST_F(Stream, InBothDirections)
{
    reader.open(channel, &ECHO_CHAT);
    for (int i = 0; i < 5; i++) {
        ASSERT_TRUE(send(std::to_string(i)));
        run_until([&] { return reader.outcome.messages.size() == static_cast<size_t>(i + 1); });
        EXPECT_EQ(reader.outcome.messages.back(), std::to_string(i));
    }
    sl_call_close_send(reader.call);
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_OK);
    EXPECT_FALSE(has_left);
}

TEST_F(Stream, EndedByTheServerStopsTheSender)
{
    reader.open(channel, &ECHO_CHAT);
    ASSERT_TRUE(send("bye"));
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_ABORTED);
    EXPECT_STREQ(reader.outcome.error.message, "bye");
    EXPECT_FALSE(send("anybody there?"));
}

TEST_F(Stream, ClientThatLeavesIsSeenByTheReadingServer)
{
    reader.open(channel, &ECHO_CHAT);
    ASSERT_TRUE(send("hello"));
    run_until([&] { return reader.outcome.messages.size() == 1; });
    sl_call_cancel(reader.call);
    run_until([&] { return reader.outcome.is_done && has_left; });
    EXPECT_EQ(reader.outcome.error.code, SL_CANCELLED);
}

TEST_F(Stream, MessageThatIsNoneEndsItWithInvalidArgument)
{
    reader.open(channel, &ECHO_JOIN);
    ASSERT_TRUE(send("fine"));
    ASSERT_TRUE(send("not \xff fine"));
    run_to_end();
    EXPECT_EQ(reader.outcome.error.code, SL_INVALID_ARGUMENT);
}

TEST_F(Stream, ThatItsOwnerForgetsGoesOn)
{
    reader.start(channel, "10");
    sl_call_unref(reader.call);
    reader.call = nullptr;
    run_to_end();
    EXPECT_EQ(reader.outcome.messages.size(), 10u);
}

} // namespace
