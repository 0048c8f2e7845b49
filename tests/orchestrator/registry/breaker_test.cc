#include <gtest/gtest.h>

#include "orchestrator/breaker.h"

namespace
{

/** A breaker with a clock of its own. */
struct Breaker {
    orch_breaker breaker = {};
    int64_t now_ms = 1000;
    bool is_probe = false;
    int64_t wait_ms = 0;

    bool Admit()
    {
        return orch_breaker_admit(&breaker, now_ms, &is_probe, &wait_ms);
    }
    void Report(orch_breaker_outcome report)
    {
        orch_breaker_report(&breaker, report, is_probe, now_ms);
    }
    /** One call that ends so. */
    bool Call(orch_breaker_outcome report)
    {
        if (!Admit())
            return false;
        Report(report);
        return true;
    }
    void Fail(int count, int64_t span_ms)
    {
        for (int i = 0; i < count; i++) {
            Call(ORCH_BREAKER_FAILURE);
            now_ms += i + 1 < count ? span_ms / (count - 1) : 0;
        }
    }
    std::string state() const
    {
        return orch_breaker_name(breaker.state);
    }
};

TEST(Breaker, OpensAfterFiveFailuresInARowOverAWhile)
{
    Breaker one;
    one.Fail(4, 300);
    EXPECT_EQ("closed", one.state());
    one.Fail(1, 0);
    EXPECT_EQ("open", one.state());
    EXPECT_FALSE(one.Admit());
    EXPECT_EQ(1000, one.wait_ms);
}

TEST(Breaker, ABurstOfOneMomentDoesNotOpenIt)
{
    Breaker one;
    for (int i = 0; i < 30; i++)
        one.Call(ORCH_BREAKER_FAILURE);
    EXPECT_EQ("closed", one.state());
    one.Call(ORCH_BREAKER_SUCCESS);
    one.now_ms += 400;
    one.Fail(4, 300);
    EXPECT_EQ("closed", one.state());
}

TEST(Breaker, ASuccessBetweenFailuresKeepsItClosed)
{
    Breaker one;
    for (int i = 0; i < 20; i++) {
        one.Fail(4, 300);
        one.Call(ORCH_BREAKER_SUCCESS);
    }
    EXPECT_EQ("closed", one.state());
}

TEST(Breaker, LetsOneThroughToSeeAndClosesOnItsSuccess)
{
    Breaker one;
    one.Fail(5, 300);
    one.now_ms += 1000;
    ASSERT_TRUE(one.Admit());
    EXPECT_TRUE(one.is_probe);
    EXPECT_EQ("half_open", one.state());
    bool is_probe;
    EXPECT_FALSE(orch_breaker_admit(&one.breaker, one.now_ms, &is_probe, &one.wait_ms));
    EXPECT_GT(one.wait_ms, 0);
    one.is_probe = true;
    one.Report(ORCH_BREAKER_SUCCESS);
    EXPECT_EQ("closed", one.state());
    EXPECT_TRUE(one.Admit());
    EXPECT_FALSE(one.is_probe);
}

TEST(Breaker, StaysOpenTwiceAsLongAfterEachFailureToSee)
{
    Breaker one;
    one.Fail(5, 300);
    for (int64_t wanted : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
        EXPECT_FALSE(one.Admit());
        EXPECT_EQ(wanted, one.wait_ms);
        one.now_ms += wanted;
        EXPECT_TRUE(one.Call(ORCH_BREAKER_FAILURE));
    }
}

TEST(Breaker, AnOldCallThatFailsSaysNothingOfTheProbe)
{
    Breaker one;
    one.Fail(5, 300);
    one.now_ms += 1000;
    ASSERT_TRUE(one.Admit());
    EXPECT_FALSE(orch_breaker_report(&one.breaker, ORCH_BREAKER_FAILURE, false, one.now_ms));
    EXPECT_EQ("half_open", one.state());
}

TEST(Breaker, ACancelledProbeLetsTheNextCallSee)
{
    Breaker one;
    one.Fail(5, 300);
    one.now_ms += 1000;
    EXPECT_TRUE(one.Call(ORCH_BREAKER_NEUTRAL));
    EXPECT_TRUE(one.Admit());
    EXPECT_TRUE(one.is_probe);
}

TEST(Breaker, AnAgentThatIsBackIsTriedAtOnce)
{
    Breaker one;
    EXPECT_FALSE(orch_breaker_revive(&one.breaker));
    one.Fail(5, 300);
    EXPECT_TRUE(orch_breaker_revive(&one.breaker));
    EXPECT_TRUE(one.Call(ORCH_BREAKER_SUCCESS));
    EXPECT_EQ("closed", one.state());
}

} // namespace
