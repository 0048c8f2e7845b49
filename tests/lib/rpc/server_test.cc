#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "echo.h"
#include "relay.h"

namespace
{

struct Server : Echo {
    /* Starts a server that the test expects to fail. */
    std::string start_failure(const std::string &listen, enum sl_code wanted)
    {
        struct sl_server *second = new_server(listen);
        struct sl_error error = {};
        EXPECT_EQ(sl_server_start(second, &error), wanted) << error.message;
        EXPECT_EQ(error.code, wanted);
        sl_server_free(second);
        return error.message;
    }
};

/* A socket that listens on the address, so that nobody else can; its port. */
int occupy(const struct addrinfo *info, int *ret_fd)
{
    struct sockaddr_storage bound = {};
    socklen_t size = sizeof(bound);
    int fd = socket(info->ai_family, SOCK_STREAM, 0);
    EXPECT_EQ(bind(fd, info->ai_addr, info->ai_addrlen), 0);
    EXPECT_EQ(listen(fd, 1), 0);
    EXPECT_EQ(getsockname(fd, reinterpret_cast<struct sockaddr *>(&bound), &size), 0);
    *ret_fd = fd;
    return ntohs(info->ai_family == AF_INET6
                     ? reinterpret_cast<struct sockaddr_in6 *>(&bound)->sin6_port
                     : reinterpret_cast<struct sockaddr_in *>(&bound)->sin_port);
}

TEST_F(Server, RefusesATakenPort)
{
    std::string message = start_failure(address(), SL_UNAVAILABLE);
    EXPECT_EQ(message, "cannot listen on " + address() + ": Address already in use");
    EXPECT_EQ(say("still mine").response, "still mine");
}

TEST_F(Server, RefusesANameOfWhichAnyAddressIsTaken)
{
    struct addrinfo hints = {}, *list = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    ASSERT_EQ(getaddrinfo("localhost", "0", &hints, &list), 0);
    for (const struct addrinfo *info = list; info != nullptr; info = info->ai_next) {
        int fd = -1;
        std::string name = "localhost:" + std::to_string(occupy(info, &fd));
        EXPECT_EQ(start_failure(name, SL_UNAVAILABLE),
                  "cannot listen on " + name + ": Address already in use");
        close(fd);
    }
    freeaddrinfo(list);
}

TEST_F(Server, RefusesWhatIsNoAddress)
{
    start_failure("nowhere", SL_INVALID_ARGUMENT);
    start_failure("127.0.0.1:", SL_INVALID_ARGUMENT);
    start_failure("127.0.0.1:65536", SL_INVALID_ARGUMENT);
    start_failure("127.0.0.1:-1", SL_INVALID_ARGUMENT);
    start_failure(":50083", SL_INVALID_ARGUMENT);
    start_failure("no-such-host.invalid:0", SL_UNAVAILABLE);
    /* TEST-NET-1 (RFC 5737) is nobody's. */
    EXPECT_EQ(start_failure("192.0.2.1:0", SL_UNAVAILABLE),
              "cannot listen on 192.0.2.1:0: Cannot assign requested address");
}

TEST_F(Server, ListensOnNamesAndAllAddresses)
{
    for (const char *listen : {"localhost:0", "0.0.0.0:0", "[::]:0"}) {
        struct sl_server *other = new_server(listen);
        struct sl_error error = {};
        ASSERT_EQ(sl_server_start(other, &error), SL_OK) << error.message;
        sl_channel_free(channel);
        channel = new_channel("127.0.0.1:" + std::to_string(sl_server_port(other)));
        EXPECT_EQ(say(listen).response, listen);
        bool done = false;
        sl_server_stop_start(
            other, 0, [](void *arg) { *static_cast<bool *>(arg) = true; }, &done);
        run_until([&] { return done; });
        sl_server_free(other);
    }
}

TEST_F(Server, IsRestartedOnTheSamePortAtOnce)
{
    EXPECT_EQ(say("one").response, "one");
    std::string same = address();
    stop_server(1000);
    run_until([&] { return is_stopped; });
    sl_server_free(server);
    server = new_server(same);
    struct sl_error error = {};
    ASSERT_EQ(sl_server_start(server, &error), SL_OK) << error.message;
    is_stopped = false;
    struct sl_call_options options = {};
    options.wait_for_ready = true;
    EXPECT_EQ(say("two", &options).response, "two");
}

TEST_F(Server, StopsAtOnceWhenNothingIsInFlight)
{
    EXPECT_EQ(say("x").response, "x");
    int64_t start_ms = sl_loop_now_ms(loop);
    stop_server(60000);
    EXPECT_FALSE(is_stopped);
    run_until([&] { return is_stopped; });
    EXPECT_LT(sl_loop_now_ms(loop) - start_ms, 5000);
}

TEST_F(Server, StopsThoughASilentPeerStaysConnected)
{
    int fd = connect_to(sl_server_port(server));
    EXPECT_EQ(say("x").response, "x");
    int64_t start_ms = sl_loop_now_ms(loop);
    stop_server(60000);
    run_until([&] { return is_stopped; });
    EXPECT_LT(sl_loop_now_ms(loop) - start_ms, 5000);
    close(fd);
}

TEST_F(Server, FinishesWhatIsInFlightBeforeItStops)
{
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        hold(call);
        return SL_OK;
    };
    Outcome first, late;
    sl_call_unref(start(&first, &ECHO_SAY, Text("x").get()));
    run_until([&] { return held.size() == 1; });
    stop_server(60000);
    sl_call_unref(start(&late, &ECHO_SAY, Text("late").get()));
    run_until([&] { return late.is_done; });
    EXPECT_EQ(late.error.code, SL_UNAVAILABLE);
    EXPECT_STREQ(late.error.message, "the server is stopping");
    EXPECT_EQ(late.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_FALSE(is_stopped);
    EXPECT_FALSE(sl_server_call_is_cancelled(held[0]));
    sl_server_call_reply(held[0], Text("in time").get());
    held.clear();
    run_until([&] { return is_stopped && first.is_done; });
    EXPECT_EQ(first.response, "in time") << first.error.message;
    EXPECT_EQ(say_count, 1);
}

TEST_F(Server, CancelsWhatIsInFlightAfterTheGracePeriod)
{
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        sl_server_call_on_cancel(
            call, [](void *arg) { static_cast<Echo *>(arg)->has_left = true; }, this);
        hold(call);
        return SL_OK;
    };
    Outcome outcome;
    sl_call_unref(start(&outcome, &ECHO_SAY, Text("x").get()));
    run_until([&] { return held.size() == 1; });
    stop_server(100);
    run_until([&] { return has_left && outcome.is_done; });
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_FALSE(is_stopped) << "a call is still to be answered";
    struct sl_error error = {SL_CANCELLED, SL_OUTCOME_UNKNOWN, "stopping"};
    sl_server_call_fail(held[0], &error);
    held.clear();
    run_until([&] { return is_stopped; });
}

