#include "loop/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace
{

struct Loop : testing::Test {
    struct sl_loop *loop = nullptr;
    void SetUp() override
    {
        ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
    }
    void TearDown() override
    {
        sl_loop_free(loop);
    }
};

struct Task : sl_task {
    std::vector<int> *order;
    int number;
    bool *is_last;
};

void record(struct sl_task *task)
{
    Task *self = static_cast<Task *>(task);
    self->order->push_back(self->number);
    if (self->is_last != nullptr)
        *self->is_last = true;
}

TEST_F(Loop, RunsPostsInTheirOrderAndNeverInsideThePost)
{
    std::vector<int> order;
    bool done = false;
    Task tasks[3];
    for (int i = 0; i < 3; i++) {
        tasks[i].run = record;
        tasks[i].order = &order;
        tasks[i].number = i;
        tasks[i].is_last = i == 2 ? &done : nullptr;
        sl_loop_post(loop, &tasks[i]);
    }
    EXPECT_TRUE(order.empty());
    EXPECT_EQ(sl_loop_pending_posts(loop), 3);
    EXPECT_TRUE(sl_loop_run_until(loop, &done, 5000));
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(sl_loop_pending_posts(loop), 0);
}

struct Counter : sl_task {
    int *count;
    bool *done;
    int wanted;
};

void count_and_free(struct sl_task *task)
{
    Counter *self = static_cast<Counter *>(task);
    if (++*self->count == self->wanted)
        *self->done = true;
    delete self;
}

TEST_F(Loop, TakesPostsFromManyThreads)
{
    constexpr int THREADS = 4, POSTS = 2000;
    int count = 0;
    bool done = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < THREADS; i++) {
        threads.emplace_back([&] {
            for (int j = 0; j < POSTS; j++) {
                Counter *task = new Counter;
                task->run = count_and_free;
                task->count = &count;
                task->done = &done;
                task->wanted = THREADS * POSTS;
                sl_loop_post(loop, task);
            }
        });
    }
    EXPECT_TRUE(sl_loop_run_until(loop, &done, 20000));
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(count, THREADS * POSTS);
}

struct Restless : sl_task {
    struct sl_loop *loop;
    int runs;
};

TEST_F(Loop, StopReturnsThoughTasksPostThemselvesForEver)
{
    Restless tasks[100];
    for (Restless &task : tasks) {
        task.loop = loop;
        task.runs = 0;
        task.run = [](struct sl_task *posted) {
            Restless *self = static_cast<Restless *>(posted);
            if (++self->runs < 50)
                sl_loop_post(self->loop, self);
            if (self->runs == 25)
                sl_loop_stop(self->loop);
        };
        sl_loop_post(loop, &task);
    }
    sl_loop_run(loop);
    EXPECT_EQ(tasks[0].runs, 25);
    EXPECT_EQ(tasks[99].runs, 24);
    /* What was taken out of the queue and not run yet is run later. */
    bool never = false;
    const int64_t end_ms = sl_loop_now_ms(loop) + 20000;
    while (sl_loop_pending_posts(loop) > 0 && sl_loop_now_ms(loop) < end_ms)
        sl_loop_run_until(loop, &never, 1);
    for (const Restless &task : tasks)
        EXPECT_EQ(task.runs, 50);
    EXPECT_EQ(sl_loop_pending_posts(loop), 0);
}

TEST_F(Loop, StopsFromAnotherThread)
{
    std::thread stopper([&] { sl_loop_stop(loop); });
    sl_loop_run(loop);
    stopper.join();
    EXPECT_FALSE(sl_loop_is_current(loop));
}

TEST_F(Loop, StopBeforeRunIsNotLost)
{
    sl_loop_stop(loop);
    sl_loop_run(loop);
}

TEST_F(Loop, RunUntilGivesUpAfterItsTime)
{
    bool never = false;
    EXPECT_FALSE(sl_loop_run_until(loop, &never, 20));
}

struct Asker : sl_task {
    struct sl_loop *loop;
    bool was_current, done;
};

TEST_F(Loop, KnowsItsThread)
{
    Asker asker{};
    asker.loop = loop;
    asker.run = [](struct sl_task *task) {
        Asker *self = static_cast<Asker *>(task);
        self->was_current = sl_loop_is_current(self->loop);
        self->done = true;
    };
    EXPECT_FALSE(sl_loop_is_current(loop));
    sl_loop_post(loop, &asker);
    std::atomic<bool> elsewhere{true};
    ASSERT_TRUE(sl_loop_run_until(loop, &asker.done, 5000));
    std::thread other([&] { elsewhere = sl_loop_is_current(loop); });
    other.join();
    EXPECT_TRUE(asker.was_current);
    EXPECT_FALSE(elsewhere);
}

} // namespace
