#include "orchestrator/references.h"

#include "planning_fixture.h"

using ::testing::HasSubstr;

namespace
{

class References : public Planning
{
  protected:
    std::string Resolve(const std::string &parameters, const std::string &results)
    {
        json_t *filled = nullptr;
        error_ = {};
        if (orch_parameters_resolve(Json(parameters), Json(results), &filled, &error_) != SL_OK)
            return "";
        return Text(sl_json_own(arena_, filled));
    }
    sl_error error_ = {};
};

TEST_F(References, AreFilledIn)
{
    const char *results =
        R"({"a":{"id":"RO-7","n":3,"list":[{"p":"x"},{"p":"y"}],"o":{"k":true},"nil":null},"b-2":"whole"})";
    const struct {
        const char *given;
        const char *wanted;
    } cases[] = {
        {R"({"x":"{{a.id}}"})", R"({"x":"RO-7"})"},
        {R"({"x":"{{a.n}}"})", R"({"x":3})"},
        {R"({"x":"{{ a.n }}"})", R"({"x":3})"},
        {R"({"x":"{{a.o}}"})", R"({"x":{"k":true}})"},
        {R"({"x":"{{a.list.1.p}}"})", R"({"x":"y"})"},
        {R"({"x":"{{a.list[0].p}}"})", R"({"x":"x"})"},
        {R"({"x":"{{a.nil}}"})", R"({"x":null})"},
        {R"({"x":"{{b-2}}"})", R"({"x":"whole"})"},
        {R"({"x":"order {{a.id}}, {{a.n}} of {{a.o}}"})",
         R"({"x":"order RO-7, 3 of {\"k\":true}"})"},
        {R"({"x":[1,"{{a.n}}",{"y":"{{a.id}}"}],"z":true})",
         R"({"x":[1,3,{"y":"RO-7"}],"z":true})"},
        {R"({"x":"{{ nothing }"})", R"({"x":"{{ nothing }"})"},
        {R"({"x":"{{}} {{.a}} {{a.}}"})", R"({"x":"{{}} {{.a}} {{a.}}"})"},
        {R"({"x":"{{{a.id}}}"})", R"({"x":"{RO-7}"})"},
        {R"({})", R"({})"},
    };
    for (const auto &c : cases)
        EXPECT_EQ(Resolve(c.given, results), c.wanted) << c.given << ": " << error_.message;
}

TEST_F(References, ThatLeadNowhereAreNamed)
{
    const char *results = R"({"a":{"id":"RO-7","list":[1]}})";
    for (const char *path :
         {"a.none", "b.id", "a.id.deeper", "a.list.1", "a.list.x", "a.list[-1]"}) {
        EXPECT_EQ(Resolve(std::string(R"({"x":"{{)") + path + R"(}}"})", results), "") << path;
        EXPECT_EQ(error_.code, SL_FAILED_PRECONDITION);
        EXPECT_THAT(error_.message, HasSubstr(path));
    }
}

TEST_F(References, ValuesTakenAreNotReadAgain)
{
    EXPECT_EQ(Resolve(R"({"x":"{{a.t}}","y":"say {{a.t}}"})",
                      R"({"a":{"t":"{{a.secret}}","secret":"s"}})"),
              R"({"x":"{{a.secret}}","y":"say {{a.secret}}"})");
}

TEST_F(References, AreSeenWhereverTheyStand)
{
    EXPECT_TRUE(orch_parameters_have_references(Json(R"({"a":[{"b":"x {{s.p}}"}]})")));
    EXPECT_TRUE(orch_parameters_have_references(Json(R"("{{s}}")")));
    EXPECT_FALSE(
        orch_parameters_have_references(Json(R"({"a":[{"b":"x {{ s p }}"}],"{{s.p}}":1})")));
}

} // namespace
