#include "base/text.h"

#include <gtest/gtest.h>

#include <string>

#include "base/memory.h"

namespace
{

TEST(Text, Grows)
{
    sl_text text{};
    std::string expected;
    for (int i = 0; i < 1000; i++) {
        sl_text_printf(&text, "%d,", i);
        expected += std::to_string(i) + ",";
    }
    EXPECT_EQ(text.data, expected);
    sl_text_consume(&text, 4);
    EXPECT_EQ(text.data, expected.substr(4));
    char *taken = sl_text_take(&text);
    EXPECT_EQ(taken, expected.substr(4));
    EXPECT_EQ(text.length, 0u);
    sl_free(taken);
}

TEST(Text, RemembersThatMemoryRanOut)
{
    sl_text text{};
    sl_text_append(&text, "kept");
    sl_alloc_fail_after(0);
    sl_text_append(&text, std::string(1000, 'x').c_str());
    sl_alloc_fail_after(-1);
    sl_text_append(&text, "not");
    EXPECT_TRUE(sl_text_failed(&text));
    EXPECT_EQ(sl_text_take(&text), nullptr);
}

TEST(Utf8, FollowsTheTable)
{
    const std::string good[] = {"",
                                "ascii only, longer than eight",
                                "\xC3\xA9",
                                "\xE0\xA0\x80",
                                "\xED\x9F\xBF",
                                "\xF0\x90\x80\x80",
                                "\xF4\x8F\xBF\xBF",
                                "eight by\xE2\x9C\x85tes"};
    for (const auto &text : good)
        EXPECT_TRUE(sl_utf8_is_valid(text.data(), text.size())) << text;
    const std::string bad[] = {"\x80",
                               "\xC0\xAF",
                               "\xC3",
                               "\xE0\x9F\xBF",
                               "\xED\xA0\x80",
                               "\xF0\x8F\xBF\xBF",
                               "\xF4\x90\x80\x80",
                               "\xF5\x80\x80\x80",
                               "12345678\xFF"};
    for (const auto &text : bad)
        EXPECT_FALSE(sl_utf8_is_valid(text.data(), text.size())) << text;
}

TEST(Utf8, CutsBetweenCharacters)
{
    const std::string text = "a\xE2\x9C\x85"
                             "b";
    const size_t wanted[] = {0, 1, 1, 1, 4, 5, 5};
    for (size_t limit = 0; limit < 7; limit++)
        EXPECT_EQ(sl_utf8_cut(text.data(), text.size(), limit), wanted[limit]) << limit;
}

TEST(ParseInt64, TakesWholeNumbersOnly)
{
    int64_t value = 7;
    EXPECT_TRUE(sl_parse_int64("-12", -100, 100, &value));
    EXPECT_EQ(value, -12);
    for (const char *bad : {"", " 1", "1 ", "+1", "1.0", "abc", "101", "9223372036854775808"}) {
        value = 7;
        EXPECT_FALSE(sl_parse_int64(bad, -100, 100, &value)) << bad;
        EXPECT_EQ(value, 7);
    }
    EXPECT_FALSE(sl_parse_int64(nullptr, 0, 1, &value));
}

TEST(Compare, KnowsNullCaseAndSecrets)
{
    EXPECT_TRUE(sl_text_equals(nullptr, nullptr));
    EXPECT_FALSE(sl_text_equals(nullptr, ""));
    EXPECT_TRUE(sl_text_equals_nocase("Content-Type", "content-type"));
    EXPECT_TRUE(sl_text_starts_with("http://x", "http://"));
    EXPECT_FALSE(sl_text_ends_with("x", "xx"));
    EXPECT_TRUE(sl_text_equals_secret("abc", 3, "abc", 3));
    EXPECT_FALSE(sl_text_equals_secret("abc", 3, "abcd", 4));
    EXPECT_FALSE(sl_text_equals_secret("abc", 3, "abd", 3));
}

} // namespace
