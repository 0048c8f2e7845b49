#include <gtest/gtest.h>

#include <string>

#include "telemetry/span.h"

namespace
{

const char kParent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct Spans : testing::Test {
    void SetUp() override
    {
        sl_tracing_start();
        size_t count;
        sl_spans_free(sl_spans_take(SL_SPANS_WAITING_MAX, &count));
    }
};

TEST(Tracing, OffNothingIsRecordedAndContextsPass)
{
    if (sl_tracing_is_on())
        GTEST_SKIP() << "another test has started it";
    sl_span *span = sl_span_start(SL_SPAN_SERVER, "a", kParent);
    EXPECT_EQ(nullptr, span);
    EXPECT_STREQ(kParent, sl_span_traceparent(span, kParent));
    sl_span_set(span, "key", "value");
    sl_span_end(span, nullptr);
    EXPECT_EQ(0u, sl_spans_waiting());
}

TEST(Traceparent, IsReadAsW3cSays)
{
    EXPECT_TRUE(sl_traceparent_is_valid(kParent));
    EXPECT_TRUE(sl_traceparent_is_valid(
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later"));
    for (const char *wrong : {"", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                              "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                              "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                              "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"})
        EXPECT_FALSE(sl_traceparent_is_valid(wrong)) << wrong;
    EXPECT_FALSE(sl_traceparent_is_valid(nullptr));
}

TEST_F(Spans, HaveTheirParentsTraceAndPassOnTheirOwn)
{
    sl_span *span = sl_span_start(SL_SPAN_CLIENT, "call", kParent);
    ASSERT_NE(nullptr, span);
    std::string context = sl_span_traceparent(span, nullptr);
    EXPECT_TRUE(sl_traceparent_is_valid(context.c_str())) << context;
    EXPECT_EQ(std::string(kParent).substr(0, 35), context.substr(0, 35));
    EXPECT_NE(std::string(kParent).substr(36, 16), context.substr(36, 16));
    sl_span_set(span, "rpc.method", "Execute");
    sl_span_set_int(span, "rpc.grpc.status_code", 14);
    sl_span_set(span, "left.out", nullptr);
    sl_span_end(span, "UNAVAILABLE");

    size_t count = 0;
    sl_span *first = sl_spans_take(10, &count);
    ASSERT_EQ(1u, count);
    sl_span_view view;
    sl_span_look(first, &view);
    EXPECT_STREQ("b7ad6b7169203331", view.parent_id);
    EXPECT_EQ(context.substr(36, 16), view.span_id);
    EXPECT_STREQ("UNAVAILABLE", view.error);
    EXPECT_EQ(2u, view.attribute_count);
    EXPECT_LE(view.start_ns, view.end_ns);
    EXPECT_GT(view.start_ns, INT64_C(1600000000000000000));
    sl_spans_free(first);
}

TEST_F(Spans, WithoutAParentATraceBegins)
{
    for (const char *parent : {"", "nonsense", static_cast<const char *>(nullptr)}) {
        sl_span *span = sl_span_start(SL_SPAN_SERVER, "first", parent);
        ASSERT_NE(nullptr, span);
        sl_span_view view;
        sl_span_look(span, &view);
        EXPECT_STREQ("", view.parent_id);
        sl_span_end(span, nullptr);
    }
    EXPECT_EQ(3u, sl_spans_waiting());
}

TEST_F(Spans, WhatIsNotSampledIsPassedOnUntouched)
{
    std::string unsampled = std::string(kParent, 53) + "00";
    sl_span *span = sl_span_start(SL_SPAN_SERVER, "a", unsampled.c_str());
    EXPECT_EQ(nullptr, span);
    EXPECT_EQ(unsampled, sl_span_traceparent(span, unsampled.c_str()));
}

TEST_F(Spans, NoMoreWaitThanThereIsRoomFor)
{
    for (int i = 0; i < SL_SPANS_WAITING_MAX + 100; i++)
        sl_span_end(sl_span_start(SL_SPAN_INTERNAL, "many", nullptr), nullptr);
    EXPECT_EQ(static_cast<size_t>(SL_SPANS_WAITING_MAX), sl_spans_waiting());
    size_t count = 0;
    sl_spans_free(sl_spans_take(1000, &count));
    EXPECT_EQ(1000u, count);
    EXPECT_EQ(static_cast<size_t>(SL_SPANS_WAITING_MAX) - 1000, sl_spans_waiting());
}

TEST_F(Spans, LongNamesAreCutAtACharactersBorder)
{
    std::string name;
    for (int i = 0; i < 100; i++)
        name += "ü";
    sl_span *span = sl_span_start(SL_SPAN_INTERNAL, name.c_str(), nullptr);
    sl_span_view view;
    sl_span_look(span, &view);
    EXPECT_EQ(name.substr(0, 94), view.name);
    sl_span_end(span, nullptr);
}

} // namespace
