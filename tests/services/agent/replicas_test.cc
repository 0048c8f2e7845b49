#include "agent_process.h"

using testing::HasSubstr;

namespace
{

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";
const char kUpdate[] = R"({"repair_order_id": "1234", "new_status": "parts_ordered"})";

/** Two processes of an agent over one database, of which either may be killed. */
class Replicas : public AgentTest
{
  protected:
    void TearDown() override
    {
        one_.reset();
        two_.reset();
        for (struct sl_mcp_tool_request *request : kept_)
            sl_mcp_answer(request, json_object());
        AgentTest::TearDown();
    }
    ToolServer::Handler Keeps()
    {
        return [this](struct sl_mcp_tool_request *request) { kept_.push_back(request); };
    }
    /** Keeps the first call, answers those that follow. */
    ToolServer::Handler KeepsFirst()
    {
        return [this](struct sl_mcp_tool_request *request) {
            if (kept_.empty())
                kept_.push_back(request);
            else
                sl_mcp_answer(request, json_object());
        };
    }
    void AnswerKept(const char *json = "{}")
    {
        for (struct sl_mcp_tool_request *request : kept_)
            sl_mcp_answer(request, json_loads(json, 0, nullptr));
        kept_.clear();
    }
    void Spawn(const std::string &program = "payment-agent", const std::string &prefix = "PAYMENT")
    {
        tools_.Start(loop_);
        for (std::unique_ptr<AgentProcess> *process : {&one_, &two_}) {
            *process = std::make_unique<AgentProcess>(loop_, program, prefix);
            (*process)->Start(tools_.endpoint(), folder_);
            ASSERT_NE((*process)->replica, nullptr);
            ASSERT_TRUE(WaitHealthy(*(*process)->replica));
        }
    }
    Reply Ask(AgentProcess &process, const char *method, const std::string &request,
              const Headers &headers = {})
    {
        return Call(*process.replica, Method(method), request, headers);
    }
    /** A task of the first replica whose tool has been called. */
    std::string BeginTask(const char *operation, const char *parameters)
    {
        tools_.was_called = false;
        Reply reply = Ask(*one_, "ExecuteAsync", Request(operation, parameters));
        EXPECT_EQ(reply.error.code, SL_OK) << reply.error.message;
        EXPECT_TRUE(sl_loop_run_until(loop_, &tools_.was_called, kPatienceMs));
        return reply.value["task_id"].string();
    }
    Reply Cancel(AgentProcess &process, const std::string &id)
    {
        return Ask(process, "CancelTask", R"({"task_id": ")" + id + R"(", "reason": "test"})");
    }
    bool WaitUntil(const std::function<bool()> &condition)
    {
        for (int i = 0; i < 500 && !condition(); i++)
            Turn(20);
        return condition();
    }

    std::unique_ptr<AgentProcess> one_, two_;
    std::vector<struct sl_mcp_tool_request *> kept_;
};

TEST_F(Replicas, CancelWhatTheOtherCarriesOut)
{
    tools_.Add("check_payment_status", "r", Keeps());
    Spawn();
    std::string id = BeginTask("check_payment_status", R"({"payment_id": "p"})");
    Reply reply = Cancel(*two_, id);
    ASSERT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_EQ(reply.value["status"].string(), "cancelled");
    EXPECT_EQ(Task(*one_->replica, id).value["status"].string(), "cancelled");
    ASSERT_EQ(kept_.size(), 1u);
    EXPECT_TRUE(WaitUntil([&] { return sl_mcp_request_is_cancelled(kept_[0]); }))
        << "the tool server is told too";
    EXPECT_EQ(Cancel(*two_, id).error.code, SL_FAILED_PRECONDITION) << "it has ended";
    EXPECT_EQ(Cancel(*two_, "nothing").error.code, SL_NOT_FOUND);
}

TEST_F(Replicas, DoNotCancelWhatTheOtherHasBegunToChange)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Spawn();
    std::string id = BeginTask("create_payment_link", kLink);
    for (int i = 0; i < 2; i++) {
        Reply reply = Cancel(*two_, id);
        EXPECT_EQ(reply.error.code, SL_FAILED_PRECONDITION);
        EXPECT_THAT(reply.error.message, HasSubstr("begun to change"));
    }
    AnswerKept();
    WaitTask(*two_->replica, id, "completed");
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Replicas, SettleWhatADeadOneOnlyRead)
{
    tools_.Add("check_payment_status", "r", Keeps());
    Spawn();
    std::string id = BeginTask("check_payment_status", R"({"payment_id": "p"})");
    one_->Kill();
    Reply reply = Cancel(*two_, id);
    ASSERT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_EQ(reply.value["status"].string(), "cancelled");
    EXPECT_EQ(reply.value["result"]["metadata"]["outcome"].string(), "not_executed");
}

