#ifndef SL_TESTS_BRIDGE_FIXTURE_H
#define SL_TESTS_BRIDGE_FIXTURE_H

#include <map>

#include "rest-bridge/bridge.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "tests/lib/http/http_fixture.h"
#include "json/message.h"

/** A bridge before gRPC servers of this process, whose handlers say what they were given. */
class BridgeTest : public HttpTest
{
  protected:
    static constexpr size_t kAgent = 0, kOrchestrator = 1;

    void SetUp() override
    {
        HttpTest::SetUp();
        agent_.execute = OnExecute;
        agent_.validate_operation = OnValidate;
        agent_.get_health = OnHealth;
        agent_.get_task = OnGetTask;
        agent_.cancel_task = OnCancelTask;
        agent_.reconcile_task = OnReconcile;
        agent_.watch_task = OnWatch;
        orchestrator_.orchestrate = OnOrchestrate;
        orchestrator_.list_workflows = OnListWorkflows;
        StartRpc();
        StartBridge(30000, 60000);
    }

    void TearDown() override
    {
        StopBridge(0);
        StopRpc();
        HttpTest::TearDown();
    }

    void StartRpc()
    {
        std::string listen = "127.0.0.1:" + std::to_string(rpc_port_);
        struct sl_server_options options = {};
        options.listen = listen.c_str();
        options.is_insecure = true;
        ASSERT_EQ(SL_OK, sl_server_new(loop_, &options, &rpc_, &err_)) << err_.message;
        ASSERT_EQ(SL_OK, agent_service_register(rpc_, &agent_, this));
        ASSERT_EQ(SL_OK, orchestrator_register(rpc_, &orchestrator_, this));
        BeforeStart(rpc_);
        ASSERT_EQ(SL_OK, sl_server_start(rpc_, &err_)) << err_.message;
        rpc_port_ = sl_server_port(rpc_);
    }

    /** For what a test puts before the handlers. */
    virtual void BeforeStart(struct sl_server *)
    {
    }

