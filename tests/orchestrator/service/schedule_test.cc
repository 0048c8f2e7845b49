#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "orchestrator/schedule.h"

namespace
{

struct Step {
    std::string id;
    std::vector<std::string> dependencies;
    bool changes_state = false;
    std::string policy = "retry";
    std::string group;
    int order = 0;
    int retries = 0;
};

/** A plan under its schedule, played by hand. */
class Play
{
  public:
    explicit Play(const std::vector<Step> &steps) : arena_(sl_arena_new())
    {
        json_t *list = json_array();
        for (const Step &step : steps)
            json_array_append_new(list, Describe(step));
        json_t *document = json_pack("{s:s, s:o}", "plan_id", "p", "execution_steps", list);
        orch_plan_defaults defaults = {30, 2};
        orch_texts faults = {};
        sl_error error = {};
        EXPECT_EQ(SL_OK, orch_plan_read(document, &defaults, arena_, &plan_, &faults, &error));
        EXPECT_NE(nullptr, plan_) << (faults.count ? faults.entries[0] : "");
        EXPECT_EQ(SL_OK, orch_schedule_init(plan_, arena_, &schedule_, &error));
        for (const Step &step : steps)
            At(step.id).changes_state = step.changes_state;
        json_decref(document);
    }
    ~Play()
    {
        sl_arena_free(arena_);
    }

    orch_schedule_step &At(const std::string &id)
    {
        return schedule_.steps[orch_plan_find(plan_, id.c_str())];
    }

    /** Adds a dependency behind the plan's back, before anything started. */
    void Need(const std::string &id, const std::string &needed)
    {
        std::vector<bool> changes;
        sl_error error = {};
        for (size_t i = 0; i < plan_->step_count; i++)
            changes.push_back(schedule_.steps[i].changes_state);
        needed_ = orch_plan_find(plan_, needed.c_str());
        orch_step &step = plan_->steps[orch_plan_find(plan_, id.c_str())];
        step.dependencies = &needed_;
        step.dependency_count = 1;
        ASSERT_EQ(SL_OK, orch_schedule_init(plan_, arena_, &schedule_, &error));
        for (size_t i = 0; i < plan_->step_count; i++)
            schedule_.steps[i].changes_state = changes[i];
    }

    /** Ends what has to end, and starts whatever may start: their ids, in order. */
    std::string Start()
    {
        std::string started;
        orch_schedule_ending ending;
        while (orch_schedule_next_ending(&schedule_, &ending))
            orch_schedule_set(&schedule_, ending.step, ending.status);
        for (size_t place = 0; place < plan_->step_count; place++) {
            size_t step = schedule_.order[place];
            if (!orch_schedule_is_ready(&schedule_, step))
                continue;
            orch_schedule_start(&schedule_, step);
            started += (started.empty() ? "" : " ") + std::string(plan_->steps[step].step_id);
        }
        return started;
    }

    orch_step_status Answer(const std::string &id, orch_verdict verdict)
    {
        size_t step = orch_plan_find(plan_, id.c_str());
        orch_step_status status = orch_schedule_judge(&schedule_, step, verdict);
        schedule_.steps[step].is_unclear = verdict == ORCH_VERDICT_UNCLEAR;
        orch_schedule_set(&schedule_, step, status);
        return status;
    }

    /** Answers "done", sees what starts then. */
    std::string Done(const std::string &id)
    {
        Answer(id, ORCH_VERDICT_DONE);
        return Start();
    }

    orch_schedule *schedule()
    {
        return &schedule_;
    }
    orch_workflow_status Outcome()
    {
        EXPECT_TRUE(orch_schedule_is_over(&schedule_));
        return orch_schedule_outcome(&schedule_);
    }
    void Reconcile(const std::string &id, bool has_happened)
    {
        orch_schedule_reconcile(&schedule_, orch_plan_find(plan_, id.c_str()), has_happened);
    }

