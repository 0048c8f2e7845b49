#include <gtest/gtest.h>

#include <thread>

#include "world.h"

namespace
{

const char kRead[] = R"("failure_handling":"retry")";
const char kOnce[] = R"("failure_handling":"retry","retry_attempts":0)";

} // namespace

TEST(Orchestrate, RunsAPlanAndTellsAll)
{
    World world;
    ASSERT_TRUE(world.Start()) << world.error();
    Called called = world.Orchestrate(PlanRequest(
        "r1", {PlanStep("look_1", "parts", "look", R"({"part":"1234"})"),
               PlanStep("make_1", "payment", "make", R"({"amount":"{{look_1.number}}"})")}));
    ASSERT_EQ(SL_OK, called.code) << called.message;
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_EQ("r1", called.text("request_id"));
    EXPECT_EQ("p1", called.text("workflow_plan.plan_id"));
    EXPECT_EQ(2, called.number("execution_results.total_steps"));
    EXPECT_EQ(2, called.number("execution_results.completed_steps"));
    EXPECT_EQ("completed", called.text("execution_results.step_results.make_1.status"));
    EXPECT_EQ(1, called.number("execution_results.step_results.make_1.attempts"));
    EXPECT_EQ("make", called.text("execution_results.step_results.make_1.result.of"));
    EXPECT_NE(std::string::npos, called.text("final_result").find("2/2 steps completed"));
    ASSERT_EQ(1u, world.payment().asked("make").size());
    EXPECT_EQ(R"({"amount":42})", world.payment().asked("make")[0].parameters);
}

TEST(Orchestrate, KeyIsTheWorkflowAndTheStepAndTravelsWithTheTenant)
{
    World world;
    ASSERT_TRUE(world.Start());
    CallOptions options;
    options.tenant = "dealer-7";
    world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}), options);
    ASSERT_EQ(1u, world.payment().asked("make").size());
    Asked asked = world.payment().asked("make")[0];
    EXPECT_EQ("dealer-7", asked.tenant);
    EXPECT_EQ("r1/m", asked.request_id);
    ASSERT_EQ(36u + 2u, asked.key.size());
    EXPECT_EQ("/m", asked.key.substr(36));
    EXPECT_EQ(10, asked.timeout);
}

TEST(Orchestrate, SameRequestIsTheSameWorkflowAnotherIsRefused)
{
    World world;
    ASSERT_TRUE(world.Start());
    std::string request = PlanRequest("r1", {PlanStep("m", "payment", "make")});
    EXPECT_TRUE(world.Orchestrate(request).is_true("success"));
    Called again = world.Orchestrate(request);
    EXPECT_TRUE(again.is_true("success")) << again.message;
    EXPECT_EQ(1u, world.payment().asked("make").size());
    Called other = world.Orchestrate(PlanRequest("r1", {PlanStep("n", "payment", "make")}));
    EXPECT_EQ(SL_ALREADY_EXISTS, other.code);
    CallOptions options;
    options.tenant = "somebody else";
    EXPECT_TRUE(world.Orchestrate(request, options).is_true("success"));
    EXPECT_EQ(2u, world.payment().asked("make").size());
}

TEST(Orchestrate, IdempotencyKeyStandsForTheRequestId)
{
    World world;
    ASSERT_TRUE(world.Start());
    std::string request = R"({"user_request":"x","plan":{"plan_id":"p","execution_steps":[)" +
                          PlanStep("m", "payment", "make") + "]}}";
    CallOptions options;
    options.key = "key-1";
    EXPECT_EQ("key-1", world.Orchestrate(request, options).text("request_id"));
    EXPECT_EQ("key-1", world.Orchestrate(request, options).text("request_id"));
    EXPECT_EQ(1u, world.payment().effects());
    EXPECT_EQ(36u, world.Orchestrate(request).text("request_id").size());
}

TEST(Orchestrate, TwoCallersOfOneWorkflowGetOneAnswer)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    std::string request = PlanRequest("r1", {PlanStep("m", "payment", "make")});
    Called one, two;
    std::thread first([&] { one = world.Orchestrate(request); });
    std::thread second([&] { two = world.Orchestrate(request); });
    EXPECT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.OnLoop([&] { world.payment().Release(); });
    first.join();
    second.join();
    EXPECT_TRUE(one.is_true("success"));
    EXPECT_TRUE(two.is_true("success"));
    EXPECT_EQ(1u, world.payment().asked("make").size());
}

