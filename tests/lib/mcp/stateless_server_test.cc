#include "fixture.h"

namespace
{

using ::testing::HasSubstr;
using ::testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

/** Requests of 2026-07-28 by hand. */
class McpStatelessServer : public McpTest
{
  protected:
    static constexpr const char *kMeta =
        R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
        R"("io.modelcontextprotocol/clientCapabilities":{}})";

    void SetUp() override
    {
        McpTest::SetUp();
        StartServer();
    }

    Answer Post(const std::string &method, const std::string &params, Headers headers)
    {
        headers.emplace_back("Content-Type", "application/json");
        headers.emplace_back("Accept", "application/json, text/event-stream");
        return Fetch("POST",
                     R"({"jsonrpc":"2.0","id":"x","method":")" + method + R"(","params":)" +
                         params + "}",
                     headers);
    }

    Answer Ask(const std::string &method, const std::string &params)
    {
        return Post(method, params,
                    {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}});
    }

    static std::string WithMeta(const std::string &members)
    {
        return "{" + members + (members.empty() ? "" : ",") + kMeta + "}";
    }
};

TEST_F(McpStatelessServer, SaysWhatItIs)
{
    Answer answer = Ask("server/discover", WithMeta(""));

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.session, "");
    EXPECT_EQ(answer.body,
              R"({"jsonrpc":"2.0","id":"x","result":{"supportedVersions":["2026-07-28",)"
              R"("2025-11-25","2025-06-18","2025-03-26"],)"
              R"("capabilities":{"tools":{"listChanged":true}},"ttlMs":60000,)"
              R"("cacheScope":"public","resultType":"complete",)"
              R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"test","version":"1"}}}})");
}

TEST_F(McpStatelessServer, ListsWithAnEndOfFreshness)
{
    Answer answer = Ask("tools/list", WithMeta(""));

    EXPECT_THAT(answer.body, HasSubstr(R"("ttlMs":60000,"cacheScope":"public")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("resultType":"complete")"));
}

TEST_F(McpStatelessServer, WantsMetadataThatAgrees)
{
    const std::string name = R"("name":"echo")";
    const struct {
        std::string params;
        Headers headers;
        const char *code;
    } cases[] = {
        {"{" + name + "}",
         {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}},
         "-32602"},
        {"{" + name + R"(,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})",
         {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}},
         "-32602"},
        {WithMeta(name), {{"Mcp-Method", "tools/call"}, {"Mcp-Name", "echo"}}, "-32020"},
        {WithMeta(name),
         {{"MCP-Protocol-Version", "2025-11-25"}, {"Mcp-Method", "tools/call"}},
         "-32020"},
        {WithMeta(name), {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Name", "echo"}}, "-32020"},
        {WithMeta(name),
         {{"MCP-Protocol-Version", "2026-07-28"},
          {"Mcp-Method", "TOOLS/CALL"},
          {"Mcp-Name", "echo"}},
         "-32020"},
        {WithMeta(name),
         {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}},
         "-32020"},
        {WithMeta(name),
         {{"MCP-Protocol-Version", "2026-07-28"},
          {"Mcp-Method", "tools/call"},
          {"Mcp-Name", "fail"}},
         "-32020"},
    };

    for (const auto &refused : cases) {
        Answer answer = Post("tools/call", refused.params, refused.headers);
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_THAT(answer.body, HasSubstr(refused.code));
        EXPECT_THAT(answer.body, HasSubstr(R"("id":"x")"));
    }
    EXPECT_EQ(tools_.calls, 0);
    EXPECT_EQ(Post("tools/call", WithMeta(name),
                   {{"MCP-Protocol-Version", "2026-07-28"},
                    {"Mcp-Method", "tools/call"},
                    {"Mcp-Name", "=?base64?ZWNobw==?="}})
                  .status,
              200);
    EXPECT_EQ(tools_.calls, 1);
}

TEST_F(McpStatelessServer, NamesTheRevisionsItSpeaks)
{
    Answer answer =
        Post("server/discover",
             R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2099-01-01",)"
             R"("io.modelcontextprotocol/clientCapabilities":{}}})",
             {{"MCP-Protocol-Version", "2099-01-01"}, {"Mcp-Method", "server/discover"}});

    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("-32022"));
    EXPECT_THAT(answer.body, HasSubstr(R"("supported":["2026-07-28","2025-11-25")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("requested":"2099-01-01")"));
}

TEST_F(McpStatelessServer, KnowsNoMethodOfSessions)
{
    for (const char *method : {"initialize", "ping", "tools/forget"}) {
        Answer answer = Ask(method, WithMeta(""));
        EXPECT_EQ(answer.status, 404) << method;
        EXPECT_THAT(answer.body, HasSubstr("-32601"));
    }
    EXPECT_THAT(Ask("subscriptions/listen", WithMeta("")).body, HasSubstr("-32602"));
}

TEST_F(McpStatelessServer, SaysGoodbyeToSubscribers)
{
    Fetching fetching;
    struct sl_arena *arena = sl_arena_new();
    std::string url = Endpoint();
    std::string body = R"({"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":)" +
                       WithMeta(R"("notifications":{"toolsListChanged":true})") + "}";
    struct sl_headers headers = {};
    struct sl_http_request request = {};

    for (const auto &[name, value] : Headers{{"Content-Type", "application/json"},
                                             {"Accept", "application/json, text/event-stream"},
                                             {"MCP-Protocol-Version", "2026-07-28"},
                                             {"Mcp-Method", "subscriptions/listen"}})
        ASSERT_EQ(SL_OK, sl_headers_add(&headers, arena, name.c_str(), value.c_str()));
    request.method = "POST";
    request.url = url.c_str();
    request.headers = &headers;
    request.body = body.data();
    request.body_length = body.size();
    request.timeout_ms = 5000;
    ASSERT_EQ(SL_OK, sl_http_request_start(
                         http_, &request,
                         [](const struct sl_error *error, const struct sl_http_response *response,
                            void *arg) {
                             auto *out = static_cast<Fetching *>(arg);
                             out->is_done = true;
                             out->error = *error;
                             if (response)
                                 out->answer.body.assign(response->body, response->body_length);
                         },
                         &fetching, nullptr, &err_));
    StartClient();
    Call("echo");
    Call("add_tool", R"({"name":"brand_new"})");
    StopServer();
    ASSERT_TRUE(RunUntil(&fetching.is_done));
    const std::string id = R"("_meta":{"io.modelcontextprotocol/subscriptionId":7})";
    EXPECT_THAT(fetching.answer.body,
                HasSubstr(R"("method":"notifications/subscriptions/acknowledged","params":{)" + id +
                          R"(,"notifications":{"toolsListChanged":true}})"));
    EXPECT_THAT(fetching.answer.body,
                HasSubstr(R"("method":"notifications/tools/list_changed","params":{)" + id));
    EXPECT_THAT(fetching.answer.body, HasSubstr(R"("resultType":"complete",)" + id));
    sl_arena_free(arena);
}

} // namespace
