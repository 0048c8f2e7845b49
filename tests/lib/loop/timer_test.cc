#include "loop/timer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace
{

int64_t fake_now(void *self)
{
    return *static_cast<int64_t *>(self);
}

/* A loop on a clock that stands still until a test moves it. */
struct Timers : testing::Test {
    int64_t now_ns = 1000;
    struct sl_clock clock = {fake_now, fake_now, &now_ns};
    struct sl_loop *loop = nullptr;
    std::vector<int> order;

    void SetUp() override
    {
        ASSERT_EQ(sl_loop_new(&clock, &loop, nullptr), SL_OK);
    }
    void TearDown() override
    {
        sl_loop_free(loop);
    }
    void turn()
    {
        bool never = false;
        sl_loop_run_until(loop, &never, 1);
    }
    void advance_ms(int64_t ms)
    {
        now_ns += ms * 1000000;
        turn();
    }
};

struct Timer : sl_timer {
    Timers *test;
    int number;
    Timer() : sl_timer{}, test(nullptr), number(0)
    {
    }
    void start(Timers *with, int as, int64_t delay_ms)
    {
        test = with;
        number = as;
        ASSERT_EQ(sl_timer_start(
                      with->loop, this, delay_ms,
                      [](void *arg) {
                          Timer *self = static_cast<Timer *>(arg);
                          self->test->order.push_back(self->number);
                      },
                      this),
                  SL_OK);
    }
};

TEST_F(Timers, RunWhenDueAndNotBefore)
{
    Timer timer;
    timer.start(this, 1, 10);
    EXPECT_TRUE(sl_timer_is_started(&timer));
    advance_ms(9);
    EXPECT_TRUE(order.empty());
    advance_ms(1);
    EXPECT_EQ(order, std::vector<int>{1});
    EXPECT_FALSE(sl_timer_is_started(&timer));
    advance_ms(100);
    EXPECT_EQ(order.size(), 1u);
}

TEST_F(Timers, OfTheSameTimeRunInTheOrderOfTheirStart)
{
    Timer timers[5];
    for (int i = 0; i < 5; i++)
        timers[i].start(this, i, 10);
    advance_ms(10);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_F(Timers, KeepTheirOrderThroughRandomStartsAndStops)
{
    constexpr int COUNT = 500;
    std::mt19937 random(1);
    std::vector<Timer> timers(COUNT);
    std::vector<int> wanted;
    for (int i = 0; i < COUNT; i++)
        timers[i].start(this, i, static_cast<int64_t>(random() % 1000));
    for (int i = 0; i < COUNT; i += 3)
        timers[i].start(this, i, static_cast<int64_t>(random() % 1000));
    for (int i = 0; i < COUNT; i += 5)
        sl_timer_stop(&timers[i]);
    for (int i = 0; i < COUNT; i++) {
        if (i % 5 != 0)
            wanted.push_back(i);
    }
    std::sort(wanted.begin(), wanted.end(), [&](int a, int b) {
        return timers[a].due_ns != timers[b].due_ns ? timers[a].due_ns < timers[b].due_ns
                                                    : timers[a].order < timers[b].order;
    });
    advance_ms(1000);
    EXPECT_EQ(order, wanted);
}

TEST_F(Timers, AreMovedByAnotherStart)
{
    Timer timer;
    timer.start(this, 1, 10);
    timer.start(this, 1, 100);
    advance_ms(50);
    EXPECT_TRUE(order.empty());
    advance_ms(50);
    EXPECT_EQ(order.size(), 1u);
}

TEST_F(Timers, StoppedInsideAnotherDoNotRun)
{
    Timer victim;
    struct sl_timer killer = {};
    ASSERT_EQ(
        sl_timer_start(
            loop, &killer, 5, [](void *arg) { sl_timer_stop(static_cast<Timer *>(arg)); }, &victim),
        SL_OK);
    victim.start(this, 1, 5);
    advance_ms(10);
    EXPECT_TRUE(order.empty());
    EXPECT_FALSE(sl_timer_is_started(&victim));
}

TEST_F(Timers, StartedWithZeroInsideOneWaitForTheNextTurn)
{
    struct Again {
        struct sl_timer timer;
        struct sl_loop *loop;
        int runs;
    } again = {};
    again.loop = loop;
    auto run = [](void *arg) {
        Again *self = static_cast<Again *>(arg);
        self->runs++;
        auto same = self->timer.fn;
        ASSERT_EQ(sl_timer_start(self->loop, &self->timer, 0, same, self), SL_OK);
    };
    ASSERT_EQ(sl_timer_start(loop, &again.timer, 0, run, &again), SL_OK);
    /* With a clock that stands still: run again at once, it would never come back from here. */
    turn();
    EXPECT_EQ(again.runs, 1);
    sl_timer_stop(&again.timer);
}

TEST_F(Timers, FarAwayOnesDoNotOverflow)
{
    Timer timer;
    timer.start(this, 1, INT64_MAX);
    EXPECT_GT(timer.due_ns, now_ns);
    turn();
    EXPECT_TRUE(order.empty());
    sl_timer_stop(&timer);
}

TEST(TimersOnTheSystemClock, WakeAnIdleLoop)
{
    struct sl_loop *loop = nullptr;
    ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
    bool done = false;
    struct sl_timer timer = {};
    int64_t start_ms = sl_loop_now_ms(loop);
    ASSERT_EQ(sl_timer_start(
                  loop, &timer, 30, [](void *arg) { *static_cast<bool *>(arg) = true; }, &done),
              SL_OK);
    EXPECT_TRUE(sl_loop_run_until(loop, &done, 5000));
    EXPECT_GE(sl_loop_now_ms(loop) - start_ms, 30);
    sl_loop_free(loop);
}

} // namespace
