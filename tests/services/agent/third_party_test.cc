#include "agent_fixture.h"

#include <cstdlib>

#include "services/payment/operations.h"

using testing::HasSubstr;

namespace
{

/** An agent whose MCP server nobody here wrote: server-everything, started by
 * tests/conformance/run. */
class ThirdParty : public AgentTest
{
  protected:
    void SetUp() override
    {
        AgentTest::SetUp();
        const char *url = getenv("SL_EVERYTHING_URL");
        if (url == nullptr)
            GTEST_SKIP() << "tests/conformance/run agent says where the server is";
        struct agent_options options = Options(payment_service());
        options.mcp_endpoint = url;
        replica_ = std::make_unique<Replica>(loop_, options);
        ASSERT_TRUE(WaitHealthy(*replica_)) << Health(*replica_).text();
    }
};

TEST_F(ThirdParty, OffersItsToolsAsOperations)
{
    Json all = Call(*replica_, Method("GetCapabilities"), "{}").value;
    std::string operations = all["operations"].text();
    for (const char *tool : {"echo", "get-sum", "get-structured-content", "get-tiny-image",
                             "trigger-long-running-operation"})
        EXPECT_THAT(operations, HasSubstr("\"" + std::string(tool) + "\""));
    EXPECT_THAT(operations, HasSubstr("validate_payment_data"));
    EXPECT_GT(all["mcp_tools"].size(), 8u);
    Json details = all["operation_details"];
    for (size_t i = 0; i < details.size(); i++) {
        if (details.at(i)["name"].string() != "get-sum")
            continue;
        EXPECT_TRUE(details.at(i)["available"].is_true());
        EXPECT_EQ(details.at(i)["input_schema"]["required"].text(), R"(["a","b"])");
    }
}

TEST_F(ThirdParty, CarriesItsToolsOut)
{
    Reply echo = Execute("echo", R"({"message": "hello"})");
    EXPECT_TRUE(echo.success()) << echo.failure();
    EXPECT_EQ(echo.value["result"].text(), R"({"text":"Echo: hello"})");
    Reply sum = Execute("get-sum", R"({"a": 2, "b": 3})", {{"idempotency-key", "sum"}});
    EXPECT_THAT(sum.value["result"].text(), HasSubstr("The sum of 2 and 3 is 5"));
    Reply again = Execute("get-sum", R"({"a": 2, "b": 3})", {{"idempotency-key", "sum"}});
    EXPECT_TRUE(again.success()) << again.failure();
    Reply weather = Execute("get-structured-content", R"({"location": "Chicago"})");
    EXPECT_TRUE(json_is_number(weather.value["result"]["temperature"].get()))
        << weather.value.text();
    Reply image = Execute("get-tiny-image", "{}");
    EXPECT_TRUE(image.success()) << image.failure();
    Reply slow = Execute("trigger-long-running-operation", R"({"duration": 1, "steps": 3})");
    EXPECT_TRUE(slow.success()) << slow.failure();
}

TEST_F(ThirdParty, ChecksAgainstItsSchemas)
{
    Reply reply = Execute("get-sum", R"({"a": "two"})");
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("a: "));
    EXPECT_THAT(reply.failure(), HasSubstr("b"));
    EXPECT_EQ(reply.outcome(), "not_executed");
}

TEST_F(ThirdParty, BoundsItsToolsByTheTimeout)
{
    Reply reply = Execute("trigger-long-running-operation", R"({"duration": 20, "steps": 2})", {},
                          R"("timeout": 1)");
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("timeout of 1 s"));
    EXPECT_TRUE(Execute("echo", R"({"message": "still here"})").success());
}

TEST_F(ThirdParty, CarriesATaskOut)
{
    std::string id = Accept("echo", R"({"message": "later"})");
    EXPECT_EQ(WaitTask(*replica_, id, "completed")["result"]["result"].text(),
              R"({"text":"Echo: later"})");
}

} // namespace
