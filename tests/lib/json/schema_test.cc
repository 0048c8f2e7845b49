#include "json/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "base/memory.h"

namespace
{

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Schema : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        arena_ = sl_arena_new();
    }
    void TearDown() override
    {
        sl_arena_free(arena_);
    }

    json_t *Json(const std::string &text)
    {
        struct sl_json_limits limits = {};
        struct sl_error error = {};
        json_t *value = nullptr;

        limits.max_depth = 500;
        EXPECT_EQ(sl_json_parse(text.data(), text.size(), &limits, &value, &error), SL_OK)
            << text << ": " << error.message;
        return sl_json_own(arena_, value);
    }

    std::vector<std::string> Faults(const json_t *schema, const json_t *value)
    {
        struct sl_schema_faults faults = {};
        struct sl_error error = {};
        std::vector<std::string> texts;

        EXPECT_EQ(sl_schema_check(schema, value, arena_, &faults, &error), SL_OK) << error.message;
        for (size_t i = 0; i < faults.count; i++)
            texts.push_back(std::string(faults.entries[i].path) + ": " + faults.entries[i].message);
        return texts;
    }

    std::vector<std::string> Faults(const std::string &schema, const std::string &value)
    {
        return Faults(Json(schema), Json(value));
    }

    bool Fits(const std::string &schema, const std::string &value)
    {
        return Faults(schema, value).empty();
    }

    struct sl_arena *arena_ = nullptr;
};

const char reserve_parts[] = R"({
    "type": "object",
    "properties": {
        "part_numbers": {"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9-]{3,20}$"},
                         "minItems": 1, "maxItems": 3},
        "repair_order_id": {"type": "string", "minLength": 1, "maxLength": 20},
        "quantity_map": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        "customer": {"type": "object", "properties": {"email": {"type": "string", "format": "email"}}},
        "priority": {"enum": ["low", "high", 1]},
        "kind": {"const": "hold"}
    },
    "required": ["part_numbers", "repair_order_id", "quantity_map"],
    "additionalProperties": false})";

TEST_F(Schema, LetsThroughWhatFits)
{
    EXPECT_THAT(Faults(reserve_parts,
                       R"({"part_numbers":["1234"],"repair_order_id":"1234",)"
                       R"("quantity_map":{"1234":1.0},"priority":1.0,"kind":"hold"})"),
                IsEmpty());
}

TEST_F(Schema, NamesEveryFaultAndItsPlace)
{
    EXPECT_THAT(
        Faults(reserve_parts,
               R"({"part_numbers":["1234",5,"a b"],"quantity_map":{"1234":0},)"
               R"("customer":{"email":"x"},"priority":"urgent","kind":1,"colour":"red"})"),
        ElementsAre(
            "repair_order_id: missing, but required",
            "part_numbers[1]: 5 is an integer, a string is wanted",
            "part_numbers[2]: \"a b\" is a string, a text that matches ^[A-Za-z0-9-]{3,20}$ is "
            "wanted",
            "quantity_map.1234: 0 is an integer, at least 1 is wanted",
            "customer.email: \"x\" is a string, a text of format email is wanted",
            "priority: \"urgent\" is a string, one of \"low\", \"high\", 1 is wanted",
            "kind: 1 is an integer, \"hold\" is wanted", "colour: not known here"));
    EXPECT_THAT(Faults(reserve_parts, "[1]"),
                ElementsAre(": an array is given, an object is wanted"));
    EXPECT_THAT(
        Faults(reserve_parts, R"({"part_numbers":[],"repair_order_id":"","quantity_map":{}})"),
        ElementsAre("part_numbers: 0 items are given, at least 1 are wanted",
                    "repair_order_id: \"\" is a string, a text that is not empty is wanted"));
}

TEST_F(Schema, SaysWhatEachAlternativeWants)
{
    EXPECT_THAT(Faults(R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "5"),
                ElementsAre(": 5 is an integer, a string is wanted; or 5 is an integer, null is "
                            "wanted"));
    EXPECT_THAT(Faults(R"({"oneOf":[{"type":"number"},{"type":"integer"}]})", "5"),
                ElementsAre(": fits 2 of the alternatives, just one is wanted"));
    EXPECT_THAT(Faults(R"({"type":["string","null"]})", "5"),
                ElementsAre(": 5 is an integer, a string or null is wanted"));
}

