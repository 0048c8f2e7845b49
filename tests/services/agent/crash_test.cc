#include "agent_fixture.h"

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/timer.h"

namespace
{

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";

/** payment-agent as a process that can be killed, against a tool server of the test's. */
class Crash : public AgentTest
{
  protected:
    void TearDown() override
    {
        Kill();
        AgentTest::TearDown();
    }
    /** Starts the program and reads the port from its line. */
    void Spawn()
    {
        int out[2];
        ASSERT_EQ(pipe(out), 0);
        std::string endpoint = tools_.endpoint();
        pid_ = fork();
        ASSERT_GE(pid_, 0);
        if (pid_ == 0) {
            dup2(out[1], STDOUT_FILENO);
            close(out[0]);
            close(out[1]);
            setenv("PAYMENT_LISTEN", "127.0.0.1:0", 1);
            setenv("PAYMENT_MCP_ENDPOINT", endpoint.c_str(), 1);
            setenv("SERVICELANE_DATA_DIR", folder_.c_str(), 1);
            setenv("SERVICELANE_LEASE", "1", 1);
            setenv("SERVICELANE_LOG", "error", 1);
            execl(SL_BIN_DIR "/payment-agent", "payment-agent", nullptr);
            _exit(127);
        }
        close(out[1]);
        std::string line = ReadLine(out[0]);
        close(out[0]);
        const std::string before = "listening on ";
        size_t at = line.find(before);
        ASSERT_NE(at, std::string::npos) << line;
        at += before.size();
        std::string target = line.substr(at, line.find(',') - at);
        struct sl_channel_options options = {};
        options.target = target.c_str();
        replica_ = std::make_unique<Replica>();
        ASSERT_EQ(sl_channel_new(loop_, &options, &replica_->channel, nullptr), SL_OK);
    }
    static std::string ReadLine(int file)
    {
        std::string line;
        char c;
        while (read(file, &c, 1) == 1 && c != '\n')
            line += c;
        return line;
    }
    void Kill()
    {
        sl_timer_stop(&timer_);
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
        pid_ = 0;
        replica_.reset();
    }
    /** Kills a little later, whatever the loop waits for. */
    void KillIn(int64_t delay_ms)
    {
        ASSERT_EQ(sl_timer_start(
                      loop_, &timer_, delay_ms,
                      [](void *arg) { kill(static_cast<Crash *>(arg)->pid_, SIGKILL); }, this),
                  SL_OK);
    }
    /** A tool with an effect that it remembers by key, as far as it honours keys. */
    ToolServer::Handler Effect(bool honours)
    {
        return [this, honours](struct sl_mcp_tool_request *request) {
            std::string key = sl_mcp_request_idempotency_key(request);
            if (!honours || effects_[key] == 0)
                effects_[key]++;
            if (kill_in_tool_)
                kill(pid_, SIGKILL);
            if (kill_after_answer_ms_ >= 0)
                KillIn(kill_after_answer_ms_);
            sl_mcp_answer(request, json_pack("{s:s}", "key", key.c_str()));
        };
    }
    /** One life of the agent that ends by SIGKILL, then another that is asked the same. */
    Reply DieAndAskAgain(const std::string &key)
    {
        Reply first;
        Begin(*replica_, Method("Execute"), Request("create_payment_link", kLink), first,
              {{"idempotency-key", key}});
        EXPECT_TRUE(sl_loop_run_until(loop_, &first.is_done, kPatienceMs));
        Kill();
        kill_in_tool_ = false;
        kill_after_answer_ms_ = -1;
        Spawn();
        EXPECT_TRUE(WaitHealthy(*replica_));
        return Execute("create_payment_link", kLink, {{"idempotency-key", key}});
    }

