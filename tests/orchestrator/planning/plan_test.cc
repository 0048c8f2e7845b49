#include "planning_fixture.h"

using ::testing::Contains;
using ::testing::HasSubstr;

namespace
{

class PlanRead : public Planning
{
  protected:
    orch_plan *Read(const json_t *document)
    {
        orch_plan *plan = nullptr;
        sl_error error = {};
        faults_ = {};
        EXPECT_EQ(orch_plan_read(document, &defaults_, arena_, &plan, &faults_, &error), SL_OK);
        return plan;
    }
    std::string Step(const std::string &id, const std::string &more = "")
    {
        return R"({"step_id":")" + id +
               R"(","service_name":"parts","operation":"get_part_details","parameters":{"part_number":"1"})" +
               more + "}";
    }
    std::string Steps(const std::string &steps)
    {
        return R"({"execution_steps":[)" + steps + "]}";
    }
    orch_texts faults_ = {};
};

TEST_F(PlanRead, MinimalStepGetsEveryDefault)
{
    orch_plan *plan = Read(Json(Steps(Step("a"))));
    ASSERT_NE(plan, nullptr);
    EXPECT_STREQ(plan->plan_id, "plan");
    EXPECT_STREQ(plan->risk_level, "medium");
    ASSERT_EQ(plan->step_count, 1U);
    EXPECT_EQ(plan->steps[0].order, 1);
    EXPECT_EQ(plan->steps[0].timeout_seconds, 30);
    EXPECT_EQ(plan->steps[0].retry_attempts, 2);
    EXPECT_EQ(plan->steps[0].failure_policy, ORCH_FAILURE_RETRY);
    EXPECT_EQ(plan->steps[0].parallel_group, nullptr);
    const json_t *step = json_array_get(json_object_get(plan->document, "execution_steps"), 0);
    EXPECT_EQ(Text(json_object_get(step, "validation_checks")), "[]");
    EXPECT_EQ(Text(json_object_get(step, "dependencies")), "[]");
    EXPECT_TRUE(json_is_null(json_object_get(step, "parallel_group")));
}

TEST_F(PlanRead, InsideWorkflowPlanAndWithDoublesAsFromAStruct)
{
    orch_plan *plan = Read(Json(
        R"({"workflow_plan":{"plan_id":"p","risk_level":"high","execution_steps":[)" +
        Step("a", R"(,"step_order":3.0,"timeout_seconds":600.0,"retry_attempts":10.0)") + "]}}"));
    ASSERT_NE(plan, nullptr);
    EXPECT_STREQ(plan->plan_id, "p");
    EXPECT_EQ(plan->steps[0].order, 3);
    EXPECT_EQ(plan->steps[0].timeout_seconds, 600);
    EXPECT_EQ(plan->steps[0].retry_attempts, 10);
}

TEST_F(PlanRead, StepsStandInTheirOrderAndDependenciesFollow)
{
    orch_plan *plan = Read(Json(Steps(Step("late", R"(,"step_order":2,"dependencies":["early"])") +
                                      "," + Step("early", R"(,"step_order":1)"))));
    ASSERT_NE(plan, nullptr);
    EXPECT_STREQ(plan->steps[0].step_id, "early");
    ASSERT_EQ(plan->steps[1].dependency_count, 1U);
    EXPECT_EQ(plan->steps[1].dependencies[0], 0U);
    EXPECT_EQ(orch_plan_find(plan, "late"), 1U);
    EXPECT_EQ(orch_plan_find(plan, "nobody"), 2U);
}

