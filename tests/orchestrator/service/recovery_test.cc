#include <gtest/gtest.h>

#include <unistd.h>

#include <thread>

#include "world.h"

namespace
{

/** As if the process had ended when this many events were on disk. */
void CutJournal(World *world, int64_t kept)
{
    world->InJournal(
        [](sl_db *db, void *arg, sl_error *err) {
            int64_t count = *static_cast<int64_t *>(arg);
            SL_TRY(sl_db_exec(db, err, "DELETE FROM events WHERE sequence > ?", "i", count));
            return sl_db_exec(db, err,
                              "UPDATE workflows SET ended_ns = NULL, sequence = ?, status = "
                              "(SELECT status FROM events WHERE sequence = ?)",
                              "ii", count, count);
        },
        &kept);
}

std::string Outline(const Called &workflow)
{
    std::string outline = workflow.text("status");
    for (size_t i = 0; i < json_array_size(workflow.at("steps")); i++) {
        std::string step = "steps." + std::to_string(i);
        std::string id = workflow.text(step + ".step_id");
        outline += " " + id + "=" + workflow.text(step + ".status") + "/" +
                   workflow.text("result.execution_results.step_results." + id + ".result.of");
    }
    return outline;
}

/** Ten steps: reading and changing, in parallel and one after the other, with references and a
 * failure. */
std::string TenSteps()
{
    return PlanRequest(
        "r1",
        {PlanStep("l1", "parts", "look", "{}", R"("parallel_group":"g")"),
         PlanStep("l2", "repair_orders", "look", "{}", R"("parallel_group":"g")"),
         PlanStep("m1", "parts", "make", R"({"amount":"{{l1.number}}"})"),
         PlanStep("m2", "payment", "make", R"({"from":"{{m1.of}}"})", R"("parallel_group":"h")"),
         PlanStep("m3", "payment", "make_more", "{}", R"("parallel_group":"h")"),
         PlanStep("l3", "parts", "look"),
         PlanStep("s1", "repair_orders", "make", "{}", R"("failure_handling":"skip")"),
         PlanStep("l4", "parts", "look", "{}", R"("dependencies":["s1"])"),
         PlanStep("m4", "parts", "make_more"), PlanStep("m5", "payment", "make")});
}

} // namespace

TEST(Recovery, GoesOnFromEveryEventToTheSameEnd)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Script("make_more", {Failure("busy", "not_executed", true), Success()});
    ASSERT_EQ(SL_OK, world.Orchestrate(TenSteps()).code);
    Called undisturbed = world.Ended("r1");
    ASSERT_EQ("completed", undisturbed.text("status")) << undisturbed.text("result.final_result");
    int64_t events = static_cast<int64_t>(undisturbed.number("sequence"));
    ASSERT_GT(events, 20);
    size_t payments = world.payment().effects(), parts = world.parts().effects();
    for (int64_t kept = events - 1; kept >= 1; kept--) {
        world.Stop();
        CutJournal(&world, kept);
        ASSERT_TRUE(world.Start()) << world.error();
        Called again = world.Ended("r1");
        EXPECT_EQ(Outline(undisturbed), Outline(again)) << "after event " << kept;
        EXPECT_EQ(payments, world.payment().effects()) << "after event " << kept;
        EXPECT_EQ(parts, world.parts().effects()) << "after event " << kept;
        std::vector<Json> seen;
        EXPECT_EQ(SL_OK, world.Watch("r1", 0, &seen).code);
        EXPECT_EQ(again.number("sequence"), static_cast<double>(seen.size()));
    }
}

TEST(Recovery, AsksAgainUnderTheSameKeyForWhatWasCutOff)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    ASSERT_EQ(SL_OK, world
                         .Accept(PlanRequest("r1", {PlanStep("m", "payment", "make", "{}",
                                                             R"("retry_attempts":0)")}))
                         .code);
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.Stop();
    world.OnLoop([&] { world.payment().Release(); });
    ASSERT_TRUE(world.Start());
    Called ended = world.Ended("r1");
    EXPECT_EQ("completed", ended.text("status"));
    EXPECT_EQ(2, ended.number("steps.0.attempts"));
    auto asked = world.payment().asked("make");
    ASSERT_EQ(2u, asked.size());
    EXPECT_EQ(asked[0].key, asked[1].key);
}

TEST(Recovery, WhatCannotBeAskedAgainNeedsAPerson)
{
    World world(false);
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.Stop();
    ASSERT_TRUE(world.Start());
    Called ended = world.Ended("r1");
    EXPECT_EQ("needs_reconciliation", ended.text("status"));
    EXPECT_EQ(1u, world.payment().asked("make").size());
}

