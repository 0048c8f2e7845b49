#include <sys/resource.h>

#include "agent_process.h"

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
    void Spawn()
    {
        process_ = std::make_unique<AgentProcess>(loop_, "payment-agent", "PAYMENT");
        process_->Start(tools_.endpoint(), folder_);
        ASSERT_NE(process_->replica, nullptr);
    }
    void Kill()
    {
        sl_timer_stop(&timer_);
        process_.reset();
    }
    /** Kills a little later, whatever the loop waits for. */
    void KillIn(int64_t delay_ms)
    {
        ASSERT_EQ(sl_timer_start(
                      loop_, &timer_, delay_ms,
                      [](void *arg) { static_cast<Crash *>(arg)->process_->Signal(SIGKILL); },
                      this),
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
                process_->Signal(SIGKILL);
            if (kill_after_answer_ms_ >= 0)
                KillIn(kill_after_answer_ms_);
            sl_mcp_answer(request, json_pack("{s:s}", "key", key.c_str()));
        };
    }
    /** One life of the agent that ends by SIGKILL, then another that is asked the same. */
    Reply DieAndAskAgain(const std::string &key)
    {
        Reply first;
        Begin(*process_->replica, Method("Execute"), Request("create_payment_link", kLink), first,
              {{"idempotency-key", key}});
        EXPECT_TRUE(sl_loop_run_until(loop_, &first.is_done, kPatienceMs));
        Kill();
        kill_in_tool_ = false;
        kill_after_answer_ms_ = -1;
        Spawn();
        EXPECT_TRUE(WaitHealthy(*process_->replica));
        return Call(*process_->replica, Method("Execute"), Request("create_payment_link", kLink),
                    {{"idempotency-key", key}});
    }

    std::unique_ptr<AgentProcess> process_;
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
        ASSERT_TRUE(WaitHealthy(*process_->replica));
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
    ASSERT_TRUE(WaitHealthy(*process_->replica));
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
        ASSERT_TRUE(WaitHealthy(*process_->replica));
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
    ASSERT_TRUE(WaitHealthy(*process_->replica));
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
    ASSERT_TRUE(WaitHealthy(*process_->replica));
    kill_in_tool_ = true;
    tools_.was_called = false;
    Reply accepted =
        Call(*process_->replica, Method("ExecuteAsync"), Request("create_payment_link", kLink));
    std::string id = accepted.value["task_id"].string();
    Wait(&tools_.was_called);
    Kill();
    kill_in_tool_ = false;
    Spawn();
    WaitTask(*process_->replica, id, "completed");
    EXPECT_EQ(effects_["task/" + id], 1);
    EXPECT_EQ(tools_.calls.size(), 2u);
}

TEST_F(Crash, IsNotForWantOfFiles)
{
    struct rlimit before, low;
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    low.rlim_cur = 64;
    tools_.Start(loop_);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
    Spawn();
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit agents;
    ASSERT_EQ(prlimit(process_->pid(), RLIMIT_NOFILE, nullptr, &agents), 0);
    EXPECT_EQ(agents.rlim_cur, before.rlim_max) << "a connection each for thousands of calls";
}

TEST_F(Crash, IsNotWhatSigtermDoes)
{
    struct sl_mcp_tool_request *kept = nullptr;
    tools_.Add("create_payment_link", "k", [&](struct sl_mcp_tool_request *r) { kept = r; });
    tools_.Start(loop_);
    Spawn();
    ASSERT_TRUE(WaitHealthy(*process_->replica));
    Reply reply;
    tools_.was_called = false;
    Begin(*process_->replica, Method("Execute"), Request("create_payment_link", kLink), reply);
    Wait(&tools_.was_called);
    process_->Signal(SIGTERM);
    Turn(200);
    EXPECT_FALSE(reply.is_done) << "what is in flight is finished";
    sl_mcp_answer(kept, json_object());
    Wait(&reply.is_done);
    EXPECT_TRUE(reply.success()) << reply.error.message;
    int status = process_->WaitExit();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