TEST(Orchestrate, RetriesWhatIsWorthItUnderTheSameKey)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Script(
        "make", {Failure("busy", "not_executed", true), Answer{"", SL_UNAVAILABLE}, Success()});
    Called called = world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_EQ(3, called.number("execution_results.step_results.m.attempts"));
    auto asked = world.payment().asked("make");
    ASSERT_EQ(3u, asked.size());
    EXPECT_EQ(asked[0].key, asked[2].key);
}

TEST(Orchestrate, DoesNotRetryARefusal)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Script("make", {Failure("Insufficient stock")});
    Called called = world.Orchestrate(
        PlanRequest("r1", {PlanStep("m", "payment", "make"),
                           PlanStep("n", "parts", "make", "{}", R"("dependencies":["m"])"),
                           PlanStep("o", "parts", "look")}));
    EXPECT_EQ(SL_OK, called.code);
    EXPECT_FALSE(called.is_true("success"));
    EXPECT_EQ(1u, world.payment().asked("make").size());
    EXPECT_EQ("m", called.text("execution_results.failed_steps.0"));
    EXPECT_EQ("Insufficient stock", called.text("execution_results.step_results.m.error"));
    EXPECT_EQ("blocked", called.text("execution_results.step_results.n.status"));
    EXPECT_EQ("completed", called.text("execution_results.step_results.o.status"));
    EXPECT_EQ("failed", world.Get("r1").text("status"));
}

TEST(Orchestrate, AbortEndsTheWorkflow)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.parts().Script("look", {Failure("Repair order not found")});
    Called called = world.Orchestrate(
        PlanRequest("r1", {PlanStep("a", "parts", "look", "{}", R"("failure_handling":"abort")"),
                           PlanStep("b", "payment", "make")}));
    EXPECT_FALSE(called.is_true("success"));
    EXPECT_TRUE(called.is_true("execution_results.aborted"));
    EXPECT_EQ("blocked", called.text("execution_results.step_results.b.status"));
    EXPECT_EQ(0u, world.payment().asked().size());
}

TEST(Orchestrate, ReferenceThatLeadsNowhereFailsItsStepUnsent)
{
    World world;
    ASSERT_TRUE(world.Start());
    Called called = world.Orchestrate(
        PlanRequest("r1", {PlanStep("a", "parts", "look"),
                           PlanStep("b", "payment", "make", R"({"amount":"{{a.not_there}}"})")}));
    EXPECT_EQ("failed", called.text("execution_results.step_results.b.status"));
    EXPECT_EQ(0, called.number("execution_results.step_results.b.attempts"));
    EXPECT_EQ(0u, world.payment().asked().size());
}

TEST(Orchestrate, WhatCannotBePlannedSaysWhyAndRunsNothing)
{
    World world;
    ASSERT_TRUE(world.Start());
    struct {
        const char *id, *step, *expected;
    } cases[] = {
        {"r1", R"({"step_id":"s","service_name":"parts","operation":"fly","parameters":{}})",
         "has no operation"},
        {"r2", R"({"step_id":"s","service_name":"tyres","operation":"look","parameters":{}})",
         "tyres"},
        {"r3",
         R"({"step_id":"s","service_name":"payment","operation":"make","parameters":{"amount":"x"}})",
         "amount"},
    };
    for (const auto &one : cases) {
        Called called = world.Orchestrate(PlanRequest(one.id, {one.step}));
        ASSERT_EQ(SL_OK, called.code) << called.message;
        EXPECT_FALSE(called.is_true("success"));
        EXPECT_NE(std::string::npos, called.text("final_result").find(one.expected))
            << called.text("final_result");
        EXPECT_EQ(0, called.number("execution_results.total_steps"));
        EXPECT_EQ("failed", world.Get(one.id).text("status"));
    }
    EXPECT_EQ(0u, world.payment().asked().size() + world.parts().asked().size());
}

