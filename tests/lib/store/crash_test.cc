#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

// What was acknowledged survives the process's death at any moment.
class Crash : public StoreTest
{
  protected:
    // This program again, as the one that writes and is killed; its acknowledgements come through
    // the pipe.
    pid_t start_writer(int *ret_acknowledgements)
    {
        int ends[2];
        if (pipe(ends) != 0)
            return -1;
        pid_t child = fork();
        if (child == 0) {
            dup2(ends[1], STDOUT_FILENO);
            setenv("SL_CRASH_TEST_PATH", path.c_str(), 1);
            execl("/proc/self/exe", "test_store", "--gtest_also_run_disabled_tests",
                  "--gtest_filter=Crash.DISABLED_Writer", nullptr);
            _exit(127);
        }
        ::close(ends[1]);
        *ret_acknowledgements = ends[0];
        return child;
    }
};

TEST_F(Crash, DISABLED_Writer)
{
    const char *given = getenv("SL_CRASH_TEST_PATH");
    ASSERT_NE(given, nullptr);
    path = given;
    sl_store *store = open();
    for (int i = 0;; i++) {
        bool is_over = false;
        write(
            store,
            [i](sl_db *db, sl_error *err) { return insert(db, std::to_string(i).c_str(), err); },
            [&](const sl_error *e) { is_over = e->code == SL_OK; });
        ASSERT_TRUE(run_until(is_over));
        ASSERT_EQ(::write(STDOUT_FILENO, "!", 1), 1);
    }
}

TEST_F(Crash, WhatWasAcknowledgedIsThere)
{
    int pipe_end = -1;
    pid_t child = start_writer(&pipe_end);
    ASSERT_GT(child, 0);
    int64_t acknowledged = 0;
    char c;
    while (acknowledged < 200 && ::read(pipe_end, &c, 1) == 1)
        acknowledged += c == '!';
    kill(child, SIGKILL);
    while (::read(pipe_end, &c, 1) == 1)
        acknowledged += c == '!';
    ::close(pipe_end);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_GE(acknowledged, 200);
    int64_t kept = count(open());
    EXPECT_GE(kept, acknowledged);
    EXPECT_LE(kept, acknowledged + 1);
}
