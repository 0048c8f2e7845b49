#include "base/id.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

namespace
{

TEST(Uuid, IsOfVersionFourAndNew)
{
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> seen;
    for (int i = 0; i < 1000; i++) {
        char id[SL_UUID_SIZE];
        sl_uuid_new(id);
        EXPECT_TRUE(std::regex_match(id, form)) << id;
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(Random, StaysBelowItsBoundAndReachesAll)
{
    std::set<uint64_t> seen;
    for (int i = 0; i < 1000; i++) {
        uint64_t value = sl_random_below(7);
        ASSERT_LT(value, 7u);
        seen.insert(value);
    }
    EXPECT_EQ(seen.size(), 7u);
    EXPECT_EQ(sl_random_below(1), 0u);
}

} // namespace