TEST(Orchestrate, AgentsCheckBeforeAnythingRuns)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().RefuseValidation("make", "customer_email: no address");
    std::string request =
        PlanRequest("r1", {PlanStep("a", "parts", "make"), PlanStep("b", "payment", "make")});
    Called called = world.Orchestrate(request);
    EXPECT_FALSE(called.is_true("success"));
    EXPECT_NE(std::string::npos, called.text("final_result").find("customer_email: no address"));
    EXPECT_EQ(0u, world.parts().asked().size());
    Called planned = world.Call(orchestrator_plan_method, request);
    EXPECT_FALSE(planned.is_true("success"));
    EXPECT_FALSE(planned.is_true("validation.valid"));
    EXPECT_NE(std::string::npos, planned.text("validation.errors.0").find("customer_email"));
}

TEST(Orchestrate, DeadlineEndsTheCallNotTheWorkflow)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    CallOptions options;
    options.timeout_ms = 600;
    Called called =
        world.Orchestrate(PlanRequest("slow-1", {PlanStep("m", "payment", "make")}), options);
    EXPECT_EQ(SL_DEADLINE_EXCEEDED, called.code);
    EXPECT_NE(std::string::npos, called.message.find("slow-1")) << called.message;
    EXPECT_EQ("running", world.Get("slow-1").text("status"));
    world.OnLoop([&] { world.payment().Release(); });
    EXPECT_EQ("completed", world.Ended("slow-1").text("status"));
}

TEST(Orchestrate, UnknownOutcomeOfWhatCannotBeAskedAgainNeedsAPerson)
{
    World world(false);
    ASSERT_TRUE(world.Start());
    world.payment().Script("make", {Answer{"", SL_UNAVAILABLE}, Success()});
    Called called = world.Orchestrate(
        PlanRequest("r1", {PlanStep("m", "payment", "make", "{}", kRead),
                           PlanStep("n", "parts", "look", "{}", R"("dependencies":["m"])")}));
    ASSERT_EQ(SL_OK, called.code) << called.message;
    EXPECT_FALSE(called.is_true("success"));
    EXPECT_EQ(1u, world.payment().asked("make").size());
    EXPECT_EQ("needs_reconciliation", world.Get("r1").text("status"));
    EXPECT_EQ("needs_reconciliation", called.text("execution_results.step_results.m.status"));
    EXPECT_EQ("blocked", called.text("execution_results.step_results.n.status"));
}

TEST(Reconcile, HappenedGoesOnWithTheResultGiven)
{
    World world(false);
    ASSERT_TRUE(world.Start());
    world.payment().Script("make", {Answer{"", SL_UNAVAILABLE}});
    world.Orchestrate(
        PlanRequest("r1", {PlanStep("m", "payment", "make"),
                           PlanStep("n", "parts", "look", R"({"link":"{{m.link}}"})")}));
    Called called = world.Call(
        orchestrator_reconcile_step_method,
        R"({"request_id":"r1","step_id":"m","outcome":"happened","result":{"link":"L"},"reason":"seen"})");
    ASSERT_EQ(SL_OK, called.code) << called.message;
    Called ended = world.Ended("r1");
    EXPECT_EQ("completed", ended.text("status"));
    EXPECT_EQ("L", ended.text("result.execution_results.step_results.m.result.link"));
    EXPECT_EQ(R"({"link":"L"})", world.parts().asked("look")[0].parameters);
    EXPECT_EQ(1u, world.payment().asked("make").size());
}

TEST(Reconcile, NotHappenedRunsTheStepAgainUnderANewKey)
{
    World world(false);
    ASSERT_TRUE(world.Start());
    world.payment().Script("make", {Answer{"", SL_UNAVAILABLE}, Success()});
    world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    const char request[] =
        R"({"request_id":"r1","step_id":"m","outcome":"not_happened","reason":"looked"})";
    ASSERT_EQ(SL_OK, world.Call(orchestrator_reconcile_step_method, request).code);
    Called ended = world.Ended("r1");
    EXPECT_EQ("completed", ended.text("status"));
    EXPECT_EQ(2, ended.number("steps.0.attempts"));
    auto asked = world.payment().asked("make");
    ASSERT_EQ(2u, asked.size());
    EXPECT_NE(asked[0].key, asked[1].key);
    EXPECT_EQ(SL_ABORTED, world.Call(orchestrator_reconcile_step_method, request).code);
}

