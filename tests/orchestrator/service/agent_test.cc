#include <gtest/gtest.h>

#include <cstring>

#include "orchestrator/agent.h"

namespace
{

struct JudgeCase {
    const char *name;
    sl_code code;
    sl_outcome outcome;
    /** The answer, where code is OK. */
    const char *message;
    bool changes_state, is_repeatable;
    orch_verdict expected;
};

const char kBusy[] = R"({"success":false,"metadata":{"outcome":"not_executed","retryable":true}})";
const char kRefused[] = R"({"success":false,"metadata":{"outcome":"settled","retryable":false}})";
const char kUnclear[] = R"({"success":false,"metadata":{"outcome":"unknown","retryable":true}})";
const char kUnknown[] = R"({"success":false,"metadata":{"outcome":"unknown","retryable":false}})";

class AgentJudge : public testing::TestWithParam<JudgeCase>
{
};

} // namespace

TEST_P(AgentJudge, GivesTheVerdict)
{
    const JudgeCase &c = GetParam();
    sl_error error = {};
    orch_agent_answer answer = {};
    answer.error.code = c.code;
    answer.error.outcome = c.outcome;
    if (c.message) {
        ASSERT_EQ(SL_OK,
                  sl_json_parse(c.message, strlen(c.message), nullptr, &answer.message, &error));
    }
    orch_agent_traits traits = {c.changes_state, c.is_repeatable};
    EXPECT_EQ(c.expected, orch_agent_judge(&answer, &traits));
    json_decref(answer.message);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, AgentJudge,
    testing::Values(
        JudgeCase{"success", SL_OK, SL_OUTCOME_UNKNOWN, R"({"success":true})", true, true,
                  ORCH_VERDICT_DONE},
        JudgeCase{"refused", SL_OK, SL_OUTCOME_UNKNOWN, kRefused, true, true, ORCH_VERDICT_REFUSED},
        JudgeCase{"busy", SL_OK, SL_OUTCOME_UNKNOWN, kBusy, true, false, ORCH_VERDICT_TRANSIENT},
        JudgeCase{"unclear", SL_OK, SL_OUTCOME_UNKNOWN, kUnclear, true, true, ORCH_VERDICT_UNCLEAR},
        JudgeCase{"unclear_unrepeatable", SL_OK, SL_OUTCOME_UNKNOWN, kUnclear, true, false,
                  ORCH_VERDICT_UNKNOWN},
        JudgeCase{"unclear_read", SL_OK, SL_OUTCOME_UNKNOWN, kUnclear, false, true,
                  ORCH_VERDICT_TRANSIENT},
        JudgeCase{"unknown", SL_OK, SL_OUTCOME_UNKNOWN, kUnknown, true, true, ORCH_VERDICT_UNKNOWN},
        JudgeCase{"unknown_read", SL_OK, SL_OUTCOME_UNKNOWN, kUnknown, false, true,
                  ORCH_VERDICT_REFUSED},
        JudgeCase{"old_agent_without_metadata", SL_OK, SL_OUTCOME_UNKNOWN,
                  R"({"success":false,"error":"no"})", true, false, ORCH_VERDICT_REFUSED}),
    [](const testing::TestParamInfo<JudgeCase> &info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Silences, AgentJudge,
    testing::Values(JudgeCase{"unreachable", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED, nullptr, true,
                              false, ORCH_VERDICT_TRANSIENT},
                    JudgeCase{"lost", SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN, nullptr, true, true,
                              ORCH_VERDICT_UNCLEAR},
                    JudgeCase{"lost_unrepeatable", SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN, nullptr,
                              true, false, ORCH_VERDICT_UNKNOWN},
                    JudgeCase{"late", SL_DEADLINE_EXCEEDED, SL_OUTCOME_UNKNOWN, nullptr, true,
                              false, ORCH_VERDICT_UNKNOWN},
                    JudgeCase{"late_read", SL_DEADLINE_EXCEEDED, SL_OUTCOME_UNKNOWN, nullptr, false,
                              false, ORCH_VERDICT_TRANSIENT},
                    JudgeCase{"too_large_may_have_been_done", SL_RESOURCE_EXHAUSTED,
                              SL_OUTCOME_UNKNOWN, nullptr, true, false, ORCH_VERDICT_UNKNOWN},
                    JudgeCase{"too_busy", SL_RESOURCE_EXHAUSTED, SL_OUTCOME_NOT_EXECUTED, nullptr,
                              true, false, ORCH_VERDICT_TRANSIENT},
                    JudgeCase{"invalid", SL_INVALID_ARGUMENT, SL_OUTCOME_UNKNOWN, nullptr, true,
                              true, ORCH_VERDICT_REFUSED},
                    JudgeCase{"other_hash", SL_FAILED_PRECONDITION, SL_OUTCOME_UNKNOWN, nullptr,
                              true, true, ORCH_VERDICT_REFUSED},
                    JudgeCase{"broken", SL_INTERNAL, SL_OUTCOME_UNKNOWN, nullptr, true, true,
                              ORCH_VERDICT_UNKNOWN},
                    JudgeCase{"broken_read", SL_INTERNAL, SL_OUTCOME_UNKNOWN, nullptr, false, true,
                              ORCH_VERDICT_REFUSED}),
    [](const testing::TestParamInfo<JudgeCase> &info) { return info.param.name; });

TEST(AgentRetryAfter, IsTakenFromTheAnswerWithinAMinute)
{
    orch_agent_answer answer = {};
    EXPECT_EQ(0, orch_agent_retry_after(&answer));
    answer.message = json_pack("{s:{s:f}}", "metadata", "retry_after", 2.5);
    EXPECT_EQ(2.5, orch_agent_retry_after(&answer));
    json_decref(answer.message);
    answer.message = json_pack("{s:{s:i}}", "metadata", "retry_after", 3600);
    EXPECT_EQ(60, orch_agent_retry_after(&answer));
    json_decref(answer.message);
}
