#include <vector>

#include "fixture.h"

namespace
{

using ::testing::HasSubstr;
using Headers = std::vector<std::pair<std::string, std::string>>;

class McpServer : public McpTest
{
  protected:
    void SetUp() override
    {
        McpTest::SetUp();
        StartServer();
    }

    Answer Post(const std::string &body, Headers headers = {})
    {
        headers.emplace_back("Content-Type", "application/json");
        headers.emplace_back("Accept", "application/json, text/event-stream");
        if (!session_.empty())
            headers.emplace_back("Mcp-Session-Id", session_);
        return Fetch("POST", body, headers);
    }

    Answer Initialize(const std::string &revision = "2025-11-25")
    {
        Answer answer =
            Post(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
                 revision + R"(","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");

        session_ = answer.session;
        return answer;
    }

    /** The result or error of a method. */
    std::string Ask(const std::string &method, const std::string &params = "{}")
    {
        Answer answer = Post(R"({"jsonrpc":"2.0","id":"x","method":")" + method + R"(","params":)" +
                             params + "}");
        json_t *json = Json(answer.body);
        json_t *result = json_object_get(json, "result");
        std::string text = Text(result ? result : json_object_get(json, "error"));

        EXPECT_EQ(answer.status, 200);
        EXPECT_STREQ(sl_json_string(json, "id"), "x");
        json_decref(json);
        return text;
    }

    std::string session_;
};

TEST_F(McpServer, NegotiatesTheRevision)
{
    Answer answer = Initialize();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.session.size(), 36u);
    EXPECT_EQ(answer.body, R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25",)"
                           R"("capabilities":{"tools":{"listChanged":true}},)"
                           R"("serverInfo":{"name":"test","version":"1"}}})");
    EXPECT_THAT(Initialize("2025-06-18").body, HasSubstr(R"("protocolVersion":"2025-06-18")"));
    EXPECT_THAT(Initialize("2025-03-26").body, HasSubstr(R"("protocolVersion":"2025-03-26")"));
    EXPECT_THAT(Initialize("1999-01-01").body, HasSubstr(R"("protocolVersion":"2025-11-25")"));
    EXPECT_THAT(Post(R"({"jsonrpc":"2.0","id":0,"method":"initialize"})").body,
                HasSubstr("-32602"));
}

TEST_F(McpServer, WantsASession)
{
    const char *ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

    EXPECT_EQ(Post(ping).status, 400);
    session_ = "nobody";
    EXPECT_EQ(Post(ping).status, 404);
    session_.clear();
    Initialize();
    EXPECT_EQ(Post(ping).status, 200);
    EXPECT_EQ(Fetch("DELETE", "", {{"Mcp-Session-Id", session_}}).status, 204);
    EXPECT_EQ(Post(ping).status, 404);
    EXPECT_EQ(Fetch("DELETE", "", {{"Mcp-Session-Id", session_}}).status, 404);
    EXPECT_EQ(Fetch("DELETE", "", {}).status, 400);
}

TEST_F(McpServer, AnswersPingAndTakesNotifications)
{
    Initialize();
    EXPECT_EQ(Ask("ping"), "{}");
    Answer answer = Post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(Post(R"({"jsonrpc":"2.0","id":1,"result":{}})").status, 202);
    EXPECT_EQ(
        Post(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}})")
            .status,
        202);
}

