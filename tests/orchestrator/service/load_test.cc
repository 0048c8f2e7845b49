#include <gtest/gtest.h>

#include <chrono>

#include "world.h"

/* Which workflows run, which wait, which are refused, and when their time is over. */

namespace
{

std::string Make(const std::string &request_id, int priority = 1)
{
    return PlanRequest(request_id, {PlanStep("m", "payment", "make")},
                       R"("priority":)" + std::to_string(priority));
}

std::string AskedOrder(World *world)
{
    std::string order;
    for (const Asked &asked : world->payment().asked("make"))
        order += asked.request_id.substr(0, asked.request_id.find('/')) + " ";
    return order;
}

/** One runs and is held; these wait behind it. */
void AcceptBehindOne(World *world, const std::vector<std::pair<std::string, int>> &waiting)
{
    world->payment().Hold("make");
    ASSERT_EQ(SL_OK, world->Accept(Make("first")).code);
    ASSERT_TRUE(Eventually([&] { return world->payment().held() == 1; }));
    for (const auto &[id, priority] : waiting)
        ASSERT_EQ(SL_OK, world->Accept(Make(id, priority)).code);
}

} // namespace

TEST(Admission, HigherPriorityGoesFirstThenWhoCameFirst)
{
    World world;
    world.config.max_running = 1;
    ASSERT_TRUE(world.Start()) << world.error();
    AcceptBehindOne(&world, {{"low", -3}, {"a", 1}, {"high", 9}, {"b", 1}, {"high2", 9}, {"c", 1}});
    EXPECT_EQ("accepted", world.Get("a").text("status"));
    EXPECT_EQ("running", world.Get("first").text("status"));
    EXPECT_EQ(1u, world.payment().asked("make").size());
    world.OnLoop([&] { world.payment().Release(); });
    EXPECT_EQ("completed", world.Ended("low").text("status"));
    EXPECT_EQ("first high high2 a b c low ", AskedOrder(&world));
}

TEST(Admission, SeveralRunAtOnceUpToTheLimit)
{
    World world;
    world.config.max_running = 3;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    for (int i = 0; i < 5; i++)
        ASSERT_EQ(SL_OK, world.Accept(Make("r" + std::to_string(i))).code);
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 3; }));
    EXPECT_EQ("accepted", world.Get("r3").text("status"));
    EXPECT_EQ("accepted", world.Get("r4").text("status"));
    world.OnLoop([&] { world.payment().Release(); });
    for (int i = 0; i < 5; i++)
        EXPECT_EQ("completed", world.Ended("r" + std::to_string(i)).text("status"));
}

TEST(Admission, BeyondTheQueueIsRefusedWithAHintAndHealsByItself)
{
    World world;
    world.config.max_running = 1;
    world.config.max_workflows = 2;
    ASSERT_TRUE(world.Start());
    AcceptBehindOne(&world, {{"second", 1}});
    Called refused = world.Accept(Make("third"));
    EXPECT_EQ(SL_RESOURCE_EXHAUSTED, refused.code);
    EXPECT_NE(std::string::npos, refused.message.find("try again in")) << refused.message;
    EXPECT_EQ(SL_NOT_FOUND, world.Get("third").code);
    /* Known ones are no new ones. */
    EXPECT_EQ(SL_OK, world.Accept(Make("second")).code);
    world.OnLoop([&] { world.payment().Release(); });
    world.Ended("second");
    EXPECT_TRUE(world.Orchestrate(Make("third")).is_true("success"));
}

TEST(Admission, OneThatWaitsIsCancelledAtOnce)
{
    World world;
    world.config.max_running = 1;
    ASSERT_TRUE(world.Start());
    AcceptBehindOne(&world, {{"a", 1}, {"b", 1}, {"c", 1}});
    EXPECT_EQ(SL_OK, world.Call(orchestrator_cancel_workflow_method, R"({"request_id":"b"})").code);
    EXPECT_EQ("cancelled", world.Get("b").text("status"));
    world.OnLoop([&] { world.payment().Release(); });
    EXPECT_EQ("completed", world.Ended("c").text("status"));
    EXPECT_EQ("first a c ", AskedOrder(&world));
}