TEST_F(Schema, ComparesNumbersExactly)
{
    EXPECT_TRUE(Fits(R"({"maximum":9007199254740993})", "9007199254740993"));
    EXPECT_FALSE(Fits(R"({"maximum":9007199254740992})", "9007199254740993"));
    EXPECT_FALSE(Fits(R"({"exclusiveMinimum":0})", "0"));
    EXPECT_TRUE(Fits(R"({"exclusiveMinimum":0})", "0.01"));
    EXPECT_TRUE(Fits(R"({"enum":[1]})", "1.0"));
    EXPECT_FALSE(Fits(R"({"const":false})", "0"));
    EXPECT_TRUE(Fits(R"({"const":{"a":[1.0]}})", R"({"a":[1]})"));
}

TEST_F(Schema, CountsCharactersNotBytes)
{
    EXPECT_TRUE(Fits(R"({"maxLength":2})", "\"\xc3\xa9\xf0\x9f\x9a\x97\""));
    EXPECT_FALSE(Fits(R"({"minLength":3})", "\"\xc3\xa9\xf0\x9f\x9a\x97\""));
}

TEST_F(Schema, ReadsPatternsAsEcmaScriptHasThem)
{
    const struct {
        const char *pattern, *text;
        bool fits;
    } cases[] = {
        {"b", "\"abc\"", true},
        {"^b", "\"abc\"", false},
        {"^\\\\d{4}-\\\\d{2}$", "\"2026-06\"", true},
        {"^a$", "\"a\\n\"", false},
        {"^(?=.*[0-9])(?!.*x).+$", "\"ab1\"", true},
        {"^(?:a|b)+?$", "\"abab\"", true},
        {"^\\\\u00e9$", "\"\xc3\xa9\"", true},
        {"^\\\\p{L}+$", "\"\xc3\xa9t\xc3\xa9\"", true},
        {"^.$", "\"\xf0\x9f\x9a\x97\"", true},
        {"^\\\\w+$", "\"\xc3\xa9\"", false},
        {"^[^]$", "\"x\"", true},
        {"^(?<year>[0-9]+)$", "\"2026\"", true},
    };

    for (const auto &expected : cases)
        EXPECT_EQ(Fits(std::string("{\"pattern\":\"") + expected.pattern + "\"}", expected.text),
                  expected.fits)
            << expected.pattern;
}

