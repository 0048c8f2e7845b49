#include "base/error.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace
{

TEST(Error, IsTheCallersStorage)
{
    sl_error err{};
    EXPECT_EQ(sl_error_set(&err, SL_NOT_FOUND, "Part %d not found", 9999), SL_NOT_FOUND);
    EXPECT_STREQ(err.message, "Part 9999 not found");
    EXPECT_EQ(sl_error_prefix(&err, "parts-agent"), SL_NOT_FOUND);
    EXPECT_STREQ(err.message, "parts-agent: Part 9999 not found");
    EXPECT_EQ(sl_error_set(nullptr, SL_ABORTED, "x"), SL_ABORTED);
}

TEST(Error, CutsAtACharactersBorder)
{
    sl_error err{};
    std::string text;
    for (int i = 0; i < 400; i++)
        text += "\xe2\x9c\x85";
    sl_error_set(&err, SL_INTERNAL, "a%s", text.c_str());
    size_t length = strlen(err.message);
    EXPECT_LT(length, sizeof(err.message));
    EXPECT_GT(length, sizeof(err.message) - 5);
    EXPECT_TRUE(sl_utf8_is_valid(err.message, length));
}

TEST(Error, KnowsTheNamesOfCodes)
{
    EXPECT_STREQ(sl_code_name(SL_OK), "OK");
    EXPECT_STREQ(sl_code_name(SL_UNAUTHENTICATED), "UNAUTHENTICATED");
    EXPECT_STREQ(sl_code_name(static_cast<sl_code>(99)), "UNKNOWN");
}

} // namespace
