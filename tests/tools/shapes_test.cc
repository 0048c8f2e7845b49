/* Stubs of the shapes whose requests are a stream, both sides, over a real connection. */
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "base/memory.h"
#include "rpc/rpc.h"

#include "shapes.grpc-c.h"

namespace
{

using Beat = Golden__Shapes__V1__Beat;
using Kind = Golden__Inner__Outer__Inner;

constexpr int64_t patience_ms = 10000;

Beat beat_of(int64_t number)
{
    Beat beat = GOLDEN__SHAPES__V1__BEAT__INIT;

    beat.optional_number_case = GOLDEN__SHAPES__V1__BEAT__OPTIONAL_NUMBER_NUMBER;
    beat.number = number;
    return beat;
}

/* A call at the server: reads beats until the last one. */
struct Session {
    struct sl_server_call *call = nullptr;
    struct clock_service_count_reader count_reader = {on_count, this};
    struct clock_service_echo_reader echo_reader = {on_echo, this};
    std::vector<int64_t> beats;
    bool *was_cancelled = nullptr;

    static void on_count(const Beat *request, const struct sl_error *error, void *arg)
    {
        Session *self = static_cast<Session *>(arg);
        Kind kind = GOLDEN__INNER__OUTER__INNER__INIT;

        if (request != nullptr) {
            self->beats.push_back(request->number);
            /* Asking twice is refused, and does no harm. */
            EXPECT_EQ(clock_service_count_receive(self->call, &self->count_reader), SL_OK);
            EXPECT_EQ(clock_service_count_receive(self->call, &self->count_reader),
                      SL_FAILED_PRECONDITION);
            return;
        }
        kind.kind = self->beats.size() == 3 ? GOLDEN__INNER__OUTER__INNER__KIND__SOME
                                            : GOLDEN__INNER__OUTER__INNER__KIND__NONE;
        if (error != nullptr)
            sl_server_call_fail(self->call, error);
        else
            clock_service_count_reply(self->call, &kind);
        delete self;
    }

    static void on_echo(const Beat *request, const struct sl_error *, void *arg)
    {
        Session *self = static_cast<Session *>(arg);

        if (request != nullptr &&
            clock_service_echo_send(self->call, request, on_echoed, self) == SL_OK)
            return;
        *self->was_cancelled = sl_server_call_is_cancelled(self->call);
        clock_service_echo_end(self->call, nullptr);
        delete self;
    }

    /* The next request is asked for when the answer to this one is away. */
    static void on_echoed(bool is_sent, void *arg)
    {
        Session *self = static_cast<Session *>(arg);

        if (is_sent && clock_service_echo_receive(self->call, &self->echo_reader) == SL_OK)
            return;
        *self->was_cancelled = true;
        clock_service_echo_end(self->call, nullptr);
        delete self;
    }
};

enum sl_code count(void *, struct sl_server_call *call, struct sl_error *)
{
    Session *session = new Session;

    session->call = call;
    EXPECT_EQ(clock_service_count_receive(call, &session->count_reader), SL_OK);
    return SL_OK;
}

enum sl_code echo(void *self, struct sl_server_call *call, struct sl_error *)
{
    Session *session = new Session;

    session->call = call;
    session->was_cancelled = static_cast<bool *>(self);
    EXPECT_EQ(clock_service_echo_receive(call, &session->echo_reader), SL_OK);
    return SL_OK;
}

/* A call at the client: sends beats 1 to last, each when the one before is away. */
struct Caller {
    struct sl_call *call = nullptr;
    enum sl_code (*send)(struct sl_call *, const Beat *, sl_call_sent_fn *, void *) = nullptr;
    int64_t last = 0, next = 1;
    bool is_done = false;
    enum sl_code code = SL_UNKNOWN;
    std::string message;
    Golden__Inner__Outer__Inner__Kind kind = GOLDEN__INNER__OUTER__INNER__KIND__NONE;
    std::vector<int64_t> echoes;
    size_t cancel_after = SIZE_MAX;

    ~Caller()
    {
        sl_call_unref(call);
    }

    static void send_next(bool is_sent, void *arg)
    {
        Caller *self = static_cast<Caller *>(arg);
        Beat beat = beat_of(self->next);

        if (!is_sent)
            return;
        if (self->next++ > self->last)
            sl_call_close_send(self->call);
        else
            EXPECT_EQ(self->send(self->call, &beat, send_next, self), SL_OK);
    }

    static void on_counted(const struct sl_call_info *info, const Kind *response, void *arg)
    {
        on_done(info, arg);
        EXPECT_EQ(response != nullptr, info->error.code == SL_OK);
        if (response != nullptr)
            static_cast<Caller *>(arg)->kind = response->kind;
    }

    static enum sl_flow on_echo(const Beat *message, void *arg)
    {
        Caller *self = static_cast<Caller *>(arg);

        self->echoes.push_back(message->number);
        return self->echoes.size() < self->cancel_after ? SL_FLOW_NEXT : SL_FLOW_CANCEL;
    }

