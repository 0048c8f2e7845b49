#include <gtest/gtest.h>

#include "orchestrator/agent_rest_answer.h"

namespace
{

struct Case {
    const char *name;
    int status;
    const char *body;
    bool changes_state, is_repeatable;
    orch_verdict expected;
    const char *words;
};

/** What an agent answered, read. */
struct Read {
    orch_agent_answer answer = {};
    Read(orch_agent_method method, int status, const std::string &body,
         const char *retry_after = nullptr)
    {
        sl_header entry = {"Retry-After", retry_after};
        sl_headers headers = {};
        headers.entries = &entry;
        headers.count = retry_after ? 1 : 0;
        sl_http_response response = {status, &headers, body.c_str(), body.size()};
        sl_error none = {};
        orch_agent_rest_read(method, &none, &response, &answer);
    }
    ~Read()
    {
        json_decref(answer.message);
    }
};

class RestAnswer : public testing::TestWithParam<Case>
{
};

TEST_P(RestAnswer, IsJudged)
{
    const Case &c = GetParam();
    Read read(ORCH_AGENT_EXECUTE, c.status, c.body);
    orch_agent_traits traits = {c.changes_state, c.is_repeatable};
    EXPECT_EQ(c.expected, orch_agent_judge(&read.answer, &traits));
    char text[300];
    if (c.expected != ORCH_VERDICT_DONE)
        orch_agent_explain(&read.answer, "parts", text, sizeof(text));
    EXPECT_NE(nullptr, strstr(c.expected == ORCH_VERDICT_DONE ? "" : text, c.words)) << text;
}

const char kDone[] = R"({"request_id":"1","success":true,"result":{"a":1},"error":null,
    "execution_time":0.1,"metadata":{"service":"x"},"timestamp":"2026-01-01T00:00:00.123456"})";
const char kRefused[] = R"({"request_id":"1","success":false,"result":null,
    "error":"Insufficient stock","execution_time":0.1,"metadata":{}})";
const char kTimeout[] = R"({"success":false,"error":"MCP call timed out after 30s","metadata":{}})";
const char kMissing[] =
    R"({"detail":[{"type":"missing","loc":["body","operation"],"msg":"Field required"}]})";

INSTANTIATE_TEST_SUITE_P(
    Table, RestAnswer,
    testing::Values(
        Case{"done", 200, kDone, true, false, ORCH_VERDICT_DONE, ""},
        Case{"refused", 200, kRefused, true, false, ORCH_VERDICT_REFUSED, "Insufficient stock"},
        Case{"timeout_of_change", 200, kTimeout, true, false, ORCH_VERDICT_UNKNOWN, "timed out"},
        Case{"timeout_of_repeatable", 200, kTimeout, true, true, ORCH_VERDICT_UNCLEAR, "timed out"},
        Case{"timeout_of_read", 200, kTimeout, false, true, ORCH_VERDICT_TRANSIENT, "timed out"},
        Case{"no_json", 200, "<html>", true, false, ORCH_VERDICT_UNKNOWN, "does not fit"},
        Case{"no_success", 200, "{}", true, false, ORCH_VERDICT_UNKNOWN, "success"},
        Case{"422", 422, kMissing, true, false, ORCH_VERDICT_REFUSED,
             "body.operation: Field required"},
        Case{"404", 404, R"({"detail":"Not Found"})", true, false, ORCH_VERDICT_REFUSED,
             "HTTP 404: Not Found"},
        Case{"busy", 429, "", true, false, ORCH_VERDICT_TRANSIENT, "HTTP 429"},
        Case{"500_of_change", 500, "Internal Server Error", true, false, ORCH_VERDICT_UNKNOWN,
             "HTTP 500"},
        Case{"503_of_change", 503, "", true, false, ORCH_VERDICT_UNKNOWN, "HTTP 503"},
        Case{"503_of_repeatable", 503, "", true, true, ORCH_VERDICT_UNCLEAR, "HTTP 503"},
        Case{"503_of_read", 503, "", false, true, ORCH_VERDICT_TRANSIENT, "HTTP 503"},
        Case{"redirect", 307, "", true, false, ORCH_VERDICT_UNKNOWN, "HTTP 307"}),
    [](const testing::TestParamInfo<Case> &info) { return std::string(info.param.name); });

TEST(RestAnswers, ABusyAgentSaysWhenToAskAgain)
{
    Read read(ORCH_AGENT_EXECUTE, 429, "", "7");
    EXPECT_EQ(7, orch_agent_retry_after(&read.answer));
}

TEST(RestAnswers, BigIntegersOfAResultBecomeTexts)
{
    Read read(ORCH_AGENT_EXECUTE, 200, R"({"success":true,"result":{"n":9007199254740993}})");
    ASSERT_EQ(SL_OK, read.answer.error.code);
    EXPECT_STREQ("9007199254740993",
                 sl_json_string(json_object_get(read.answer.message, "result"), "n"));
}

TEST(RestAnswers, OldCapabilitiesHonourNothing)
{
    Read read(ORCH_AGENT_CAPABILITIES, 200,
              R"({"service":"parts-agent","operations":["look"],"mcp_tools":[{"name":"look"}]})");
    ASSERT_EQ(SL_OK, read.answer.error.code) << read.answer.error.message;
    EXPECT_TRUE(json_is_false(json_object_get(read.answer.message, "honours_idempotency_key")));
    EXPECT_EQ(1u, json_array_size(json_object_get(read.answer.message, "operations")));
}

TEST(RestAnswers, HealthIsHealthyOrDegradedWithAReason)
{
    Read healthy(ORCH_AGENT_HEALTH, 200,
                 R"({"status":"healthy","service":"a","timestamp":"2026-01-01T00:00:00"})");
    EXPECT_STREQ("healthy", sl_json_string(healthy.answer.message, "status"));
    Read ill(ORCH_AGENT_HEALTH, 200, R"({"status":"unhealthy"})");
    EXPECT_STREQ("degraded", sl_json_string(ill.answer.message, "status"));
    EXPECT_STREQ("it says that it is \"unhealthy\"", sl_json_string(ill.answer.message, "reason"));
}

} // namespace
