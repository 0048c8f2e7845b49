#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "rest-bridge/json_fault.h"
#include "rest-bridge/route.h"
#include "rest-bridge/template.h"
#include "servicelane/agent/v1/agent.grpc-c.h"

namespace
{

class Routes : public ::testing::Test
{
  protected:
    /** A service of one method for each template, all of them on WatchTaskRequest. */
    void Make(const std::vector<const char *> &templates)
    {
        bindings_.clear();
        for (const char *text : templates)
            bindings_.push_back({"GET", text, "", ""});
        method_.name = "Any";
        method_.path = "/test.Any/Any";
        method_.request = &servicelane__agent__v1__watch_task_request__descriptor;
        method_.response = &servicelane__agent__v1__task__descriptor;
        method_.http = bindings_.data();
        method_.http_count = bindings_.size();
        service_.name = "test.Any";
        service_.methods = methods_;
        service_.method_count = 1;
        bridge_routes_free(routes_);
        routes_ = nullptr;
        code_ = bridge_routes_new(&service_, &routes_, &err_);
    }

    /** "template field=value ..." of the route that a path takes; "-" where there is none. */
    std::string Match(const char *path)
    {
        struct sl_arena *arena = sl_arena_new();
        struct bridge_match match = {};
        EXPECT_EQ(SL_OK, bridge_routes_match(routes_, "GET", path, arena, &match));
        std::string text = match.route != nullptr ? match.route->binding->path : "-";
        for (size_t i = 0; match.route != nullptr && i < match.variable_count; i++)
            text += std::string(" ") + match.variables[i].field + "=" + match.variables[i].value;
        sl_arena_free(arena);
        return text;
    }

    void TearDown() override
    {
        bridge_routes_free(routes_);
    }

    std::vector<struct sl_http_binding> bindings_;
    struct sl_method method_ = {};
    const struct sl_method *methods_[1] = {&method_};
    struct sl_service service_ = {};
    struct bridge_routes *routes_ = nullptr;
    struct sl_error err_ = {};
    enum sl_code code_ = SL_OK;
};

std::string Fault(const std::string &text)
{
    size_t position = 0;
    const char *words = nullptr;
    if (!bridge_json_fault(text.data(), text.size(), &position, &words))
        return "none";
    return std::to_string(position) + " " + words;
}

} // namespace

TEST_F(Routes, PrefersLiteralsThenOneThenMany)
{
    Make({"/a/{task_id}", "/a/{task_id=**}", "/a/b", "/{task_id=x/*}/end", "/a/{task_id}:stop",
          "/"});
    ASSERT_EQ(SL_OK, code_) << err_.message;
    EXPECT_EQ("/a/b", Match("/a/b"));
    EXPECT_EQ("/a/b", Match("/%61/%62"));
    EXPECT_EQ("/a/{task_id} task_id=c d", Match("/a/c%20d"));
    EXPECT_EQ("/a/{task_id} task_id=c/d", Match("/a/c%2Fd"));
    EXPECT_EQ("/a/{task_id=**} task_id=c/d/e", Match("/a/c/d/e"));
    EXPECT_EQ("/a/{task_id=**} task_id=", Match("/a"));
    EXPECT_EQ("/{task_id=x/*}/end task_id=x/7", Match("/x/7/end"));
    EXPECT_EQ("/a/{task_id}:stop task_id=c", Match("/a/c:stop"));
    EXPECT_EQ("/", Match("/"));
    EXPECT_EQ("-", Match("/b"));
    EXPECT_EQ("-", Match("/x//end"));
    EXPECT_EQ("-", Match("/a/%ff/c%zz"));
    EXPECT_EQ("-", Match(("/a" + std::string(200, '/')).c_str()));
}

TEST_F(Routes, RefusesTemplatesThatAreNone)
{
    for (const char *text : {"", "a", "/a/", "/{task_id", "/{}", "/{=*}", "/**/b", "/a{task_id}",
                             "/{task_id}x", "/a:", "/{task_id=a/{sequence}}", "/{nonsense}"}) {
        Make({text});
        EXPECT_EQ(SL_INVALID_ARGUMENT, code_) << text;
        EXPECT_NE(nullptr, strstr(err_.message, text)) << err_.message;
    }
}

TEST(JsonFault, SpeaksAsPythonDoes)
{
    const std::pair<const char *, const char *> cases[] = {
        {"{\"a\":1,}", "7 Expecting property name enclosed in double quotes"},
        {"[1,]", "3 Expecting value"},
        {"\"\\x\"", "1 Invalid \\escape"},
        {"\"\\u12", "2 Invalid \\uXXXX escape"},
        {"\"\\u12g4\"", "2 Invalid \\uXXXX escape"},
        {"{\"a\" 1}", "5 Expecting ':' delimiter"},
        {"nope", "0 Expecting value"},
        {"", "0 Expecting value"},
        {"[", "1 Expecting value"},
        {"\"abc", "0 Unterminated string starting at"},
        {"\"\\", "0 Unterminated string starting at"},
        {"\"a\nb\"", "2 Invalid control character at"},
        {"1 2", "2 Extra data"},
        {"-", "0 Expecting value"},
        {"01", "1 Extra data"},
        {"{\"a\":}", "5 Expecting value"},
        {"{", "1 Expecting property name enclosed in double quotes"},
        {"[1 2]", "3 Expecting ',' delimiter"},
        {"[\"\xc3\xa4\xc3\xa4\" 2]", "6 Expecting ',' delimiter"},
        {"{\"a\":1 \"b\"}", "7 Expecting ',' delimiter"},
        {"[1e400, -1.5E+3, true, NaN]", "none"},
    };
    for (auto [text, wanted] : cases)
        EXPECT_EQ(wanted, Fault(text)) << text;
    EXPECT_EQ("none", Fault(std::string(100000, '[')));
}