TEST(Admission, AfterARestartPriorityCountsAgain)
{
    World world;
    world.config.max_running = 1;
    ASSERT_TRUE(world.Start());
    AcceptBehindOne(&world, {{"a", 1}, {"low", 0}, {"high", 9}, {"b", 1}});
    world.Stop();
    ASSERT_TRUE(world.Start());
    EXPECT_EQ("accepted", world.Get("a").text("status"));
    world.OnLoop([&] { world.payment().Release(); });
    EXPECT_EQ("completed", world.Ended("low").text("status"));
    EXPECT_EQ("first first high a b low ", AskedOrder(&world));
}

TEST(Deadline, NothingMoreStartsAndARunningChangeIsAwaited)
{
    World world;
    world.config.workflow_deadline_s = 1;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("m", "payment", "make"), PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    EXPECT_TRUE(Eventually([&] { return world.Get("r1").text("steps.1.status") == "blocked"; }));
    EXPECT_EQ("running", world.Get("r1").text("steps.0.status"));
    world.OnLoop([&] { world.payment().Release(); });
    Called ended = world.Ended("r1");
    EXPECT_EQ("failed", ended.text("status"));
    EXPECT_EQ("completed", ended.text("steps.0.status"));
    EXPECT_NE(std::string::npos, ended.text("result.final_result").find("time of 1 seconds"))
        << ended.text("result.final_result");
    EXPECT_EQ(0u, world.payment().asked("make_more").size());
    std::vector<Json> events;
    ASSERT_EQ(SL_OK, world.Watch("r1", 3, &events).code);
    EXPECT_NE(nullptr, strstr(sl_json_string(events[0].get(), "error"), "time of 1 seconds"));
}

TEST(Deadline, AReadingStepIsCutOff)
{
    World world;
    world.config.workflow_deadline_s = 1;
    ASSERT_TRUE(world.Start());
    world.parts().Hold("look");
    Called ended = world.Orchestrate(
        PlanRequest("r1", {PlanStep("l", "parts", "look"), PlanStep("m", "payment", "make")}));
    EXPECT_FALSE(ended.is_true("success"));
    EXPECT_EQ("failed", ended.text("execution_results.step_results.l.status"));
    EXPECT_EQ("blocked", ended.text("execution_results.step_results.m.status"));
    EXPECT_EQ(0u, world.payment().asked("make").size());
}

TEST(Deadline, CountsWhileAWorkflowWaits)
{
    World world;
    world.config.workflow_deadline_s = 1;
    world.config.max_running = 1;
    ASSERT_TRUE(world.Start());
    AcceptBehindOne(&world, {{"a", 1}});
    Called ended = world.Ended("a");
    EXPECT_EQ("failed", ended.text("status"));
    EXPECT_NE(std::string::npos, ended.text("result.final_result").find("time of 1 seconds"));
    world.OnLoop([&] { world.payment().Release(); });
    world.Ended("first");
    EXPECT_EQ("first ", AskedOrder(&world));
}

TEST(Deadline, CountsWhileNobodyRunsTheWorkflow)
{
    World world;
    world.config.workflow_deadline_s = 1;
    ASSERT_TRUE(world.Start());
    auto accepted = std::chrono::steady_clock::now();
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("m", "payment", "make"), PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.Stop();
    world.OnLoop([&] { world.payment().Release(); });
    ASSERT_TRUE(Eventually([&] {
        return std::chrono::steady_clock::now() - accepted > std::chrono::milliseconds(1100);
    }));
    ASSERT_TRUE(world.Start());
    Called ended = world.Ended("r1");
    EXPECT_EQ("failed", ended.text("status"));
    EXPECT_EQ("completed", ended.text("steps.0.status"));
    EXPECT_EQ("blocked", ended.text("steps.1.status"));
}

TEST(Deadline, BeginsAnewWhenAPersonSettlesAStep)
{
    World world(false);
    world.config.workflow_deadline_s = 1;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("m", "payment", "make"), PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.Stop();
    ASSERT_TRUE(world.Start());
    ASSERT_EQ("needs_reconciliation", world.Ended("r1").text("status"));
    auto ended = std::chrono::steady_clock::now();
    ASSERT_TRUE(Eventually([&] {
        return std::chrono::steady_clock::now() - ended > std::chrono::milliseconds(1100);
    }));
    ASSERT_EQ(SL_OK, world
                         .Call(orchestrator_reconcile_step_method,
                               R"({"request_id":"r1","step_id":"m","outcome":"happened",)"
                               R"("reason":"seen"})")
                         .code);
    EXPECT_EQ("completed", world.Ended("r1").text("status"));
    EXPECT_EQ(1u, world.payment().asked("make_more").size());
}
