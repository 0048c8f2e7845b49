#include <atomic>
#include <cstdio>
#include <mutex>

#include "../../lib/mcp/raw_server.h"
#include "agent_fixture.h"
#include "services/payment/operations.h"

using testing::AnyOf;
using testing::HasSubstr;

namespace
{

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";
const size_t kGigabyte = 1024 * 1024 * 1024;

std::string Result(const std::string &body, const std::string &result)
{
    return R"({"jsonrpc":"2.0","id":)" + IdOf(body) + R"(,"result":)" + result + "}";
}

std::string JsonHead(size_t length)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(length) + "\r\n\r\n";
}

/** An agent whose MCP server opens sessions and lists its tools well, and calls as a script says.
 */
class BadServer : public AgentTest
{
  protected:
    void TearDown() override
    {
        replica_.reset();
        server_.reset();
        AgentTest::TearDown();
    }
    RawReply Answer(const std::string &head, const std::string &body)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        heads_.push_back(head);
        if (body.find("server/discover") != std::string::npos && is_stateless_)
            return {JsonAnswer(Result(body, kDiscovered))};
        if (body.find("server/discover") != std::string::npos)
            return {Http("400 Bad Request", "text/plain", "there is no session")};
        if (body.find("\"initialize\"") != std::string::npos)
            return {JsonAnswer(Result(body, kInitialized))};
        if (body.find("notifications/") != std::string::npos)
            return {"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
        if (body.find("tools/list") != std::string::npos)
            return list_(body);
        if (body.find("tools/call") != std::string::npos)
            return call_(body);
        return {Http("405 Method Not Allowed", "text/plain", "")};
    }
    void Serve()
    {
        server_ =
            std::make_unique<RawServer>([this](const std::string &head, const std::string &body) {
                return Answer(head, body);
            });
    }
    void Open(struct agent_options options)
    {
        std::string endpoint = "http://127.0.0.1:" + std::to_string(server_->port) + "/mcp";
        options.mcp_endpoint = endpoint.c_str();
        replica_ = std::make_unique<Replica>(loop_, options);
    }
    void StartBad()
    {
        Serve();
        Open(Options(payment_service()));
        ASSERT_TRUE(WaitHealthy(*replica_)) << Health(*replica_).text();
    }
    void SetCall(std::function<RawReply(const std::string &body)> call)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        call_ = std::move(call);
    }
    void SetList(std::function<RawReply(const std::string &body)> list)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        list_ = std::move(list);
    }
    static long ResidentMegabytes()
    {
        long size = 0, resident = 0;
        FILE *file = fopen("/proc/self/statm", "r");
        EXPECT_EQ(fscanf(file, "%ld %ld", &size, &resident), 2);
        fclose(file);
        return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
    }
    /** Fails clearly and in time, and the agent works on as if nothing had been. */
    void ExpectHarmless(const char *what, const RawReply &bad,
                        const testing::Matcher<std::string> &says)
    {
        SCOPED_TRACE(what);
        SetCall([bad](const std::string &) { return bad; });
        int64_t start_ms = sl_loop_now_ms(loop_);
        long before = ResidentMegabytes();
        Reply reply = Execute("create_payment_link", kLink, {}, R"("timeout": 2)");
        EXPECT_EQ(reply.error.code, SL_OK) << reply.error.message;
        EXPECT_FALSE(reply.success());
        EXPECT_THAT(reply.failure(), says);
        EXPECT_THAT(reply.failure(), HasSubstr("tool create_payment_link"));
        EXPECT_EQ(reply.outcome(), "unknown") << "bytes have left, and nobody knows what they did";
        EXPECT_LT(sl_loop_now_ms(loop_) - start_ms, 3000);
        EXPECT_LT(ResidentMegabytes() - before, 100);
        EXPECT_TRUE(Execute("validate_payment_data", kLink).success());
        SetCall(Good);
        Reply fine = Execute("create_payment_link", kLink);
        EXPECT_TRUE(fine.success()) << fine.failure();
    }
    static RawReply Good(const std::string &body)
    {
        return {JsonAnswer(Result(body, R"({"content":[],"structuredContent":{"ok":true}})"))};
    }
    static RawReply GoodList(const std::string &body)
    {
        return {JsonAnswer(Result(body, kTools))};
    }
    size_t Lists()
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return list_count_;
    }

    static constexpr const char *kInitialized =
        R"({"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":)"
        R"({"name":"raw","version":"0"}})";
    static constexpr const char *kDiscovered =
        R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},)"
        R"("resultType":"complete"})";
    static constexpr const char *kTools =
        R"({"tools":[{"name":"create_payment_link","inputSchema":{"type":"object"}}]})";
    std::mutex mutex_;
    std::vector<std::string> heads_;
    size_t list_count_ = 0;
    bool is_stateless_ = false;
    std::function<RawReply(const std::string &body)> call_ = Good, list_ = GoodList;
    std::unique_ptr<RawServer> server_;
};