  private:
    static json_t *Describe(const Step &step)
    {
        json_t *dependencies = json_array();
        for (const std::string &id : step.dependencies)
            json_array_append_new(dependencies, json_string(id.c_str()));
        json_t *json = json_pack("{s:s, s:s, s:s, s:{}, s:o, s:s, s:i}", "step_id", step.id.c_str(),
                                 "service_name", "parts", "operation", "x", "parameters",
                                 "dependencies", dependencies, "failure_handling",
                                 step.policy.c_str(), "retry_attempts", step.retries);
        if (!step.group.empty())
            json_object_set_new(json, "parallel_group", json_string(step.group.c_str()));
        if (step.order)
            json_object_set_new(json, "step_order", json_integer(step.order));
        return json;
    }

    sl_arena *arena_;
    orch_plan *plan_ = nullptr;
    orch_schedule schedule_ = {};
    size_t needed_ = 0;
};

} // namespace

TEST(Schedule, ReadingStepsStartTogether)
{
    Play play({{"a"}, {"b"}, {"c"}});
    EXPECT_EQ("a b c", play.Start());
}

TEST(Schedule, StepWaitsForItsDependencies)
{
    Play play({{"a"}, {"b", {"a"}}, {"c", {"a", "b"}}});
    EXPECT_EQ("a", play.Start());
    EXPECT_EQ("b", play.Done("a"));
    EXPECT_EQ("c", play.Done("b"));
    EXPECT_EQ("", play.Done("c"));
    EXPECT_EQ(ORCH_WORKFLOW_COMPLETED, play.Outcome());
}

TEST(Schedule, ChangeWaitsForAllBeforeItAndAllAfterWaitForTheChange)
{
    Play play({{"read1"}, {"read2"}, {"change", {}, true}, {"read3"}, {"read4"}});
    EXPECT_EQ("read1 read2", play.Start());
    EXPECT_EQ("", play.Done("read2"));
    EXPECT_EQ("change", play.Done("read1"));
    EXPECT_EQ("read3 read4", play.Done("change"));
}

TEST(Schedule, ChangesGoOneAfterTheOther)
{
    Play play({{"one", {}, true}, {"two", {}, true}, {"three", {}, true}});
    EXPECT_EQ("one", play.Start());
    EXPECT_EQ("two", play.Done("one"));
    EXPECT_EQ("three", play.Done("two"));
}

TEST(Schedule, ChangesOfOneGroupGoTogether)
{
    Play play({{"one", {}, true, "retry", "g"},
               {"two", {}, true, "retry", "g"},
               {"other", {}, true, "retry", "h"}});
    EXPECT_EQ("one two", play.Start());
    EXPECT_EQ("", play.Done("two"));
    EXPECT_EQ("other", play.Done("one"));
}

TEST(Schedule, StepsWithoutAGroupShareNone)
{
    Play play({{"one", {}, true}, {"two", {}, true}});
    EXPECT_EQ("one", play.Start());
}

TEST(Schedule, OrderIsThePlansNotTheLists)
{
    Play play({{"late", {}, true, "retry", "", 2}, {"early", {}, true, "retry", "", 1}});
    EXPECT_EQ("early", play.Start());
    EXPECT_EQ("late", play.Done("early"));
}

/* c comes last by order, but a needs it (which reading a plan refuses); b is a change between them:
 * nothing waits for itself. */
TEST(Schedule, DependencyOnALaterStepDoesNotLock)
{
    Play play({{"a"}, {"b", {}, true}, {"c", {}, true}});
    play.Need("a", "c");
    EXPECT_EQ("b", play.Start());
    EXPECT_EQ("c", play.Done("b"));
    EXPECT_EQ("a", play.Done("c"));
    play.Done("a");
    EXPECT_EQ(ORCH_WORKFLOW_COMPLETED, play.Outcome());
}

struct JudgeCase {
    const char *name;
    orch_verdict verdict;
    const char *policy;
    bool changes_state;
    int retries;
    orch_step_status expected;
};

class ScheduleJudge : public testing::TestWithParam<JudgeCase>
{
};

