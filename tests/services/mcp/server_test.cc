#include <unistd.h>

#include "department.h"
#include "http/client.h"
#include "mcp/client.h"
#include "services/mcp/parts_tools.h"
#include "services/mcp/payment_tools.h"
#include "services/mcp/repair_order_tools.h"

// A reference server and a client of it over a real socket, on one loop.
class ReferenceServer : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/sl_reference_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder = name;
        ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
        ASSERT_EQ(sl_http_client_new(loop, nullptr, &http, nullptr), SL_OK);
    }

    void TearDown() override
    {
        Close();
        sl_http_client_free(http);
        sl_loop_free(loop);
        std::filesystem::remove_all(folder);
    }

    void Open(const reference_definition &definition)
    {
        sl_error error = {};
        reference_settings settings = {};
        settings.listen = "127.0.0.1:0";
        settings.data_dir = folder.c_str();
        settings.link_base = "https://pay.example.com";
        ASSERT_EQ(reference_server_open(loop, &definition, &settings, &server, &error), SL_OK)
            << error.message;
        std::string endpoint =
            "http://127.0.0.1:" + std::to_string(reference_server_port(server)) + "/mcp";
        sl_mcp_client_options options = {};
        options.endpoint = endpoint.c_str();
        options.client_name = "test";
        options.client_version = "1";
        ASSERT_EQ(sl_mcp_client_new(loop, http, &options, &client, &error), SL_OK) << error.message;
    }

    void Close()
    {
        sl_mcp_client_free(client);
        client = nullptr;
        if (server != nullptr) {
            bool is_stopped = false;
            reference_server_stop_start(
                server, 1000, [](void *arg) { *static_cast<bool *>(arg) = true; }, &is_stopped);
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
                      &answer, nullptr, &error),
                  SL_OK)
            << error.message;
        EXPECT_TRUE(sl_loop_run_until(loop, &answer.is_over, 20000));
        return answer;
    }

    std::string folder;
    sl_loop *loop = nullptr;
    sl_http_client *http = nullptr;
    sl_mcp_client *client = nullptr;
    reference_server *server = nullptr;
};

TEST_F(ReferenceServer, EachListsItsToolsAsTheyAre)
{
    const reference_definition *definitions[] = {&payment_server, &parts_server,
                                                 &repair_orders_server};
    for (const reference_definition *definition : definitions) {
        Open(*definition);
        Json tools = List();
        ASSERT_EQ(tools.Size(), definition->tool_count);
        for (size_t i = 0; i < tools.Size(); i++) {
            const sl_mcp_tool &declared = definition->tools[i].declaration;
            Json tool = tools.At(i);
            EXPECT_EQ(tool["name"].Text(), declared.name);
            EXPECT_GE(tool["inputSchema"]["required"].Size(), 1u);
            EXPECT_GE(tool["outputSchema"]["required"].Size(), 1u);
            EXPECT_EQ(tool["annotations"]["readOnlyHint"].IsTrue(), declared.is_read_only);
            EXPECT_EQ(tool["_meta"]["io.servicelane/honours-idempotency-key"].IsTrue(),
                      !declared.is_read_only);
        }
        Close();
    }
}

TEST_F(ReferenceServer, ReservesOnceForAKeyAlsoAfterARestart)
{
    const char arguments[] =
        R"({"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 1}})";
    Open(parts_server);
    Answer first = Call("reserve_parts", arguments, "wf/reserve_part_1");
    ASSERT_EQ(first.error.code, SL_OK) << first.error.message;
    EXPECT_EQ(first.value["part_1234"].Text(), "reserved") << first.value.Dump();
    Close();
    Open(parts_server);
    Answer again = Call("reserve_parts", arguments, "wf/reserve_part_1");
    EXPECT_EQ(again.value["reservation_id"].Text(), first.value["reservation_id"].Text());
    Answer stock = Call("check_part_availability", R"({"part_number": "1234"})");
    EXPECT_EQ(stock.value["quantity_available"].Number(), 39);
}

TEST_F(ReferenceServer, RefusalsAreTextsAndBadArgumentsDoNothing)
{
    Open(parts_server);
    Answer unknown = Call("get_part_details", R"({"part_number": "9999"})");
    EXPECT_EQ(unknown.error.code, SL_OK) << unknown.error.message;
    EXPECT_TRUE(unknown.is_refused);
    EXPECT_EQ(unknown.refusal, "Part 9999 not found");
    Answer bad = Call("reserve_parts", R"({"part_numbers": ["1234"], "repair_order_id": "1234",
                      "quantity_map": {"1234": 0}})");
    EXPECT_TRUE(bad.is_refused || bad.error.code != SL_OK);
    Answer stock = Call("check_part_availability", R"({"part_number": "1234"})");
    EXPECT_EQ(stock.value["quantity_available"].Number(), 40);
}

TEST_F(ReferenceServer, ATakenPortIsNamed)
{
    Open(parts_server);
    std::string listen = "127.0.0.1:" + std::to_string(reference_server_port(server));
    std::string other = folder + "/other";
    reference_settings settings = {};
    settings.listen = listen.c_str();
    settings.data_dir = other.c_str();
    reference_server *second = nullptr;
    sl_error error = {};
    EXPECT_EQ(reference_server_open(loop, &parts_server, &settings, &second, &error),
              SL_UNAVAILABLE);
    EXPECT_NE(std::string(error.message).find(listen), std::string::npos) << error.message;
}
