#include "child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace
{
const char READY[] = "the child is ready\n";
}

Child::Child(const std::string &test, const std::string &address)
{
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    std::string filter = "--gtest_filter=" + test, all = "--gtest_also_run_disabled_tests";
    std::string name = "test_rpc", given = "SL_TEST_CHILD_ADDRESS=" + address;
    std::vector<char *> arguments = {name.data(), filter.data(), all.data(), nullptr};
    std::vector<char *> environment;
    for (char **entry = environ; *entry != nullptr; entry++)
        environment.push_back(*entry);
    environment.push_back(given.data());
    environment.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    EXPECT_EQ(posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, arguments.data(),
                          environment.data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::string said;
    char part[256];
    for (ssize_t got;
         said.find(READY) == std::string::npos && (got = read(ends[0], part, sizeof(part))) > 0;)
        said.append(part, static_cast<size_t>(got));
    EXPECT_NE(said.find(READY), std::string::npos) << said;
    close(ends[0]);
}

void Child::kill()
{
    if (pid < 0)
        return;
    ::kill(pid, SIGKILL);
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
    pid = -1;
}

Child::~Child()
{
    kill();
}

std::string child_address()
{
    /* Whatever becomes of the parent, the child goes with it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char *address = getenv("SL_TEST_CHILD_ADDRESS");
    return address != nullptr ? address : "";
}

void child_is_ready()
{
    signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(write(STDOUT_FILENO, READY, sizeof(READY) - 1),
              static_cast<ssize_t>(sizeof(READY) - 1));
}
