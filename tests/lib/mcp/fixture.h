#ifndef SL_TESTS_MCP_FIXTURE_H
#define SL_TESTS_MCP_FIXTURE_H

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/memory.h"
#include "mcp/client.h"
#include "mcp/server.h"
#include "test_tools.h"
#include "json/json.h"

/** A loop with an HTTP client, and an MCP server and MCP clients where a test wants them. */
class McpTest : public ::testing::Test
{
  protected:
    static constexpr int64_t kPatienceMs = 10000;

    /** How a call ended. */
    struct Result {
        bool is_done = false;
        struct sl_error error = {};
        bool is_error = false;
        std::string value;
        std::string error_text;
        std::string meta;
        std::function<void()> on_done;
    };

    void SetUp() override
    {
        ASSERT_EQ(SL_OK, sl_loop_new(nullptr, &loop_, &err_)) << err_.message;
        ASSERT_EQ(SL_OK, sl_http_client_new(loop_, nullptr, &http_, &err_)) << err_.message;
        tools_.loop = loop_;
    }

    void TearDown() override
    {
        sl_mcp_client_free(client_);
        client_ = nullptr;
        RunUntilTrue([this] { return tools_.waiting == 0; });
        StopServer();
        sl_http_client_free(http_);
        RunUntilTrue([this] { return sl_loop_pending_posts(loop_) == 0; });
        sl_loop_free(loop_);
        test_tools_done(&tools_);
    }

    void StartServer(size_t page_size = 0, int port = 0)
    {
        std::string listen = "127.0.0.1:" + std::to_string(port);
        struct sl_mcp_server_options options = {};

        options.listen = listen.c_str();
        options.server_name = "test";
        options.server_version = "1";
        options.page_size = page_size;
        options.self = &tools_;
        ASSERT_EQ(SL_OK, sl_mcp_server_new(loop_, &options, test_tool_table, test_tool_count,
                                           &tools_.server, &err_))
            << err_.message;
        port_ = sl_mcp_server_port(tools_.server);
    }

    void StopServer()
    {
        bool is_stopped = false;

        if (!tools_.server)
            return;
        sl_mcp_server_stop_start(
            tools_.server, 0, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
        EXPECT_TRUE(RunUntil(&is_stopped));
        sl_mcp_server_free(tools_.server);
        tools_.server = nullptr;
    }

    std::string Endpoint() const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + "/mcp";
    }

    void StartClient(const struct sl_headers *headers = nullptr, bool is_listening = false,
                     int64_t timeout_ms = 5000)
    {
        std::string endpoint = Endpoint();
        struct sl_mcp_client_options options = {};

        options.endpoint = endpoint.c_str();
        options.client_name = "test";
        options.client_version = "1";
        options.headers = headers;
        options.default_timeout_ms = timeout_ms;
        options.revision = revision_;
        if (is_listening) {
            options.on_tools_changed = [](void *arg) { ++*static_cast<int *>(arg); };
            options.arg = &changes_;
        }
        ASSERT_EQ(SL_OK, sl_mcp_client_new(loop_, http_, &options, &client_, &err_))
            << err_.message;
    }

    bool RunUntil(const bool *flag, int64_t timeout_ms = kPatienceMs)
    {
        return sl_loop_run_until(loop_, flag, timeout_ms);
    }

    bool RunUntilTrue(const std::function<bool()> &condition)
    {
        for (int i = 0; i < kPatienceMs / 2 && !condition(); i++) {
            bool never = false;
            sl_loop_run_until(loop_, &never, 2);
        }
        return condition();
    }

    static std::string Text(const json_t *value)
    {
        char *text = value ? sl_json_text(value, SL_JSON_COMPACT) : nullptr;
        std::string copy = text ? text : "";

        sl_free(text);
        return copy;
    }

    static json_t *Json(const std::string &text)
    {
        struct sl_error error = {};
        json_t *value = nullptr;

        EXPECT_EQ(SL_OK, sl_json_parse(text.data(), text.size(), nullptr, &value, &error))
            << text << ": " << error.message;
        return value;
    }

