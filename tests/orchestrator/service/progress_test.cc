#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <set>
#include <thread>

#include "world.h"

/* What is told of a workflow on its way: the state of each step, events, who waits and who leaves.
 */

namespace
{

/** A workflow whose step has each last status once; "m" is cut off by nobody. */
struct StateCase {
    const char *name;
    /** failure_handling and dependencies of the first step, "a". */
    const char *more;
    Answer answer;
    bool is_honouring;
    const char *workflow, *first, *second, *sign_of_first, *sign_of_second;
};

class StepStates : public testing::TestWithParam<StateCase>
{
};

std::set<std::string> StatusesInEvents(const std::vector<Json> &events, const char *step_id)
{
    std::set<std::string> statuses;
    for (const Json &event : events) {
        const char *step = sl_json_string(event.get(), "step_id");
        const char *status = sl_json_string(event.get(), "step_status");
        if (step && status && !strcmp(step, step_id))
            statuses.insert(status);
    }
    return statuses;
}

} // namespace

TEST_P(StepStates, AreTheSameInAnswerEventsAndSummary)
{
    const StateCase &c = GetParam();
    World world(c.is_honouring);
    ASSERT_TRUE(world.Start());
    world.payment().Script("make", {c.answer});
    Called called = world.Orchestrate(
        PlanRequest("r1", {PlanStep("a", "payment", "make", "{}", c.more),
                           PlanStep("b", "parts", "look", "{}", R"("dependencies":["a"])")}));
    ASSERT_EQ(SL_OK, called.code) << called.message;
    EXPECT_EQ(c.first, called.text("execution_results.step_results.a.status"));
    EXPECT_EQ(c.second, called.text("execution_results.step_results.b.status"));
    Called workflow = world.Get("r1");
    EXPECT_EQ(c.workflow, workflow.text("status"));
    EXPECT_EQ(c.first, workflow.text("steps.0.status"));
    EXPECT_EQ(c.second, workflow.text("steps.1.status"));
    std::string summary = called.text("final_result");
    EXPECT_NE(std::string::npos,
              summary.find(std::string("\n   ") + c.sign_of_first + " a: payment.make\n"))
        << summary;
    EXPECT_NE(std::string::npos,
              summary.find(std::string("\n   ") + c.sign_of_second + " b: parts.look\n"))
        << summary;
    std::vector<Json> events;
    ASSERT_EQ(SL_OK, world.Watch("r1", 0, &events).code);
    EXPECT_EQ(1u, StatusesInEvents(events, "a").count("running"));
    EXPECT_EQ(1u, StatusesInEvents(events, "a").count(c.first));
    EXPECT_EQ(1u, StatusesInEvents(events, "b").count(c.second));
    EXPECT_STREQ(c.workflow, sl_json_string(events.back().get(), "status"));
}

INSTANTIATE_TEST_SUITE_P(
    Each, StepStates,
    testing::Values(
        StateCase{"completed", "", Success(), true, "completed", "completed", "completed", "✅",
                  "✅"},
        StateCase{"failed", R"("failure_handling":"retry")", Failure("Insufficient stock"), true,
                  "failed", "failed", "blocked", "❌", "⛔"},
        StateCase{"aborted", R"("failure_handling":"abort")", Failure("Insufficient stock"), true,
                  "failed", "failed", "blocked", "❌", "⛔"},
        StateCase{"skipped", R"("failure_handling":"skip")", Failure("Insufficient stock"), true,
                  "completed", "skipped", "skipped", "⏭", "⏭"},
        StateCase{"needs_reconciliation", "", Answer{"", SL_UNAVAILABLE}, false,
                  "needs_reconciliation", "needs_reconciliation", "blocked", "⚠", "⛔"}),
    [](const testing::TestParamInfo<StateCase> &info) { return info.param.name; });

