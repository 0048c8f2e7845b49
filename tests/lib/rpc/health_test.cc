#include "echo.h"
#include "grpc/health/v1/health.pb-c.h"

namespace
{

#define STATUS(name) GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__##name

const struct sl_method CHECK = {"Check",
                                "/grpc.health.v1.Health/Check",
                                nullptr,
                                &grpc__health__v1__health_check_request__descriptor,
                                &grpc__health__v1__health_check_response__descriptor,
                                false,
                                false,
                                nullptr,
                                0};
const struct sl_method WATCH = {"Watch",
                                "/grpc.health.v1.Health/Watch",
                                nullptr,
                                &grpc__health__v1__health_check_request__descriptor,
                                &grpc__health__v1__health_check_response__descriptor,
                                false,
                                true,
                                nullptr,
                                0};

int status_of(const ProtobufCMessage *message)
{
    return reinterpret_cast<const Grpc__Health__V1__HealthCheckResponse *>(message)->status;
}

struct Watcher {
    std::vector<int> seen;
    Outcome outcome;
    struct sl_call *call = nullptr;
    ~Watcher()
    {
        sl_call_unref(call);
    }
};

struct Health : Echo {
    struct Checked {
        bool is_done = false;
        enum sl_code code = SL_OK;
        int status = -1;
    };
    Checked check(const char *service)
    {
        Checked checked;
        Grpc__Health__V1__HealthCheckRequest request = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
        request.service = const_cast<char *>(service);
        auto done = [](const struct sl_call_info *info, const ProtobufCMessage *response,
                       void *arg) {
            Checked *self = static_cast<Checked *>(arg);
            self->is_done = true;
            self->code = info->error.code;
            if (response != nullptr)
                self->status = status_of(response);
        };
        EXPECT_EQ(
            sl_call_unary_start(channel, &CHECK, nullptr, &request.base, done, &checked, nullptr),
            SL_OK);
        run_until([&] { return checked.is_done; });
        return checked;
    }
    void watch(Watcher *watcher, const char *service)
    {
        Grpc__Health__V1__HealthCheckRequest request = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
        request.service = const_cast<char *>(service);
        const struct sl_stream_callbacks callbacks = {
            [](const ProtobufCMessage *message, void *arg) {
                static_cast<Watcher *>(arg)->seen.push_back(status_of(message));
                return SL_FLOW_NEXT;
            },
            [](const struct sl_call_info *info, void *arg) {
                static_cast<Watcher *>(arg)->outcome.take(info);
            }};
        ASSERT_EQ(sl_call_stream_start(channel, &WATCH, nullptr, &request.base, &callbacks, watcher,
                                       &watcher->call),
                  SL_OK);
    }
};

TEST_F(Health, ChecksServicesAndTheServer)
{
    EXPECT_EQ(check("").status, STATUS(SERVING));
    EXPECT_EQ(check("test.Echo").status, STATUS(SERVING));
    EXPECT_EQ(check("test.Nothing").code, SL_NOT_FOUND);
    sl_server_set_serving(server, "test.Echo", false);
    EXPECT_EQ(check("test.Echo").status, STATUS(NOT_SERVING));
    EXPECT_EQ(check("").status, STATUS(SERVING));
    sl_server_set_serving(server, "test.Echo", true);
    EXPECT_EQ(check("test.Echo").status, STATUS(SERVING));
}

TEST_F(Health, WatchesChanges)
{
    Watcher watcher;
    watch(&watcher, "test.Echo");
    run_until([&] { return watcher.seen.size() == 1; });
    sl_server_set_serving(server, "test.Echo", false);
    run_until([&] { return watcher.seen.size() == 2; });
    /* No change, no message; and several at once are one. */
    sl_server_set_serving(server, "test.Echo", false);
    sl_server_set_serving(server, "test.Echo", true);
    run_until([&] { return watcher.seen.size() == 3; });
    EXPECT_EQ(watcher.seen,
              (std::vector<int>{STATUS(SERVING), STATUS(NOT_SERVING), STATUS(SERVING)}));
    sl_call_cancel(watcher.call);
    run_until([&] { return watcher.outcome.is_done; });
}

TEST_F(Health, WatchesServicesThatComeLater)
{
    Watcher watcher;
    watch(&watcher, "test.Later");
    run_until([&] { return watcher.seen.size() == 1; });
    sl_server_set_serving(server, "test.Later", true);
    run_until([&] { return watcher.seen.size() == 2; });
    EXPECT_EQ(watcher.seen, (std::vector<int>{STATUS(SERVICE_UNKNOWN), STATUS(SERVING)}));
    sl_call_cancel(watcher.call);
    run_until([&] { return watcher.outcome.is_done; });
}

TEST_F(Health, TellsWatchersThatTheServerStopsAndLetsThemGo)
{
    Watcher serving, stopped;
    sl_server_set_serving(server, "test.Echo", false);
    watch(&serving, "");
    watch(&stopped, "test.Echo");
    run_until([&] { return serving.seen.size() == 1 && stopped.seen.size() == 1; });
    int64_t start_ms = sl_loop_now_ms(loop);
    stop_server(60000);
    run_until([&] { return is_stopped && serving.outcome.is_done && stopped.outcome.is_done; });
    EXPECT_LT(sl_loop_now_ms(loop) - start_ms, 5000);
    EXPECT_EQ(serving.seen, (std::vector<int>{STATUS(SERVING), STATUS(NOT_SERVING)}));
    EXPECT_EQ(stopped.seen, (std::vector<int>{STATUS(NOT_SERVING)}));
    EXPECT_EQ(serving.outcome.error.code, SL_UNAVAILABLE);
}

/* The client's half: gRPC's own round robin, on what Watch says. */
TEST_F(Health, KeepsBalancedClientsFromServersThatDoNotServe)
{
    sl_channel_free(channel);
    std::string target = address();
    struct sl_channel_options options = {};
    options.target = target.c_str();
    options.is_insecure = true;
    options.health_service = "test.Echo";
    ASSERT_EQ(sl_channel_new(loop, &options, &channel, nullptr), SL_OK);
    EXPECT_EQ(say("x").error.code, SL_OK);
    sl_server_set_serving(server, "test.Echo", false);
    Outcome outcome;
    run_until([&] {
        outcome = say("y");
        return outcome.error.code != SL_OK;
    });
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    sl_server_set_serving(server, "test.Echo", true);
    run_until([&] { return say("z").error.code == SL_OK; });
}

} // namespace
