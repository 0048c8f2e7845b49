#include "fixture.h"

namespace
{

using ::testing::AllOf;
using ::testing::HasSubstr;

/** Both eras of the protocol, over the one endpoint. */
class McpClient : public McpTest, public ::testing::WithParamInterface<const char *>
{
  protected:
    void SetUp() override
    {
        McpTest::SetUp();
        revision_ = GetParam();
    }

    bool IsStateless() const
    {
        return std::string(GetParam()) == "2026-07-28";
    }

    /** The stream opens beside the first requests: changes tools until one is heard of. */
    bool ChangeUntilHeard()
    {
        changes_ = 0;
        for (int i = 0; i < 60 && changes_ == 0; i++) {
            Call(i % 2 == 0 ? "add_tool" : "remove_tool", R"({"name":"brand_new"})");
            for (int turns = 0; turns < 50 && changes_ == 0; turns++) {
                bool never = false;
                sl_loop_run_until(loop_, &never, 2);
            }
        }
        return changes_ > 0;
    }
};

TEST_P(McpClient, CallsATool)
{
    StartServer();
    StartClient();
    Result result = Call("echo", R"({"amount":100.5,"list":[1,{"a":null}]})");

    EXPECT_EQ(result.error.code, SL_OK) << result.error.message;
    EXPECT_FALSE(result.is_error);
    EXPECT_EQ(result.value, R"({"amount":100.5,"list":[1,{"a":null}]})");
}

TEST_P(McpClient, ListsToolsPageByPage)
{
    StartServer(2);
    StartClient();
    Result result = List();
    ASSERT_EQ(result.error.code, SL_OK) << result.error.message;
    json_t *tools = Json(result.value);

    ASSERT_EQ(json_array_size(tools), test_tool_count);
    for (size_t i = 0; i < test_tool_count; i++)
        EXPECT_STREQ(sl_json_string(json_array_get(tools, i), "name"), test_tool_table[i].name);
    json_t *echo = json_array_get(tools, 0);
    EXPECT_STREQ(sl_json_string(echo, "title"), "Echo");
    EXPECT_EQ(Text(json_object_get(echo, "annotations")),
              R"({"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true})");
    EXPECT_EQ(Text(json_object_get(echo, "_meta")),
              R"({"io.servicelane/honours-idempotency-key":true})");
    EXPECT_EQ(json_object_get(json_array_get(tools, 1), "_meta"), nullptr);
    EXPECT_NE(json_object_get(json_array_get(tools, 1), "outputSchema"), nullptr);
    json_decref(tools);
}

TEST_P(McpClient, SendsHeadersAndKey)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_headers own = {}, of_call = {};
    struct sl_mcp_tool_call call = {};

    StartServer();
    ASSERT_EQ(SL_OK, sl_headers_add(&own, arena, "X-User-Id", "from the client"));
    ASSERT_EQ(SL_OK, sl_headers_add(&own, arena, "X-Service", "agent"));
    ASSERT_EQ(SL_OK, sl_headers_add(&of_call, arena, "x-user-id", "from the call"));
    StartClient(&own);
    call.headers = &of_call;
    call.idempotency_key = "uid/step_1";
    call.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    sl_arena_reset(arena);
    of_call = {};
    ASSERT_EQ(SL_OK, sl_headers_add(&of_call, arena, "x-user-id", "from the call"));
    EXPECT_EQ(Call("echo", R"({"with_headers":true})", call).value,
              R"({"tool":"echo","idempotency_key":"uid/step_1",)"
              R"("x_user_id":"from the call","x_service":"agent"})");
    EXPECT_EQ(Call("echo", R"({"with_headers":true})").value,
              R"({"tool":"echo","idempotency_key":null,)"
              R"("x_user_id":"from the client","x_service":"agent"})");
    sl_arena_free(arena);
}