TEST_F(PlanRead, ReferenceMakesADependency)
{
    orch_plan *plan =
        Read(Json(Steps(Step("a") + R"(,{"step_id":"b","service_name":"parts","operation":"x",
                        "parameters":{"list":[{"deep":"see {{a.parts[0].id}}"}]}})")));
    ASSERT_NE(plan, nullptr);
    ASSERT_EQ(plan->steps[1].dependency_count, 1U);
    const json_t *step = json_array_get(json_object_get(plan->document, "execution_steps"), 1);
    EXPECT_EQ(Text(json_object_get(step, "dependencies")), R"(["a"])");
}

TEST_F(PlanRead, FaultyPlansAreRefusedWithTheFault)
{
    const std::string long_name(129, 'x');
    const struct {
        std::string plan;
        const char *fault;
    } cases[] = {
        {"[]", "the plan is an array, an object is wanted"},
        {"null", "the plan is null"},
        {R"({"workflow_plan":3})", "the plan is an integer"},
        {"{}", "execution_steps is missing"},
        {R"({"execution_steps":{}})", "execution_steps is an object"},
        {Steps(""), "execution_steps has 0 steps, 1 to 100 are wanted"},
        {Steps("7"), "step 1 is an integer, an object is wanted"},
        {Steps("{}"), "step 1: step_id is missing"},
        {Steps(R"({"step_id":""})"), "step_id is empty"},
        {Steps(R"({"step_id":7})"), "step_id is an integer, a string is wanted"},
        {Steps(Step("a b")), "step_id is \"a b\""},
        {Steps(Step("a.b")), "letters, digits, '_' and '-' are wanted"},
        {Steps(Step(long_name)), "at most 128 are wanted"},
        {Steps(R"({"step_id":"a","operation":"o","parameters":{}})"),
         "step \"a\": service_name is missing"},
        {Steps(R"({"step_id":"a","service_name":"s","parameters":{}})"), "operation is missing"},
        {Steps(R"({"step_id":"a","service_name":"s","operation":"o"})"), "parameters is missing"},
        {Steps(R"({"step_id":"a","service_name":"s","operation":"o","parameters":[]})"),
         "parameters is an array"},
        {Steps(Step("a", R"(,"timeout_seconds":601)")),
         "timeout_seconds is 601, 1 to 600 is wanted"},
        {Steps(Step("a", R"(,"timeout_seconds":0)")), "timeout_seconds is 0"},
        {Steps(Step("a", R"(,"timeout_seconds":1.5)")),
         "timeout_seconds is a number, a whole number is wanted"},
        {Steps(Step("a", R"(,"timeout_seconds":"30")")), "timeout_seconds is a string"},
        {Steps(Step("a", R"(,"retry_attempts":11)")), "retry_attempts is 11, 0 to 10 is wanted"},
        {Steps(Step("a", R"(,"retry_attempts":-1)")), "retry_attempts is -1"},
        {Steps(Step("a", R"(,"failure_handling":"panic")")), "one of retry, skip, abort is wanted"},
        {Steps(Step("a", R"(,"parallel_group":5)")), "parallel_group is an integer"},
        {Steps(Step("a", R"(,"validation_checks":"x")")), "validation_checks is a string"},
        {Steps(Step("a", R"(,"validation_checks":[1])")), "validation_checks[0] is an integer"},
        {Steps(Step("a", R"(,"dependencies":"b")")), "dependencies is a string"},
        {Steps(Step("a", R"(,"dependencies":[1])")), "dependencies[0] is an integer"},
        {Steps(Step("a", R"(,"dependencies":["b"])")),
         "step \"a\" depends on \"b\", which is no step"},
        {Steps(Step("a", R"(,"dependencies":["a"])")), "step \"a\" depends on itself"},
        {Steps(Step("a") + "," + Step("a")), "step_id \"a\" is used by steps 1 and 2"},
        {Steps(Step("a", R"(,"dependencies":["b"],"step_order":1)") + "," +
               Step("b", R"(,"dependencies":["a"],"step_order":1)")),
         "wait for each other in a circle: a, b"},
        {Steps(Step("a", R"(,"dependencies":["b"])") + "," + Step("b")),
         "step \"a\" (step_order 1) waits for \"b\" (step_order 2), which comes later"},
        {Steps(
             R"({"step_id":"a","service_name":"s","operation":"o","parameters":{"x":"{{gone.id}}"}})"),
         "step \"a\" refers to \"gone\", which is no step"},
        {Steps(
             R"({"step_id":"a","service_name":"s","operation":"o","parameters":{"x":["{{a.id}}"]}})"),
         "step \"a\" refers to itself"},
        {R"({"risk_level":"extreme","execution_steps":[)" + Step("a") + "]}",
         "one of low, medium, high"},
        {R"({"plan_id":7,"execution_steps":[)" + Step("a") + "]}", "plan: plan_id is an integer"},
        {R"({"validation_summary":"x","execution_steps":[)" + Step("a") + "]}",
         "validation_summary is a string"},
        {R"({"service_dependencies":[],"execution_steps":[)" + Step("a") + "]}",
         "an object is wanted"},
        {R"({"estimated_duration_seconds":"x","execution_steps":[)" + Step("a") + "]}",
         "a number is wanted"},
        {R"({"plan_id":"a\nb","execution_steps":[)" + Step("a") + "]}", "control characters"},
    };
    for (const auto &c : cases) {
        EXPECT_EQ(Read(Json(c.plan)), nullptr) << c.plan;
        EXPECT_THAT(List(faults_), Contains(HasSubstr(c.fault))) << c.plan;
    }
}

TEST_F(PlanRead, EveryFaultIsListed)
{
    EXPECT_EQ(Read(Json(Steps(Step("a", R"(,"retry_attempts":11,"timeout_seconds":0)") + "," +
                              Step("a", R"(,"dependencies":["z"])")))),
              nullptr);
    EXPECT_EQ(faults_.count, 4U);
}

TEST_F(PlanRead, HundredStepsAreTakenAndOneMoreIsNot)
{
    std::string steps = Step("s0");
    for (int i = 1; i < 100; i++)
        steps += "," + Step("s" + std::to_string(i));
    orch_plan *plan = Read(Json(Steps(steps)));
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(plan->step_count, 100U);
    EXPECT_EQ(Read(Json(Steps(steps + "," + Step("s100")))), nullptr);
    EXPECT_THAT(List(faults_), Contains(HasSubstr("101 steps, 1 to 100 are wanted")));
}

TEST_F(PlanRead, SizeIsBounded)
{
    const std::string head =
        R"({"execution_steps":[{"step_id":"a","service_name":"s","operation":"o","parameters":{"x":")";
    const std::string tail = "\"}}]}";
    const size_t room = 256 * 1024 - head.size() - tail.size();
    EXPECT_NE(Read(Json(head + std::string(room, 'x') + tail)), nullptr);
    EXPECT_EQ(Read(Json(head + std::string(room + 1, 'x') + tail)), nullptr);
    EXPECT_THAT(List(faults_), Contains(HasSubstr("at most 262144 are wanted")));
}

TEST_F(PlanRead, GivenDocumentStaysAsItWas)
{
    json_t *document = Json(Steps(Step("a")));
    const std::string before = Text(document);
    ASSERT_NE(Read(document), nullptr);
    EXPECT_EQ(Text(document), before);
}

TEST_F(PlanRead, ReadsItsOwnDocumentAgain)
{
    orch_plan *plan = Read(Json(Steps(Step("a") + "," + Step("b", R"(,"dependencies":["a"])"))));
    ASSERT_NE(plan, nullptr);
    orch_plan *again = Read(plan->document);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(Text(again->document), Text(plan->document));
}

} // namespace
