/* Generated stubs, both sides, over a real connection. */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "rpc/rpc.h"

#include "grpc/reflection/v1/reflection.grpc-c.h"
#include "grpc/reflection/v1alpha/reflection.grpc-c.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

namespace
{

using Request = Servicelane__Agent__V1__AgentServiceRequest;
using Response = Servicelane__Agent__V1__AgentServiceResponse;
using WatchRequest = Servicelane__Agent__V1__WatchTaskRequest;
using Task = Servicelane__Agent__V1__Task;

constexpr int64_t patience_ms = 10000;

/* Sends states 1 to 3 of a task, each when the one before is away. */
struct Feed {
    struct sl_server_call *call;
    int64_t sequence;
};

void send_next(bool is_sent, void *arg)
{
    Feed *feed = static_cast<Feed *>(arg);
    Task task = SERVICELANE__AGENT__V1__TASK__INIT;

    task.sequence = ++feed->sequence;
    if (is_sent && task.sequence <= 3 &&
        agent_service_watch_task_send(feed->call, &task, send_next, feed) == SL_OK)
        return;
    agent_service_watch_task_end(feed->call, nullptr);
    delete feed;
}

enum sl_code on_execute(void *self, struct sl_server_call *call, const Request *request,
                        struct sl_error *err)
{
    Response response = SERVICELANE__AGENT__V1__AGENT_SERVICE_RESPONSE__INIT;

    if (strcmp(request->operation, "refuse") == 0)
        return sl_error_set(err, SL_NOT_FOUND, "nothing of that name");
    response.request_id = request->request_id;
    response.success = true;
    response.optional_error_case =
        SERVICELANE__AGENT__V1__AGENT_SERVICE_RESPONSE__OPTIONAL_ERROR_ERROR;
    response.error = static_cast<char *>(self);
    agent_service_execute_reply(call, &response);
    return SL_OK;
}

enum sl_code on_watch(void *, struct sl_server_call *call, const WatchRequest *request,
                      struct sl_error *)
{
    send_next(true, new Feed{call, request->after_sequence});
    return SL_OK;
}

/* What a client was told. */
struct Told {
    bool is_done = false;
    enum sl_code code = SL_UNKNOWN;
    std::string request_id;
    std::string error;
    std::vector<int64_t> sequence;
};

void on_executed(const struct sl_call_info *info, const Response *response, void *arg)
{
    Told *told = static_cast<Told *>(arg);

    told->code = info->error.code;
    if (response != nullptr) {
        told->request_id = response->request_id;
        told->error = response->error;
    }
    told->is_done = true;
}

enum sl_flow on_task(const Task *task, void *arg)
{
    static_cast<Told *>(arg)->sequence.push_back(task->sequence);
    return SL_FLOW_NEXT;
}

void on_watched(const struct sl_call_info *info, void *arg)
{
    Told *told = static_cast<Told *>(arg);

    told->code = info->error.code;
    told->is_done = true;
}

class Stubs : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct sl_server_options options = {};
        struct agent_service_handlers handlers = {};

        options.listen = "127.0.0.1:0";
        options.is_insecure = true;
        handlers.execute = on_execute;
        handlers.watch_task = on_watch;
        ASSERT_EQ(sl_loop_new(nullptr, &loop, &err), SL_OK) << err.message;
        ASSERT_EQ(sl_server_new(loop, &options, &server, &err), SL_OK) << err.message;
        ASSERT_EQ(agent_service_register(server, &handlers, self), SL_OK);
        ASSERT_EQ(sl_server_start(server, &err), SL_OK) << err.message;
        channel = dial(loop);
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

    struct sl_channel *dial(struct sl_loop *on)
    {
        std::string target = "127.0.0.1:" + std::to_string(sl_server_port(server));
        struct sl_channel_options options = {};
        struct sl_channel *made = nullptr;

        options.target = target.c_str();
        options.is_insecure = true;
        EXPECT_EQ(sl_channel_new(on, &options, &made, &err), SL_OK) << err.message;
        return made;
    }

    Told execute(const char *operation)
    {
        Request request = SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__INIT;
        Told told;

        request.request_id = const_cast<char *>("r-1");
        request.operation = const_cast<char *>(operation);
        EXPECT_EQ(
            agent_service_execute_start(channel, nullptr, &request, on_executed, &told, nullptr),
            SL_OK);
        EXPECT_FALSE(told.is_done);
        EXPECT_TRUE(sl_loop_run_until(loop, &told.is_done, patience_ms));
        return told;
    }