TEST(StepState, OnTheWayIsPendingRunningAndRetrying)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("a", "payment", "make"), PlanStep("b", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    Called workflow = world.Get("r1");
    EXPECT_EQ("running", workflow.text("status"));
    EXPECT_EQ("running", workflow.text("steps.0.status"));
    EXPECT_EQ("pending", workflow.text("steps.1.status"));
    world.payment().Script("make_more", {Failure("busy", "not_executed", true),
                                         Failure("busy", "not_executed", true), Success()});
    world.OnLoop([&] { world.payment().Release(); });
    EXPECT_TRUE(Eventually([&] { return world.Get("r1").text("steps.1.status") == "retrying"; }));
    EXPECT_EQ("completed", world.Ended("r1").text("status"));
    std::vector<Json> events;
    ASSERT_EQ(SL_OK, world.Watch("r1", 0, &events).code);
    EXPECT_EQ((std::set<std::string>{"running", "retrying", "completed"}),
              StatusesInEvents(events, "b"));
}

TEST(StepState, CancelledIsShownEverywhere)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("a", "payment", "make"), PlanStep("b", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.Call(orchestrator_cancel_workflow_method, R"({"request_id":"r1"})");
    world.OnLoop([&] { world.payment().Release(); });
    Called ended = world.Ended("r1");
    EXPECT_NE(std::string::npos,
              ended.text("result.final_result").find("\n   🚫 b: payment.make_more\n"))
        << ended.text("result.final_result");
    std::vector<Json> events;
    ASSERT_EQ(SL_OK, world.Watch("r1", 0, &events).code);
    EXPECT_EQ(1u, StatusesInEvents(events, "b").count("cancelled"));
}

/* ---- What is tried again ---- */

namespace
{

struct RetryCase {
    const char *name, *operation;
    Answer answer;
    bool is_worth_it;
};

class Retrying : public testing::TestWithParam<RetryCase>
{
};

} // namespace

TEST_P(Retrying, OnlyWhatIsWorthIt)
{
    const RetryCase &c = GetParam();
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Script(c.operation, {c.answer, Success()});
    Called called = world.Orchestrate(PlanRequest(
        "r1", {PlanStep("a", "payment", c.operation, "{}", R"("failure_handling":"retry")")}));
    EXPECT_EQ(c.is_worth_it, called.is_true("success")) << called.text("final_result");
    EXPECT_EQ(c.is_worth_it ? 2u : 1u, world.payment().asked(c.operation).size());
}

INSTANTIATE_TEST_SUITE_P(
    Each, Retrying,
    testing::Values(
        RetryCase{"unavailable", "make", Answer{"", SL_UNAVAILABLE}, true},
        RetryCase{"read_timed_out", "look", Answer{"", SL_DEADLINE_EXCEEDED}, true},
        RetryCase{"too_many_requests", "make", Failure("busy (429)", "not_executed", true), true},
        RetryCase{"the_tool_says_so", "look", Failure("try again", "settled", true), true},
        RetryCase{"not_found", "look", Failure("Repair order 9 not found"), false},
        RetryCase{"insufficient_stock", "make", Failure("Insufficient stock for part 1"), false},
        RetryCase{"invalid", "make", Answer{"", SL_INVALID_ARGUMENT}, false}),
    [](const testing::TestParamInfo<RetryCase> &info) { return info.param.name; });

/* ---- Who waits and who leaves ---- */

TEST(Waiting, WhoLeavesDoesNotStopAnAcceptedWorkflow)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.OrchestrateAndLeave(PlanRequest("r1", {PlanStep("a", "payment", "make"),
                                                 PlanStep("b", "payment", "make_more")}),
                              [&] { return world.payment().held() == 1; });
    EXPECT_EQ("running", world.Get("r1").text("status"));
    world.OnLoop([&] { world.payment().Release(); });
    EXPECT_EQ("completed", world.Ended("r1").text("status"));
    EXPECT_EQ(2u, world.payment().effects());
}

