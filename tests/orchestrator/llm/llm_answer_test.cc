#include <gtest/gtest.h>

#include "orchestrator/llm_answer.h"

namespace
{

/* 2026-06-25T10:41:45Z */
constexpr int64_t kNow = INT64_C(1782384105) * 1000000000;

int64_t RetryAfter(const std::string &value)
{
    sl_arena *arena = sl_arena_new();
    sl_headers headers = {};
    sl_error none = {};
    EXPECT_EQ(SL_OK, sl_headers_add(&headers, arena, "Retry-After", value.c_str()));
    sl_http_response response = {503, &headers, "", 0};
    llm_answer answer = {};
    EXPECT_EQ(SL_OK, llm_answer_read(&none, &response, kNow, arena, &answer));
    EXPECT_EQ(LLM_ANSWER_BUSY, answer.kind);
    sl_arena_free(arena);
    return answer.retry_after_ms;
}

std::string Object(const std::string &text)
{
    json_t *object = nullptr;
    sl_error error = {};
    if (llm_text_object(text.c_str(), &object, &error) != SL_OK)
        return error.message;
    char *written = sl_json_text(object, SL_JSON_COMPACT);
    std::string copy = written;
    free(written);
    json_decref(object);
    return copy;
}

} // namespace

TEST(LlmAnswer, RetryAfterIsSecondsOrADate)
{
    EXPECT_EQ(2000, RetryAfter("2"));
    EXPECT_EQ(500, RetryAfter("0.5"));
    EXPECT_EQ(15000, RetryAfter("Thu, 25 Jun 2026 10:42:00 GMT"));
    EXPECT_EQ(0, RetryAfter("Thu, 25 Jun 2020 10:42:00 GMT"));
    EXPECT_EQ(-1, RetryAfter("soon"));
    EXPECT_EQ(-1, RetryAfter("-5"));
    EXPECT_EQ(24 * 3600 * 1000, RetryAfter("1e300"));
}

TEST(LlmText, FindsThePlanInFencesAndProse)
{
    EXPECT_EQ(R"({"a":1})", Object(R"( {"a":1} )"));
    EXPECT_EQ(R"({"execution_steps":[]})", Object("```json\n{\"execution_steps\": []}\n```"));
    EXPECT_EQ(R"({"workflow_plan":{"s":"}{"}})",
              Object(R"(For {you}: {"x":1} and {"workflow_plan":{"s":"}{"}} Bye {)"));
    EXPECT_EQ(R"({"execution_steps":[1]})",
              Object(R"(Use {{step_id.path}} like so: {"execution_steps":[1]})"));
}

TEST(LlmText, SaysWhereItIsNoJson)
{
    EXPECT_NE(std::string::npos, Object("").find("is no JSON object"));
    EXPECT_NE(std::string::npos, Object("[1]").find("an array was given, an object is wanted"));
    EXPECT_NE(std::string::npos, Object(R"({"execution_steps":[)").find("is no JSON object"));
    EXPECT_NE(std::string::npos, Object(std::string(100000, '{')).find("is no JSON object"));
}
