#include <mutex>

#include "fixture.h"
#include "raw_server.h"

namespace
{

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Good(const std::string &body, const std::string &value = "{\"ok\":true}")
{
    return R"({"jsonrpc":"2.0","id":)" + IdOf(body) +
           R"(,"result":{"content":[],"structuredContent":)" + value + "}}";
}

class McpBrokenServer : public McpTest
{
  protected:
    /** Opens sessions as a server should, and leaves tool calls and the rest to the script. */
    void Serve(RawServer::Script script, const std::string &session = "s1")
    {
        server_ = std::make_unique<RawServer>([this, script = std::move(script),
                                               session](const std::string &head,
                                                        const std::string &body) -> RawReply {
            if (body.find("\"initialize\"") != std::string::npos)
                return {Http("200 OK", "application/json",
                             R"({"jsonrpc":"2.0","id":)" + IdOf(body) +
                                 R"(,"result":{"protocolVersion":"2025-06-18","capabilities":{},)"
                                 R"("serverInfo":{"name":"raw","version":"0"}}})",
                             session.empty() ? ""
                                             : "Mcp-Session-Id: " + session +
                                                   std::to_string(++sessions_) + "\r\n")};
            if (body.find("server/discover") != std::string::npos)
                return {Http("400 Bad Request", "text/plain", "there is no session")};
            if (body.find("notifications/") != std::string::npos)
                return {"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
            return script(head, body);
        });
        port_ = server_->port;
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

    /** The error of a call to a server that answers so. */
    struct sl_error ErrorFor(const RawReply &reply)
    {
        sl_mcp_client_free(client_);
        client_ = nullptr;
        server_.reset();
        Serve([reply](const std::string &, const std::string &) { return reply; });
        Result result = Call("tool");

        EXPECT_THAT(std::string(result.error.message),
                    StartsWith(Endpoint() + ": tools/call tool: "));
        return result.error;
    }

    std::atomic<int> sessions_{0};
    std::unique_ptr<RawServer> server_;
};

TEST_F(McpBrokenServer, SendsGarbage)
{
    const struct {
        RawReply reply;
        const char *says;
    } cases[] = {
        {{JsonAnswer("garbage")}, "the answer is no JSON"},
        {{JsonAnswer("")}, "the answer is no JSON"},
        {{JsonAnswer("{\"jsonrpc\":\"2.0\",\"id\":")}, "the answer is no JSON"},
        {{JsonAnswer("{}")}, "no JSON-RPC"},
        {{JsonAnswer("[]")}, "no JSON-RPC"},
        {{JsonAnswer(std::string(100000, '['))}, "no JSON"},
        {{JsonAnswer(R"({"jsonrpc":"2.0","id":99,"result":{}})")}, "its id differs"},
        {{JsonAnswer(R"({"jsonrpc":"2.0","id":"3","result":{}})")}, "its id differs"},
        {{JsonAnswer(R"({"jsonrpc":"2.0","id":3,"method":"x"})")}, "no JSON-RPC response"},
        {{JsonAnswer(R"({"jsonrpc":"2.0","id":3,"result":5})")}, ""},
        {{JsonAnswer(R"({"jsonrpc":"2.0","id":2,"result":5})")}, ""},
        {{Http("200 OK", "text/html", "<html>")}, "the answer is text/html"},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
         "of no named content type"},
        {{Stream("data: garbage\n\n")}, "an event of the answer is no JSON-RPC"},
        {{Stream(": nothing\n\n")}, "the stream ended before the answer"},
        {{Stream("data: {\"jsonrpc\":\"2.0\"")}, "the stream ended before the answer"},
        {{Stream("data: {\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n\n")}, "its id differs"},
    };

    for (const auto &broken : cases) {
        struct sl_error error = ErrorFor(broken.reply);
        EXPECT_EQ(error.code, SL_DATA_LOSS) << broken.reply.bytes.substr(0, 300);
        EXPECT_EQ(error.outcome, SL_OUTCOME_UNKNOWN) << error.message;
        EXPECT_THAT(std::string(error.message), HasSubstr(broken.says));
    }
}

TEST_F(McpBrokenServer, BreaksOff)
{
    for (const RawReply &reply :
         {RawReply{""}, RawReply{"HTTP/1.1 200"}, RawReply{"no HTTP at all\r\n\r\n"},
          RawReply{"HTTP/1.1 200 OK\r\nContent-Type: "
                   "application/json\r\nContent-Length: 500\r\n\r\n{"}}) {
        struct sl_error error = ErrorFor(reply);
        EXPECT_TRUE(error.code == SL_UNAVAILABLE || error.code == SL_DATA_LOSS)
            << sl_code_name(error.code) << " " << error.message;
        EXPECT_EQ(error.outcome, SL_OUTCOME_UNKNOWN);
    }
}

TEST_F(McpBrokenServer, SaysNothing)
{
    for (const RawReply &reply :
         {RawReply{"", true},
          RawReply{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", true},
          RawReply{
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
              true},
          RawReply{Stream("data: {\"json"), true}, RawReply{Stream(": alive\n\n"), true}}) {
        int64_t start = sl_loop_now_ms(loop_);
        struct sl_error error = ErrorFor(reply);
        EXPECT_EQ(error.code, SL_DEADLINE_EXCEEDED) << error.message;
        EXPECT_EQ(error.outcome, SL_OUTCOME_UNKNOWN);
        EXPECT_LT(sl_loop_now_ms(loop_) - start, 2500);
    }
}

TEST_F(McpBrokenServer, SendsTooMuch)
{
    std::string big(17 * 1024 * 1024, ' ');

    for (const RawReply &reply :
         {RawReply{JsonAnswer(big)}, RawReply{Stream("data: " + big + "\n\n")},
          RawReply{"HTTP/1.1 200 OK\r\nX-Big: " + std::string(2 * 1024 * 1024, 'x') +
                   "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"}}) {
        struct sl_error error = ErrorFor(reply);
        EXPECT_TRUE(error.code == SL_DATA_LOSS || error.code == SL_UNAVAILABLE)
            << sl_code_name(error.code) << " " << error.message;
        EXPECT_EQ(error.outcome, SL_OUTCOME_UNKNOWN);
    }
}

TEST_F(McpBrokenServer, RefusesByStatus)
{
    const struct {
        const char *status;
        enum sl_code code;
        enum sl_outcome outcome;
    } cases[] = {
        {"401 Unauthorized", SL_UNAUTHENTICATED, SL_OUTCOME_NOT_EXECUTED},
        {"403 Forbidden", SL_PERMISSION_DENIED, SL_OUTCOME_NOT_EXECUTED},
        {"404 Not Found", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED},
        {"429 Too Many Requests", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED},
        {"503 Service Unavailable", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED},
        {"500 Internal Server Error", SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN},
        {"502 Bad Gateway", SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN},
        {"504 Gateway Timeout", SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN},
        {"302 Found", SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN},
    };

    for (const auto &refused : cases) {
        struct sl_error error = ErrorFor({Http(refused.status, "text/html", "<html>")});
        EXPECT_EQ(error.code, refused.code) << refused.status << error.message;
        EXPECT_EQ(error.outcome, refused.outcome) << refused.status;
    }
}

TEST_F(McpBrokenServer, RefusesByJsonRpc)
{
    const struct {
        const char *error;
        enum sl_code code;
        enum sl_outcome outcome;
    } cases[] = {
        {R"({"code":-32602,"message":"no"})", SL_INVALID_ARGUMENT, SL_OUTCOME_NOT_EXECUTED},
        {R"({"code":-32601,"message":"no"})", SL_INVALID_ARGUMENT, SL_OUTCOME_NOT_EXECUTED},
        {R"({"code":-32600,"message":"no"})", SL_INVALID_ARGUMENT, SL_OUTCOME_NOT_EXECUTED},
        {R"({"code":-32603,"message":"no"})", SL_INTERNAL, SL_OUTCOME_UNKNOWN},
        {R"({"code":-32000,"message":"no"})", SL_INTERNAL, SL_OUTCOME_UNKNOWN},
        {R"({"code":-32053,"message":"no"})", SL_INTERNAL, SL_OUTCOME_UNKNOWN},
    };

    for (const auto &refused : cases) {
        std::string body =
            std::string(R"({"jsonrpc":"2.0","id":null,"error":)") + refused.error + "}";
        struct sl_error error = ErrorFor({JsonAnswer(body)});
        EXPECT_EQ(error.code, refused.code) << refused.error;
        EXPECT_EQ(error.outcome, refused.outcome) << refused.error;
    }
}

TEST_F(McpBrokenServer, AnswersOnAStreamAmongOtherThings)
{
    std::atomic<int> pongs{0};

    Serve([&](const std::string &head, const std::string &body) -> RawReply {
        if (head.rfind("POST", 0) == 0 && body.find("\"result\"") != std::string::npos) {
            pongs += body.find(R"("id":"p1")") != std::string::npos;
            return {"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
        }
        return {Stream(": hello\n\n"
                       "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n"
                       "data: {\"jsonrpc\":\"2.0\",\"id\":\"p1\",\"method\":\"ping\"}\n\n"
                       "event: message\r\ndata: " +
                       Good(body) + "\r\n\r\n")};
    });
    Result result = Call("tool");
    EXPECT_EQ(result.error.code, SL_OK) << result.error.message;
    EXPECT_EQ(result.value, R"({"ok":true})");
    EXPECT_TRUE(RunUntilTrue([&] { return pongs == 1; }));
}

TEST_F(McpBrokenServer, KeepsTheStreamOpenAfterTheAnswer)
{
    Serve([](const std::string &, const std::string &body) -> RawReply {
        return {Stream("data: " + Good(body) + "\n\n"), true};
    });
    int64_t start = sl_loop_now_ms(loop_);
    EXPECT_EQ(Call("tool").value, R"({"ok":true})");
    EXPECT_LT(sl_loop_now_ms(loop_) - start, 1000);
}

TEST_F(McpBrokenServer, IsTakenUpWhereTheStreamBrokeOff)
{
    std::string asked;
    std::string resumed;
    std::mutex mutex;

    Serve([&](const std::string &head, const std::string &body) -> RawReply {
        std::lock_guard<std::mutex> lock(mutex);
        if (head.rfind("GET", 0) == 0) {
            resumed = head;
            return {Stream("data: " + Good(asked) + "\n\n")};
        }
        asked = body;
        return {Stream("id: e7\nretry: 50\ndata:\n\n")};
    });
    EXPECT_EQ(Call("tool").value, R"({"ok":true})");
    EXPECT_THAT(resumed, HasSubstr("Last-Event-ID: e7"));
    EXPECT_THAT(resumed, HasSubstr("Mcp-Session-Id: s11"));
    EXPECT_THAT(resumed, HasSubstr("MCP-Protocol-Version: 2025-06-18"));
}

TEST_F(McpBrokenServer, ForgetsItsSessions)
{
    for (const char *status : {"404 Not Found", "400 Bad Request"}) {
        std::atomic<int> calls{0};

        sl_mcp_client_free(client_);
        client_ = nullptr;
        sessions_ = 0;
        server_.reset();
        Serve([&](const std::string &head, const std::string &body) -> RawReply {
            calls++;
            if (head.find("Mcp-Session-Id: s11") != std::string::npos)
                return {Http(status, "text/plain", "who are you?")};
            return {JsonAnswer(Good(body))};
        });
        EXPECT_EQ(Call("tool").value, R"({"ok":true})") << status;
        EXPECT_EQ(calls, 2);
        EXPECT_EQ(sessions_, 2);
    }
}

TEST_F(McpBrokenServer, ForgetsEverySession)
{
    std::atomic<int> calls{0};

    Serve([&](const std::string &, const std::string &) -> RawReply {
        calls++;
        return {Http("404 Not Found", "text/plain", "")};
    });
    Result result = Call("tool");
    EXPECT_EQ(result.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_EQ(calls, 2);
}

TEST_F(McpBrokenServer, HasNoSessions)
{
    std::atomic<bool> has_session{false};

    Serve(
        [&](const std::string &head, const std::string &body) -> RawReply {
            has_session = head.find("Mcp-Session-Id") != std::string::npos;
            return {JsonAnswer(Good(body))};
        },
        "");
    EXPECT_EQ(Call("tool").value, R"({"ok":true})");
    EXPECT_FALSE(has_session);
}

TEST_F(McpBrokenServer, SpeaksAnotherRevision)
{
    server_ =
        std::make_unique<RawServer>([](const std::string &, const std::string &body) -> RawReply {
            return {JsonAnswer(R"({"jsonrpc":"2.0","id":)" + IdOf(body) +
                               R"(,"result":{"protocolVersion":"2024-11-05"}})")};
        });
    port_ = server_->port;
    StartClient();
    Result result = Call("tool");
    EXPECT_EQ(result.error.code, SL_UNIMPLEMENTED);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_THAT(std::string(result.error.message), HasSubstr("2024-11-05"));
}

TEST_F(McpBrokenServer, GivesTheSamePageForEver)
{
    Serve([](const std::string &, const std::string &body) -> RawReply {
        return {JsonAnswer(R"({"jsonrpc":"2.0","id":)" + IdOf(body) +
                           R"(,"result":{"tools":[],"nextCursor":"again"}})")};
    });
    Result result = List(10000);
    EXPECT_EQ(result.error.code, SL_DATA_LOSS);
    EXPECT_THAT(std::string(result.error.message), HasSubstr("more than 1000 pages"));
}

TEST_F(McpBrokenServer, ListsWhatAreNoTools)
{
    for (const char *listed :
         {"{}", R"({"tools":{}})", R"({"tools":[{}]})", R"({"tools":["x"]})"}) {
        sl_mcp_client_free(client_);
        client_ = nullptr;
        server_.reset();
        Serve([listed](const std::string &, const std::string &body) -> RawReply {
            return {JsonAnswer(R"({"jsonrpc":"2.0","id":)" + IdOf(body) + R"(,"result":)" + listed +
                               "}")};
        });
        EXPECT_EQ(List().error.code, SL_DATA_LOSS) << listed;
    }
}

TEST_F(McpBrokenServer, AnswersInEachFormOfContent)
{
    const struct {
        const char *result;
        const char *value;
    } cases[] = {
        {R"({"content":[{"type":"text","text":"{\"a\":1}"}]})", R"({"a":1})"},
        {R"({"content":[{"type":"text","text":"plain words"}]})", R"({"text":"plain words"})"},
        {R"({"content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]})",
         R"({"text":"one\ntwo"})"},
        {R"({"content":[],"structuredContent":{"b":2}})", R"({"b":2})"},
        {R"({"content":[]})", R"({"text":""})"},
        {R"({"content":[{"type":"image","data":"AA==","mimeType":"image/png"}]})",
         R"({"content":[{"type":"image","data":"AA==","mimeType":"image/png"}]})"},
    };

    for (const auto &expected : cases) {
        std::string result = expected.result;
        sl_mcp_client_free(client_);
        client_ = nullptr;
        server_.reset();
        Serve([result](const std::string &, const std::string &body) -> RawReply {
            return {JsonAnswer(R"({"jsonrpc":"2.0","id":)" + IdOf(body) + R"(,"result":)" + result +
                               "}")};
        });
        EXPECT_EQ(Call("tool").value, expected.value) << expected.result;
    }
}

TEST_F(McpBrokenServer, GoesAwayDuringACallThatIsNotRepeated)
{
    std::atomic<int> calls{0};
    struct sl_mcp_tool_call call = {};

    Serve([&](const std::string &, const std::string &) -> RawReply {
        calls++;
        return {""};
    });
    Result result = Call("tool", "{}", call);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_EQ(calls, 1);
}

} // namespace
