#include "agent_fixture.h"

#include "services/payment/operations.h"
#include "services/repair_orders/operations.h"
#include "store/store.h"

using testing::HasSubstr;

namespace
{

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";
const char kOtherLink[] =
    R"({"repair_order_id": "1234", "amount": 101.0, "customer_email": "ambujmehra16@gmail.com"})";

class Idempotency : public AgentTest
{
  protected:
    Headers Key(const std::string &key)
    {
        return {{"idempotency-key", key}};
    }
    /** A tool that gives a new number each time. */
    ToolServer::Handler Counts()
    {
        return [this](struct sl_mcp_tool_request *request) {
            sl_mcp_answer(request, json_pack("{s:i}", "n", ++count_));
        };
    }
    ToolServer::Handler Keeps()
    {
        return [this](struct sl_mcp_tool_request *request) { kept_.push_back(request); };
    }
    void AnswerKept()
    {
        for (struct sl_mcp_tool_request *request : kept_)
            sl_mcp_answer(request, json_object());
        kept_.clear();
    }
    int count_ = 0;
    std::vector<struct sl_mcp_tool_request *> kept_;
};

TEST_F(Idempotency, GivesASettledAnswerAgain)
{
    tools_.Add("create_payment_link", "k", Counts());
    Start(payment_service());
    Reply first = Execute("create_payment_link", kLink, Key("a"));
    Reply again = Execute("create_payment_link", kLink, Key("a"));
    EXPECT_TRUE(again.success());
    EXPECT_EQ(again.value["result"].text(), first.value["result"].text());
    EXPECT_TRUE(json_is_false(first.metadata()["replayed"].get()));
    EXPECT_TRUE(again.metadata()["replayed"].is_true());
    EXPECT_EQ(tools_.calls.size(), 1u);
    Execute("create_payment_link", kLink, Key("b"));
    EXPECT_EQ(tools_.calls.size(), 2u);
}

TEST_F(Idempotency, TakesOneHundredAndOneHundredPointNoughtForTheSame)
{
    tools_.Add("create_payment_link", "k", Counts());
    Start(payment_service());
    Execute("create_payment_link", kLink, Key("a"));
    Reply again = Execute(
        "create_payment_link",
        R"({"customer_email": "ambujmehra16@gmail.com", "amount": 100, "repair_order_id": "1234"})",
        Key("a"));
    EXPECT_TRUE(again.metadata()["replayed"].is_true());
}

TEST_F(Idempotency, KeepsATenantsKeysToItself)
{
    tools_.Add("create_payment_link", "k", Counts());
    Start(payment_service());
    Execute("create_payment_link", kLink, {{"idempotency-key", "a"}, {"x-tenant-id", "one"}});
    Execute("create_payment_link", kOtherLink, {{"idempotency-key", "a"}, {"x-tenant-id", "two"}});
    EXPECT_EQ(tools_.calls.size(), 2u);
}

TEST_F(Idempotency, RefusesAnotherRequestUnderTheSameKey)
{
    tools_.Add("create_payment_link", "k", Counts());
    Start(payment_service());
    Execute("create_payment_link", kLink, Key("a"));
    Reply reply = Execute("create_payment_link", kOtherLink, Key("a"));
    EXPECT_EQ(reply.error.code, SL_FAILED_PRECONDITION);
    EXPECT_THAT(reply.error.message, HasSubstr("\"a\""));
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Idempotency, KeepsAToolsRefusal)
{
    tools_.Add("create_payment_link", "k",
               [](struct sl_mcp_tool_request *request) { sl_mcp_refuse(request, "no"); });
    Start(payment_service());
    Execute("create_payment_link", kLink, Key("a"));
    Reply again = Execute("create_payment_link", kLink, Key("a"));
    EXPECT_EQ(again.failure(), "no");
    EXPECT_TRUE(again.metadata()["replayed"].is_true());
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Idempotency, StartsAfreshAfterABusyServer)
{
    bool is_busy = true;
    tools_.Add("create_payment_link", "", [&](struct sl_mcp_tool_request *request) {
        if (is_busy)
            sl_mcp_busy(request, "later");
        else
            sl_mcp_answer(request, json_object());
    });
    Start(payment_service());
    Reply busy = Execute("create_payment_link", kLink, Key("a"));
    EXPECT_EQ(busy.outcome(), "not_executed");
    EXPECT_TRUE(busy.metadata()["retryable"].is_true()) << busy.value.text();
    is_busy = false;
    Reply fresh = Execute("create_payment_link", kLink, Key("a"));
    EXPECT_TRUE(fresh.success());
    EXPECT_FALSE(fresh.metadata()["replayed"].is_true());
}

TEST_F(Idempotency, HasACallWaitForTheOneUnderWay)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Start(payment_service());
    Reply first, second;
    Begin(*replica_, Method("Execute"), Request("create_payment_link", kLink), first, Key("a"));
    Wait(&tools_.was_called);
    Begin(*replica_, Method("Execute"), Request("create_payment_link", kLink), second, Key("a"));
    Turn(100);
    EXPECT_FALSE(second.is_done);
    AnswerKept();
    Wait(&second.is_done);
    EXPECT_TRUE(first.success());
    EXPECT_TRUE(second.metadata()["replayed"].is_true());
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Idempotency, NeverRepeatsAnUnknownCallOfAToolThatDoesNotHonourKeys)
{
    tools_.Add("create_payment_link", "", Keeps());
    Start(payment_service());
    Reply first = Execute("create_payment_link", kLink, Key("a"), R"("timeout": 1)");
    EXPECT_EQ(first.outcome(), "unknown");
    Reply again = Execute("create_payment_link", kLink, Key("a"), R"("timeout": 1)");
    EXPECT_FALSE(again.success());
    EXPECT_EQ(again.outcome(), "unknown");
    EXPECT_FALSE(again.metadata()["retryable"].is_true());
    EXPECT_THAT(again.failure(), HasSubstr("a person has to look"));
    EXPECT_EQ(tools_.calls.size(), 1u);
    AnswerKept();
}

