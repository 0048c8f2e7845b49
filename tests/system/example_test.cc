#include <gtest/gtest.h>

#include <signal.h>

#include "fleet.h"

namespace
{

const char kRequest[] = "Add part number 1234 to RO number 1234, and send payment link of 100$ to "
                        "ambujmehra16@gmail.com";

/* One fleet for the tests that leave it as it was. */
struct Example : testing::Test {
    static inline std::unique_ptr<Fleet> fleet;
    static void SetUpTestSuite()
    {
        fleet = std::make_unique<Fleet>();
        ASSERT_TRUE(fleet->WaitHealthy()) << fleet->Logs();
    }
    static void TearDownTestSuite()
    {
        fleet.reset();
    }
};

double Available(const Fleet &fleet)
{
    HttpAnswer answer =
        fleet.Execute("parts", "check_part_availability", R"({"part_number": "1234"})");
    EXPECT_TRUE(answer.json["success"].Bool()) << answer.body;
    return answer.json["result"]["quantity_available"].Number();
}

TEST_F(Example, RunsEndToEndOverRest)
{
    double before = Available(*fleet);
    HttpAnswer answer = fleet->Orchestrate(kRequest);
    ASSERT_EQ(answer.status, 200) << answer.body << fleet->Logs();
    ASSERT_TRUE(answer.json["success"].Bool()) << answer.json.Dump() << fleet->Logs();
    EXPECT_EQ(answer.json["execution_results"]["total_steps"].Int(), 4);
    EXPECT_EQ(answer.json["execution_results"]["completed_steps"].Int(), 4);
    EXPECT_EQ(answer.json["execution_results"]["failed_steps"].Size(), 0u);
    for (const char *step :
         {"validate_ro_1", "validate_part_1", "reserve_part_1", "create_payment_1"}) {
        Json result = answer.json["execution_results"]["step_results"][step];
        EXPECT_EQ(result["status"].Text(), "completed") << step;
        EXPECT_EQ(result["attempts"].Int(), 1) << step;
    }
    EXPECT_EQ(Available(*fleet), before - 1);
    std::string payment =
        answer.json["execution_results"]["step_results"]["create_payment_1"]["result"]["payment_id"]
            .Text();
    ASSERT_NE(payment, "");
    HttpAnswer status = fleet->Execute("payment", "check_payment_status",
                                       R"({"payment_id": ")" + payment + R"("})");
    EXPECT_EQ(status.json["result"]["status"].Text(), "pending") << status.body;
}

TEST_F(Example, SummaryHasTheLayoutToTheLetter)
{
    HttpAnswer answer = fleet->Orchestrate(kRequest);
    std::string text = answer.json["final_result"].Text();
    std::string plan = answer.json["workflow_plan"]["plan_id"].Text();
    EXPECT_EQ(text.find("🚗 AUTOMOTIVE SERVICE EXECUTION SUMMARY\n📋 Request: " +
                        std::string(kRequest) + "\n🔧 Workflow Plan: " + plan +
                        "\n📊 Progress: 4/4 steps completed\n\n📝 STEP-BY-STEP RESULTS:\n"
                        "   ✅ validate_ro_1: repair_orders.get_repair_order_details\n"
                        "      Result: {\"repair_order_id\": \"1234\", "),
              0u)
        << text;
    const char tail[] = "\n\n🔒 VALIDATION SUMMARY:\n"
                        "   ✓ repair_order_1234_existence_verified\n"
                        "   ✓ part_1234_availability_confirmed\n"
                        "   ✓ email_format_validated\n"
                        "   ✓ amount_100_USD_validated";
    ASSERT_GE(text.size(), sizeof(tail));
    EXPECT_NE(text.find(tail), std::string::npos) << text;
}

TEST_F(Example, RunsAsynchronouslyAndIsWatched)
{
    HttpAnswer accepted = fleet->RestPost(
        "orchestrator", "/orchestrate-async",
        std::string(R"({"request_id": "watched-1", "user_request": ")") + kRequest + R"("})");
    EXPECT_EQ(accepted.json["status"].Text(), "accepted") << accepted.body;
    HttpAnswer events = HttpGet(fleet->RestUrl("orchestrator") + "/workflow/watched-1/events");
    EXPECT_EQ(events.status, 200);
    EXPECT_NE(events.headers.find("text/event-stream"), std::string::npos) << events.headers;
    EXPECT_NE(events.body.find("\"step_id\":\"reserve_part_1\""), std::string::npos) << events.body;
    EXPECT_NE(events.body.find("\"status\":\"completed\""), std::string::npos) << events.body;
    HttpAnswer workflow = fleet->RestGet("orchestrator", "/workflow/watched-1");
    EXPECT_EQ(workflow.json["status"].Text(), "completed") << workflow.body;
    EXPECT_TRUE(workflow.json["result"]["success"].Bool());
}

TEST_F(Example, CommandLineShowsStepsThenTheSummary)
{
    Process cli({fleet->Program("servicelane"), kRequest}, fleet->Variables());
    ASSERT_EQ(cli.Wait(30000), 0) << cli.Output();
    std::string output = cli.Output();
    size_t step = output.find("✅ create_payment_1 completed");
    size_t summary = output.find("📊 Progress: 4/4 steps completed");
    ASSERT_NE(step, std::string::npos) << output;
    ASSERT_NE(summary, std::string::npos) << output;
    EXPECT_LT(step, summary);
    EXPECT_EQ(output.find('\r'), std::string::npos) << "no live line in a pipe";

    Process refused({fleet->Program("servicelane"), "Show RO 999999"}, fleet->Variables());
    EXPECT_EQ(refused.Wait(30000), 1) << refused.Output();
    Process services({fleet->Program("servicelane"), "services"}, fleet->Variables());
    EXPECT_EQ(services.Wait(30000), 0);
    EXPECT_NE(services.Output().find("repair_orders  healthy"), std::string::npos)
        << services.Output();
    Process health({fleet->Program("servicelane"), "health"}, fleet->Variables());
    EXPECT_EQ(health.Wait(30000), 0) << health.Output();
}

} // namespace
