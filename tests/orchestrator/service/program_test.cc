#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "world.h"

namespace
{

/** Runs the program to its end: what it said, and its exit status. */
std::pair<std::string, int> RunProgram(const std::string &environment,
                                       const std::string &arguments = "")
{
    std::string command = "env -i " + environment + " timeout 20 " SL_BIN_DIR "/orchestrator " +
                          arguments + " 2>&1 </dev/null";
    FILE *pipe = popen(command.c_str(), "r");
    std::array<char, 4096> buffer;
    std::string said;
    while (size_t length = fread(buffer.data(), 1, buffer.size(), pipe))
        said.append(buffer.data(), length);
    int status = pclose(pipe);
    return {said, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

} // namespace

TEST(Program, PrintsItsConfigurationAndBindsNothing)
{
    auto [said, status] = RunProgram("OPENAI_API_KEY=secret", "--print-config");
    EXPECT_EQ(0, status);
    EXPECT_NE(std::string::npos, said.find("ORCHESTRATOR_LISTEN=127.0.0.1:50086")) << said;
    EXPECT_EQ(std::string::npos, said.find("secret"));
}

TEST(Program, SaysInOneLineWhyItCannotStart)
{
    World world;
    ASSERT_TRUE(world.Start());
    std::string folder = "SERVICELANE_LOG=off SERVICELANE_DATA_DIR=" + world.folder();
    std::string port = std::to_string(orch_process_port(world.process()));
    struct {
        std::string environment, expected;
    } cases[] = {
        {folder + " ORCHESTRATOR_LISTEN=127.0.0.1:0", "is held by orchestrator, process"},
        {folder + "/other ORCHESTRATOR_LISTEN=127.0.0.1:" + port, port},
        {"SERVICELANE_LOG=off SERVICELANE_DATA_DIR=/proc/nothing ORCHESTRATOR_LISTEN=127.0.0.1:0",
         "/proc/nothing"},
        {"RETRY_ATTEMPTS=many", "RETRY_ATTEMPTS"},
        {folder + "/third ORCHESTRATOR_LISTEN=127.0.0.1:0 SERVICELANE_SERVICES=towing",
         "SERVICELANE_SERVICES"},
    };
    for (const auto &one : cases) {
        auto [said, status] = RunProgram(one.environment);
        EXPECT_EQ(1, status) << one.environment << "\n" << said;
        EXPECT_NE(std::string::npos, said.find(one.expected)) << said;
        EXPECT_EQ(said.size() - 1, said.find('\n')) << said;
    }
}

/* The journal of a process that was killed in the middle of a step is taken up by the next. */
TEST(Program, KilledInTheMiddleGoesOn)
{
    World world;
    int port = world.FreePort();
    std::string listen = "ORCHESTRATOR_LISTEN=127.0.0.1:" + std::to_string(port);
    world.payment().Hold("make");
    pid_t child = world.Spawn(SL_BIN_DIR "/orchestrator", listen);
    world.Dial(port);
    ASSERT_TRUE(Eventually([&] {
        return world.Accept(PlanRequest("r1", {PlanStep("m", "payment", "make")})).code == SL_OK;
    }));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 1; }));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    world.OnLoop([&] { world.payment().Release(); });
    world.HangUp();
    ASSERT_TRUE(world.Start()) << world.error();
    EXPECT_EQ("completed", world.Ended("r1").text("status"));
    auto asked = world.payment().asked("make");
    ASSERT_EQ(2u, asked.size());
    EXPECT_EQ(asked[0].key, asked[1].key);
    EXPECT_EQ(1u, world.payment().effects());
}

TEST(Program, EndsOnSigterm)
{
    World world;
    int port = world.FreePort();
    pid_t child = world.Spawn(SL_BIN_DIR "/orchestrator",
                              "ORCHESTRATOR_LISTEN=127.0.0.1:" + std::to_string(port));
    world.Dial(port);
    ASSERT_TRUE(
        Eventually([&] { return world.Call(orchestrator_get_health_method, "{}").code == SL_OK; }));
    kill(child, SIGTERM);
    int status = -1;
    ASSERT_EQ(child, waitpid(child, &status, 0));
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(0, WEXITSTATUS(status));
    world.HangUp();
}