TEST_F(McpServer, RefusesWhatIsNoMessage)
{
    Initialize();
    const struct {
        std::string body;
        const char *code;
    } cases[] = {
        {"", "-32700"},
        {"{", "-32700"},
        {"{}{}", "-32700"},
        {"\"\xff\"", "-32700"},
        {std::string(100000, '['), "-32700"},
        {"[]", "-32600"},
        {R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", "-32600"},
        {"{}", "-32600"},
        {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", "-32600"},
        {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", "-32600"},
        {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[1]})", "-32600"},
    };

    for (const auto &refused : cases) {
        Answer answer = Post(refused.body);
        EXPECT_EQ(answer.status, 400) << refused.body.substr(0, 100);
        EXPECT_THAT(answer.body, HasSubstr(refused.code)) << refused.body.substr(0, 100);
    }
    EXPECT_THAT(Ask("tools/forget"), HasSubstr("-32601"));
}

TEST_F(McpServer, RefusesOtherRequestsThanItsOwn)
{
    Initialize();
    std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

    EXPECT_EQ(Fetch("PUT", "", {}).status, 405);
    EXPECT_EQ(Fetch("POST", ping, {{"Content-Type", "application/json"}}, "/other").status, 404);
    EXPECT_EQ(Fetch("POST", ping, {{"Content-Type", "text/plain"}}).status, 415);
    EXPECT_EQ(Fetch("POST", ping, {{"Content-Type", "application/jsonx"}}).status, 415);
    EXPECT_EQ(Fetch("POST", ping,
                    {{"Content-Type", "application/json; charset=utf-8"},
                     {"Accept", "text/html"},
                     {"Mcp-Session-Id", session_}})
                  .status,
              406);
    EXPECT_EQ(
        Fetch("GET", "", {{"Accept", "application/json"}, {"Mcp-Session-Id", session_}}).status,
        406);
    EXPECT_EQ(Fetch("GET", "", {{"Accept", "text/event-stream"}}).status, 400);
    EXPECT_EQ(Fetch("GET", "", {{"Accept", "text/event-stream"}, {"Mcp-Session-Id", "x"}}).status,
              404);
    EXPECT_EQ(Post(ping, {{"MCP-Protocol-Version", "1999-01-01"}}).status, 400);
    EXPECT_EQ(Post(ping, {{"MCP-Protocol-Version", "2025-03-26"}}).status, 200);
    EXPECT_EQ(Post(std::string(5 * 1024 * 1024, ' ')).status, 413);
}

TEST_F(McpServer, RefusesPagesOfOthers)
{
    Initialize();
    const char *ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

    for (const char *origin : {"http://localhost", "http://localhost:8080", "http://127.0.0.1:3000",
                               "http://[::1]:5173", "https://LOCALHOST"})
        EXPECT_EQ(Post(ping, {{"Origin", origin}}).status, 200) << origin;
    for (const char *origin :
         {"http://evil.example", "null", "http://localhost.evil.example",
          "http://127.0.0.1.evil:80", "http://localhost@evil.example", "file://", "http://", ""})
        EXPECT_EQ(Post(ping, {{"Origin", origin}}).status, 403) << origin;
    EXPECT_EQ(Post(ping, {{"Host", "evil.example"}}).status, 403);
    EXPECT_EQ(Post(ping, {{"Host", "localhost:3002"}}).status, 200);
}

TEST_F(McpServer, ListsAndCallsTools)
{
    Initialize();
    EXPECT_THAT(Ask("tools/list"), HasSubstr(R"({"name":"echo","title":"Echo")"));
    EXPECT_THAT(Ask("tools/list", R"({"cursor":"nowhere"})"), HasSubstr("-32602"));
    EXPECT_THAT(Ask("tools/list", R"({"cursor":1})"), HasSubstr("-32602"));
    EXPECT_EQ(Ask("tools/list", R"({"cursor":"remove_tool"})"), R"({"tools":[]})");
    EXPECT_EQ(Ask("tools/call", R"({"name":"echo","arguments":{"a":[1.0,"x"]}})"),
              R"({"content":[{"type":"text","text":"{\"a\":[1,\"x\"]}"}],)"
              R"("structuredContent":{"a":[1,"x"]},"isError":false})");
    EXPECT_EQ(
        Ask("tools/call", R"({"name":"echo"})"),
        R"({"content":[{"type":"text","text":"{}"}],"structuredContent":{},"isError":false})");
    EXPECT_EQ(Ask("tools/call", R"({"name":"fail"})"),
              R"({"content":[{"type":"text","text":"refused, as asked"}],"isError":true})");
    EXPECT_EQ(Ask("tools/call", R"({"name":"nothing"})"),
              R"({"code":-32602,"message":"Unknown tool: nothing"})");
    EXPECT_EQ(Ask("tools/call", R"({"name":"busy"})"),
              R"({"code":-32053,"message":"try again later",)"
              R"("data":{"io.servicelane/not-executed":true}})");
}

