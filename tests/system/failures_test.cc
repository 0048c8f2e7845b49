#include <gtest/gtest.h>

#include <signal.h>

#include "fleet.h"

namespace
{

TEST(Failures, AMissingAgentIsToldAndHealsByItself)
{
    Fleet fleet;
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    fleet.Get("parts-agent").End(SIGKILL);
    ASSERT_TRUE(WaitUntil(
        [&] {
            return fleet.RestGet("orchestrator", "/health").json["services"]["parts"].Text() ==
                   "unhealthy";
        },
        10000))
        << fleet.RestGet("orchestrator", "/health").body;
    HttpAnswer services = fleet.RestGet("orchestrator", "/services");
    EXPECT_EQ(services.json["services"]["parts"]["status"].Text(), "unhealthy");
    EXPECT_FALSE(services.json["healthy_services"].HasText("parts"));
    EXPECT_TRUE(services.json["healthy_services"].HasText("payment"));

    HttpAnswer payment =
        fleet.Orchestrate("Send a payment link of $45 for RO 1234 to jane@example.com");
    EXPECT_TRUE(payment.json["success"].Bool()) << payment.json.Dump();

    fleet.Start("parts-agent");
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    HttpAnswer parts = fleet.Orchestrate("Check the availability of part 1234");
    EXPECT_TRUE(parts.json["success"].Bool()) << parts.json.Dump();
}

TEST(Failures, AMissingMcpServerIsNamedAndTheOthersGoOn)
{
    Fleet fleet;
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    fleet.Get("parts-mcp").End(SIGKILL);
    HttpAnswer answer = fleet.Execute("parts", "get_part_details", R"({"part_number": "1234"})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.json["success"].Bool());
    EXPECT_NE(answer.json["error"].Text().find(fleet.Variables().at("PARTS_MCP_ENDPOINT")),
              std::string::npos)
        << answer.body;
    HttpAnswer other =
        fleet.Execute("payment", "get_payment_methods", R"({"customer_id": "ambujmehra"})");
    EXPECT_TRUE(other.json["success"].Bool()) << other.body;
    fleet.Start("parts-mcp");
    EXPECT_TRUE(WaitUntil(
        [&] {
            return fleet.Execute("parts", "get_part_details", R"({"part_number": "1234"})")
                .json["success"]
                .Bool();
        },
        10000))
        << fleet.Logs();
}

TEST(Failures, ATakenPortEndsTheProcessWithOneLine)
{
    Fleet fleet;
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    for (const char *program : {"payment-agent", "parts-mcp", "rest-bridge"}) {
        TemporaryFolder data;
        Environment environment = fleet.Variables();
        environment["SERVICELANE_DATA_DIR"] = data.path;
        Process second({fleet.Program(program)}, environment);
        EXPECT_EQ(second.Wait(10000), 1) << program;
        EXPECT_NE(second.Output().find("127.0.0.1:"), std::string::npos) << second.Output();
    }
}

TEST(Failures, AnUnwritableDataFolderEndsTheProcessWithOneLine)
{
    TemporaryFolder data;
    std::string file = data.path + "/file";
    fclose(fopen(file.c_str(), "w"));
    for (const char *program : {"payment-agent", "parts-mcp", "orchestrator"}) {
        Environment environment = {{"SERVICELANE_DATA_DIR", file + "/below"},
                                   {"PAYMENT_LISTEN", "127.0.0.1:0"},
                                   {"PARTS_MCP_LISTEN", "127.0.0.1:0"},
                                   {"ORCHESTRATOR_LISTEN", "127.0.0.1:0"}};
        Process process({std::string(SL_BIN_DIR) + "/" + program}, environment);
        EXPECT_EQ(process.Wait(10000), 1) << program;
        EXPECT_NE(process.Output().find(file + "/below"), std::string::npos) << process.Output();
    }
}

TEST(Failures, BadBodiesAreRefusedWithWhereAndWhy)
{
    Fleet fleet;
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    std::string deep(200000, '[');
    const struct {
        std::string body;
        long status;
        std::string what;
    } cases[] = {
        {R"({"request_id": "1", "parameters": {}})", 422, R"("loc":["body","operation"])"},
        {R"({"request_id": 5, "operation": "x", "parameters": {}})", 422, "string_type"},
        {"{", 422, "json_invalid"},
        {R"({"request_id": "1", "operation": "x", "parameters": {"a": )" + deep + "}}", 422,
         "detail"},
        {"{\"request_id\": \"\xff\", \"operation\": \"x\", \"parameters\": {}}", 400, "detail"},
        {R"({"request_id": "a\u0000b", "operation": "x", "parameters": {}})", 422, "detail"},
        {std::string(5 * 1024 * 1024, ' '), 413, "detail"},
    };
    for (const auto &c : cases) {
        HttpAnswer answer = fleet.RestPost("parts", "/execute", c.body);
        EXPECT_EQ(answer.status, c.status) << c.body.substr(0, 80) << "\n" << answer.body;
        EXPECT_NE(answer.body.find(c.what), std::string::npos) << answer.body;
    }
    HttpAnswer unknown = fleet.Execute("parts", "fly_to_the_moon", "{}");
    EXPECT_EQ(unknown.status, 200);
    EXPECT_FALSE(unknown.json["success"].Bool());
    EXPECT_NE(unknown.json["error"].Text().find("fly_to_the_moon"), std::string::npos);
    HttpAnswer missing = fleet.Execute("repair_orders", "assign_technician", "{}");
    EXPECT_FALSE(missing.json["success"].Bool());
    EXPECT_NE(missing.json["error"].Text().find("repair_order_id"), std::string::npos);
    EXPECT_NE(missing.json["error"].Text().find("technician_id"), std::string::npos);
    EXPECT_TRUE(fleet.WaitHealthy(2000));
}

TEST(Failures, SigtermEndsEveryProgramCleanly)
{
    Fleet fleet;
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    for (const char *program :
         {"rest-bridge", "orchestrator", "payment-agent", "parts-agent", "repair-orders-agent",
          "payment-mcp", "parts-mcp", "repair-orders-mcp"}) {
        std::string before = fleet.Get(program).Output();
        EXPECT_EQ(fleet.Get(program).End(SIGTERM), 0) << program << "\n"
                                                      << fleet.Get(program).Output();
    }
}

} // namespace
