#include "base/id.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

namespace
{

TEST(Uuid, IsOfVersionFourAndNew)
{
    const std::string form = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    std::set<std::string> seen;
    for (int i = 0; i < 1000; i++) {
        char id[SL_UUID_SIZE];
        sl_uuid_new(id);
        ASSERT_EQ(strlen(id), form.size());
        for (size_t k = 0; k < form.size(); k++) {
            const char *allowed = form[k] == 'x' ? "0123456789abcdef" : "89ab";
            bool fits = form[k] == 'x' || form[k] == 'y' ? strchr(allowed, id[k]) != nullptr
                                                         : id[k] == form[k];
            EXPECT_TRUE(fits) << id << " at " << k;
        }
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