TEST(Reconcile, RefusesWhatItCannotUse)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    struct {
        const char *request;
        sl_code expected;
    } cases[] = {
        {R"({"request_id":"r1","step_id":"m","outcome":"happened","reason":""})",
         SL_INVALID_ARGUMENT},
        {R"({"request_id":"r1","step_id":"m","reason":"x"})", SL_INVALID_ARGUMENT},
        {R"({"request_id":"no","step_id":"m","outcome":"happened","reason":"x"})", SL_NOT_FOUND},
        {R"({"request_id":"r1","step_id":"z","outcome":"happened","reason":"x"})", SL_NOT_FOUND},
        {R"({"request_id":"r1","step_id":"m","outcome":"happened","reason":"x"})", SL_ABORTED},
    };
    for (const auto &one : cases)
        EXPECT_EQ(one.expected, world.Call(orchestrator_reconcile_step_method, one.request).code)
            << one.request;
}

TEST(Cancel, StartsNothingMoreAndKeepsTheChangeThatRuns)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest(
        "r1", {PlanStep("m", "payment", "make"), PlanStep("n", "payment", "make_more")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    Called cancelled = world.Call(orchestrator_cancel_workflow_method,
                                  R"({"request_id":"r1","reason":"changed my mind"})");
    EXPECT_EQ(SL_OK, cancelled.code) << cancelled.message;
    EXPECT_EQ("running", cancelled.text("status"));
    world.OnLoop([&] { world.payment().Release(); });
    Called ended = world.Ended("r1");
    EXPECT_EQ("cancelled", ended.text("status"));
    EXPECT_EQ("completed", ended.text("steps.0.status"));
    EXPECT_EQ("cancelled", ended.text("steps.1.status"));
    EXPECT_EQ(0u, world.payment().asked("make_more").size());
    EXPECT_EQ(SL_FAILED_PRECONDITION,
              world.Call(orchestrator_cancel_workflow_method, R"({"request_id":"r1"})").code);
    EXPECT_EQ(SL_NOT_FOUND,
              world.Call(orchestrator_cancel_workflow_method, R"({"request_id":"r2"})").code);
}

TEST(Cancel, EndsAReadingStepAtOnce)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.parts().Hold("look");
    world.Accept(PlanRequest("r1", {PlanStep("l", "parts", "look")}));
    ASSERT_TRUE(Eventually([&] { return world.parts().held() == 1; }));
    world.Call(orchestrator_cancel_workflow_method, R"({"request_id":"r1"})");
    Called ended = world.Ended("r1");
    EXPECT_EQ("cancelled", ended.text("status"));
    EXPECT_EQ("cancelled", ended.text("steps.0.status"));
}

TEST(Watch, GivesEveryEventFromTheFirstOrAfterANumber)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.Orchestrate(
        PlanRequest("r1", {PlanStep("l", "parts", "look"), PlanStep("m", "payment", "make")}));
    std::vector<Json> events;
    ASSERT_EQ(SL_OK, world.Watch("r1", 0, &events).code);
    ASSERT_EQ(7u, events.size());
    for (size_t i = 0; i < events.size(); i++)
        EXPECT_EQ(i + 1, static_cast<size_t>(sl_json_number(events[i].get(), "sequence", 0)));
    EXPECT_STREQ("accepted", sl_json_string(events[0].get(), "status"));
    EXPECT_TRUE(json_is_object(json_object_get(events[1].get(), "workflow_plan")));
    EXPECT_STREQ("l", sl_json_string(events[2].get(), "step_id"));
    EXPECT_STREQ("running", sl_json_string(events[2].get(), "step_status"));
    EXPECT_STREQ("completed", sl_json_string(events[3].get(), "step_status"));
    EXPECT_STREQ("look", sl_json_string(json_object_get(events[3].get(), "result"), "of"));
    EXPECT_STREQ("completed", sl_json_string(events[6].get(), "status"));
    std::vector<Json> rest;
    ASSERT_EQ(SL_OK, world.Watch("r1", 5, &rest).code);
    ASSERT_EQ(2u, rest.size());
    EXPECT_EQ(6, sl_json_number(rest[0].get(), "sequence", 0));
    EXPECT_EQ(SL_NOT_FOUND, world.Watch("nobody", 0, &rest).code);
}