TEST_F(Server, StopsWithoutEverHavingStarted)
{
    struct sl_server *other = new_server("127.0.0.1:0");
    bool done = false;
    sl_server_stop_start(
        other, 0, [](void *arg) { *static_cast<bool *>(arg) = true; }, &done);
    EXPECT_FALSE(done);
    run_until([&] { return done; });
    sl_server_free(other);
}

TEST_F(Server, RegistersAServiceOnce)
{
    static sl_dispatch_fn *const NONE[5] = {};
    struct sl_server *other = new_server("127.0.0.1:0");
    EXPECT_EQ(sl_server_register(other, &ECHO_SERVICE, NONE, nullptr, 0, this), SL_ALREADY_EXISTS);
    sl_server_free(other);
    EXPECT_EQ(sl_server_register(server, &ECHO_SERVICE, NONE, nullptr, 0, this),
              SL_FAILED_PRECONDITION);
}

/* ---- How many calls at once ---- */

TEST_F(Server, RefusesCallsOverTheLimitAndTakesThemAgain)
{
    struct sl_server_options options = {};
    options.max_calls_in_flight = 2;
    replace_server(options);
    replace_channel(address());
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        hold(call);
        return SL_OK;
    };
    Outcome first, second;
    sl_call_unref(start(&first, &ECHO_SAY, Text("1").get()));
    sl_call_unref(start(&second, &ECHO_SAY, Text("2").get()));
    run_until([&] { return held.size() == 2; });
    Outcome refused = say("3");
    EXPECT_EQ(refused.error.code, SL_RESOURCE_EXHAUSTED);
    EXPECT_STREQ(refused.error.message, "2 calls are in flight, as many as this server takes");
    EXPECT_EQ(refused.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_EQ(say_count, 2);
    sl_server_call_reply(held.back(), Text("done").get());
    held.pop_back();
    run_until([&] { return second.is_done || first.is_done; });
    on_say = nullptr;
    run_until([&] { return say("4").error.code == SL_OK; });
    sl_server_call_reply(held.back(), Text("done").get());
    held.pop_back();
    run_until([&] { return second.is_done && first.is_done; });
}