    static void OnTool(const struct sl_error *error, const struct sl_mcp_tool_result *result,
                       void *arg)
    {
        auto *out = static_cast<Result *>(arg);

        EXPECT_FALSE(out->is_done);
        out->is_done = true;
        out->error = *error;
        EXPECT_EQ(error->code == SL_OK, result != nullptr);
        if (result) {
            out->is_error = result->is_error;
            out->value = Text(result->value);
            out->error_text = result->error_text ? result->error_text : "";
            out->meta = Text(result->meta);
        }
        if (out->on_done)
            out->on_done();
    }

    struct sl_mcp_request *Start(Result *result, const std::string &tool,
                                 const std::string &arguments = "{}",
                                 struct sl_mcp_tool_call call = {})
    {
        struct sl_mcp_request *request = nullptr;

        call.tool = tool.c_str();
        call.arguments = Json(arguments);
        EXPECT_EQ(SL_OK, sl_mcp_call_tool_start(client_, &call, OnTool, result, &request, &err_))
            << err_.message;
        json_decref(call.arguments);
        EXPECT_FALSE(result->is_done);
        return request;
    }

    Result Call(const std::string &tool, const std::string &arguments = "{}",
                struct sl_mcp_tool_call call = {})
    {
        Result result;

        Start(&result, tool, arguments, call);
        EXPECT_TRUE(RunUntil(&result.is_done));
        return result;
    }

    static void OnTools(const struct sl_error *error, json_t *tools, void *arg)
    {
        auto *out = static_cast<Result *>(arg);

        EXPECT_FALSE(out->is_done);
        out->is_done = true;
        out->error = *error;
        EXPECT_EQ(error->code == SL_OK, tools != nullptr);
        out->value = Text(tools);
    }

    Result List(int64_t timeout_ms = 0)
    {
        Result result;

        EXPECT_EQ(SL_OK, sl_mcp_list_tools_start(client_, timeout_ms, OnTools, &result, &err_));
        EXPECT_FALSE(result.is_done);
        EXPECT_TRUE(RunUntil(&result.is_done));
        return result;
    }

    /** An answer to plain HTTP. */
    struct Answer {
        int status = 0;
        std::string body;
        std::string session;
    };

    struct Fetching {
        bool is_done = false;
        Answer answer;
        struct sl_error error = {};
    };

    /** Sends a request by hand; headers are lines of "Name: value". */
    Answer Fetch(const char *method, const std::string &body,
                 const std::vector<std::pair<std::string, std::string>> &headers,
                 const std::string &path = "/mcp")
    {
        struct sl_arena *arena = sl_arena_new();
        std::string url = "http://127.0.0.1:" + std::to_string(port_) + path;
        struct sl_headers all = {};
        struct sl_http_request request = {};
        Fetching fetching;

        for (const auto &[name, value] : headers)
            EXPECT_EQ(SL_OK, sl_headers_add(&all, arena, name.c_str(), value.c_str()));
        request.method = method;
        request.url = url.c_str();
        request.headers = &all;
        request.body = body.data();
        request.body_length = body.size();
        request.timeout_ms = 5000;
        EXPECT_EQ(SL_OK, sl_http_request_start(
                             http_, &request,
                             [](const struct sl_error *error,
                                const struct sl_http_response *response, void *arg) {
                                 auto *out = static_cast<Fetching *>(arg);
                                 out->is_done = true;
                                 out->error = *error;
                                 if (!response)
                                     return;
                                 const char *id =
                                     sl_headers_get(response->headers, "Mcp-Session-Id");
                                 out->answer.status = response->status;
                                 out->answer.body.assign(response->body, response->body_length);
                                 out->answer.session = id ? id : "";
                             },
                             &fetching, nullptr, &err_));
        EXPECT_TRUE(RunUntil(&fetching.is_done));
        EXPECT_EQ(fetching.error.code, SL_OK) << fetching.error.message;
        sl_arena_free(arena);
        return fetching.answer;
    }

    struct sl_loop *loop_ = nullptr;
    struct sl_http_client *http_ = nullptr;
    struct sl_mcp_client *client_ = nullptr;
    struct test_tools tools_ = {};
    struct sl_error err_ = {};
    /** What StartClient() speaks; NULL: whatever the server does. */
    const char *revision_ = nullptr;
    int port_ = 0;
    int changes_ = 0;
};

#endif