TEST(Watch, FollowsAWorkflowThatRuns)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.payment().Hold("make");
    world.Accept(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    std::vector<Json> events;
    Called ended;
    std::thread watcher([&] { ended = world.Watch("r1", 0, &events); });
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    world.OnLoop([&] { world.payment().Release(); });
    watcher.join();
    EXPECT_EQ(SL_OK, ended.code) << ended.message;
    ASSERT_EQ(5u, events.size());
    EXPECT_STREQ("completed", sl_json_string(events.back().get(), "status"));
}

TEST(List, PagesNewestFirstAndByStatus)
{
    World world;
    ASSERT_TRUE(world.Start());
    for (int i = 1; i <= 5; i++)
        world.Orchestrate(PlanRequest("r" + std::to_string(i), {PlanStep("l", "parts", "look")}));
    world.parts().Script("look", {Failure("no")});
    world.Orchestrate(PlanRequest("bad", {PlanStep("l", "parts", "look")}));
    std::string token, seen;
    do {
        Called page = world.Call(orchestrator_list_workflows_method,
                                 R"({"page_size":2,"page_token":")" + token + R"("})");
        ASSERT_EQ(SL_OK, page.code) << page.message;
        for (size_t i = 0; i < json_array_size(page.at("workflows")); i++)
            seen += page.text("workflows." + std::to_string(i) + ".request_id") + " ";
        token = page.text("next_page_token");
    } while (!token.empty());
    EXPECT_EQ("bad r5 r4 r3 r2 r1 ", seen);
    Called failed = world.Call(orchestrator_list_workflows_method, R"({"status":"failed"})");
    ASSERT_EQ(1u, json_array_size(failed.at("workflows")));
    EXPECT_EQ("bad", failed.text("workflows.0.request_id"));
    EXPECT_EQ(SL_INVALID_ARGUMENT,
              world.Call(orchestrator_list_workflows_method, R"({"page_token":"x"})").code);
    EXPECT_EQ(SL_INVALID_ARGUMENT,
              world.Call(orchestrator_list_workflows_method, R"({"page_size":201})").code);
}

TEST(Registry, ShowsTheAgentsAndSeesOneGoAndReturn)
{
    World world;
    world.config.discovery_interval_s = 1;
    ASSERT_TRUE(world.Start());
    auto health = [&] { return world.Call(orchestrator_get_health_method, "{}"); };
    ASSERT_TRUE(Eventually([&] { return health().text("status") == "healthy"; }));
    Called services = world.Call(orchestrator_list_services_method, "{}");
    EXPECT_EQ(3u, json_array_size(services.at("healthy_services")));
    EXPECT_EQ("look", services.text("services.parts.operations.0"));
    EXPECT_EQ("store-1", services.text("services.parts.instances.0.store_id"));
    EXPECT_EQ("closed", services.text("services.parts.circuit_breaker"));

    std::unique_ptr<FakeAgent> old = world.TakeAgent(1);
    int port = old->port();
    world.StopAgent(old.get());
    ASSERT_TRUE(Eventually([&] { return health().text("services.parts") == "unhealthy"; }));
    EXPECT_EQ("degraded", health().text("status"));
    EXPECT_EQ("healthy", health().text("services.payment"));
    Called payment = world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    EXPECT_TRUE(payment.is_true("success")) << payment.text("final_result");
    Called lost =
        world.Orchestrate(PlanRequest("r2", {PlanStep("l", "parts", "look", "{}", kOnce)}));
    EXPECT_FALSE(lost.is_true("success"));
    EXPECT_NE(std::string::npos, lost.text("final_result").find("parts"));

    world.GiveAgent(1, port);
    EXPECT_TRUE(Eventually([&] { return health().text("status") == "healthy"; }));
}