TEST_F(BadServer, SendsGarbage)
{
    StartBad();
    ExpectHarmless("no JSON", {JsonAnswer("\x7f\x45LF garbage")}, HasSubstr("no JSON"));
    ExpectHarmless("no HTTP", {std::string(1000, '\xff')}, HasSubstr("MCP server"));
    ExpectHarmless("no JSON-RPC", {JsonAnswer(R"({"hello": "world"})")}, HasSubstr("no JSON-RPC"));
    ExpectHarmless("no event", {Stream("data: garbage\n\n")}, HasSubstr("no JSON-RPC"));
    ExpectHarmless("too deep", {JsonAnswer(std::string(100000, '['))}, HasSubstr("no JSON"));
}

TEST_F(BadServer, SendsHalfAnAnswer)
{
    const std::string half = JsonHead(500) + R"({"jsonrpc":"2.0","id":)";
    StartBad();
    ExpectHarmless("and hangs up", {half}, HasSubstr("MCP server"));
    ExpectHarmless("and falls silent", {half, true}, HasSubstr("timeout of 2 s"));
    ExpectHarmless("a stream, and hangs up", {Stream("data: {\"jsonrpc\"")},
                   HasSubstr("stream ended before the answer"));
    ExpectHarmless("a stream, and falls silent", {Stream("data: {\"jsonrpc\""), true},
                   HasSubstr("timeout of 2 s"));
}

TEST_F(BadServer, SendsAGigabyte)
{
    StartBad();
    ExpectHarmless("announced", {JsonHead(kGigabyte), false, kGigabyte}, HasSubstr("MCP server"));
    ExpectHarmless(
        "unannounced",
        {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\"", false, kGigabyte},
        HasSubstr("MCP server"));
    ExpectHarmless("as one event", {Stream("data: "), false, kGigabyte}, HasSubstr("MCP server"));
}

TEST_F(BadServer, AnswersWithAWrongId)
{
    StartBad();
    ExpectHarmless("another number", {JsonAnswer(R"({"jsonrpc":"2.0","id":99999,"result":{}})")},
                   HasSubstr("its id differs"));
    ExpectHarmless("a text", {JsonAnswer(R"({"jsonrpc":"2.0","id":"3","result":{}})")},
                   HasSubstr("its id differs"));
    ExpectHarmless("none", {JsonAnswer(R"({"jsonrpc":"2.0","result":{}})")},
                   HasSubstr("MCP server"));
}