TEST_F(Server, AnswersHealthWhenItIsFull)
{
    struct sl_server_options options = {};
    options.max_calls_in_flight = 1;
    replace_server(options);
    struct sl_channel_options watched = {};
    watched.health_service = "test.Echo";
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        hold(call);
        return SL_OK;
    };
    replace_channel(address());
    Outcome first;
    sl_call_unref(start(&first, &ECHO_SAY, Text("1").get()));
    run_until([&] { return held.size() == 1; });
    /* This channel calls only after Health.Watch has told it SERVING. */
    struct sl_channel *other = new_channel(address(), watched);
    std::swap(channel, other);
    Outcome refused = say("2");
    EXPECT_EQ(refused.error.code, SL_RESOURCE_EXHAUSTED) << refused.error.message;
    sl_channel_free(other);
    sl_server_call_reply(held.back(), Text("done").get());
    held.pop_back();
    run_until([&] { return first.is_done; });
}

/* ---- Interceptors ---- */

struct Witness {
    std::vector<std::string> log;
    std::string name;
    bool refuses = false;

    static enum sl_code see(void *arg, struct sl_server_call *call, struct sl_error *err)
    {
        Witness *self = static_cast<Witness *>(arg);
        self->log.push_back(self->name + " saw " + sl_server_call_method(call)->name);
        sl_server_call_set_context(call, self);
        if (self->refuses)
            return sl_error_set(err, SL_UNAUTHENTICATED, "%s does not know you",
                                self->name.c_str());
        return SL_OK;
    }
    static void end(void *arg, struct sl_server_call *call, enum sl_code code)
    {
        Witness *self = static_cast<Witness *>(arg);
        EXPECT_EQ(sl_server_call_context(call), self);
        self->log.push_back(self->name + " ended " + sl_code_name(code));
    }
};

struct Interceptors : Server {
    Witness first, second;

    void SetUp() override
    {
        Server::SetUp();
        stop_server(0);
        run_until([&] { return is_stopped; });
        sl_server_free(server);
        is_stopped = false;
        server = new_server("127.0.0.1:0");
        first.name = "first";
        second.name = "second";
        ASSERT_EQ(sl_server_add_interceptor(server, Witness::see, nullptr, &first), SL_OK);
        ASSERT_EQ(sl_server_add_interceptor(server, Witness::see, Witness::end, &second), SL_OK);
        ASSERT_EQ(sl_server_start(server, nullptr), SL_OK);
        sl_channel_free(channel);
        channel = new_channel(address());
    }
};

TEST_F(Interceptors, SeeCallsInOrderAndTheirEnd)
{
    EXPECT_EQ(say("x").response, "x");
    run_until([&] { return second.log.size() == 2; });
    EXPECT_EQ(first.log, std::vector<std::string>{"first saw Say"});
    EXPECT_EQ(second.log, (std::vector<std::string>{"second saw Say", "second ended OK"}));
}

TEST_F(Interceptors, RefuseBeforeTheHandlerRuns)
{
    second.refuses = true;
    Outcome outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_UNAUTHENTICATED);
    EXPECT_STREQ(outcome.error.message, "second does not know you");
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_EQ(say_count, 0);
    run_until([&] { return second.log.size() == 2; });
    EXPECT_EQ(second.log.back(), "second ended UNAUTHENTICATED");
}

TEST_F(Interceptors, AreToldOfCallsWhoseClientLeft)
{
    on_say = [this](struct sl_server_call *call, const std::string &, struct sl_error *) {
        hold(call);
        return SL_OK;
    };
    Outcome outcome;
    struct sl_call *left = start(&outcome, &ECHO_SAY, Text("x").get());
    run_until([&] { return held.size() == 1; });
    sl_call_cancel(left);
    sl_call_unref(left);
    run_until([&] { return outcome.is_done && sl_server_call_is_cancelled(held[0]); });
    EXPECT_EQ(outcome.error.code, SL_CANCELLED);
    sl_server_call_reply(held[0], Text("too late").get());
    held.clear();
    run_until([&] { return second.log.size() == 2; });
    EXPECT_EQ(second.log.back(), "second ended CANCELLED");
}

} // namespace
