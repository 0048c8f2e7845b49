#include "json/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "base/memory.h"

namespace
{

using ::testing::HasSubstr;

struct Release {
    void operator()(json_t *value) const
    {
        json_decref(value);
    }
};
using Json = std::unique_ptr<json_t, Release>;

struct Parsed {
    enum sl_code code;
    Json value;
    struct sl_error error;
};

Parsed Parse(const std::string &text, const struct sl_json_limits *limits = nullptr)
{
    Parsed parsed{};
    json_t *value = nullptr;

    parsed.code = sl_json_parse(text.data(), text.size(), limits, &value, &parsed.error);
    parsed.value.reset(value);
    return parsed;
}

std::string Write(const json_t *value, enum sl_json_style style = SL_JSON_COMPACT)
{
    char *text = sl_json_text(value, style);
    std::string copy = text ? text : "(out of memory)";

    sl_free(text);
    return copy;
}

std::string Rewrite(const std::string &text, enum sl_json_style style = SL_JSON_COMPACT)
{
    Parsed parsed = Parse(text);

    return parsed.value ? Write(parsed.value.get(), style) : std::string(parsed.error.message);
}

TEST(Json, ReadsEveryKindOfValue)
{
    EXPECT_EQ(Rewrite(" {\"a\": [1, -2.5, true, false, null, \"x\"], \"b\": {}} "),
              R"({"a":[1,-2.5,true,false,null,"x"],"b":{}})");
    EXPECT_EQ(Rewrite("12"), "12");
    EXPECT_EQ(Rewrite("\"x\""), "\"x\"");
    EXPECT_EQ(Rewrite("null"), "null");
}

TEST(Json, KeepsMembersInOrderAndTheLastOfDuplicates)
{
    EXPECT_EQ(Rewrite(R"({"z":1,"a":2,"m":3})"), R"({"z":1,"a":2,"m":3})");
    EXPECT_EQ(Parse(R"({"a":1,"a":2})").code, SL_OK);
    EXPECT_EQ(Rewrite(R"({"a":1,"a":2})"), R"({"a":2})");
}

TEST(Json, CountsLevelsOfNesting)
{
    EXPECT_EQ(Parse(std::string(32, '[') + std::string(32, ']')).code, SL_OK);
    Parsed deep = Parse(std::string(33, '[') + std::string(33, ']'));
    EXPECT_EQ(deep.code, SL_INVALID_ARGUMENT);
    EXPECT_STREQ(deep.error.message, "line 1 column 33: nested deeper than 32 levels");
    /* Far more than any stack would take. */
    EXPECT_EQ(Parse(std::string(1000000, '[')).code, SL_INVALID_ARGUMENT);
    /* Siblings are no levels, and brackets in strings are none. */
    std::string wide = "[";
    for (int i = 0; i < 100; i++)
        wide += "[],";
    EXPECT_EQ(Parse(wide + "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"]").code, SL_OK);
    struct sl_json_limits limits = {};
    limits.max_depth = 2;
    EXPECT_EQ(Parse("[[1]]", &limits).code, SL_OK);
    EXPECT_EQ(Parse("[\n[{}]]", &limits).code, SL_INVALID_ARGUMENT);
}

TEST(Json, RefusesMoreBytesThanAllowed)
{
    struct sl_json_limits limits = {};

    limits.max_bytes = 4;
    EXPECT_EQ(Parse("1234", &limits).code, SL_OK);
    EXPECT_EQ(Parse("12345", &limits).code, SL_RESOURCE_EXHAUSTED);
}

struct Refused {
    std::string text;
    std::string says;
};

TEST(Json, RefusesWhatIsNoJson)
{
    const Refused cases[] = {
        {"", "line 1 column 1: the text is empty"},
        {"   ", "line 1"},
        {"{", "the text ends in the middle of a value"},
        {"{\"a\":}", "line 1"},
        {"[1,]", "line 1"},
        {"{\"a\":1}x", "something stands after the value"},
        {"{} {}", "something stands after the value"},
        {"nul", "line 1"},
        {"01", "line 1"},
        {"+1", "line 1"},
        {".5", "line 1"},
        {"1.", "line 1"},
        {"NaN", "line 1"},
        {"'a'", "line 1"},
        {"\"\n\"", "line 1"},
        {"[1,\n 2,\n oops]", "line 3"},
        {"/* no */ 1", "line 1"},
        {"\"\\u0000\"", "a NUL (\\u0000) in a string"},
        {"{\"\\u0000\":1}", "a NUL"},
        {std::string("\"a\0b\"", 5), "line 1"},
        {std::string("1\0", 2), "line 1"},
        {"\"\\ud800\"", "line 1"},
        {"\"\\udc00\"", "line 1"},
        {"\"\\ud800x\"", "line 1"},
        {"\"\xff\"", "line 1"},
        {"\"\xc0\x80\"", "line 1"},
        {"\"\xed\xa0\x80\"", "line 1"},
        {"\"\xf4\x90\x80\x80\"", "line 1"},
        {"\"\\", "line 1"},
        {"1e400", "a number beyond what a double or 64 bits hold"},
        {"-1e400", "a number beyond"},
        {"9223372036854775808", "a number beyond"},
    };

    for (const Refused &refused : cases) {
        Parsed parsed = Parse(refused.text);
        EXPECT_EQ(parsed.code, SL_INVALID_ARGUMENT) << refused.text;
        EXPECT_EQ(parsed.value, nullptr) << refused.text;
        EXPECT_THAT(std::string(parsed.error.message), HasSubstr(refused.says)) << refused.text;
    }
}

TEST(Json, LeavesItsOutputAloneOnFailure)
{
    json_t *value = json_true();

    EXPECT_NE(sl_json_parse("{", 1, nullptr, &value, nullptr), SL_OK);
    EXPECT_EQ(value, json_true());
}

TEST(Json, TurnsIntegersThatNoDoubleHoldsIntoStringsWhereAsked)
{
    struct sl_json_limits limits = {};

    limits.are_big_integers_strings = true;
    Parsed parsed = Parse(R"({"a":[9007199254740992,9007199254740993,-9007199254740993],)"
                          R"("b":99999999999999999999999,"c":"9007199254740993","d":1e300,"e":-5,)"
                          R"("f":12345678901234567.5})",
                          &limits);
    ASSERT_EQ(parsed.code, SL_OK) << parsed.error.message;
    EXPECT_EQ(Write(parsed.value.get()),
              R"({"a":[9007199254740992,"9007199254740993","-9007199254740993"],)"
              R"("b":"99999999999999999999999","c":"9007199254740993","d":1e+300,"e":-5,)"
              R"("f":12345678901234568})");
}

TEST(Json, WritesIntegralDoublesAsIntegers)
{
    Json array(json_array());
    const double numbers[] = {1.0, -1.0, 100.0, 0.0, -0.0, 9007199254740992.0, 1e15};

    for (double number : numbers)
        json_array_append_new(array.get(), json_real(number));
    EXPECT_EQ(Write(array.get()), "[1,-1,100,0,0,9007199254740992,1000000000000000]");
}

TEST(Json, WritesDoublesShortestAndExact)
{
    const double numbers[] = {
        0.1,  0.1 + 0.2, 1.0 / 3,           5e-324, 1.7976931348623157e308, 123456.789,
        1e21, -2.5e-7,   9007199254740994.0};
    char text[32];

    for (double number : numbers) {
        sl_json_format_double(number, text);
        EXPECT_EQ(strtod(text, nullptr), number) << text;
    }
    sl_json_format_double(0.1, text);
    EXPECT_STREQ(text, "0.1");
    sl_json_format_double(0.1 + 0.2, text);
    EXPECT_STREQ(text, "0.30000000000000004");
    sl_json_format_double(std::numeric_limits<double>::quiet_NaN(), text);
    EXPECT_STREQ(text, "null");
}

TEST(Json, WritesTheWholeRangeOfIntegers)
{
    EXPECT_EQ(Rewrite("[9223372036854775807,-9223372036854775808,0,-0]"),
              "[9223372036854775807,-9223372036854775808,0,0]");
}

TEST(Json, EscapesWhatHasToBeAndNothingElse)
{
    Json text(json_string("\"\\/\b\f\n\r\t\x01\x7f \xc3\xa9 \xf0\x9f\x9a\x97"));

    EXPECT_EQ(Write(text.get()),
              "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f \xc3\xa9 \xf0\x9f\x9a\x97\"");
    EXPECT_EQ(Rewrite("\"\\ud83d\\ude97\""), "\"\xf0\x9f\x9a\x97\"");
}

TEST(Json, WritesInEachStyle)
{
    const char *text = R"({"b":[1,{"c":null}],"a":{},"d":[]})";

    EXPECT_EQ(Rewrite(text, SL_JSON_SPACED), R"({"b": [1, {"c": null}], "a": {}, "d": []})");
    EXPECT_EQ(Rewrite(text, SL_JSON_CANONICAL), R"({"a":{},"b":[1,{"c":null}],"d":[]})");
    EXPECT_EQ(Rewrite(text, SL_JSON_PRETTY), "{\n  \"b\": [\n    1,\n    {\n      \"c\": null\n"
                                             "    }\n  ],\n  \"a\": {},\n  \"d\": []\n}");
}

TEST(Json, GivesEqualValuesEqualCanonicalTexts)
{
    EXPECT_EQ(Rewrite(R"({"amount":100.0,"a":{"y":1e2,"x":0.10}})", SL_JSON_CANONICAL),
              Rewrite(R"({"a":{"x":0.1,"y":100},"amount":100})", SL_JSON_CANONICAL));
    EXPECT_EQ(Rewrite(R"({"ab":1,"a":2,"a!":3})", SL_JSON_CANONICAL), R"({"a":2,"a!":3,"ab":1})");
}

TEST(Json, EndsAValueThatContainsItself)
{
    Json array(json_array());
    Json inner(json_array());
    struct sl_text text = {};

    /* jansson refuses direct circles only. */
    json_array_append(array.get(), inner.get());
    json_array_append(inner.get(), array.get());
    sl_json_write(array.get(), SL_JSON_COMPACT, &text);
    EXPECT_TRUE(sl_text_failed(&text));
    EXPECT_EQ(sl_json_text(array.get(), SL_JSON_COMPACT), nullptr);
    sl_text_done(&text);
    json_array_clear(inner.get());
}

TEST(Json, GivesNullWhenMemoryIsOut)
{
    Parsed parsed = Parse(R"({"a":[1,2,3]})");

    sl_alloc_fail_after(0);
    EXPECT_EQ(sl_json_text(parsed.value.get(), SL_JSON_COMPACT), nullptr);
    EXPECT_EQ(sl_json_text(parsed.value.get(), SL_JSON_CANONICAL), nullptr);
    sl_alloc_fail_after(-1);
}

TEST(Json, FindsMembersByTheirType)
{
    Parsed parsed = Parse(R"({"s":"x","n":2.5,"i":7,"b":true,"z":null})");
    const json_t *object = parsed.value.get();

    EXPECT_STREQ(sl_json_string(object, "s"), "x");
    EXPECT_EQ(sl_json_string(object, "n"), nullptr);
    EXPECT_EQ(sl_json_string(nullptr, "s"), nullptr);
    EXPECT_EQ(sl_json_number(object, "n", 0), 2.5);
    EXPECT_EQ(sl_json_number(object, "i", 0), 7);
    EXPECT_EQ(sl_json_number(object, "s", -1), -1);
    EXPECT_TRUE(sl_json_bool(object, "b", false));
    EXPECT_TRUE(sl_json_bool(object, "missing", true));
    EXPECT_STREQ(sl_json_type_name(json_object_get(object, "z")), "null");
    EXPECT_STREQ(sl_json_type_name(json_object_get(object, "i")), "an integer");
}

TEST(Json, MeasuresDepth)
{
    EXPECT_EQ(sl_json_depth(Parse("1").value.get(), 10), 0u);
    EXPECT_EQ(sl_json_depth(Parse("[]").value.get(), 10), 1u);
    EXPECT_EQ(sl_json_depth(Parse(R"({"a":[{"b":1}],"c":2})").value.get(), 10), 3u);
    EXPECT_EQ(sl_json_depth(Parse("[[[[[[]]]]]]").value.get(), 2), 3u);
}

TEST(Json, BelongsToAnArena)
{
    struct sl_arena *arena = sl_arena_new();
    json_t *value = json_pack("{s:i}", "a", 1);

    ASSERT_EQ(sl_json_own(arena, json_incref(value)), value);
    EXPECT_STREQ(sl_json_arena_text(value, SL_JSON_COMPACT, arena), "{\"a\":1}");
    EXPECT_EQ(value->refcount, 2u);
    sl_arena_free(arena);
    EXPECT_EQ(value->refcount, 1u);
    json_decref(value);
}

/* Plain text is read by a reader of our own: jansson is asked what it makes of the same. */
TEST(Json, ReadsWhatJanssonReads)
{
    const char *const texts[] = {
        "{}",
        "[]",
        " [ 1 , 2 ] ",
        "{\"a\":{\"b\":[true,false,null]}}",
        "0",
        "-0",
        "-7",
        "01",
        "-",
        "+1",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "1E+2",
        "1e",
        "1e400",
        "-1e400",
        "1e-400",
        "0.1",
        "-0.0",
        "123456789012345678",
        "1234567890123456789",
        "9223372036854775807",
        "9223372036854775808",
        "\"\"",
        "\"a\\n\\t\\\"\\\\\\/\\b\\f\\r\"",
        "\"\\u00e9\"",
        "\"\\u0000\"",
        "\"\\x\"",
        "\"\\",
        "\"open",
        "\"tab\there\"",
        "\"\xc3\xa9\"",
        "\"\xc3\"",
        "{\"\xff\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{,}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "{\"a\":1",
        "tru",
        "true",
        "truex",
        "nul",
        "null",
        "1 2",
        "{} {}",
        "]",
        "}",
        "\t\r\n{}\n",
        "{\"a\\nb\":1}",
        "",
    };
    for (const char *text : texts) {
        json_error_t error;
        Json wanted(json_loads(text, JSON_DECODE_ANY, &error));
        json_t *read = nullptr;
        struct sl_error failure = {};
        enum sl_code code = sl_json_parse(text, strlen(text), nullptr, &read, &failure);
        Json found(read);
        EXPECT_EQ(code == SL_OK, wanted != nullptr) << text;
        if (found && wanted) {
            EXPECT_TRUE(json_equal(found.get(), wanted.get())) << text;
            EXPECT_EQ(json_typeof(found.get()), json_typeof(wanted.get())) << text;
        }
    }
}

} // namespace
