#include <mutex>

#include "fixture.h"
#include "raw_server.h"

namespace
{

using ::testing::HasSubstr;
using ::testing::Not;

const char kDiscovered[] =
    R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"resultType":"complete",)"
    R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"raw","version":"7"}}})";

std::string Result200(const std::string &body, const std::string &result)
{
    return JsonAnswer(R"({"jsonrpc":"2.0","id":)" + IdOf(body) + R"(,"result":)" + result + "}");
}

/** A server of 2026-07-28 by a script; discovery goes well unless the script says otherwise. */
class McpStatelessClient : public McpTest
{
  protected:
    void Serve(RawServer::Script script)
    {
        server_ = std::make_unique<RawServer>(
            [this, script = std::move(script)](const std::string &head,
                                               const std::string &body) -> RawReply {
                std::lock_guard<std::mutex> lock(mutex_);
                heads_.push_back(head);
                bodies_.push_back(body);
                RawReply reply = script(head, body);
                if (reply.bytes.empty() && body.find("server/discover") != std::string::npos)
                    return {Result200(body, kDiscovered)};
                return reply;
            });
        port_ = server_->port;
        if (!client_)
            StartClient(nullptr, false, 1500);
    }

    void TearDown() override
    {
        sl_mcp_client_free(client_);
        client_ = nullptr;
        sl_http_client_free(http_);
        http_ = nullptr;
        server_.reset();
        McpTest::TearDown();
    }

    std::string Revision()
    {
        struct sl_mcp_server_info info = {};

        sl_mcp_client_server(client_, &info);
        return info.revision ? info.revision : "";
    }

    std::mutex mutex_;
    std::vector<std::string> heads_, bodies_;
    std::unique_ptr<RawServer> server_;
};

TEST_F(McpStatelessClient, SaysAllAboutEachRequest)
{
    struct sl_mcp_tool_call call = {};

    Serve([](const std::string &, const std::string &body) -> RawReply {
        if (body.find("tools/call") == std::string::npos)
            return {};
        return {Result200(body, R"({"content":[],"structuredContent":{"a":1}})")};
    });
    call.idempotency_key = "k1";
    EXPECT_EQ(Call("größe", "{}", call).value, R"({"a":1})");
    ASSERT_EQ(heads_.size(), 2u);
    EXPECT_THAT(heads_[0], HasSubstr("Mcp-Method: server/discover"));
    EXPECT_THAT(heads_[1], HasSubstr("MCP-Protocol-Version: 2026-07-28"));
    EXPECT_THAT(heads_[1], HasSubstr("Mcp-Method: tools/call"));
    EXPECT_THAT(heads_[1], HasSubstr("Mcp-Name: =?base64?Z3LDtsOfZQ==?="));
    EXPECT_THAT(heads_[1], Not(HasSubstr("Mcp-Session-Id")));
    EXPECT_THAT(bodies_[1], HasSubstr(R"("_meta":{"io.servicelane/idempotency-key":"k1",)"
                                      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                                      R"("io.modelcontextprotocol/clientInfo":{"name":"test",)"
                                      R"("version":"1"},)"
                                      R"("io.modelcontextprotocol/clientCapabilities":{}})"));
    EXPECT_EQ(Revision(), "2026-07-28");
    /* What it found out it remembers. */
    Call("tool");
    EXPECT_EQ(heads_.size(), 3u);
}

TEST_F(McpStatelessClient, AsksAgainWithARevisionThatIsOffered)
{
    int refusals = 0;

    Serve([&](const std::string &, const std::string &body) -> RawReply {
        if (body.find("server/discover") != std::string::npos && refusals++ == 0)
            return {Http("400 Bad Request", "application/json",
                         R"({"jsonrpc":"2.0","id":)" + IdOf(body) +
                             R"(,"error":{"code":-32022,"message":"no","data":)"
                             R"({"supported":["2026-07-28"],"requested":"2026-07-28"}}})")};
        if (body.find("server/discover") != std::string::npos)
            return {};
        return {Result200(body, R"({"content":[]})")};
    });
    EXPECT_EQ(Call("tool").error.code, SL_OK);
    EXPECT_EQ(heads_.size(), 3u);
}

TEST_F(McpStatelessClient, NamesARevisionThatNobodyHereSpeaks)
{
    Serve([](const std::string &, const std::string &body) -> RawReply {
        return {Http("400 Bad Request", "application/json",
                     R"({"jsonrpc":"2.0","id":)" + IdOf(body) +
                         R"(,"error":{"code":-32022,"message":"no","data":)"
                         R"({"supported":["2031-01-01"],"requested":"2026-07-28"}}})")};
    });
    Result result = Call("tool");
    EXPECT_EQ(result.error.code, SL_UNIMPLEMENTED);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_THAT(std::string(result.error.message), HasSubstr("2031-01-01"));
}

TEST_F(McpStatelessClient, DoesNotTakeARefusalOfTheCallerForAnOldServer)
{
    Serve([](const std::string &, const std::string &) -> RawReply {
        return {Http("401 Unauthorized", "text/plain", "who are you?")};
    });
    EXPECT_EQ(Call("tool").error.code, SL_UNAUTHENTICATED);
    EXPECT_EQ(heads_.size(), 1u);
}