    pid_t pid_ = 0;
    struct sl_timer timer_ = {};
    std::map<std::string, int> effects_;
    bool kill_in_tool_ = false;
    int64_t kill_after_answer_ms_ = -1;
};

TEST_F(Crash, BeforeTheClaimOrAroundIt)
{
    tools_.Add("create_payment_link", "k", Effect(true));
    tools_.Start(loop_);
    Spawn();
    for (int64_t delay_ms : {0, 1, 2, 3, 5, 8}) {
        ASSERT_TRUE(WaitHealthy(*replica_));
        std::string key = "before-" + std::to_string(delay_ms);
        KillIn(delay_ms);
        Reply again = DieAndAskAgain(key);
        EXPECT_TRUE(again.success()) << again.failure() << again.error.message;
        EXPECT_EQ(effects_[key], 1) << delay_ms;
    }
}

TEST_F(Crash, BetweenTheEffectAndItsAnswer)
{
    tools_.Add("create_payment_link", "k", Effect(true));
    tools_.Start(loop_);
    Spawn();
    ASSERT_TRUE(WaitHealthy(*replica_));
    kill_in_tool_ = true;
    Reply again = DieAndAskAgain("in-tool");
    EXPECT_TRUE(again.success()) << again.failure();
    EXPECT_EQ(effects_["in-tool"], 1);
    EXPECT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].arguments, tools_.calls[1].arguments);
}

TEST_F(Crash, AfterTheAnswerBeforeTheReply)
{
    tools_.Add("create_payment_link", "k", Effect(true));
    tools_.Start(loop_);
    Spawn();
    for (int64_t delay_ms : {0, 1, 2, 4}) {
        ASSERT_TRUE(WaitHealthy(*replica_));
        std::string key = "after-" + std::to_string(delay_ms);
        kill_after_answer_ms_ = delay_ms;
        Reply again = DieAndAskAgain(key);
        EXPECT_TRUE(again.success()) << again.failure();
        EXPECT_EQ(effects_[key], 1) << delay_ms;
    }
}

TEST_F(Crash, OfAToolWithoutKeysIsShownAsUnknown)
{
    tools_.Add("create_payment_link", "", Effect(false));
    tools_.Start(loop_);
    Spawn();
    ASSERT_TRUE(WaitHealthy(*replica_));
    kill_in_tool_ = true;
    Reply again = DieAndAskAgain("no-keys");
    EXPECT_FALSE(again.success());
    EXPECT_EQ(again.outcome(), "unknown");
    EXPECT_EQ(effects_["no-keys"], 1);
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Crash, LeavesNoAcceptedTaskBehind)
{
    tools_.Add("create_payment_link", "k", Effect(true));
    tools_.Start(loop_);
    Spawn();
    ASSERT_TRUE(WaitHealthy(*replica_));
    kill_in_tool_ = true;
    tools_.was_called = false;
    std::string id = Accept("create_payment_link", kLink);
    Wait(&tools_.was_called);
    Kill();
    kill_in_tool_ = false;
    Spawn();
    WaitTask(*replica_, id, "completed");
    EXPECT_EQ(effects_["task/" + id], 1);
    EXPECT_EQ(tools_.calls.size(), 2u);
}

TEST_F(Crash, IsNotWhatSigtermDoes)
{
    struct sl_mcp_tool_request *kept = nullptr;
    tools_.Add("create_payment_link", "k", [&](struct sl_mcp_tool_request *r) { kept = r; });
    tools_.Start(loop_);
    Spawn();
    ASSERT_TRUE(WaitHealthy(*replica_));
    Reply reply;
    tools_.was_called = false;
    Begin(*replica_, Method("Execute"), Request("create_payment_link", kLink), reply);
    Wait(&tools_.was_called);
    kill(pid_, SIGTERM);
    Turn(200);
    EXPECT_FALSE(reply.is_done) << "what is in flight is finished";
    sl_mcp_answer(kept, json_object());
    Wait(&reply.is_done);
    EXPECT_TRUE(reply.success()) << reply.error.message;
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
