#include <signal.h>
#include <sys/wait.h>

#include <cstdio>

#include "fixture.h"

namespace
{

class McpTestServer : public McpTest
{
};

TEST_F(McpTestServer, ServesUntilItIsToldToStop)
{
    int out[2];
    ASSERT_EQ(pipe(out), 0);
    pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        execl(SL_BIN_DIR "/mcp-test-server", "mcp-test-server", "0", nullptr);
        _exit(127);
    }
    close(out[1]);
    FILE *stream = fdopen(out[0], "r");
    ASSERT_EQ(fscanf(stream, "listening on 127.0.0.1:%d", &port_), 1);
    fclose(stream);

    StartClient();
    EXPECT_EQ(Call("echo", R"({"a":1})").value, R"({"a":1})");
    EXPECT_EQ(Call("add_tool", R"({"name":"extra"})").value, R"({"added":"extra"})");
    EXPECT_EQ(Call("extra", R"({"b":2})").value, R"({"b":2})");
    kill(pid, SIGTERM);
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