    void StopRpc()
    {
        if (rpc_ == nullptr)
            return;
        bool is_stopped = false;
        sl_server_stop_start(
            rpc_, 0, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
        EXPECT_TRUE(RunUntil(&is_stopped));
        sl_server_free(rpc_);
        rpc_ = nullptr;
    }

    void StartBridge(int64_t request_timeout_ms, int64_t workflow_timeout_ms)
    {
        StopBridge(0);
        std::string target = "127.0.0.1:" + std::to_string(rpc_port_);
        struct bridge_listener_options listeners[] = {
            {"payment", "127.0.0.1:0", target.c_str(), &agent_service_descriptor},
            {"orchestrator", "127.0.0.1:0", target.c_str(), &orchestrator_descriptor},
        };
        struct bridge_options options = {};
        options.listeners = listeners;
        options.listener_count = 2;
        options.request_timeout_ms = request_timeout_ms;
        options.workflow_timeout_ms = workflow_timeout_ms;
        ASSERT_EQ(SL_OK, bridge_new(loop_, &options, &bridge_, &err_)) << err_.message;
        Use(kAgent);
    }

    void StopBridge(int64_t grace_ms)
    {
        if (bridge_ == nullptr)
            return;
        bool is_stopped = false;
        bridge_stop_start(
            bridge_, grace_ms, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
        EXPECT_TRUE(RunUntil(&is_stopped));
        bridge_free(bridge_);
        bridge_ = nullptr;
    }

    /** Requests go to that listener from now on. */
    void Use(size_t listener)
    {
        port_ = bridge_port(bridge_, listener);
    }

    using Fields = std::vector<std::pair<const char *, const char *>>;

    Answer Send(const char *method, const std::string &path, const std::string &body,
                const Fields &fields = {{"Content-Type", "application/json"}})
    {
        struct sl_arena *arena = sl_arena_new();
        struct sl_headers headers = {};
        for (auto [name, value] : fields)
            EXPECT_EQ(SL_OK, sl_headers_add(&headers, arena, name, value));
        std::string url = Url(path);
        struct sl_http_request request = {};
        request.method = method;
        request.url = url.c_str();
        request.headers = &headers;
        request.body = body.data();
        request.body_length = body.size();
        Answer answer = Fetch(request);
        sl_arena_free(arena);
        return answer;
    }

    Answer Post(const std::string &path, const std::string &body)
    {
        return Send("POST", path, body);
    }

    /* ---- what the services do ---- */

    static BridgeTest *Self(void *self)
    {
        return static_cast<BridgeTest *>(self);
    }

    void Note(struct sl_server_call *call)
    {
        calls_++;
        remaining_ms_ = sl_server_call_remaining_ms(call);
        metadata_.clear();
        const struct sl_metadata *metadata = sl_server_call_metadata(call);
        for (size_t i = 0; i < metadata->count; i++)
            metadata_[metadata->entries[i].key] = metadata->entries[i].value;
    }

    static Google__Protobuf__Value *TextValue(struct sl_server_call *call, const std::string &json)
    {
        struct sl_error err = {};
        json_t *value = nullptr;
        ProtobufCMessage *message = nullptr;
        EXPECT_EQ(SL_OK, sl_json_parse(json.data(), json.size(), nullptr, &value, &err));
        EXPECT_EQ(SL_OK, sl_struct_from_json(&google__protobuf__value__descriptor, value,
                                             sl_server_call_arena(call), &message, &err));
        json_decref(value);
        return reinterpret_cast<Google__Protobuf__Value *>(message);
    }

    /** The request as ProtoJSON, so that tests see what became of the body. */
    static std::string Text(const void *message)
    {
        struct sl_error err = {};
        json_t *json = nullptr;
        EXPECT_EQ(SL_OK, sl_message_to_json(static_cast<const ProtobufCMessage *>(message),
                                            SL_DIALECT_PROTO, &json, &err))
            << err.message;
        char *text = sl_json_text(json, SL_JSON_COMPACT);
        std::string result = text;
        free(text);
        json_decref(json);
        return result;
    }

    enum sl_code Fail(struct sl_error *err)
    {
        if (failures_ == 0)
            return SL_OK;
        failures_--;
        return sl_error_set(err, failure_, "%s", failure_text_.c_str());
    }

    static enum sl_code OnExecute(void *self, struct sl_server_call *call,
                                  const Servicelane__Agent__V1__AgentServiceRequest *request,
                                  struct sl_error *err)
    {
        Self(self)->Note(call);
        Self(self)->seen_ = Text(request);
        SL_TRY(Self(self)->Fail(err));
        if (Self(self)->is_holding_) {
            Self(self)->held_.push_back(call);
            return SL_OK;
        }
        Servicelane__Agent__V1__AgentServiceResponse response =
            SERVICELANE__AGENT__V1__AGENT_SERVICE_RESPONSE__INIT;
        Google__Protobuf__Timestamp timestamp = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
        Google__Protobuf__Struct metadata = GOOGLE__PROTOBUF__STRUCT__INIT;
        timestamp.seconds = 1750848105;
        response.request_id = request->request_id;
        response.success = true;
        response.execution_time = 0.25;
        response.result = TextValue(call, Self(self)->result_);
        response.metadata = &metadata;
        response.timestamp = &timestamp;
        agent_service_execute_reply(call, &response);
        return SL_OK;
    }

    static enum sl_code OnValidate(void *self, struct sl_server_call *call,
                                   const Servicelane__Agent__V1__AgentServiceRequest *request,
                                   struct sl_error *)
    {
        Self(self)->Note(call);
        Self(self)->seen_ = Text(request);
        Servicelane__Agent__V1__ValidateOperationResponse response =
            SERVICELANE__AGENT__V1__VALIDATE_OPERATION_RESPONSE__INIT;
        response.request_id = request->request_id;
        response.operation = request->operation;
        agent_service_validate_operation_reply(call, &response);
        return SL_OK;
    }

    static enum sl_code OnHealth(void *self, struct sl_server_call *call,
                                 const Servicelane__Agent__V1__GetHealthRequest *,
                                 struct sl_error *err)
    {
        Self(self)->Note(call);
        SL_TRY(Self(self)->Fail(err));
        Servicelane__Agent__V1__AgentHealth health = SERVICELANE__AGENT__V1__AGENT_HEALTH__INIT;
        char name[] = "payment-agent";
        health.status = SERVICELANE__AGENT__V1__HEALTH_STATUS__HEALTH_STATUS_HEALTHY;
        health.service = name;
        agent_service_get_health_reply(call, &health);
        return SL_OK;
    }

    static enum sl_code OnGetTask(void *self, struct sl_server_call *call,
                                  const Servicelane__Agent__V1__GetTaskRequest *request,
                                  struct sl_error *err)
    {
        Self(self)->Note(call);
        if (strcmp(request->task_id, "none") == 0)
            return sl_error_set(err, SL_NOT_FOUND, "Task not found");
        Servicelane__Agent__V1__Task task = SERVICELANE__AGENT__V1__TASK__INIT;
        task.task_id = request->task_id;
        task.status = SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_PROCESSING;
        agent_service_get_task_reply(call, &task);
        return SL_OK;
    }

    static enum sl_code OnCancelTask(void *self, struct sl_server_call *call,
                                     const Servicelane__Agent__V1__CancelTaskRequest *request,
                                     struct sl_error *)
    {
        Self(self)->Note(call);
        Self(self)->seen_ = Text(request);
        Servicelane__Agent__V1__Task task = SERVICELANE__AGENT__V1__TASK__INIT;
        task.task_id = request->task_id;
        agent_service_cancel_task_reply(call, &task);
        return SL_OK;
    }

    static enum sl_code OnReconcile(void *self, struct sl_server_call *call,
                                    const Servicelane__Agent__V1__ReconcileTaskRequest *request,
                                    struct sl_error *)
    {
        Self(self)->seen_ = Text(request);
        Servicelane__Agent__V1__Task task = SERVICELANE__AGENT__V1__TASK__INIT;
        task.task_id = request->task_id;
        agent_service_reconcile_task_reply(call, &task);
        return SL_OK;
    }

    static enum sl_code OnWatch(void *self, struct sl_server_call *call,
                                const Servicelane__Agent__V1__WatchTaskRequest *request,
                                struct sl_error *err)
    {
        Self(self)->Note(call);
        Self(self)->seen_ = Text(request);
        SL_TRY(Self(self)->Fail(err));
        Self(self)->held_.push_back(call);
        sl_server_call_on_cancel(
            call, [](void *arg) { Self(arg)->is_watch_cancelled_ = true; }, self);
        return SL_OK;
    }

    /** Sends one state of a task to the watcher, and waits until the next may be sent. */
    void SendState(int64_t sequence, const std::string &id = "t1")
    {
        Servicelane__Agent__V1__Task task = SERVICELANE__AGENT__V1__TASK__INIT;
        std::string text = id;
        task.task_id = text.data();
        task.sequence = sequence;
        task.status = SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_PROCESSING;
        bool is_sent = false;
        enum sl_code code = agent_service_watch_task_send(
            held_.back(), &task, [](bool, void *arg) { *static_cast<bool *>(arg) = true; },
            &is_sent);
        ASSERT_EQ(is_watch_cancelled_ ? SL_CANCELLED : SL_OK, code);
        ASSERT_TRUE(code != SL_OK || RunUntil(&is_sent));
    }

    static enum sl_code
    OnOrchestrate(void *self, struct sl_server_call *call,
                  const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                  struct sl_error *err)
    {
        Self(self)->Note(call);
        Self(self)->seen_ = Text(request);
        SL_TRY(Self(self)->Fail(err));
        Self(self)->held_.push_back(call);
        return SL_OK;
    }

    static enum sl_code
    OnListWorkflows(void *self, struct sl_server_call *call,
                    const Servicelane__Orchestrator__V1__ListWorkflowsRequest *request,
                    struct sl_error *)
    {
        Self(self)->seen_ = Text(request);
        Servicelane__Orchestrator__V1__ListWorkflowsResponse response =
            SERVICELANE__ORCHESTRATOR__V1__LIST_WORKFLOWS_RESPONSE__INIT;
        orchestrator_list_workflows_reply(call, &response);
        return SL_OK;
    }

    /** Ends all calls that are held. */
    void FailHeld(enum sl_code code)
    {
        struct sl_error err = {};
        sl_error_set(&err, code, "ended by the test");
        for (struct sl_server_call *call : held_)
            sl_server_call_fail(call, &err);
        held_.clear();
    }

    struct agent_service_handlers agent_ = {};
    struct orchestrator_handlers orchestrator_ = {};
    struct sl_server *rpc_ = nullptr;
    struct bridge *bridge_ = nullptr;
    int rpc_port_ = 0;

    int calls_ = 0;
    int64_t remaining_ms_ = 0;
    std::map<std::string, std::string> metadata_;
    std::string seen_;
    std::string result_ = "null";
    bool is_holding_ = false;
    bool is_watch_cancelled_ = false;
    std::vector<struct sl_server_call *> held_;
    int failures_ = 0;
    enum sl_code failure_ = SL_OK;
    std::string failure_text_;
};

#endif