TEST_F(McpServer, ChecksTheParametersOfACall)
{
    Initialize();
    for (const char *params : {"{}", R"({"name":1})", R"({"name":"echo","arguments":[]})",
                               R"({"name":"echo","_meta":1})",
                               R"({"name":"echo","_meta":{"io.servicelane/idempotency-key":1}})",
                               R"({"name":"echo","_meta":{"io.servicelane/idempotency-key":""}})"})
        EXPECT_THAT(Ask("tools/call", params), HasSubstr("-32602")) << params;
    EXPECT_EQ(tools_.calls, 0);
    EXPECT_THAT(Ask("tools/call", R"({"name":"add_tool","arguments":{"name":5}})"),
                HasSubstr("name: 5 is an integer, a string is wanted"));
    EXPECT_THAT(Ask("tools/call", R"({"name":"add_tool"})"),
                HasSubstr("name: missing, but required"));
}

TEST_F(McpServer, ForgetsTheSessionUnusedTheLongest)
{
    Initialize();
    std::string first = session_;
    session_.clear();
    Initialize();
    std::string second = session_;
    session_ = first;
    EXPECT_EQ(Ask("ping"), "{}");
    /* Fills the house: 10,000 with the two above, and one more. */
    for (int i = 0; i < 9999; i++) {
        session_.clear();
        Initialize();
    }
    session_ = second;
    EXPECT_EQ(Post(R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status, 404);
    session_ = first;
    EXPECT_EQ(Post(R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status, 200);
}

TEST_F(McpServer, RefusesToStartOnATakenPortOrWithABrokenSchema)
{
    std::string listen = "127.0.0.1:" + std::to_string(port_);
    struct sl_mcp_server_options options = {};
    struct sl_mcp_server *server = nullptr;
    struct sl_mcp_tool tool = test_tool_table[0];

    options.listen = listen.c_str();
    options.server_name = "second";
    options.server_version = "1";
    EXPECT_EQ(sl_mcp_server_new(loop_, &options, test_tool_table, 1, &server, &err_),
              SL_UNAVAILABLE);
    EXPECT_THAT(std::string(err_.message), HasSubstr(listen));
    options.listen = "127.0.0.1:0";
    tool.input_schema = "{";
    EXPECT_EQ(sl_mcp_server_new(loop_, &options, &tool, 1, &server, &err_), SL_INVALID_ARGUMENT);
    tool.input_schema = R"({"type":"string"})";
    EXPECT_EQ(sl_mcp_server_new(loop_, &options, &tool, 1, &server, &err_), SL_INVALID_ARGUMENT);
    EXPECT_EQ(sl_mcp_server_add_tool(tools_.server, &test_tool_table[0], &err_), SL_ALREADY_EXISTS);
    EXPECT_EQ(server, nullptr);
}

TEST_F(McpServer, StopsWhileAToolIsAtWork)
{
    Result result;

    StartClient();
    Start(&result, "slow", R"({"milliseconds":150})");
    ASSERT_TRUE(RunUntilTrue([this] { return tools_.waiting == 1; }));
    StopServer();
    ASSERT_TRUE(RunUntil(&result.is_done));
    EXPECT_EQ(result.error.code, SL_UNAVAILABLE);
    EXPECT_TRUE(RunUntilTrue([this] { return tools_.waiting == 0; }));
}

} // namespace