TEST_F(McpStatelessClient, FindsAnOlderServerInThePlaceOfTheOneItKnew)
{
    bool is_old = false;

    Serve([&](const std::string &head, const std::string &body) -> RawReply {
        if (!is_old && body.find("server/discover") != std::string::npos)
            return {};
        if (!is_old)
            return {Result200(body, R"({"content":[],"structuredContent":{"era":"new"}})")};
        if (body.find("\"initialize\"") != std::string::npos)
            return {Result200(body, R"({"protocolVersion":"2025-11-25","capabilities":{}})")};
        if (body.find("notifications/") != std::string::npos)
            return {"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
        if (head.find("2026-07-28") != std::string::npos)
            return {Http("400 Bad Request", "text/plain", "no session")};
        return {Result200(body, R"({"content":[],"structuredContent":{"era":"old"}})")};
    });
    EXPECT_EQ(Call("tool").value, R"({"era":"new"})");
    {
        std::lock_guard<std::mutex> lock(mutex_);
        is_old = true;
    }
    EXPECT_EQ(Call("tool").value, R"({"era":"old"})");
    EXPECT_EQ(Revision(), "2025-11-25");
}

TEST_F(McpStatelessClient, IsClearAboutInputThatIsAskedFor)
{
    Serve([](const std::string &, const std::string &body) -> RawReply {
        if (body.find("tools/call") == std::string::npos)
            return {};
        return {Result200(body, R"({"resultType":"input_required","requestState":"s"})")};
    });
    Result result = Call("tool");
    EXPECT_EQ(result.error.code, SL_FAILED_PRECONDITION);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_THAT(std::string(result.error.message), HasSubstr("asks for input (input_required)"));
}

TEST_F(McpStatelessClient, RemembersWhatItListed)
{
    Serve([](const std::string &, const std::string &body) -> RawReply {
        if (body.find("tools/list") != std::string::npos)
            return {Result200(
                body, R"({"ttlMs":5000,"tools":[{"name":"good","inputSchema":{"properties":)"
                      R"({"r":{"type":"string","x-mcp-header":"Region"}}},)"
                      R"("outputSchema":{"type":"object","required":["id"]}},)"
                      R"({"name":"bad","inputSchema":{"properties":)"
                      R"({"r":{"type":"object","x-mcp-header":"Region"}}}}]})")};
        if (body.find("tools/call") != std::string::npos)
            return {Result200(body, body.find("fits") != std::string::npos
                                        ? R"({"content":[],"structuredContent":{"id":1}})"
                                        : R"({"content":[],"structuredContent":{}})")};
        return {};
    });
    Result listed = List();
    EXPECT_THAT(listed.value, HasSubstr("good"));
    EXPECT_THAT(listed.value, Not(HasSubstr("bad")));
    EXPECT_EQ(sl_mcp_client_tools_ttl_ms(client_), 5000);
    EXPECT_EQ(Call("good", R"({"r":"fits"})").value, R"({"id":1})");
    EXPECT_THAT(heads_.back(), HasSubstr("Mcp-Param-Region: fits"));
    Result broken = Call("good", R"({"r":"no"})");
    EXPECT_EQ(broken.error.code, SL_DATA_LOSS);
    EXPECT_EQ(broken.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_THAT(std::string(broken.error.message), HasSubstr("outputSchema: id: missing"));
}

TEST_F(McpStatelessClient, HearsOfProgressAndShowsItsToken)
{
    struct sl_mcp_client_options options = {};
    struct Heard : Result {
        std::string progress;
    } heard;
    struct sl_mcp_tool_call call = {};

    Serve([](const std::string &, const std::string &body) -> RawReply {
        if (body.find("tools/call") == std::string::npos)
            return {};
        return {Stream(R"(data: {"jsonrpc":"2.0","method":"notifications/progress","params":)"
                       R"({"progressToken":99,"progress":1}})"
                       "\n\n"
                       R"(data: {"jsonrpc":"2.0","method":"notifications/progress","params":)"
                       R"({"progressToken":)" +
                       IdOf(body) +
                       R"(,"progress":50,"total":100,"message":"half"}})"
                       "\n\n"
                       R"(data: {"jsonrpc":"2.0","id":)" +
                       IdOf(body) + R"(,"result":{"content":[]}})" + "\n\n")};
    });
    sl_mcp_client_free(client_);
    std::string endpoint = Endpoint();
    options.endpoint = endpoint.c_str();
    options.client_name = "test";
    options.client_version = "1";
    options.bearer_token = "secret";
    ASSERT_EQ(SL_OK, sl_mcp_client_new(loop_, http_, &options, &client_, &err_));
    call.tool = "tool";
    call.arguments = json_object();
    call.on_progress = [](double progress, double total, const char *message, void *arg) {
        static_cast<Heard *>(static_cast<Result *>(arg))->progress +=
            std::to_string(static_cast<int>(progress)) + "/" +
            std::to_string(static_cast<int>(total)) + (message ? message : "");
    };
    ASSERT_EQ(SL_OK, sl_mcp_call_tool_start(client_, &call, OnTool, static_cast<Result *>(&heard),
                                            nullptr, &err_));
    json_decref(call.arguments);
    ASSERT_TRUE(RunUntil(&heard.is_done));
    EXPECT_EQ(heard.error.code, SL_OK) << heard.error.message;
    EXPECT_EQ(heard.progress, "50/100half");
    for (const std::string &head : heads_)
        EXPECT_THAT(head, HasSubstr("Authorization: Bearer secret"));
}

TEST_F(McpStatelessClient, DoesNotFollowARedirect)
{
    Serve([](const std::string &, const std::string &body) -> RawReply {
        if (body.find("tools/call") == std::string::npos)
            return {};
        return {Http("307 Temporary Redirect", "text/plain", "", "Location: /elsewhere\r\n")};
    });
    Result result = Call("tool");
    EXPECT_EQ(result.error.code, SL_UNAVAILABLE);
    EXPECT_THAT(std::string(result.error.message), HasSubstr("redirects (307)"));
    EXPECT_EQ(heads_.size(), 2u);
}

} // namespace