TEST_F(BadServer, AnswersWithAWrongContentType)
{
    StartBad();
    ExpectHarmless("a page", {Http("200 OK", "text/html", "<html>")}, HasSubstr("text/html"));
    ExpectHarmless("none", {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
                   HasSubstr("content type"));
}

TEST_F(BadServer, SaysNothing)
{
    StartBad();
    ExpectHarmless("and waits", {"", true}, HasSubstr("timeout of 2 s"));
    ExpectHarmless("and hangs up", {""}, HasSubstr("MCP server"));
}

TEST_F(BadServer, SendsAHeaderOfTwoMegabytes)
{
    StartBad();
    ExpectHarmless("one line",
                   {"HTTP/1.1 200 OK\r\nX-Big: " + std::string(2 * 1024 * 1024, 'x') +
                    "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
                   HasSubstr("MCP server"));
    ExpectHarmless("without an end", {"HTTP/1.1 200 OK\r\nX-Big: ", false, 2 * 1024 * 1024},
                   HasSubstr("MCP server"));
}

TEST_F(BadServer, RedirectsAreNotFollowed)
{
    StartBad();
    std::string elsewhere = "Location: http://127.0.0.1:" + std::to_string(server_->port) + "/\r\n";
    ExpectHarmless("307", {Http("307 Temporary Redirect", "text/plain", "", elsewhere)},
                   HasSubstr("redirects (307), which is not followed"));
}

TEST_F(BadServer, AsksForInputWhichIsFinalAndClear)
{
    is_stateless_ = true;
    StartBad();
    SetCall([](const std::string &body) -> RawReply {
        return {JsonAnswer(Result(body, R"({"resultType":"input_required","requestState":"s"})"))};
    });
    Reply reply = Execute("create_payment_link", kLink, {{"idempotency-key", "a"}});
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("asks for input (input_required)"));
    EXPECT_EQ(reply.outcome(), "not_executed");
    EXPECT_FALSE(reply.metadata()["retryable"].is_true()) << "the same call would ask again";
}

TEST_F(BadServer, ListsGarbageWhichIsDegradedUntilItDoesNot)
{
    SetList([](const std::string &) -> RawReply { return {JsonAnswer("garbage")}; });
    Serve();
    Open(Options(payment_service()));
    Json health;
    for (int i = 0; i < 200 && health["reason"].string().find("no JSON") == std::string::npos;
         i++) {
        Turn(20);
        health = Health(*replica_);
    }
    EXPECT_EQ(health["status"].string(), "degraded");
    EXPECT_THAT(health["reason"].string(), HasSubstr("no JSON"));
    SetList(GoodList);
    EXPECT_TRUE(WaitHealthy(*replica_));
}

TEST_F(BadServer, IsShownTheBearerToken)
{
    Serve();
    struct agent_options options = Options(payment_service());
    options.mcp_token = "the-secret";
    Open(options);
    ASSERT_TRUE(WaitHealthy(*replica_));
    EXPECT_TRUE(Execute("create_payment_link", kLink).success());
    std::lock_guard<std::mutex> lock(mutex_);
    ASSERT_GE(heads_.size(), 3u);
    for (const std::string &head : heads_)
        EXPECT_THAT(head, HasSubstr("Authorization: Bearer the-secret"));
}

TEST_F(BadServer, IsAskedAgainWhenItsListIsOutOfDate)
{
    is_stateless_ = true;
    SetList([this](const std::string &body) -> RawReply {
        list_count_++;
        std::string more = list_count_ > 1 ? R"(,{"name":"newer","inputSchema":{}})" : "";
        return {JsonAnswer(Result(
            body, R"({"ttlMs":1000,"tools":[{"name":"create_payment_link","inputSchema":{}})" +
                      more + "]}"))};
    });
    Serve();
    struct agent_options options = Options(payment_service());
    options.discovery_interval_ms = 3600 * 1000;
    Open(options);
    ASSERT_TRUE(WaitHealthy(*replica_));
    EXPECT_FALSE(Execute("newer", "{}").success());
    for (int i = 0; i < 200 && Lists() < 2; i++)
        Turn(20);
    EXPECT_EQ(Lists(), 2u) << "the server said that its list holds for a second, not for an hour";
    Turn(100);
    EXPECT_TRUE(Execute("newer", "{}").success());
}

} // namespace