TEST_F(Idempotency, RepeatsAnUnknownCallOfAToolThatHonoursKeys)
{
    bool is_slow = true;
    tools_.Add("create_payment_link", "k", [&](struct sl_mcp_tool_request *request) {
        if (is_slow)
            kept_.push_back(request);
        else
            sl_mcp_answer(request, json_object());
    });
    Start(payment_service());
    Reply first = Execute("create_payment_link", kLink, Key("a"), R"("timeout": 1)");
    EXPECT_EQ(first.outcome(), "unknown");
    EXPECT_TRUE(first.metadata()["retryable"].is_true());
    is_slow = false;
    Reply again = Execute("create_payment_link", kLink, Key("a"));
    EXPECT_TRUE(again.success()) << again.failure();
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].key, tools_.calls[1].key);
    EXPECT_EQ(tools_.calls[0].arguments, tools_.calls[1].arguments);
    AnswerKept();
}

TEST_F(Idempotency, LeavesAnUnknownCallUnknownWhenTheRepeatNeverLeft)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Start(payment_service());
    Execute("create_payment_link", kLink, Key("a"), R"("timeout": 1)");
    AnswerKept();
    int port = tools_.port();
    tools_.Stop();
    ASSERT_TRUE(WaitHealthy(*replica_, "degraded"));
    Reply again = Execute("create_payment_link", kLink, Key("a"));
    EXPECT_EQ(again.outcome(), "unknown");
    EXPECT_TRUE(again.metadata()["retryable"].is_true());
    (void)port;
}

TEST_F(Idempotency, RepeatsAComposedOperationsEffectToTheLetter)
{
    std::string status = "in_progress";
    bool is_slow = true;
    tools_.Add("get_repair_order_details", "r", [&](struct sl_mcp_tool_request *request) {
        sl_mcp_answer(request, json_pack("{s:s}", "status", status.c_str()));
    });
    tools_.Add(
        "update_repair_order_status", "k",
        [&](struct sl_mcp_tool_request *request) {
            status = "parts_ordered";
            if (is_slow)
                kept_.push_back(request);
            else
                sl_mcp_answer(request, json_pack("{s:s}", "status", status.c_str()));
        },
        R"({"type": "object", "properties": {"expected_status": {"type": "string"}}})");
    Start(repair_orders_service());
    const char update[] = R"({"repair_order_id": "1", "new_status": "parts_ordered"})";
    Execute("update_repair_order_status", update, Key("a"), R"("timeout": 1)");
    is_slow = false;
    Reply again = Execute("update_repair_order_status", update, Key("a"));
    EXPECT_TRUE(again.success()) << again.failure();
    ASSERT_EQ(tools_.calls.size(), 3u) << "no second reading: the status is the new one by now";
    EXPECT_EQ(tools_.calls[2].arguments, tools_.calls[1].arguments);
    AnswerKept();
}

TEST_F(Idempotency, HoldsBetweenReplicasOverOneDatabase)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Start(payment_service());
    other_ = Open(payment_service());
    ASSERT_TRUE(WaitHealthy(*other_));
    Reply first, second;
    Begin(*replica_, Method("Execute"), Request("create_payment_link", kLink), first, Key("a"));
    Wait(&tools_.was_called);
    Begin(*other_, Method("Execute"), Request("create_payment_link", kLink), second, Key("a"));
    Turn(400);
    EXPECT_FALSE(second.is_done);
    AnswerKept();
    Wait(&second.is_done);
    EXPECT_TRUE(second.success());
    EXPECT_TRUE(second.metadata()["replayed"].is_true());
    EXPECT_EQ(tools_.calls.size(), 1u);
    Json one = Call(*replica_, Method("GetCapabilities"), "{}").value;
    Json two = Call(*other_, Method("GetCapabilities"), "{}").value;
    EXPECT_EQ(one["store_id"].string(), two["store_id"].string());
}

TEST_F(Idempotency, ReplaysWhileTheMcpServerIsAway)
{
    tools_.Add("brand_new", "", Counts());
    Start(payment_service());
    Execute("brand_new", "{}", Key("a"));
    replica_->Stop(5000);
    tools_.Stop();
    replica_ = Open(payment_service());
    Reply again = Execute("brand_new", "{}", Key("a"));
    EXPECT_TRUE(again.success()) << again.failure();
    EXPECT_TRUE(again.metadata()["replayed"].is_true());
}

TEST_F(Idempotency, WritesNothingForWhatOnlyReads)
{
    tools_.Add("check_payment_status", "r", Counts());
    Start(payment_service());
    Execute("check_payment_status", R"({"payment_id": "p"})", Key("a"));
    Reply again = Execute("check_payment_status", R"({"payment_id": "p"})", Key("a"));
    EXPECT_FALSE(again.metadata()["replayed"].is_true());
    EXPECT_EQ(tools_.calls.size(), 2u);
}

} // namespace
