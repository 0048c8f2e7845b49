#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../agent/fake_run.h"
#include "services/parts/operations.h"

using testing::HasSubstr;

static bool IsValid(const char *part_number_json)
{
    FakeRun run((std::string("{\"part_number\": ") + part_number_json + "}").c_str());
    run.Execute(parts_service(), "validate_part_number");
    return sl_json_bool(run.Json(), "valid", false);
}

TEST(PartNumber, IsThreeToTwentyLettersDigitsAndDashes)
{
    EXPECT_TRUE(IsValid("\"123\""));
    EXPECT_TRUE(IsValid("\"BP-1234\""));
    EXPECT_TRUE(IsValid("\"12345678901234567890\""));
    EXPECT_FALSE(IsValid("\"12\""));
    EXPECT_FALSE(IsValid("\"123456789012345678901\""));
    EXPECT_FALSE(IsValid("\"12 34\""));
    EXPECT_FALSE(IsValid("\"12_34\""));
    EXPECT_FALSE(IsValid("1234"));
}

TEST(PartNumber, SaysWhatIsWrong)
{
    FakeRun run(R"({"part_number": "a!"})");
    run.Execute(parts_service(), "validate_part_number");
    EXPECT_EQ(run.Result(),
              R"({"errors":["part_number: \"a!\" is given, text of 3 to 20 letters, digits and )"
              R"(dashes is wanted"],"part_number":"a!","valid":false})");
}

TEST(Alternatives, AreTheOthersOfThePartsCategory)
{
    FakeRun run(R"({"part_number": "1234"})");
    run.Tool("get_part_details", R"({"part_number": "1234", "category": "Brakes"})")
        .Tool("search_parts", R"({"parts": [{"part_number": "1234"}, {"part_number": "1235"}]})")
        .Takes("search_parts", "category")
        .Execute(parts_service(), "get_alternative_parts");
    EXPECT_EQ(run.Result(), R"({"alternatives":[{"part_number":"1235"}],)"
                            R"("original_part":{"category":"Brakes","part_number":"1234"}})");
    ASSERT_EQ(run.Calls().size(), 2u);
    EXPECT_EQ(run.Calls()[0].arguments, R"({"part_number":"1234"})");
    EXPECT_EQ(run.Calls()[1].arguments, R"({"category":"Brakes","part_name":""})");
}

TEST(Alternatives, SearchesByNameWhereTheServerKnowsNoCategories)
{
    FakeRun run(R"({"part_number": "1234"})");
    run.Tool("get_part_details", R"({"part_number": "1234", "category": "Brakes"})")
        .Tool("search_parts", R"([{"part_number": "9"}])")
        .Execute(parts_service(), "get_alternative_parts");
    ASSERT_EQ(run.Calls().size(), 2u);
    EXPECT_EQ(run.Calls()[1].arguments, R"({"part_name":"Brakes"})");
    EXPECT_THAT(run.Result(), HasSubstr(R"("alternatives":[{"part_number":"9"}])"));
}

TEST(Alternatives, AreNoneForAPartWithoutCategory)
{
    FakeRun run(R"({"part_number": "1234"})");
    run.Tool("get_part_details", R"({"part_number": "1234"})")
        .Execute(parts_service(), "get_alternative_parts");
    EXPECT_EQ(run.Result(), R"({"alternatives":[],"original_part":{"part_number":"1234"}})");
    EXPECT_EQ(run.Calls().size(), 1u);
}

TEST(Reservation, WantsAQuantityForEachPart)
{
    const struct agent_service *parts = parts_service();
    EXPECT_EQ(Faults(parts, "reserve_parts",
                     R"({"part_numbers": ["1234"], "quantity_map": {"1234": 1}})"),
              "");
    EXPECT_THAT(Faults(parts, "reserve_parts",
                       R"({"part_numbers": ["1234", "5"], "quantity_map": {"1234": 1}})"),
                HasSubstr("quantity_map: "));
    EXPECT_THAT(Faults(parts, "reserve_parts",
                       R"({"part_numbers": ["1234"], "quantity_map": {"1234": 0.5}})"),
                HasSubstr("quantity_map: "));
    std::string both = Faults(parts, "reserve_parts", R"({"part_numbers": []})");
    EXPECT_THAT(both, HasSubstr("part_numbers: [] is given"));
    EXPECT_THAT(both, HasSubstr("quantity_map is missing"));
}
