#include "base/clock.h"

#include <gtest/gtest.h>

namespace
{

std::string Format(int64_t ns)
{
    char out[SL_TIME_SIZE];
    sl_time_format(ns, out);
    return out;
}

TEST(Time, FormatsAsRfc3339InUtc)
{
    EXPECT_EQ(Format(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(Format(INT64_C(1750848105123456789)), "2025-06-25T10:41:45.123456Z");
    EXPECT_EQ(Format(-1000000000), "1969-12-31T23:59:59Z");
    EXPECT_EQ(Format(-500000000), "1969-12-31T23:59:59.500000Z");
}

TEST(Time, ReadsWhatRfc3339Allows)
{
    const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2025-06-25T12:41:45.5+02:00", INT64_C(1750848105500000000)},
        {"2024-02-29T00:00:00z", INT64_C(1709164800000000000)},
        {"1969-12-31t23:59:59.25Z", -750000000},
    };
    for (const auto &c : cases) {
        int64_t ns = 1;
        EXPECT_TRUE(sl_time_parse(c.text, &ns)) << c.text;
        EXPECT_EQ(ns, c.ns) << c.text;
    }
}

TEST(Time, RefusesWhatIsNoTime)
{
    const char *const cases[] = {"",
                                 "2025-06-25",
                                 "2025-06-25T10:41:45",
                                 "2025-13-01T00:00:00Z",
                                 "2025-02-29T00:00:00Z",
                                 "2025-04-31T00:00:00Z",
                                 "2025-06-25T24:00:00Z",
                                 "2025-06-25T10:41:45.Z",
                                 "2025-06-25T10:41:45Z ",
                                 "9999-06-25T10:41:45Z",
                                 "2025-06-25T10:41:45+2:00"};
    for (const char *text : cases) {
        int64_t ns = 42;
        EXPECT_FALSE(sl_time_parse(text, &ns)) << text;
        EXPECT_EQ(ns, 42);
    }
    int64_t ns = 0;
    EXPECT_FALSE(sl_time_parse(nullptr, &ns));
}

TEST(Clock, MonotonicDoesNotGoBack)
{
    const sl_clock *clock = sl_clock_system();
    int64_t before = sl_clock_monotonic_ns(clock);
    EXPECT_LE(before, sl_clock_monotonic_ns(clock));
    EXPECT_GT(sl_clock_wall_ms(clock), INT64_C(1700000000000));
}

} // namespace