TEST_F(Schema, BoundsWhatAPatternMayCost)
{
    auto faults = Faults(R"({"pattern":"^(a+)+$"})", "\"" + std::string(40, 'a') + "!\"");

    ASSERT_EQ(faults.size(), 1u);
    EXPECT_THAT(faults[0], HasSubstr("takes too long"));
    EXPECT_THAT(Faults(R"({"pattern":"("})", "\"x\"")[0], HasSubstr("no regular expression"));
    EXPECT_THAT(Faults(R"({"pattern":"x\\Z"})", "\"x\"")[0], HasSubstr("no regular expression"));
    EXPECT_THAT(Faults(R"({"pattern":"(*LIMIT_MATCH=9)a"})", "\"a\"")[0],
                HasSubstr("no regular expression"));
}

TEST_F(Schema, FollowsReferencesWithinTheDocument)
{
    const char *tree = R"({"$defs":{"node":{"type":"object","properties":{
        "value":{"type":"integer"},"next":{"$ref":"#/$defs/node"}},"required":["value"]},
        "a/b":{"$anchor":"odd","type":"string"}},
        "properties":{"list":{"$ref":"#/$defs/node"},"odd":{"$ref":"#/$defs/a~1b"},
                      "same":{"$ref":"#odd"},"lost":{"$ref":"#/$defs/none"},
                      "away":{"$ref":"http://example.com/schema"}}})";

    EXPECT_THAT(Faults(tree, R"({"list":{"value":1,"next":{"value":2,"next":{"value":"3"}}},)"
                             R"("odd":"x","same":"y"})"),
                ElementsAre("list.next.next.value: \"3\" is a string, an integer is wanted"));
    EXPECT_EQ(Faults(tree, R"({"odd":1,"same":1,"lost":1,"away":1})").size(), 4u);
    EXPECT_TRUE(Fits(R"({"$defs":{"a%b":{"type":"integer"}},"$ref":"#/$defs/a%25b"})", "1"));
}

TEST_F(Schema, EndsWhereASchemaDoesNot)
{
    EXPECT_THAT(Faults(R"({"$ref":"#"})", "1")[0], HasSubstr("without end"));
    EXPECT_THAT(Faults(R"({"allOf":[{"$ref":"#"}]})", "1")[0], HasSubstr("without end"));
    /* Each step doubles: 2^40 of them. */
    std::string doubling = "{\"$defs\":{\"d0\":{\"type\":\"integer\"}";
    for (int i = 1; i <= 40; i++) {
        std::string before = "{\"$ref\":\"#/$defs/d" + std::to_string(i - 1) + "\"}";
        doubling += ",\"d" + std::to_string(i) + "\":{\"allOf\":[" + before + "," + before + "]}";
    }
    EXPECT_THAT(Faults(doubling + "},\"$ref\":\"#/$defs/d40\"}", "1")[0], HasSubstr("steps"));
    EXPECT_FALSE(Faults(doubling + "},\"anyOf\":[{\"$ref\":\"#/$defs/d40\"}]}", "1").empty());
}

TEST_F(Schema, IsFaultyWhereItIsNone)
{
    for (const char *schema :
         {"1", "null", "[]", R"({"type":"text"})", R"({"type":5})", R"({"enum":1})",
          R"({"minLength":"1"})", R"({"pattern":1})", R"({"anyOf":{}})", R"({"allOf":[]})",
          R"({"allOf":[5]})", R"({"$ref":5})", R"({"format":5})"})
        EXPECT_FALSE(Fits(schema, "\"x\"")) << schema;
    EXPECT_FALSE(Fits(R"({"minimum":"1"})", "1"));
    EXPECT_TRUE(Fits("true", "1"));
    EXPECT_FALSE(Fits("false", "1"));
    EXPECT_TRUE(Fits(R"({"format":"unheard-of","$comment":5,"x-extra":[]})", "\"x\""));
}

TEST_F(Schema, KeepsTheFirst64Faults)
{
    std::string items = "[\"x\"";
    for (int i = 0; i < 200; i++)
        items += ",\"x\"";
    EXPECT_EQ(Faults(R"({"items":{"type":"integer"}})", items + "]").size(), 64u);
}

TEST_F(Schema, ChecksFormats)
{
    for (const char *good :
         {"\"a@b.example\"", "\"ambujmehra16@gmail.com\"", "\"a.b+c@x-y.example\"",
          "\"\\\"a b\\\"@c.example\"", "\"a@[127.0.0.1]\"", "\"a@[IPv6:::1]\""})
        EXPECT_TRUE(Fits(R"({"format":"email"})", good)) << good;
    for (const char *bad :
         {"\"\"", "\"a\"", "\"@b.example\"", "\"a@\"", "\".a@b.example\"", "\"a..b@c.example\"",
          "\"a.@c.example\"", "\"a b@c.example\"", "\"a@b c\"", "\"a@-b.example\"", "\"a@b..c\"",
          "\"a@b=c.example\"", "\"a@[300.0.0.1]\"", "\"a\\u0001@b.example\"", "\"a@b@c.example\""})
        EXPECT_FALSE(Fits(R"({"format":"email"})", bad)) << bad;
    for (const char *good : {"\"2026-06-25T10:41:45Z\"", "\"2026-06-25t10:41:45.123456789+02:00\"",
                             "\"1998-12-31T23:59:60Z\"", "\"1998-12-31T15:59:60.123-08:00\""})
        EXPECT_TRUE(Fits(R"({"format":"date-time"})", good)) << good;
    for (const char *bad :
         {"\"2026-06-25\"", "\"2026-02-29T00:00:00Z\"", "\"2026-06-25T24:00:00Z\"",
          "\"2026-06-25T10:41:45\"", "\"1998-12-31T22:59:60Z\"", "\"2026-06-25 10:41:45Z\"",
          "\"2026-13-01T00:00:00Z\"", "\"\xd9\xa1\"", "\"2026-06-25T10:41:45+2:00\""})
        EXPECT_FALSE(Fits(R"({"format":"date-time"})", bad)) << bad;
}

TEST_F(Schema, SaysWhenMemoryIsOut)
{
    json_t *schema = Json(R"({"type":"integer"})");
    json_t *value = Json("\"x\"");
    struct sl_schema_faults faults = {};
    struct sl_error error = {};

    sl_alloc_fail_after(0);
    enum sl_code code = sl_schema_check(schema, value, arena_, &faults, &error);
    sl_alloc_fail_after(-1);
    EXPECT_EQ(code, SL_RESOURCE_EXHAUSTED);
    EXPECT_EQ(faults.count, 0u);
}

/**
 * The JSON-Schema-Test-Suite, for the keywords that are checked: draft 2020-12 where
 * tools/schema-suite brought it, and Debian's draft 7 for those of its files that mean the same.
 */
class SchemaSuite : public Schema
{
  protected:
    /** Whether a schema uses what is not checked, or is not within one document. */
    static bool IsBeyondUs(const json_t *schema)
    {
        static const std::set<std::string> kOthers = {
            "$dynamicAnchor",
            "$dynamicRef",
            "$id",
            "$vocabulary",
            "contains",
            "dependencies",
            "dependentSchemas",
            "dependentRequired",
            "if",
            "not",
            "multipleOf",
            "propertyNames",
            "unevaluatedItems",
            "additionalItems",
            "unevaluatedProperties",
        };
        const char *name;
        json_t *member;
        size_t i;
        json_object_foreach(const_cast<json_t *>(schema), name, member)
        {
            bool is_away = strcmp(name, "$ref") == 0 && json_is_string(member) &&
                           json_string_value(member)[0] != '#';
            if (is_away || kOthers.count(name) > 0 || IsBeyondUs(member))
                return true;
        }
        json_array_foreach(schema, i, member)
        {
            if (IsBeyondUs(member))
                return true;
        }
        return false;
    }
    /** Runs the groups of a file, but for those of the given names; the number of tests. */
    int Run(const std::string &path, const std::set<std::string> &left_out)
    {
        json_error_t error;
        json_t *groups = sl_json_own(arena_, json_load_file(path.c_str(), JSON_ALLOW_NUL, &error));
        size_t g, t;
        json_t *group, *test;
        int checked = 0;

        EXPECT_NE(groups, nullptr) << path << ": " << error.text;
        json_array_foreach(groups, g, group)
        {
            std::string name = sl_json_string(group, "description");
            json_t *schema = json_object_get(group, "schema");
            if (IsBeyondUs(schema) || left_out.count(name) > 0)
                continue;
            json_array_foreach(json_object_get(group, "tests"), t, test)
            {
                bool fits = Faults(schema, json_object_get(test, "data")).empty();
                checked++;
                EXPECT_EQ(fits, sl_json_bool(test, "valid", !fits))
                    << path << ": " << name << ": " << sl_json_string(test, "description");
            }
        }
        return checked;
    }
    const std::vector<std::string> kFiles = {
        "additionalProperties",
        "allOf",
        "anyOf",
        "boolean_schema",
        "const",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "oneOf",
        "pattern",
        "patternProperties",
        "properties",
        "ref",
        "required",
        "type",
        "optional/format/date-time",
        "optional/format/email",
    };
};

TEST_F(SchemaSuite, AgreesWithDraft202012)
{
    const std::string folder = SL_SOURCE_DIR "/build/json-schema-test-suite/tests/draft2020-12/";
    std::vector<std::string> files = kFiles;
    int checked = 0;

    if (access(folder.c_str(), R_OK) != 0)
        GTEST_SKIP() << "tools/schema-suite has not brought the suite";
    for (const char *more :
         {"defs", "prefixItems", "default", "infinite-loop-detection", "optional/format-assertion",
          "optional/float-overflow", "optional/non-bmp-regex", "optional/no-schema",
          "optional/unknownKeyword"})
        files.push_back(more);
    for (const std::string &file : files)
        checked += Run(folder + file + ".json", {});
    printf("%d tests of draft 2020-12\n", checked);
    EXPECT_GT(checked, 500);
}

TEST_F(SchemaSuite, AgreesWithDraft7WhereItMeansTheSame)
{
    const std::string folder = "/usr/share/json-schema-test-suite/tests/draft7/";
    int checked = 0;

    if (access(folder.c_str(), R_OK) != 0)
        GTEST_SKIP() << "json-schema-test-suite is not installed";
    /* Lists of items are prefixItems now, and what stands beside $ref counts. */
    for (const std::string &file : kFiles)
        checked += Run(folder + file + ".json",
                       {"an array of schemas for items", "items with boolean schemas",
                        "ref overrides any sibling keywords"});
    EXPECT_GT(checked, 200);
}

} // namespace