TEST(Waiting, AWatcherMissesNothingOverARestart)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(
        PlanRequest("r1", {PlanStep("l", "parts", "look"), PlanStep("m", "payment", "make"),
                           PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    std::vector<Json> before;
    Called cut_off;
    std::thread watcher([&] { cut_off = world.Watch("r1", 0, &before); });
    ASSERT_TRUE(Eventually([&] { return world.Watched() >= 5; }));
    world.Stop();
    watcher.join();
    EXPECT_NE(SL_OK, cut_off.code);
    ASSERT_EQ(5u, before.size());
    world.OnLoop([&] { world.payment().Release(); });
    ASSERT_TRUE(world.Start());
    int64_t last = static_cast<int64_t>(sl_json_number(before.back().get(), "sequence", 0));
    std::vector<Json> after;
    ASSERT_EQ(SL_OK, world.Watch("r1", last, &after).code);
    for (size_t i = 0; i < after.size(); i++)
        EXPECT_EQ(last + 1 + static_cast<int64_t>(i),
                  static_cast<int64_t>(sl_json_number(after[i].get(), "sequence", 0)));
    EXPECT_STREQ("completed", sl_json_string(after.back().get(), "status"));
    /* All of them, read at once, are the two parts together. */
    std::vector<Json> all;
    ASSERT_EQ(SL_OK, world.Watch("r1", 0, &all).code);
    ASSERT_EQ(before.size() + after.size(), all.size());
    for (size_t i = 0; i < all.size(); i++)
        EXPECT_TRUE(json_equal(all[i].get(),
                               (i < before.size() ? before[i] : after[i - before.size()]).get()))
            << i;
}

TEST(Waiting, ManyWhoAskForAnEndedWorkflowGetItsAnswer)
{
    World world;
    ASSERT_TRUE(world.Start());
    std::string request = PlanRequest("r1", {PlanStep("a", "payment", "make")});
    std::string answer = world.Orchestrate(request).text("final_result");
    std::vector<std::thread> callers;
    std::atomic<int> same{0};
    for (int i = 0; i < 8; i++)
        callers.emplace_back([&] {
            for (int k = 0; k < 40; k++)
                same += world.Orchestrate(request).text("final_result") == answer;
        });
    for (std::thread &caller : callers)
        caller.join();
    EXPECT_EQ(8 * 40, same);
    EXPECT_EQ(1u, world.payment().asked("make").size());
}

/* ---- How deep a result may be ---- */

namespace
{

std::string Nested(int levels)
{
    std::string json = "1";
    for (int i = 0; i < levels; i++)
        json = R"({"a":)" + json + "}";
    return json;
}

} // namespace

TEST(Depth, TheDeepestResultOfAnAgentCanBeAskedForAndReferredTo)
{
    for (int levels : {30, 31, 32}) {
        World world;
        ASSERT_TRUE(world.Start());
        world.parts().Script("look", {Success(Nested(levels))});
        std::string path = "l";
        for (int i = 0; i < levels; i++)
            path += ".a";
        Called called = world.Orchestrate(PlanRequest(
            "r1", {PlanStep("l", "parts", "look"),
                   PlanStep("m", "payment", "make", R"({"amount":"{{)" + path + R"(}}"})")}));
        ASSERT_EQ(SL_OK, called.code) << levels << ": " << called.message;
        EXPECT_TRUE(called.is_true("success")) << levels << called.text("final_result");
        EXPECT_EQ(R"({"amount":1})", world.payment().asked("make")[0].parameters);
        Called workflow = world.Get("r1");
        ASSERT_EQ(SL_OK, workflow.code) << levels << ": " << workflow.message;
        EXPECT_EQ("completed", workflow.text("status"));
        std::vector<Json> events;
        EXPECT_EQ(SL_OK, world.Watch("r1", 0, &events).code) << levels;
        const json_t *result = workflow.at("result.execution_results.step_results.l.result");
        if (json_is_string(result))
            EXPECT_EQ(Nested(levels), json_string_value(result)) << levels;
        else
            EXPECT_TRUE(json_is_object(result)) << levels;
    }
}