    char self[8] = "self";
    struct sl_error err = {};
    struct sl_loop *loop = nullptr;
    struct sl_server *server = nullptr;
    struct sl_channel *channel = nullptr;
};

TEST_F(Stubs, UnaryCallComesBackTyped)
{
    Told told = execute("anything");

    EXPECT_EQ(told.code, SL_OK);
    EXPECT_EQ(told.request_id, "r-1");
    EXPECT_EQ(told.error, "self");
}

TEST_F(Stubs, HandlersErrorIsTheAnswer)
{
    EXPECT_EQ(execute("refuse").code, SL_NOT_FOUND);
}

TEST_F(Stubs, EmptySlotIsUnimplemented)
{
    Request request = SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__INIT;
    Told told;

    ASSERT_EQ(agent_service_validate_operation_start(
                  channel, nullptr, &request,
                  [](const struct sl_call_info *info,
                     const Servicelane__Agent__V1__ValidateOperationResponse *,
                     void *arg) { on_watched(info, arg); },
                  &told, nullptr),
              SL_OK);
    ASSERT_TRUE(sl_loop_run_until(loop, &told.is_done, patience_ms));
    EXPECT_EQ(told.code, SL_UNIMPLEMENTED);
}

TEST_F(Stubs, StreamComesInOrderAndEndsOnce)
{
    WatchRequest request = SERVICELANE__AGENT__V1__WATCH_TASK_REQUEST__INIT;
    struct agent_service_watch_task_callbacks callbacks = {on_task, on_watched};
    Told told;

    ASSERT_EQ(
        agent_service_watch_task_start(channel, nullptr, &request, &callbacks, &told, nullptr),
        SL_OK);
    ASSERT_TRUE(sl_loop_run_until(loop, &told.is_done, patience_ms));
    EXPECT_EQ(told.code, SL_OK);
    EXPECT_EQ(told.sequence, (std::vector<int64_t>{1, 2, 3}));
}

TEST_F(Stubs, BlockingCallAnswersFromAnotherThread)
{
    bool is_done = false;
    enum sl_code code = SL_UNKNOWN;
    std::string request_id;
    struct sl_channel *blocking = dial(nullptr);
    std::thread caller([&] {
        struct sl_arena *arena = sl_arena_new();
        Request request = SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__INIT;
        Response *response = nullptr;
        struct sl_error error = {};

        request.request_id = const_cast<char *>("r-2");
        code = agent_service_execute(blocking, nullptr, &request, arena, &response, &error);
        if (code == SL_OK)
            request_id = response->request_id;
        sl_arena_free(arena);
        struct Done : sl_task {
            bool *flag;
        };
        Done *done = new Done;
        done->flag = &is_done;
        done->run = [](struct sl_task *task) {
            *static_cast<Done *>(task)->flag = true;
            delete static_cast<Done *>(task);
        };
        sl_loop_post(loop, done);
    });
    EXPECT_TRUE(sl_loop_run_until(loop, &is_done, patience_ms));
    caller.join();
    sl_channel_free(blocking);
    EXPECT_EQ(code, SL_OK);
    EXPECT_EQ(request_id, "r-2");
}

TEST(Descriptors, CarryRoutesAndFiles)
{
    const struct sl_method *method = &orchestrator_reconcile_step_method;

    EXPECT_STREQ(method->path, "/servicelane.orchestrator.v1.Orchestrator/ReconcileStep");
    ASSERT_EQ(method->http_count, 1u);
    EXPECT_STREQ(method->http[0].method, "POST");
    EXPECT_STREQ(method->http[0].path, "/workflow/{request_id}/steps/{step_id}/reconcile");
    EXPECT_STREQ(method->http[0].body, "*");
    EXPECT_EQ(method->service, &orchestrator_descriptor);

    const struct sl_file *file = orchestrator_descriptor.file;
    EXPECT_STREQ(file->name, "servicelane/orchestrator/v1/orchestrator.proto");
    EXPECT_EQ(file->import_count, 4u);
    std::string bytes(reinterpret_cast<const char *>(file->descriptor), file->descriptor_size);
    EXPECT_NE(bytes.find("Plans and validates a request"), std::string::npos);
}

TEST(Descriptors, PrefixKeepsBothReflectionsApart)
{
    EXPECT_STREQ(server_reflection_descriptor.name, "grpc.reflection.v1.ServerReflection");
    EXPECT_STREQ(v1alpha_server_reflection_descriptor.name,
                 "grpc.reflection.v1alpha.ServerReflection");
    EXPECT_TRUE(server_reflection_server_reflection_info_method.is_client_streaming);
}

} // namespace
