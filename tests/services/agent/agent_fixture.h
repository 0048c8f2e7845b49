#ifndef TESTS_AGENT_AGENT_FIXTURE_H
#define TESTS_AGENT_AGENT_FIXTURE_H

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mcp/server.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "services/agent/agent.h"
#include "json/json.h"
#include "json/message.h"

const int kPatienceMs = 15000;

inline std::string JsonText(const json_t *value)
{
    char *text = sl_json_text(value, SL_JSON_CANONICAL);
    std::string copy = text == nullptr ? "" : text;
    free(text);
    return copy;
}

/** JSON that frees itself. */
class Json
{
  public:
    explicit Json(json_t *value = nullptr) : value_(value)
    {
    }
    Json(const Json &other) : value_(json_incref(other.value_))
    {
    }
    Json &operator=(const Json &other)
    {
        json_incref(other.value_);
        json_decref(value_);
        value_ = other.value_;
        return *this;
    }
    ~Json()
    {
        json_decref(value_);
    }
    json_t *get() const
    {
        return value_;
    }
    Json operator[](const char *name) const
    {
        return Json(json_incref(json_object_get(value_, name)));
    }
    Json at(size_t index) const
    {
        return Json(json_incref(json_array_get(value_, index)));
    }
    std::string text() const
    {
        return value_ == nullptr ? "" : JsonText(value_);
    }
    std::string string() const
    {
        return json_is_string(value_) ? json_string_value(value_) : "";
    }
    bool is_true() const
    {
        return json_is_true(value_);
    }
    size_t size() const
    {
        return json_array_size(value_);
    }

  private:
    json_t *value_;
};

/** An MCP server of the test's, on the test's loop: its tools are functions. */
class ToolServer
{
  public:
    struct Call {
        std::string tool, arguments, key, tenant, user, service;
    };
    using Handler = std::function<void(struct sl_mcp_tool_request *request)>;

    ~ToolServer()
    {
        Stop();
    }
    /** A tool; flags among 'r' read-only, 'i' idempotent, 'k' honours keys. */
    void Add(const std::string &name, const std::string &flags, Handler handler,
             const std::string &schema = R"({"type": "object"})")
    {
        auto tool = std::make_unique<Tool>();
        tool->name = name;
        tool->schema = schema;
        tool->definition = {};
        tool->definition.name = tool->name.c_str();
        tool->definition.description = "A tool of the test.";
        tool->definition.input_schema = tool->schema.c_str();
        tool->definition.is_read_only = flags.find('r') != std::string::npos;
        tool->definition.is_idempotent = flags.find('i') != std::string::npos;
        tool->definition.honours_idempotency_key = flags.find('k') != std::string::npos;
        tool->definition.handler = OnCall;
        handlers_[name] = std::move(handler);
        struct sl_error error = {};
        if (server_ != nullptr) {
            ASSERT_EQ(sl_mcp_server_add_tool(server_, &tool->definition, &error), SL_OK)
                << error.message;
        }
        tools_.push_back(std::move(tool));
    }
    void Start(struct sl_loop *loop, int port = 0)
    {
        std::vector<struct sl_mcp_tool> definitions;
        for (const auto &tool : tools_)
            definitions.push_back(tool->definition);
        std::string listen = "127.0.0.1:" + std::to_string(port);
        struct sl_mcp_server_options options = {};
        options.listen = listen.c_str();
        options.server_name = "test";
        options.server_version = "1";
        options.self = this;
        struct sl_error error = {};
        ASSERT_EQ(sl_mcp_server_new(loop, &options, definitions.data(), definitions.size(),
                                    &server_, &error),
                  SL_OK)
            << error.message;
        port_ = sl_mcp_server_port(server_);
    }
    void Stop()
    {
        sl_mcp_server_free(server_);
        server_ = nullptr;
    }
    int port() const
    {
        return port_;
    }
    std::string endpoint() const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + "/mcp";
    }
    std::vector<Call> calls;
    /** Set at each call, for waiting. */
    bool was_called = false;

  private:
    struct Tool {
        std::string name, schema;
        struct sl_mcp_tool definition;
    };
    static std::string Text(const char *text)
    {
        return text == nullptr ? "" : text;
    }
    static void OnCall(void *self, struct sl_mcp_tool_request *request)
    {
        ToolServer *server = static_cast<ToolServer *>(self);
        std::string tool = sl_mcp_request_tool(request);
        server->calls.push_back({tool, JsonText(sl_mcp_request_arguments(request)),
                                 Text(sl_mcp_request_idempotency_key(request)),
                                 Text(sl_mcp_request_header(request, "X-Tenant-Id")),
                                 Text(sl_mcp_request_header(request, "X-User-Id")),
                                 Text(sl_mcp_request_header(request, "X-Service"))});
        server->was_called = true;
        server->handlers_[tool](request);
    }

    std::vector<std::unique_ptr<Tool>> tools_;
    std::map<std::string, Handler> handlers_;
    struct sl_mcp_server *server_ = nullptr;
    int port_ = 0;
};