TEST_P(ScheduleJudge, GivesTheStatus)
{
    const JudgeCase &c = GetParam();
    Play play({{"s", {}, c.changes_state, c.policy, "", 0, c.retries}});
    ASSERT_EQ("s", play.Start());
    EXPECT_EQ(c.expected, play.Answer("s", c.verdict));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ScheduleJudge,
    testing::Values(
        JudgeCase{"done", ORCH_VERDICT_DONE, "retry", true, 0, ORCH_STEP_COMPLETED},
        JudgeCase{"refused", ORCH_VERDICT_REFUSED, "retry", true, 5, ORCH_STEP_FAILED},
        JudgeCase{"refused_skip", ORCH_VERDICT_REFUSED, "skip", true, 5, ORCH_STEP_SKIPPED},
        JudgeCase{"refused_abort", ORCH_VERDICT_REFUSED, "abort", true, 5, ORCH_STEP_FAILED},
        JudgeCase{"transient", ORCH_VERDICT_TRANSIENT, "retry", true, 1, ORCH_STEP_RETRYING},
        JudgeCase{"transient_over", ORCH_VERDICT_TRANSIENT, "retry", true, 0, ORCH_STEP_FAILED},
        JudgeCase{"transient_abort", ORCH_VERDICT_TRANSIENT, "abort", true, 5, ORCH_STEP_FAILED},
        JudgeCase{"transient_skip", ORCH_VERDICT_TRANSIENT, "skip", true, 5, ORCH_STEP_SKIPPED},
        JudgeCase{"unclear", ORCH_VERDICT_UNCLEAR, "retry", true, 1, ORCH_STEP_RETRYING},
        JudgeCase{"unclear_over", ORCH_VERDICT_UNCLEAR, "retry", true, 0,
                  ORCH_STEP_NEEDS_RECONCILIATION},
        JudgeCase{"unclear_skip", ORCH_VERDICT_UNCLEAR, "skip", true, 1,
                  ORCH_STEP_NEEDS_RECONCILIATION},
        JudgeCase{"unknown", ORCH_VERDICT_UNKNOWN, "retry", true, 5,
                  ORCH_STEP_NEEDS_RECONCILIATION},
        JudgeCase{"unknown_read", ORCH_VERDICT_UNKNOWN, "retry", false, 5, ORCH_STEP_FAILED}),
    [](const testing::TestParamInfo<JudgeCase> &info) { return info.param.name; });

TEST(Schedule, TriesOnceAndThenAsOftenAsThePlanSays)
{
    Play play({{"s", {}, false, "retry", "", 0, 2}});
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ("s", play.Start());
        EXPECT_EQ(ORCH_STEP_RETRYING, play.Answer("s", ORCH_VERDICT_TRANSIENT));
    }
    EXPECT_EQ("s", play.Start());
    EXPECT_EQ(ORCH_STEP_FAILED, play.Answer("s", ORCH_VERDICT_TRANSIENT));
    EXPECT_EQ(3, play.At("s").attempts);
}

TEST(Schedule, FailureBlocksDependentsAndLetsOthersGoOn)
{
    Play play({{"a"}, {"b", {"a"}}, {"c", {"b"}}, {"d"}});
    EXPECT_EQ("a d", play.Start());
    play.Answer("a", ORCH_VERDICT_REFUSED);
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("b").status);
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("c").status);
    play.Done("d");
    EXPECT_EQ(ORCH_STEP_COMPLETED, play.At("d").status);
    EXPECT_EQ(ORCH_WORKFLOW_FAILED, play.Outcome());
}

TEST(Schedule, SkipTakesDependentsAlongAndStillSucceeds)
{
    Play play({{"a", {}, false, "skip"}, {"b", {"a"}}, {"c", {}, true}});
    EXPECT_EQ("a", play.Start());
    play.Answer("a", ORCH_VERDICT_REFUSED);
    EXPECT_EQ("c", play.Start());
    EXPECT_EQ(ORCH_STEP_SKIPPED, play.At("b").status);
    play.Done("c");
    EXPECT_EQ(ORCH_WORKFLOW_COMPLETED, play.Outcome());
}

TEST(Schedule, AbortAwaitsWhatRunsAndBlocksTheRest)
{
    Play play({{"a", {}, false, "abort"}, {"b"}, {"c", {}, true}, {"d"}});
    EXPECT_EQ("a b", play.Start());
    play.Answer("a", ORCH_VERDICT_REFUSED);
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_RUNNING, play.At("b").status);
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("c").status);
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("d").status);
    play.Done("b");
    EXPECT_EQ(ORCH_WORKFLOW_FAILED, play.Outcome());
}

