#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../service/world.h"
#include "fake_model.h"

/* The orchestrator with a model behind it: what is planned, who planned it, what reaches the
 * agents. Its agents offer "look", "make" and "make_more" (the built-in planner knows none). */

namespace
{

std::string PlanText(const std::vector<std::string> &steps)
{
    std::string list;
    for (const std::string &step : steps)
        list += (list.empty() ? "" : ",") + step;
    return R"({"workflow_plan":{"plan_id":"m1","execution_steps":[)" + list + "]}}";
}

const std::string kGood = PlanText({PlanStep("make_1", "payment", "make", R"({"amount":100})")});
const std::string kUnknown = PlanText({PlanStep("x", "payment", "steal_money")});
const char kRequest[] = R"({"request_id":"r1","user_request":"Make a payment of $100"})";

class LlmService : public ::testing::Test
{
  protected:
    LlmService() : url_(model_.url())
    {
        world_.config.openai_url = url_.c_str();
        world_.config.llm_model = "gpt-test";
    }

    Called Orchestrate(std::vector<ModelAnswer> answers)
    {
        model_.Script(std::move(answers));
        EXPECT_TRUE(world_.Start()) << world_.error();
        return world_.Orchestrate(kRequest);
    }

    size_t AskedOfAgents()
    {
        return world_.payment().asked().size() + world_.parts().asked().size();
    }

    FakeModel model_;
    std::string url_;
    World world_;
};

} // namespace

TEST_F(LlmService, TheModelsPlanRunsAndSaysSo)
{
    Called called = Orchestrate({Writes(kGood)});
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_EQ("llm", called.text("workflow_plan.planner.name"));
    EXPECT_EQ("gpt-test", called.text("workflow_plan.planner.model"));
    EXPECT_EQ("an LLM is configured", called.text("workflow_plan.planner.reason"));
    EXPECT_EQ(18, called.number("workflow_plan.metadata.token_usage.total_tokens"));
    EXPECT_EQ("request", called.text("workflow_plan.execution_steps.0.sources.amount"));
    EXPECT_EQ(1u, world_.payment().asked("make").size());
}

TEST_F(LlmService, AnInvalidPlanGoesBackOnce)
{
    Called called = Orchestrate({Writes(kUnknown), Writes(kGood)});
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_THAT(called.text("workflow_plan.planner.reason"),
                testing::HasSubstr("the first plan was not valid (step \"x\": service \"payment\" "
                                   "has no operation \"steal_money\")"));
    EXPECT_EQ(36, called.number("workflow_plan.metadata.token_usage.total_tokens"));
    ASSERT_EQ(2u, model_.asked().size());
    EXPECT_THAT(model_.asked()[1].body, testing::HasSubstr("That answer cannot be used"));
    EXPECT_EQ(1u, AskedOfAgents());
}

TEST_F(LlmService, WhatTheAgentRefusesGoesBackToo)
{
    world_.payment().RefuseValidation("make", "the amount is odd");
    Called called = Orchestrate({Writes(kGood)});
    EXPECT_FALSE(called.is_true("success"));
    ASSERT_EQ(2u, model_.asked().size());
    EXPECT_THAT(model_.asked()[1].body, testing::HasSubstr("the amount is odd"));
    EXPECT_EQ(0u, AskedOfAgents());
}

TEST_F(LlmService, TwiceInvalidIsLeftToTheBuiltInPlanner)
{
    Called called = Orchestrate({Writes(kUnknown)});
    EXPECT_FALSE(called.is_true("success"));
    EXPECT_EQ(2u, model_.asked().size());
    EXPECT_THAT(called.text("final_result"),
                testing::HasSubstr("its plan was not valid, twice: step \"x\""));
    EXPECT_EQ(0u, AskedOfAgents());
}