/** A tool that answers with this. */
inline ToolServer::Handler Answers(const std::string &json)
{
    return [json](struct sl_mcp_tool_request *request) {
        sl_mcp_answer(request, json_loads(json.c_str(), 0, nullptr));
    };
}

/** A call and what came of it. */
struct Reply {
    bool is_done = false;
    struct sl_error error = {};
    Json value;

    Json metadata() const
    {
        return value["metadata"];
    }
    bool success() const
    {
        return value["success"].is_true();
    }
    std::string failure() const
    {
        return value["error"].string();
    }
    std::string outcome() const
    {
        return metadata()["outcome"].string();
    }
};

/** An agent and its client, all on one loop. */
class Replica
{
  public:
    /** Of a process elsewhere: the channel is the test's to fill in. */
    Replica() = default;
    Replica(struct sl_loop *loop, const struct agent_options &options) : loop_(loop)
    {
        struct sl_error error = {};
        EXPECT_EQ(agent_new(loop, &options, &agent, &error), SL_OK) << error.message;
        if (agent == nullptr)
            return;
        std::string target = "127.0.0.1:" + std::to_string(agent_port(agent));
        struct sl_channel_options channel_options = {};
        channel_options.target = target.c_str();
        channel_options.is_insecure = true;
        EXPECT_EQ(sl_channel_new(loop, &channel_options, &channel, &error), SL_OK) << error.message;
    }
    ~Replica()
    {
        Stop(5000);
    }
    void Stop(int64_t grace_ms)
    {
        sl_channel_free(channel);
        channel = nullptr;
        if (agent == nullptr)
            return;
        bool is_stopped = false;
        agent_stop_start(
            agent, grace_ms, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
        EXPECT_TRUE(sl_loop_run_until(loop_, &is_stopped, grace_ms + kPatienceMs));
        agent_free(agent);
        agent = nullptr;
    }

    struct agent *agent = nullptr;
    struct sl_channel *channel = nullptr;

  private:
    struct sl_loop *loop_ = nullptr;
};

class AgentTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        char folder[] = "/tmp/agent-test-XXXXXX";
        folder_ = mkdtemp(folder);
        ASSERT_EQ(sl_loop_new(nullptr, &loop_, nullptr), SL_OK);
        arena_ = sl_arena_new();
    }
    void TearDown() override
    {
        replica_.reset();
        other_.reset();
        tools_.Stop();
        Turn(20);
        sl_loop_free(loop_);
        sl_arena_free(arena_);
        std::string command = "rm -r " + folder_;
        EXPECT_EQ(system(command.c_str()), 0);
    }

    struct agent_options Options(const struct agent_service *service)
    {
        endpoint_ = tools_.endpoint();
        struct agent_options options = {};
        options.service = service;
        options.listen = "127.0.0.1:0";
        options.mcp_endpoint = endpoint_.c_str();
        options.data_dir = folder_.c_str();
        options.identity = {"the-tenant", "the-dealer", "the-user"};
        options.discovery_interval_ms = 300;
        options.lease_ms = lease_ms_;
        return options;
    }
    std::unique_ptr<Replica> Open(const struct agent_service *service)
    {
        return std::make_unique<Replica>(loop_, Options(service));
    }
    /** Starts the tool server and the agent, and waits until it knows the tools. */
    void Start(const struct agent_service *service)
    {
        tools_.Start(loop_);
        replica_ = Open(service);
        ASSERT_TRUE(WaitHealthy(*replica_));
    }
    bool WaitHealthy(Replica &replica, const char *wanted = "healthy")
    {
        for (int i = 0; i < 300; i++) {
            if (Health(replica)["status"].string() == wanted)
                return true;
            Turn(20);
        }
        return false;
    }
    void Turn(int64_t ms)
    {
        bool never = false;
        sl_loop_run_until(loop_, &never, ms);
    }
    void Wait(const bool *flag)
    {
        ASSERT_TRUE(sl_loop_run_until(loop_, flag, kPatienceMs));
    }

    /* ---- Calls; JSON in the form of REST ---- */

    ProtobufCMessage *Message(const ProtobufCMessageDescriptor *type, const std::string &json)
    {
        ProtobufCMessage *message = nullptr;
        struct sl_error error = {};
        Json value(json_loads(json.c_str(), 0, nullptr));
        EXPECT_NE(value.get(), nullptr) << json;
        EXPECT_EQ(
            sl_message_from_json(type, value.get(), SL_DIALECT_REST, arena_, &message, &error),
            SL_OK)
            << error.message;
        return message;
    }
    static void OnReply(const struct sl_call_info *info, const ProtobufCMessage *response,
                        void *arg)
    {
        Reply *reply = static_cast<Reply *>(arg);
        json_t *json = nullptr;
        reply->is_done = true;
        reply->error = info->error;
        if (response != nullptr) {
            EXPECT_EQ(sl_message_to_json(response, SL_DIALECT_REST, &json, nullptr), SL_OK);
        }
        reply->value = Json(json);
    }
    using Headers = std::map<std::string, std::string>;
    void Begin(Replica &replica, const struct sl_method *method, const std::string &request,
               Reply &reply, const Headers &headers = {}, struct sl_call **ret_call = nullptr)
    {
        struct sl_metadata metadata = {};
        for (const auto &header : headers)
            ASSERT_EQ(
                sl_metadata_add(&metadata, arena_, header.first.c_str(), header.second.c_str()),
                SL_OK);
        struct sl_call_options options = {};
        options.metadata = &metadata;
        ASSERT_EQ(sl_call_unary_start(replica.channel, method, &options,
                                      Message(method->request, request), OnReply, &reply, ret_call),
                  SL_OK);
    }
    Reply Call(Replica &replica, const struct sl_method *method, const std::string &request,
               const Headers &headers = {})
    {
        Reply reply;
        Begin(replica, method, request, reply, headers);
        EXPECT_TRUE(sl_loop_run_until(loop_, &reply.is_done, kPatienceMs));
        return reply;
    }
    static const struct sl_method *Method(const std::string &name)
    {
        for (size_t i = 0; i < agent_service_descriptor.method_count; i++)
            if (name == agent_service_descriptor.methods[i]->name)
                return agent_service_descriptor.methods[i];
        ADD_FAILURE() << name;
        return nullptr;
    }
    Json Health(Replica &replica)
    {
        return Call(replica, Method("GetHealth"), "{}").value;
    }
    static std::string Request(const std::string &operation, const std::string &parameters,
                               const std::string &more = "")
    {
        return R"({"request_id": "r1", "operation": ")" + operation + R"(", "parameters": )" +
               parameters + (more.empty() ? "" : ", " + more) + "}";
    }
    Reply Execute(const std::string &operation, const std::string &parameters,
                  const Headers &headers = {}, const std::string &more = "")
    {
        return Call(*replica_, Method("Execute"), Request(operation, parameters, more), headers);
    }
    std::string Accept(const std::string &operation, const std::string &parameters,
                       const Headers &headers = {}, const std::string &more = "")
    {
        Reply reply =
            Call(*replica_, Method("ExecuteAsync"), Request(operation, parameters, more), headers);
        EXPECT_EQ(reply.error.code, SL_OK) << reply.error.message;
        EXPECT_EQ(reply.value["status"].string(), "accepted");
        return reply.value["task_id"].string();
    }
    Reply Task(Replica &replica, const std::string &id, const Headers &headers = {})
    {
        return Call(replica, Method("GetTask"), R"({"task_id": ")" + id + "\"}", headers);
    }
    /** The task when it is in that state. */
    Json WaitTask(Replica &replica, const std::string &id, const std::string &status)
    {
        Reply reply;
        for (int i = 0; i < 500; i++) {
            reply = Task(replica, id);
            if (reply.value["status"].string() == status)
                return reply.value;
            Turn(20);
        }
        ADD_FAILURE() << "not " << status << ": " << reply.value.text();
        return reply.value;
    }

    std::string folder_, endpoint_;
    int64_t lease_ms_ = 15000;
    struct sl_loop *loop_ = nullptr;
    struct sl_arena *arena_ = nullptr;
    ToolServer tools_;
    std::unique_ptr<Replica> replica_, other_;
};

#endif
