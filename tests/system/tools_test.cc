#include <gtest/gtest.h>

#include "fleet.h"

namespace
{

TEST(Tools, AToolAddedWhileAllRunsIsOfferedAndCanBeExecuted)
{
    int port = FreePort();
    Process server({std::string(SL_BIN_DIR) + "/mcp-test-server", std::to_string(port)}, {});
    Fleet fleet({{"PARTS_MCP_ENDPOINT", "http://127.0.0.1:" + std::to_string(port) + "/mcp"}},
                {"parts-mcp"});
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs() << server.Output();
    EXPECT_FALSE(fleet.RestGet("parts", "/capabilities").json["operations"].HasText("polish_car"));
    HttpAnswer added = fleet.Execute("parts", "add_tool", R"({"name": "polish_car"})");
    ASSERT_TRUE(added.json["success"].Bool()) << added.body;

    EXPECT_TRUE(WaitUntil(
        [&] {
            return fleet.RestGet("parts", "/capabilities").json["operations"].HasText("polish_car");
        },
        5000))
        << fleet.RestGet("parts", "/capabilities").body;
    HttpAnswer polished = fleet.Execute("parts", "polish_car", R"({"shine": 7})");
    EXPECT_TRUE(polished.json["success"].Bool()) << polished.body;
    EXPECT_EQ(polished.json["result"]["shine"].Int(), 7) << polished.body;

    /* The orchestrator hears of it within one interval of discovery, and a plan may use it. */
    EXPECT_TRUE(WaitUntil(
        [&] {
            return fleet.RestGet("orchestrator", "/services")
                .json["services"]["parts"]["operations"]
                .HasText("polish_car");
        },
        10000));
    HttpAnswer planned = fleet.RestPost("orchestrator", "/orchestrate", R"({
        "user_request": "polish the car",
        "plan": {"execution_steps": [{"step_id": "polish", "service_name": "parts",
                                      "operation": "polish_car", "parameters": {"shine": 9}}]}})");
    EXPECT_TRUE(planned.json["success"].Bool()) << planned.body;
    EXPECT_EQ(planned.json["execution_results"]["step_results"]["polish"]["result"]["shine"].Int(), 9);
}

} // namespace