TEST(Recovery, RemembersThatAWorkflowWasCancelled)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("m", "payment", "make"), PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    ASSERT_EQ(SL_OK,
              world.Call(orchestrator_cancel_workflow_method, R"({"request_id":"r1"})").code);
    world.Stop();
    world.OnLoop([&] { world.payment().Release(); });
    ASSERT_TRUE(world.Start());
    Called ended = world.Ended("r1");
    EXPECT_EQ("cancelled", ended.text("status"));
    EXPECT_EQ("completed", ended.text("steps.0.status"));
    EXPECT_EQ(0u, world.payment().asked("make_more").size());
}

TEST(Recovery, EndedWorkflowsAreThereAfterARestart)
{
    World world;
    ASSERT_TRUE(world.Start());
    std::string request = PlanRequest("r1", {PlanStep("m", "payment", "make")});
    std::string before = world.Orchestrate(request).text("final_result");
    world.Stop();
    ASSERT_TRUE(world.Start());
    EXPECT_EQ(before, world.Orchestrate(request).text("final_result"));
    EXPECT_EQ(before, world.Get("r1").text("result.final_result"));
    EXPECT_EQ(1u, world.payment().asked().size());
}

TEST(Stop, LetsWhatIsInFlightEnd)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    Called called;
    std::thread caller(
        [&] { called = world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")})); });
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    std::thread stopper([&] { world.Stop(10000); });
    ASSERT_TRUE(
        Eventually([&] { return world.Call(orchestrator_get_health_method, "{}").code != SL_OK; }));
    world.OnLoop([&] { world.payment().Release(); });
    caller.join();
    stopper.join();
    EXPECT_EQ(SL_OK, called.code) << called.message;
    EXPECT_TRUE(called.is_true("success"));
}

TEST(Lock, SecondOrchestratorSaysWhoHoldsTheFolder)
{
    World first;
    ASSERT_TRUE(first.Start());
    World second;
    std::string folder = first.folder();
    second.config.data_dir = folder.c_str();
    EXPECT_FALSE(second.Start());
    EXPECT_NE(std::string::npos, second.error().find("process " + std::to_string(getpid())))
        << second.error();
    first.Stop();
    EXPECT_TRUE(second.Start()) << second.error();
}

TEST(Disk, WhatCannotBeWrittenIsNotAcceptedAndNothingRuns)
{
    World world;
    ASSERT_TRUE(world.Start());
    sl_store *store = orch_journal_store(orch_process_journal(world.process()));
    sl_store_fail_commits(store, SL_RESOURCE_EXHAUSTED);
    Called called = world.Accept(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    EXPECT_NE(SL_OK, called.code);
    Called health = world.Call(orchestrator_get_health_method, "{}");
    EXPECT_EQ("degraded", health.text("status"));
    EXPECT_NE(std::string::npos, health.text("reason").find("journal"));
    sl_store_fail_commits(store, SL_OK);
    EXPECT_EQ(SL_NOT_FOUND, world.Get("r1").code);
    EXPECT_EQ(0u, world.payment().asked().size());
    EXPECT_TRUE(world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}))
                    .is_true("success"));
}

TEST(Disk, WorkflowUnderWayWaitsAndGoesOnWhenItHeals)
{
    World world;
    ASSERT_TRUE(world.Start());
    sl_store *store = orch_journal_store(orch_process_journal(world.process()));
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("m", "payment", "make"), PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    sl_store_fail_commits(store, SL_UNAVAILABLE);
    world.OnLoop([&] { world.payment().Release(); });
    CallOptions options;
    options.timeout_ms = 300;
    EXPECT_EQ(SL_DEADLINE_EXCEEDED, world.Get("r1", options).code);
    EXPECT_EQ(0u, world.payment().asked("make_more").size());
    sl_store_fail_commits(store, SL_OK);
    EXPECT_EQ("completed", world.Ended("r1").text("status"));
    EXPECT_EQ(2u, world.payment().asked().size());
}

TEST(Fence, WhoLostTheJournalStops)
{
    World world;
    ASSERT_TRUE(world.Start());
    orch_journal *journal = orch_process_journal(world.process());
    sl_error error = {};
    world.OnLoop([&] {
        EXPECT_EQ(SL_OK, sl_store_write(
                             orch_journal_store(journal),
                             [](sl_db *db, void *, sl_error *err) {
                                 return sl_db_exec(db, err, "UPDATE fence SET number = 99", "");
                             },
                             nullptr, &error));
    });
    Called called = world.Accept(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    EXPECT_EQ(SL_UNAVAILABLE, called.code);
    EXPECT_NE(std::string::npos, called.message.find("not accepted")) << called.message;
    EXPECT_EQ(0u, world.payment().asked().size());
    EXPECT_EQ(SL_UNAVAILABLE,
              world.Accept(PlanRequest("r2", {PlanStep("m", "payment", "make")})).code);
}