    static void on_done(const struct sl_call_info *info, void *arg)
    {
        Caller *self = static_cast<Caller *>(arg);

        self->code = info->error.code;
        self->message = info->error.message;
        self->is_done = true;
    }
};

class Shapes : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct sl_server_options options = {};
        struct clock_service_handlers handlers = {};
        struct old_clock_handlers none = {};
        struct sl_channel_options to = {};

        options.listen = "127.0.0.1:0";
        options.is_insecure = true;
        handlers.count = count;
        handlers.echo = echo;
        ASSERT_EQ(sl_loop_new(nullptr, &loop, &err), SL_OK) << err.message;
        ASSERT_EQ(sl_server_new(loop, &options, &server, &err), SL_OK) << err.message;
        ASSERT_EQ(clock_service_register(server, &handlers, &was_cancelled), SL_OK);
        ASSERT_EQ(old_clock_register(server, &none, nullptr), SL_OK);
        ASSERT_EQ(sl_server_start(server, &err), SL_OK) << err.message;
        std::string target = "127.0.0.1:" + std::to_string(sl_server_port(server));
        to.target = target.c_str();
        to.is_insecure = true;
        ASSERT_EQ(sl_channel_new(loop, &to, &channel, &err), SL_OK) << err.message;
    }

    void TearDown() override
    {
        bool is_stopped = false;

        sl_channel_free(channel);
        sl_server_stop_start(
            server, 0, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
        EXPECT_TRUE(sl_loop_run_until(loop, &is_stopped, patience_ms));
        sl_server_free(server);
        sl_loop_free(loop);
    }

    /* On a thread that may wait, while the loop serves. */
    void run_apart(const std::function<void()> &work)
    {
        auto caller = std::async(std::launch::async, work);
        while (caller.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            bool never = false;
            sl_loop_run_until(loop, &never, 1);
        }
        caller.get();
    }

    void run_count(Caller *caller)
    {
        caller->send = clock_service_count_send_request;
        ASSERT_EQ(
            clock_service_count_start(channel, nullptr, Caller::on_counted, caller, &caller->call),
            SL_OK);
        Caller::send_next(true, caller);
        EXPECT_FALSE(caller->is_done);
        ASSERT_TRUE(sl_loop_run_until(loop, &caller->is_done, patience_ms));
    }

    void run_echo(Caller *caller)
    {
        struct clock_service_echo_callbacks callbacks = {Caller::on_echo, Caller::on_done};

        caller->send = clock_service_echo_send_request;
        ASSERT_EQ(clock_service_echo_start(channel, nullptr, &callbacks, caller, &caller->call),
                  SL_OK);
        Caller::send_next(true, caller);
        ASSERT_TRUE(sl_loop_run_until(loop, &caller->is_done, patience_ms));
    }

    bool was_cancelled = false;
    struct sl_error err = {};
    struct sl_loop *loop = nullptr;
    struct sl_server *server = nullptr;
    struct sl_channel *channel = nullptr;
};

TEST_F(Shapes, ClientStreamIsCountedAndAnsweredOnce)
{
    Caller caller;

    caller.last = 3;
    run_count(&caller);
    EXPECT_EQ(caller.code, SL_OK) << caller.message;
    EXPECT_EQ(caller.kind, GOLDEN__INNER__OUTER__INNER__KIND__SOME);
}

TEST_F(Shapes, ClientStreamMayBeEmpty)
{
    Caller caller;

    run_count(&caller);
    EXPECT_EQ(caller.code, SL_OK) << caller.message;
    EXPECT_EQ(caller.kind, GOLDEN__INNER__OUTER__INNER__KIND__NONE);
}

/* ---- The waiting twins, on a thread of their own while the loop serves ---- */

void wait_for_count(struct sl_channel *channel)
{
    struct sl_waiting_call *call = nullptr;
    struct sl_error error = {};
    const Kind *response = nullptr;
    ASSERT_EQ(clock_service_count_open(channel, nullptr, &call, &error), SL_OK) << error.message;
    for (int64_t i = 1; i <= 3; i++) {
        Beat beat = beat_of(i);
        EXPECT_EQ(clock_service_count_write(call, &beat, &error), SL_OK) << error.message;
    }
    EXPECT_EQ(clock_service_count_finish(call, &response, &error), SL_OK) << error.message;
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(response->kind, GOLDEN__INNER__OUTER__INNER__KIND__SOME);
    sl_waiting_call_free(call);
}

void wait_for_echoes(struct sl_channel *channel)
{
    struct sl_waiting_call *call = nullptr;
    struct sl_error error = {};
    const Beat *message = nullptr;
    ASSERT_EQ(clock_service_echo_open(channel, nullptr, &call, &error), SL_OK) << error.message;
    for (int64_t i = 1; i <= 3; i++) {
        Beat beat = beat_of(i);
        EXPECT_EQ(clock_service_echo_write(call, &beat, &error), SL_OK) << error.message;
        EXPECT_EQ(clock_service_echo_next(call, &message, &error), SL_OK) << error.message;
        ASSERT_NE(message, nullptr);
        EXPECT_EQ(message->number, i);
    }
    sl_waiting_call_close_send(call);
    EXPECT_EQ(clock_service_echo_next(call, &message, &error), SL_OK) << error.message;
    EXPECT_EQ(message, nullptr);
    sl_waiting_call_free(call);
}