TEST_P(McpClient, TellsARefusalFromAFault)
{
    StartServer();
    StartClient();
    Result refused = Call("fail", R"({"text":"Insufficient stock for part 1234: 40"})");
    EXPECT_EQ(refused.error.code, SL_OK);
    EXPECT_TRUE(refused.is_error);
    EXPECT_EQ(refused.error_text, "Insufficient stock for part 1234: 40");
    EXPECT_EQ(refused.value, R"({"text":"Insufficient stock for part 1234: 40"})");

    Result unknown = Call("no_such_tool");
    EXPECT_EQ(unknown.error.code, SL_INVALID_ARGUMENT);
    EXPECT_EQ(unknown.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_THAT(std::string(unknown.error.message),
                AllOf(HasSubstr(Endpoint()), HasSubstr("tools/call no_such_tool"),
                      HasSubstr("Unknown tool: no_such_tool")));

    Result busy = Call("busy");
    EXPECT_EQ(busy.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(busy.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_THAT(std::string(busy.error.message), HasSubstr("try again later"));
}

TEST_P(McpClient, HearsOfEveryWrongArgument)
{
    StartServer();
    StartClient();
    Result result = Call("echo", R"({"amount":0,"email":"nobody"})");

    EXPECT_EQ(result.error.code, SL_OK);
    EXPECT_TRUE(result.is_error);
    EXPECT_EQ(result.error_text,
              "The arguments do not fit echo: amount: 0 is an integer, more than 0 is wanted; "
              "email: \"nobody\" is a string, a text of format email is wanted");
    EXPECT_EQ(tools_.calls, 0);
}

TEST_P(McpClient, HasManyCallsUnderWay)
{
    StartServer();
    StartClient();
    std::vector<Result> results(50);

    for (size_t i = 0; i < results.size(); i++)
        Start(&results[i], "echo", "{\"n\":" + std::to_string(i) + "}");
    for (size_t i = 0; i < results.size(); i++) {
        ASSERT_TRUE(RunUntil(&results[i].is_done));
        EXPECT_EQ(results[i].value, "{\"n\":" + std::to_string(i) + "}");
    }
}

TEST_P(McpClient, EndsAtTheDeadlineAndTellsTheServer)
{
    struct sl_mcp_tool_call call = {};

    StartServer();
    StartClient();
    EXPECT_EQ(Call("echo").error.code, SL_OK);
    call.timeout_ms = 100;
    /* Without sessions the server sees it on the stream that long work begins. */
    Result result =
        Call("slow", IsStateless() ? R"({"milliseconds":6000})" : R"({"milliseconds":700})", call);
    EXPECT_EQ(result.error.code, SL_DEADLINE_EXCEEDED);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_THAT(std::string(result.error.message), HasSubstr("tools/call slow"));
    EXPECT_TRUE(RunUntilTrue([this] { return tools_.waiting == 0; }));
    EXPECT_EQ(tools_.cancelled, 1);
}

TEST_P(McpClient, CancelsACall)
{
    Result result;

    StartServer();
    StartClient();
    struct sl_mcp_request *request = Start(
        &result, "slow", IsStateless() ? R"({"milliseconds":6000})" : R"({"milliseconds":300})");
    ASSERT_TRUE(RunUntilTrue([this] { return tools_.waiting == 1; }));
    sl_mcp_cancel(request);
    EXPECT_FALSE(result.is_done);
    ASSERT_TRUE(RunUntil(&result.is_done));
    EXPECT_EQ(result.error.code, SL_CANCELLED);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_UNKNOWN);
    EXPECT_TRUE(RunUntilTrue([this] { return tools_.waiting == 0; }));
    EXPECT_EQ(tools_.cancelled, 1);
}

TEST_P(McpClient, KnowsWhatNeverLeft)
{
    Result result;

    /* A port that is taken by nobody. */
    StartServer();
    StopServer();
    StartClient();
    result = Call("echo");
    EXPECT_EQ(result.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(result.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_THAT(std::string(result.error.message), HasSubstr(Endpoint()));
    EXPECT_EQ(List().error.outcome, SL_OUTCOME_NOT_EXECUTED);

    Result cancelled;
    struct sl_mcp_request *request = Start(&cancelled, "echo");
    sl_mcp_cancel(request);
    ASSERT_TRUE(RunUntil(&cancelled.is_done));
    EXPECT_EQ(cancelled.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_P(McpClient, FindsItsWayIntoANewSession)
{
    StartServer();
    StartClient();
    EXPECT_EQ(Call("echo", R"({"a":1})").value, R"({"a":1})");
    int port = port_;
    StopServer();
    StartServer(0, port);
    /* The new server knows nothing of the session: it says 404, and the call is made once in
     * another. */
    tools_.calls = 0;
    EXPECT_EQ(Call("echo", R"({"a":2})").value, R"({"a":2})");
    EXPECT_EQ(tools_.calls, 1);
    EXPECT_EQ(List().error.code, SL_OK);
}

TEST_P(McpClient, HearsOfToolsThatComeAndGo)
{
    StartServer();
    StartClient(nullptr, true);
    EXPECT_THAT(List().value, ::testing::Not(HasSubstr("brand_new")));
    EXPECT_TRUE(ChangeUntilHeard());
    Call("add_tool", R"({"name":"another"})");
    EXPECT_THAT(List().value, HasSubstr("another"));
    EXPECT_EQ(Call("another", R"({"x":1})").value, R"({"x":1})");
    changes_ = 0;
    Call("remove_tool", R"({"name":"another"})");
    EXPECT_TRUE(RunUntilTrue([this] { return changes_ > 0; }));
    EXPECT_EQ(Call("another").error.code, SL_INVALID_ARGUMENT);
}

TEST_P(McpClient, ListensAgainAfterTheServerWasAway)
{
    StartServer();
    StartClient(nullptr, true);
    EXPECT_EQ(List().error.code, SL_OK);
    int port = port_;
    StopServer();
    StartServer(0, port);
    EXPECT_EQ(List().error.code, SL_OK);
    EXPECT_TRUE(ChangeUntilHeard());
}

TEST_P(McpClient, EndsWhatIsUnderWayWhenFreed)
{
    Result sent, waiting;

    StartServer();
    StartClient();
    Call("echo");
    Start(&sent, "slow", R"({"milliseconds":200})");
    ASSERT_TRUE(RunUntilTrue([this] { return tools_.waiting == 1; }));
    sl_mcp_client_free(client_);
    client_ = nullptr;
    EXPECT_TRUE(sent.is_done);
    EXPECT_EQ(sent.error.code, SL_CANCELLED);
    EXPECT_EQ(sent.error.outcome, SL_OUTCOME_UNKNOWN);
    StartClient();
    Start(&waiting, "echo");
    sl_mcp_client_free(client_);
    client_ = nullptr;
    EXPECT_TRUE(waiting.is_done);
    EXPECT_EQ(waiting.error.outcome, SL_OUTCOME_NOT_EXECUTED);
}

TEST_P(McpClient, MayBeFreedInsideACallback)
{
    Result first, second;

    StartServer();
    StartClient();
    first.on_done = [this] {
        sl_mcp_client_free(client_);
        client_ = nullptr;
    };
    Start(&first, "echo");
    Start(&second, "slow", R"({"milliseconds":50})");
    ASSERT_TRUE(RunUntil(&first.is_done));
    EXPECT_TRUE(second.is_done);
    EXPECT_EQ(second.error.code, SL_CANCELLED);
}

TEST_P(McpClient, MayBeFreedWhenTheSessionFails)
{
    Result first, second;

    StartServer();
    StopServer();
    StartClient();
    first.on_done = [this] {
        sl_mcp_client_free(client_);
        client_ = nullptr;
    };
    Start(&first, "echo");
    Start(&second, "echo");
    ASSERT_TRUE(RunUntil(&second.is_done));
    EXPECT_EQ(first.error.code, SL_UNAVAILABLE);
    EXPECT_EQ(second.error.code, SL_CANCELLED);
}

TEST_P(McpClient, RefusesAnEndpointThatIsNone)
{
    struct sl_mcp_client_options options = {};

    options.endpoint = "ftp://nowhere";
    options.client_name = "test";
    options.client_version = "1";
    EXPECT_EQ(sl_mcp_client_new(loop_, http_, &options, &client_, &err_), SL_INVALID_ARGUMENT);
    EXPECT_EQ(client_, nullptr);
}

TEST_P(McpClient, MakesIntegersThatNoDoubleHoldsIntoStrings)
{
    StartServer();
    StartClient();
    EXPECT_EQ(Call("echo", R"({"id":9007199254740993,"n":5})").value,
              R"({"id":"9007199254740993","n":5})");
}

INSTANTIATE_TEST_SUITE_P(Eras, McpClient, ::testing::Values("2025-11-25", "2026-07-28"),
                         [](const auto &info) {
                             return std::string(info.param) == "2026-07-28" ? "Stateless"
                                                                            : "WithSessions";
                         });

} // namespace