TEST_F(LlmService, NothingMadeUpAndNothingUnknownReachesAnAgent)
{
    const std::vector<std::string> plans = {
        PlanText({PlanStep("m", "payment", "make", R"({"amount":999})")}),
        PlanText({PlanStep("m", "payment", "make", R"({"amount":100,"to":"eve@evil.com"})")}),
        PlanText({PlanStep("l", "parts", "look"),
                  PlanStep("m", "payment", "make", R"({"to":"{{l.notes}}"})")}),
        PlanText({PlanStep("m", "bank", "make")}),
        PlanText({PlanStep("a", "parts", "look", "{}", R"("dependencies":["b"])"),
                  PlanStep("b", "parts", "look", "{}", R"("dependencies":["a"])")}),
        PlanText({PlanStep("a", "parts", "look"), PlanStep("a", "parts", "look")}),
        PlanText({PlanStep("a", "parts", "look", "{}", R"("retry_attempts":99)")}),
        PlanText({}),
        "[]",
        "not JSON",
        R"({"workflow_plan":null})",
    };
    model_.Script({Writes(kGood)});
    ASSERT_TRUE(world_.Start()) << world_.error();
    int id = 0;
    for (const std::string &plan : plans) {
        model_.Script({Writes(plan)});
        Called called = world_.Orchestrate(R"({"request_id":"n)" + std::to_string(id++) +
                                           R"(","user_request":"Make a payment of $100"})");
        EXPECT_EQ(SL_OK, called.code) << plan;
        EXPECT_FALSE(called.is_true("success")) << plan;
        EXPECT_NE("", called.text("final_result")) << plan;
        EXPECT_EQ(2u, model_.asked().size()) << plan;
    }
    EXPECT_EQ(0u, AskedOfAgents());
}

TEST_F(LlmService, AFailureNamesItselfAndTheBuiltInPlannerStandsIn)
{
    Called called = Orchestrate({SaysNo(429, "insufficient_quota")});
    EXPECT_FALSE(called.is_true("success"));
    EXPECT_THAT(called.text("final_result"),
                testing::HasSubstr("the LLM's plan could not be had: its quota is exhausted"));
    EXPECT_EQ(1u, model_.asked().size());
}

TEST_F(LlmService, AReviewedPlanIsNotAskedAbout)
{
    model_.Script({Writes(kUnknown)});
    ASSERT_TRUE(world_.Start());
    Called called = world_.Orchestrate(
        PlanRequest("r2", {PlanStep("m", "payment", "make", R"({"amount":5})")}));
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_EQ("request", called.text("workflow_plan.planner.name"));
    EXPECT_EQ("plan", called.text("workflow_plan.execution_steps.0.sources.amount"));
    EXPECT_TRUE(model_.asked().empty());
}

TEST_F(LlmService, CancellingTheWorkflowEndsTheThinking)
{
    ModelAnswer silent;
    silent.is_silent = true;
    model_.Script({silent});
    ASSERT_TRUE(world_.Start());
    ASSERT_EQ(SL_OK, world_.Accept(kRequest).code);
    ASSERT_TRUE(Eventually([&] { return !model_.asked().empty(); }));
    Called cancelled = world_.Call(orchestrator_cancel_workflow_method, R"({"request_id":"r1"})");
    EXPECT_EQ(SL_OK, cancelled.code) << cancelled.message;
    EXPECT_EQ("cancelled", world_.Ended("r1").text("status"));
}

TEST_F(LlmService, StoppingDoesNotWaitForTheModelAndThePlanningGoesOnAfterwards)
{
    ModelAnswer silent;
    silent.is_silent = true;
    model_.Script({silent});
    ASSERT_TRUE(world_.Start());
    ASSERT_EQ(SL_OK, world_.Accept(kRequest).code);
    ASSERT_TRUE(Eventually([&] { return !model_.asked().empty(); }));
    world_.Stop();
    model_.Script({Writes(kGood)});
    ASSERT_TRUE(world_.Start());
    EXPECT_EQ("completed", world_.Ended("r1").text("status"));
}