void wait_for_ticks(struct sl_channel *channel)
{
    struct sl_waiting_call *call = nullptr;
    struct sl_error error = {};
    const Beat *message = nullptr;
    Golden__Inner__Request request = GOLDEN__INNER__REQUEST__INIT;
    ASSERT_EQ(clock_service_tick_open(channel, nullptr, &request, &call, &error), SL_OK);
    EXPECT_EQ(clock_service_tick_next(call, &message, &error), SL_UNIMPLEMENTED);
    EXPECT_STREQ(error.message, "Tick is not implemented");
    EXPECT_EQ(message, nullptr);
    sl_waiting_call_free(call);
}

TEST_F(Shapes, EachHasItsWaitingTwin)
{
    for (auto *wait : {wait_for_count, wait_for_echoes, wait_for_ticks})
        run_apart([&] { wait(channel); });
}

TEST_F(Shapes, NothingIsSentAfterTheEnd)
{
    Caller caller;
    Beat beat = beat_of(1);

    run_count(&caller);
    EXPECT_EQ(clock_service_count_send_request(caller.call, &beat, Caller::send_next, &caller),
              SL_CANCELLED);
}

TEST_F(Shapes, BothWaysEachBeatComesBack)
{
    Caller caller;

    caller.last = 5;
    run_echo(&caller);
    EXPECT_EQ(caller.code, SL_OK) << caller.message;
    EXPECT_EQ(caller.echoes, (std::vector<int64_t>{1, 2, 3, 4, 5}));
    EXPECT_FALSE(was_cancelled);
}

/* proto3 optional, there and back: nothing, zero and a number are three things. */
TEST_F(Shapes, PresenceOfAnOptionalFieldGoesBothWays)
{
    struct sl_waiting_call *call = nullptr;
    auto converse = [&] {
        Beat none = GOLDEN__SHAPES__V1__BEAT__INIT, zero = beat_of(0), seven = beat_of(7);
        struct sl_error error = {};
        ASSERT_EQ(clock_service_echo_open(channel, nullptr, &call, &error), SL_OK);
        for (const Beat *beat : {&none, &zero, &seven}) {
            const Beat *echo = nullptr;
            EXPECT_EQ(clock_service_echo_write(call, beat, &error), SL_OK) << error.message;
            EXPECT_EQ(clock_service_echo_next(call, &echo, &error), SL_OK) << error.message;
            ASSERT_NE(echo, nullptr);
            EXPECT_EQ(echo->optional_number_case, beat->optional_number_case);
            EXPECT_EQ(echo->number, beat->number);
        }
        sl_waiting_call_free(call);
    };
    run_apart(converse);
}

TEST_F(Shapes, ClientThatLeavesIsSeenByTheReader)
{
    Caller caller;

    caller.last = 1000000;
    caller.cancel_after = 2;
    run_echo(&caller);
    EXPECT_EQ(caller.code, SL_CANCELLED);
    EXPECT_EQ(caller.echoes, (std::vector<int64_t>{1, 2}));
    EXPECT_TRUE(sl_loop_run_until(loop, &was_cancelled, patience_ms));
}

TEST_F(Shapes, EmptySlotOfAStreamIsUnimplemented)
{
    Caller caller;

    caller.send = old_clock_tell_send_request;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    ASSERT_EQ(old_clock_tell_start(
                  channel, nullptr,
                  [](const struct sl_call_info *info, const Beat *, void *arg) {
                      Caller::on_done(info, arg);
                  },
                  &caller, &caller.call),
              SL_OK);
#pragma GCC diagnostic pop
    ASSERT_TRUE(sl_loop_run_until(loop, &caller.is_done, patience_ms));
    EXPECT_EQ(caller.code, SL_UNIMPLEMENTED);
    EXPECT_EQ(caller.message, "Tell is not implemented");
}

TEST_F(Shapes, WithoutMemoryNothingIsStarted)
{
    struct clock_service_echo_callbacks callbacks = {Caller::on_echo, Caller::on_done};
    Caller caller;

    sl_alloc_fail_after(0);
    enum sl_code counting =
        clock_service_count_start(channel, nullptr, Caller::on_counted, &caller, &caller.call);
    enum sl_code echoing =
        clock_service_echo_start(channel, nullptr, &callbacks, &caller, &caller.call);
    sl_alloc_fail_after(-1);
    EXPECT_EQ(counting, SL_RESOURCE_EXHAUSTED);
    EXPECT_EQ(echoing, SL_RESOURCE_EXHAUSTED);
    EXPECT_EQ(caller.call, nullptr);
    EXPECT_FALSE(caller.is_done);
}

} // namespace