TEST_F(Replicas, DoNotCancelWhatADeadOneMayHaveChanged)
{
    tools_.Add("create_payment_link", "", Keeps());
    Spawn();
    std::string id = BeginTask("create_payment_link", kLink);
    one_->Kill();
    Reply reply = Cancel(*two_, id);
    EXPECT_EQ(reply.error.code, SL_FAILED_PRECONDITION) << reply.value.text();
    WaitTask(*two_->replica, id, "needs_reconciliation");
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Replicas, BringWhatADeadOneBeganToItsEndThoughItIsCancelled)
{
    tools_.Add("create_payment_link", "k", KeepsFirst());
    Spawn();
    std::string id = BeginTask("create_payment_link", kLink);
    one_->Kill();
    EXPECT_EQ(Cancel(*two_, id).error.code, SL_FAILED_PRECONDITION);
    WaitTask(*two_->replica, id, "completed");
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].key, tools_.calls[1].key);
}

TEST_F(Replicas, KeepOneThatSleptFromWhatWasCancelledMeanwhile)
{
    tools_.Add("get_repair_order_details", "r", Keeps());
    tools_.Add("update_repair_order_status", "k", Answers("{}"));
    Spawn("repair-orders-agent", "REPAIR_ORDERS");
    std::string id = BeginTask("update_repair_order_status", kUpdate);
    one_->Signal(SIGSTOP);
    Reply reply = Cancel(*two_, id);
    ASSERT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_EQ(reply.value["status"].string(), "cancelled");
    one_->Signal(SIGCONT);
    AnswerKept(R"({"status": "in_progress"})");
    ASSERT_TRUE(WaitHealthy(*one_->replica));
    Turn(500);
    for (const ToolServer::Call &call : tools_.calls)
        EXPECT_EQ(call.tool, "get_repair_order_details");
    EXPECT_EQ(Task(*one_->replica, id).value["status"].string(), "cancelled");
}

TEST_F(Replicas, TakeOverAKeyWhoseHolderWasKilled)
{
    tools_.Add("create_payment_link", "k", KeepsFirst());
    Spawn();
    Reply first;
    Begin(*one_->replica, Method("Execute"), Request("create_payment_link", kLink), first,
          {{"idempotency-key", "a"}});
    Wait(&tools_.was_called);
    one_->Kill();
    Wait(&first.is_done);
    Reply again =
        Ask(*two_, "Execute", Request("create_payment_link", kLink), {{"idempotency-key", "a"}});
    EXPECT_TRUE(again.success()) << again.failure();
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].key, tools_.calls[1].key);
    EXPECT_EQ(tools_.calls[0].arguments, tools_.calls[1].arguments);
}

TEST_F(Replicas, DoNotRepeatForAKilledHolderWhatHonoursNoKeys)
{
    tools_.Add("create_payment_link", "", Keeps());
    Spawn();
    Reply first;
    Begin(*one_->replica, Method("Execute"), Request("create_payment_link", kLink), first,
          {{"idempotency-key", "a"}});
    Wait(&tools_.was_called);
    one_->Kill();
    Wait(&first.is_done);
    Reply again =
        Ask(*two_, "Execute", Request("create_payment_link", kLink), {{"idempotency-key", "a"}});
    EXPECT_EQ(again.outcome(), "unknown");
    EXPECT_EQ(tools_.calls.size(), 1u);
    Reply conflict =
        Ask(*two_, "Execute",
            Request("create_payment_link",
                    R"({"repair_order_id": "1", "amount": 1, "customer_email": "a@example.com"})"),
            {{"idempotency-key", "a"}});
    EXPECT_EQ(conflict.error.code, SL_FAILED_PRECONDITION);
}

} // namespace