TEST(Schedule, AbortEndsWhatWasToBeTriedAgain)
{
    Play play({{"a", {}, false, "abort"}, {"b", {}, false, "retry", "", 0, 5}});
    EXPECT_EQ("a b", play.Start());
    EXPECT_EQ(ORCH_STEP_RETRYING, play.Answer("b", ORCH_VERDICT_TRANSIENT));
    play.Answer("a", ORCH_VERDICT_REFUSED);
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_FAILED, play.At("b").status);
}

TEST(Schedule, CancelStartsNothingMoreAndKeepsWhatComes)
{
    Play play({{"a", {}, true}, {"b", {}, true}});
    EXPECT_EQ("a", play.Start());
    play.schedule()->is_cancelled = true;
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_CANCELLED, play.At("b").status);
    play.Done("a");
    EXPECT_EQ(ORCH_STEP_COMPLETED, play.At("a").status);
    EXPECT_EQ(ORCH_WORKFLOW_CANCELLED, play.Outcome());
}

TEST(Schedule, CancelledChangeWithUnknownOutcomeNeedsReconciliation)
{
    Play play({{"a", {}, true, "retry", "", 0, 5}});
    play.Start();
    play.schedule()->is_cancelled = true;
    EXPECT_EQ(ORCH_STEP_NEEDS_RECONCILIATION, play.Answer("a", ORCH_VERDICT_UNCLEAR));
    EXPECT_EQ(ORCH_WORKFLOW_NEEDS_RECONCILIATION, play.Outcome());
}

TEST(Schedule, CancelDuringBackoffKeepsAnUnclearOutcomeInSight)
{
    Play play({{"a", {}, true, "retry", "", 0, 5}, {"b", {}, true, "retry", "", 0, 5}});
    play.Start();
    EXPECT_EQ(ORCH_STEP_RETRYING, play.Answer("a", ORCH_VERDICT_UNCLEAR));
    play.schedule()->is_cancelled = true;
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_NEEDS_RECONCILIATION, play.At("a").status);
    EXPECT_EQ(ORCH_STEP_CANCELLED, play.At("b").status);
}

TEST(Schedule, HappenedLetsDependentsGoOn)
{
    Play play({{"a", {}, true}, {"b", {"a"}}});
    play.Start();
    play.Answer("a", ORCH_VERDICT_UNKNOWN);
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("b").status);
    EXPECT_EQ(ORCH_WORKFLOW_NEEDS_RECONCILIATION, play.Outcome());
    play.Reconcile("a", true);
    EXPECT_EQ("b", play.Start());
    play.Done("b");
    EXPECT_EQ(ORCH_WORKFLOW_COMPLETED, play.Outcome());
}

TEST(Schedule, NotHappenedRunsTheStepAgainWithAllItsTries)
{
    Play play({{"a", {}, true, "abort", "", 0, 0}, {"b", {}, true}});
    play.Start();
    play.Answer("a", ORCH_VERDICT_UNKNOWN);
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("b").status);
    play.Reconcile("a", false);
    EXPECT_EQ(1, play.At("a").rounds);
    EXPECT_EQ("a", play.Start());
    EXPECT_EQ("b", play.Done("a"));
    EXPECT_EQ(2, play.At("a").attempts);
}

TEST(Schedule, NotHappenedOfACancelledWorkflowStaysUndone)
{
    Play play({{"a", {}, true}});
    play.Start();
    play.schedule()->is_cancelled = true;
    play.Answer("a", ORCH_VERDICT_UNKNOWN);
    play.Reconcile("a", false);
    EXPECT_EQ(ORCH_STEP_CANCELLED, play.At("a").status);
    EXPECT_EQ(ORCH_WORKFLOW_CANCELLED, play.Outcome());
}

TEST(Schedule, OtherFailuresStillBlockAfterReconciling)
{
    Play play({{"a"}, {"b", {}, true}, {"c", {"a", "b"}}});
    EXPECT_EQ("a", play.Start());
    play.Answer("a", ORCH_VERDICT_REFUSED);
    EXPECT_EQ("b", play.Start());
    play.Answer("b", ORCH_VERDICT_UNKNOWN);
    play.Start();
    play.Reconcile("b", true);
    EXPECT_EQ("", play.Start());
    EXPECT_EQ(ORCH_STEP_BLOCKED, play.At("c").status);
    EXPECT_EQ(ORCH_WORKFLOW_FAILED, play.Outcome());
}
