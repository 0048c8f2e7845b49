#include "loop/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <pthread.h>
#include <unistd.h>

#include <vector>

namespace
{

struct Signals : testing::Test {
    struct sl_loop *loop = nullptr;
    struct sl_signals *signals = nullptr;
    std::vector<int> seen;
    bool has_seen = false;

    void SetUp() override
    {
        ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
        ASSERT_EQ(sl_signals_new(
                      loop,
                      [](int number, void *arg) {
                          Signals *test = static_cast<Signals *>(arg);
                          test->seen.push_back(number);
                          test->has_seen = true;
                      },
                      this, &signals, nullptr),
                  SL_OK);
    }
    void TearDown() override
    {
        sl_signals_free(signals);
        sl_loop_free(loop);
    }
};

TEST_F(Signals, BecomeEventsOfTheLoop)
{
    for (int number : {SIGTERM, SIGINT, SIGHUP}) {
        has_seen = false;
        kill(getpid(), number);
        ASSERT_TRUE(sl_loop_run_until(loop, &has_seen, 5000));
    }
    EXPECT_EQ(seen, (std::vector<int>{SIGTERM, SIGINT, SIGHUP}));
}

TEST_F(Signals, ThatFindAForeignThreadArriveToo)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(
                  &thread, nullptr,
                  [](void *) -> void * {
                      raise(SIGTERM);
                      return nullptr;
                  },
                  nullptr),
              0);
    EXPECT_TRUE(sl_loop_run_until(loop, &has_seen, 5000));
    pthread_join(thread, nullptr);
}

TEST_F(Signals, AreWatchedOnce)
{
    struct sl_signals *second = nullptr;
    struct sl_error error = {};
    EXPECT_EQ(sl_signals_new(
                  loop, [](int, void *) {}, nullptr, &second, &error),
              SL_FAILED_PRECONDITION);
    EXPECT_STREQ(error.message, "signals are watched already");
}

TEST_F(Signals, ThatWereNotHandledBeforeFreeingAreDropped)
{
    kill(getpid(), SIGTERM);
    /* Posted by the reader at the latest when it is joined. */
    sl_signals_free(signals);
    signals = nullptr;
    sl_loop_run_until(loop, &has_seen, 50);
    EXPECT_TRUE(seen.empty());
}

TEST_F(Signals, LeaveBrokenPipesToErrno)
{
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    close(fds[0]);
    EXPECT_EQ(write(fds[1], "x", 1), -1);
    close(fds[1]);
}

} // namespace
