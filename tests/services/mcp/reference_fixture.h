#ifndef TESTS_SERVICES_MCP_REFERENCE_FIXTURE_H
#define TESTS_SERVICES_MCP_REFERENCE_FIXTURE_H

#include <unistd.h>

#include <map>

#include "department.h"
#include "http/client.h"
#include "mcp/client.h"

// A reference server and a client of it over a real socket, on one loop.
class ReferenceServer : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/sl_reference_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder = name;
        ASSERT_EQ(sl_loop_new(Clock(), &loop, nullptr), SL_OK);
        ASSERT_EQ(sl_http_client_new(loop, nullptr, &http, nullptr), SL_OK);
    }

    void TearDown() override
    {
        Close();
        sl_http_client_free(http);
        sl_loop_free(loop);
        std::filesystem::remove_all(folder);
    }

    // The loop's clock; NULL means the system's.
    virtual const sl_clock *Clock()
    {
        return nullptr;
    }

    reference_settings Settings() const
    {
        reference_settings settings = {};
        settings.listen = "127.0.0.1:0";
        settings.data_dir = folder.c_str();
        settings.link_base = link_base.c_str();
        settings.smtp_url = smtp_url.c_str();
        settings.smtp_from = "desk@dealer.example";
        return settings;
    }

    std::string Base() const
    {
        return "http://127.0.0.1:" + std::to_string(reference_server_port(server));
    }

    void Open(const reference_definition &definition)
    {
        sl_error error = {};
        reference_settings settings = Settings();
        ASSERT_EQ(reference_server_open(loop, &definition, &settings, &server, &error), SL_OK)
            << error.message;
        std::string endpoint = Base() + "/mcp";
        sl_mcp_client_options options = {};
        options.endpoint = endpoint.c_str();
        options.client_name = "test";
        options.client_version = "1";
        ASSERT_EQ(sl_mcp_client_new(loop, http, &options, &client, &error), SL_OK) << error.message;
    }

    void Close(int64_t grace_ms = 1000)
    {
        sl_mcp_client_free(client);
        client = nullptr;
        if (server != nullptr) {
            bool is_stopped = false;
            reference_server_stop_start(
                server, grace_ms, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
            EXPECT_TRUE(sl_loop_run_until(loop, &is_stopped, 10000));
        }
        reference_server_close(server);
        server = nullptr;
    }

    Json List()
    {
        struct Answer {
            bool is_over = false;
            Json tools;
        } answer;
        EXPECT_EQ(sl_mcp_list_tools_start(
                      client, 10000,
                      [](const sl_error *e, json_t *tools, void *arg) {
                          EXPECT_EQ(e->code, SL_OK) << e->message;
                          static_cast<Answer *>(arg)->tools = Json(json_incref(tools));
                          static_cast<Answer *>(arg)->is_over = true;
                      },
                      &answer, nullptr),
                  SL_OK);
        EXPECT_TRUE(sl_loop_run_until(loop, &answer.is_over, 20000));
        return answer.tools;
    }

    struct Answer {
        bool is_over = false;
        sl_error error = {};
        bool is_refused = false;
        std::string refusal;
        Json value;
    };

    Answer Call(const char *tool, const std::string &arguments, const char *key = nullptr)
    {
        Answer answer;
        Begin(tool, arguments, key, &answer);
        EXPECT_TRUE(sl_loop_run_until(loop, &answer.is_over, 20000));
        return answer;
    }

    void Begin(const char *tool, const std::string &arguments, const char *key, Answer *answer)
    {
        sl_error error = {};
        Json given = Json::Parse(arguments);
        sl_mcp_tool_call call = {};
        call.tool = tool;
        call.arguments = given.get();
        call.timeout_ms = 10000;
        call.idempotency_key = key;
        EXPECT_EQ(sl_mcp_call_tool_start(
                      client, &call,
                      [](const sl_error *e, const sl_mcp_tool_result *result, void *arg) {
                          Answer *a = static_cast<Answer *>(arg);
                          a->error = *e;
                          a->is_over = true;
                          if (e->code != SL_OK)
                              return;
                          a->is_refused = result->is_error;
                          a->refusal = result->is_error ? result->error_text : "";
                          a->value = Json(json_incref(result->value));
                      },
                      answer, nullptr, &error),
                  SL_OK)
            << error.message;
    }

    // Runs the loop until the condition holds.
    bool RunUntilTrue(const std::function<bool()> &condition)
    {
        for (int i = 0; i < 5000 && !condition(); i++) {
            bool never = false;
            sl_loop_run_until(loop, &never, 2);
        }
        return condition();
    }

    struct Page {
        bool is_over = false;
        int status = 0;
        std::string body;
        std::map<std::string, std::string> headers;
        std::string Header(const std::string &name) const
        {
            auto found = headers.find(name);
            return found != headers.end() ? found->second : "";
        }
    };

    Page Fetch(const char *method, const std::string &url,
               const std::map<std::string, std::string> &given = {})
    {
        Page page;
        sl_error error = {};
        sl_headers headers = {};
        sl_arena *arena = sl_arena_new();
        for (const auto &[name, value] : given)
            EXPECT_EQ(sl_headers_add(&headers, arena, name.c_str(), value.c_str()), SL_OK);
        sl_http_request request = {};
        request.method = method;
        request.url = url.c_str();
        request.headers = &headers;
        request.timeout_ms = 10000;
        EXPECT_EQ(sl_http_request_start(http, &request, OnPage, &page, nullptr, &error), SL_OK)
            << error.message;
        EXPECT_TRUE(sl_loop_run_until(loop, &page.is_over, 20000));
        sl_arena_free(arena);
        return page;
    }

    static void OnPage(const sl_error *error, const sl_http_response *response, void *arg)
    {
        Page *page = static_cast<Page *>(arg);
        page->is_over = true;
        EXPECT_EQ(error->code, SL_OK) << error->message;
        if (response == nullptr)
            return;
        page->status = response->status;
        page->body.assign(response->body, response->body_length);
        for (size_t i = 0; i < response->headers->count; i++)
            page->headers[response->headers->entries[i].name] = response->headers->entries[i].value;
    }

    std::string folder;
    std::string link_base, smtp_url;
    sl_loop *loop = nullptr;
    sl_http_client *http = nullptr;
    sl_mcp_client *client = nullptr;
    reference_server *server = nullptr;
};

#endif
