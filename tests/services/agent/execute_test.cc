#include "agent_fixture.h"

#include "services/parts/operations.h"
#include "services/payment/operations.h"
#include "services/repair_orders/operations.h"

using testing::HasSubstr;

namespace
{

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";

TEST_F(AgentTest, OffersItsOwnOperationsAndEveryFurtherTool)
{
    tools_.Add("create_payment_link", "k", Answers("{}"));
    tools_.Add("unheard_of", "r", Answers("{}"),
               R"({"type": "object", "properties": {"x": {"type": "integer"}}})");
    Start(payment_service());
    Json all = Call(*replica_, Method("GetCapabilities"), "{}").value;
    EXPECT_EQ(all["service"].string(), "payment-agent");
    EXPECT_EQ(all["operations"].text(),
              R"(["create_payment_link","check_payment_status","process_refund",)"
              R"("send_payment_notification","get_payment_methods","validate_payment_data",)"
              R"("unheard_of"])");
    EXPECT_EQ(all["mcp_tools"].size(), 2u);
    EXPECT_EQ(all["mcp_tools"].at(1)["name"].string(), "unheard_of");
    EXPECT_TRUE(all["honours_idempotency_key"].is_true());
    EXPECT_EQ(all["store_id"].string().size(), 36u);
    Json details = all["operation_details"];
    ASSERT_EQ(details.size(), 7u);
    EXPECT_TRUE(details.at(0)["available"].is_true());
    EXPECT_FALSE(details.at(0)["read_only"].is_true());
    EXPECT_EQ(details.at(0)["kind"].string(), "tool");
    EXPECT_TRUE(details.at(1)["read_only"].is_true());
    EXPECT_FALSE(details.at(1)["available"].is_true()) << "its tool is not there";
    EXPECT_EQ(details.at(1)["input_schema"]["required"].text(), R"(["payment_id"])");
    EXPECT_EQ(details.at(5)["kind"].string(), "local");
    EXPECT_TRUE(details.at(5)["available"].is_true());
    EXPECT_TRUE(details.at(6)["read_only"].is_true());
    EXPECT_EQ(details.at(6)["input_schema"]["properties"]["x"]["type"].string(), "integer");
}

TEST_F(AgentTest, CarriesAToolOut)
{
    tools_.Add("create_payment_link", "k",
               Answers(R"({"payment_id": "P1", "big": 1234567890123456789})"));
    Start(payment_service());
    Reply reply = Execute("create_payment_link", kLink);
    ASSERT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_TRUE(reply.success()) << reply.failure();
    EXPECT_EQ(reply.value["request_id"].string(), "r1");
    EXPECT_EQ(reply.value["result"].text(), R"({"big":"1234567890123456789","payment_id":"P1"})");
    EXPECT_TRUE(json_is_null(reply.value["error"].get()));
    EXPECT_GT(json_number_value(reply.value["execution_time"].get()), 0);
    Json metadata = reply.metadata();
    EXPECT_EQ(metadata["service"].string(), "payment-agent");
    EXPECT_EQ(metadata["operation"].string(), "create_payment_link");
    EXPECT_EQ(metadata["outcome"].string(), "settled");
    EXPECT_EQ(metadata["tool"].string(), "create_payment_link");
    EXPECT_TRUE(json_is_false(metadata["replayed"].get()));
    ASSERT_EQ(tools_.calls.size(), 1u);
    EXPECT_EQ(
        tools_.calls[0].arguments,
        R"({"amount":100,"customer_email":"ambujmehra16@gmail.com","repair_order_id":"1234"})");
    EXPECT_EQ(tools_.calls[0].tenant, "the-tenant");
    EXPECT_EQ(tools_.calls[0].user, "the-user");
    EXPECT_NE(tools_.calls[0].key, "") << "the agent makes one where none came";
}

TEST_F(AgentTest, PassesOnForWhomTheCallIs)
{
    tools_.Add("create_payment_link", "k", Answers("{}"));
    Start(payment_service());
    Execute("create_payment_link", kLink,
            {{"x-tenant-id", "other"}, {"x-user-id", "me"}, {"idempotency-key", "key-1"}});
    ASSERT_EQ(tools_.calls.size(), 1u);
    EXPECT_EQ(tools_.calls[0].tenant, "other");
    EXPECT_EQ(tools_.calls[0].user, "me");
    EXPECT_EQ(tools_.calls[0].key, "key-1");
}

TEST_F(AgentTest, FillsInTheDefaultCurrencyWhereTheToolTakesOne)
{
    tools_.Add("create_payment_link", "k", Answers("{}"),
               R"({"type": "object", "properties": {"currency": {"type": "string"}}})");
    Start(payment_service());
    Execute("create_payment_link", kLink);
    ASSERT_EQ(tools_.calls.size(), 1u);
    EXPECT_THAT(tools_.calls[0].arguments, HasSubstr(R"("currency":"USD")"));
}

TEST_F(AgentTest, SeesAndCarriesOutAToolThatCameLater)
{
    Start(payment_service());
    EXPECT_FALSE(Execute("brand_new", "{}").success());
    tools_.Add("brand_new", "", Answers(R"({"made": true})"));
    Reply reply;
    for (int i = 0; i < 200 && !reply.success(); i++) {
        Turn(20);
        reply = Execute("brand_new", "{}");
    }
    EXPECT_EQ(reply.value["result"].text(), R"({"made":true})");
}

TEST_F(AgentTest, IsToldOfAToolThatCameLater)
{
    tools_.Start(loop_);
    struct agent_options options = Options(payment_service());
    options.discovery_interval_ms = 3600 * 1000;
    replica_ = std::make_unique<Replica>(loop_, options);
    ASSERT_TRUE(WaitHealthy(*replica_));
    Turn(300);
    tools_.Add("brand_new", "", Answers(R"({"made": true})"));
    Reply reply;
    for (int i = 0; i < 100 && !reply.success(); i++) {
        Turn(20);
        reply = Execute("brand_new", "{}");
    }
    EXPECT_TRUE(reply.success()) << "tools/list_changed, long before the next look: "
                                 << reply.failure();
}

TEST_F(AgentTest, OffersWhatIsComposedOnlyWithAllItsTools)
{
    auto is_available = [&](const char *name) {
        Json details = Call(*replica_, Method("GetCapabilities"), "{}").value["operation_details"];
        for (size_t i = 0; i < details.size(); i++)
            if (details.at(i)["name"].string() == name)
                return details.at(i)["available"].is_true();
        return false;
    };
    tools_.Add("get_repair_order_details", "r", Answers("{}"));
    Start(repair_orders_service());
    EXPECT_TRUE(is_available("get_repair_history"));
    EXPECT_FALSE(is_available("update_repair_order_status")) << "its second tool is not there";
    Reply reply = Execute("update_repair_order_status",
                          R"({"repair_order_id": "1", "new_status": "scheduled"})");
    EXPECT_THAT(reply.failure(), HasSubstr("offers no tool \"update_repair_order_status\""));
    EXPECT_TRUE(tools_.calls.empty()) << "nothing is read for nothing";
    tools_.Add("update_repair_order_status", "k", Answers("{}"));
    for (int i = 0; i < 100 && !is_available("update_repair_order_status"); i++)
        Turn(20);
    EXPECT_TRUE(is_available("update_repair_order_status"));
}

TEST_F(AgentTest, NamesAnUnknownOperationAndWhatThereIs)
{
    Start(payment_service());
    Reply reply = Execute("frobnicate", "{}");
    EXPECT_EQ(reply.error.code, SL_OK);
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("unknown operation \"frobnicate\""));
    EXPECT_THAT(reply.failure(), HasSubstr("create_payment_link"));
    EXPECT_EQ(reply.outcome(), "not_executed");
    EXPECT_FALSE(reply.metadata()["retryable"].is_true());
}

TEST_F(AgentTest, NamesEveryBadParameterBeforeAnythingIsDone)
{
    tools_.Add("create_payment_link", "k", Answers("{}"));
    Start(payment_service());
    Reply reply = Execute("create_payment_link", R"({"amount": -1, "customer_email": "x"})",
                          {{"idempotency-key", "bad"}});
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("invalid parameters for create_payment_link: "));
    EXPECT_THAT(reply.failure(), HasSubstr("repair_order_id is missing"));
    EXPECT_THAT(reply.failure(), HasSubstr("amount: -1 is given"));
    EXPECT_THAT(reply.failure(), HasSubstr("customer_email: \"x\" is given"));
    EXPECT_EQ(reply.outcome(), "not_executed");
    EXPECT_TRUE(tools_.calls.empty());
    Reply validated = Call(*replica_, Method("ValidateOperation"),
                           Request("create_payment_link", R"({"amount": -1})"));
    EXPECT_FALSE(validated.value["valid"].is_true());
    EXPECT_EQ(validated.value["errors"].size(), 3u);
    EXPECT_EQ(validated.value["operation"].string(), "create_payment_link");
    Reply fine =
        Call(*replica_, Method("ValidateOperation"), Request("create_payment_link", kLink));
    EXPECT_TRUE(fine.value["valid"].is_true()) << fine.value.text();
}

TEST_F(AgentTest, WorksAndSaysWhatIsWrongWhileItsMcpServerIsAway)
{
    tools_.Add("create_payment_link", "k", Answers("{}"));
    tools_.Start(loop_);
    int port = tools_.port();
    tools_.Stop();
    replica_ = Open(payment_service());
    ASSERT_TRUE(WaitHealthy(*replica_, "degraded"));
    EXPECT_THAT(Health(*replica_)["reason"].string(), HasSubstr("MCP server"));
    EXPECT_TRUE(Execute("validate_payment_data", kLink).success());
    Reply reply = Execute("create_payment_link", kLink, {{"idempotency-key", "k"}});
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("payment-agent"));
    EXPECT_THAT(reply.failure(), HasSubstr(endpoint_));
    EXPECT_EQ(reply.outcome(), "not_executed");
    EXPECT_TRUE(reply.metadata()["retryable"].is_true());
    tools_.Start(loop_, port);
    ASSERT_TRUE(WaitHealthy(*replica_));
    EXPECT_TRUE(Execute("create_payment_link", kLink, {{"idempotency-key", "k"}}).success());
    tools_.Stop();
    EXPECT_TRUE(WaitHealthy(*replica_, "degraded")) << "and away again";
}

TEST_F(AgentTest, BoundsAnOperationByItsTimeout)
{
    std::vector<struct sl_mcp_tool_request *> waiting;
    tools_.Add("process_refund", "", [&](struct sl_mcp_tool_request *r) { waiting.push_back(r); });
    tools_.Add("check_payment_status", "r",
               [&](struct sl_mcp_tool_request *r) { waiting.push_back(r); });
    Start(payment_service());
    const char refund[] = R"({"payment_id": "p", "amount": 1, "reason_code": "x"})";
    Reply reply = Execute("process_refund", refund, {{"idempotency-key", "k"}}, R"("timeout": 1)");
    EXPECT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_FALSE(reply.success());
    EXPECT_THAT(reply.failure(), HasSubstr("timeout of 1 s"));
    EXPECT_EQ(reply.outcome(), "unknown");
    EXPECT_FALSE(reply.metadata()["retryable"].is_true());
    Reply read = Execute("check_payment_status", R"({"payment_id": "p"})", {}, R"("timeout": 1)");
    EXPECT_EQ(read.outcome(), "not_executed") << "reading has no effect";
    EXPECT_TRUE(read.metadata()["retryable"].is_true());
    for (struct sl_mcp_tool_request *request : waiting)
        sl_mcp_answer(request, json_object());
}

TEST_F(AgentTest, RefusesATimeoutThatIsNone)
{
    tools_.Add("create_payment_link", "k", Answers("{}"));
    Start(payment_service());
    for (const char *timeout : {"0", "-3"}) {
        Reply reply =
            Execute("create_payment_link", kLink, {}, std::string(R"("timeout": )") + timeout);
        EXPECT_FALSE(reply.success());
        EXPECT_THAT(reply.failure(), HasSubstr(std::string("timeout: ") + timeout + " is given"));
    }
    EXPECT_TRUE(tools_.calls.empty());
}

TEST_F(AgentTest, GivesAToolsRefusalAsItIs)
{
    tools_.Add("process_refund", "", [](struct sl_mcp_tool_request *request) {
        sl_mcp_refuse(request, "Refund exceeds what was paid");
    });
    Start(payment_service());
    Reply reply =
        Execute("process_refund", R"({"payment_id": "p", "amount": 1, "reason_code": "x"})");
    EXPECT_FALSE(reply.success());
    EXPECT_EQ(reply.failure(), "Refund exceeds what was paid");
    EXPECT_EQ(reply.outcome(), "settled");
}

TEST_F(AgentTest, ComposesAlternatives)
{
    tools_.Add("get_part_details", "r",
               Answers(R"({"part_number": "1234", "category": "Brakes"})"));
    tools_.Add("search_parts", "r",
               Answers(R"({"parts": [{"part_number": "1234"}, {"part_number": "1235"}]})"),
               R"({"type": "object", "properties": {"category": {"type": "string"},
                   "part_name": {"type": "string"}}, "required": ["part_name"]})");
    Start(parts_service());
    Reply reply = Execute("get_alternative_parts", R"({"part_number": "1234"})");
    EXPECT_TRUE(reply.success()) << reply.failure();
    EXPECT_EQ(reply.value["result"]["alternatives"].text(), R"([{"part_number":"1235"}])");
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].service, "parts-agent");
    EXPECT_EQ(tools_.calls[0].key, "") << "keys are for effects";
}

TEST_F(AgentTest, ComposesAnUpdateThatALostRaceRefuses)
{
    std::string status = "in_progress";
    tools_.Add("get_repair_order_details", "r", [&](struct sl_mcp_tool_request *request) {
        sl_mcp_answer(request, json_pack("{s:s}", "status", status.c_str()));
    });
    tools_.Add(
        "update_repair_order_status", "k",
        [&](struct sl_mcp_tool_request *request) {
            sl_mcp_refuse(request, "repair order 1234 is quality_check by now");
        },
        R"({"type": "object", "properties": {"expected_status": {"type": "string"}}})");
    Start(repair_orders_service());
    Reply reply = Execute("update_repair_order_status",
                          R"({"repair_order_id": "1234", "new_status": "parts_ordered"})",
                          {{"idempotency-key", "u1"}});
    EXPECT_EQ(reply.failure(), "repair order 1234 is quality_check by now");
    EXPECT_EQ(reply.outcome(), "settled");
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_THAT(tools_.calls[1].arguments, HasSubstr(R"("expected_status":"in_progress")"));
    EXPECT_EQ(tools_.calls[1].key, "u1");
    Reply refused = Execute("update_repair_order_status",
                            R"({"repair_order_id": "1234", "new_status": "closed"})");
    EXPECT_THAT(refused.failure(), HasSubstr("cannot become closed"));
    EXPECT_EQ(refused.outcome(), "not_executed");
    EXPECT_EQ(tools_.calls.size(), 3u);
}

TEST_F(AgentTest, CancelsAReadingCallWhenItsCallerLeaves)
{
    struct sl_mcp_tool_request *waiting = nullptr;
    tools_.Add("check_payment_status", "r", [&](struct sl_mcp_tool_request *r) { waiting = r; });
    Start(payment_service());
    Reply reply;
    struct sl_call *call = nullptr;
    Begin(*replica_, Method("Execute"), Request("check_payment_status", R"({"payment_id": "p"})"),
          reply, {}, &call);
    Wait(&tools_.was_called);
    sl_call_cancel(call);
    Wait(&reply.is_done);
    EXPECT_EQ(reply.error.code, SL_CANCELLED);
    sl_call_unref(call);
    for (int i = 0; i < 200 && !sl_mcp_request_is_cancelled(waiting); i++)
        Turn(20);
    EXPECT_TRUE(sl_mcp_request_is_cancelled(waiting));
    sl_mcp_answer(waiting, json_object());
}

TEST_F(AgentTest, SaysWhyItCannotStart)
{
    Start(payment_service());
    struct agent *agent = nullptr;
    struct sl_error error = {};
    std::string taken = "127.0.0.1:" + std::to_string(agent_port(replica_->agent));
    struct agent_options options = Options(payment_service());
    options.listen = taken.c_str();
    EXPECT_EQ(agent_new(loop_, &options, &agent, &error), SL_UNAVAILABLE);
    EXPECT_THAT(error.message, HasSubstr(taken));
    options = Options(payment_service());
    options.data_dir = "/proc/nowhere";
    EXPECT_NE(agent_new(loop_, &options, &agent, &error), SL_OK);
    EXPECT_THAT(error.message, HasSubstr("/proc/nowhere"));
    EXPECT_EQ(agent, nullptr);
}

TEST_F(AgentTest, RefusesACallbackUrlThatIsNone)
{
    Start(payment_service());
    Reply reply = Execute("validate_payment_data", "{}", {}, R"("callback_url": "ftp://x/")");
    EXPECT_EQ(reply.error.code, SL_INVALID_ARGUMENT);
    EXPECT_THAT(reply.error.message, HasSubstr("callback_url"));
    Reply metadata =
        Execute("validate_payment_data", "{}", {}, R"("callback_url": "http://169.254.169.254/")");
    EXPECT_EQ(metadata.error.code, SL_INVALID_ARGUMENT);
}

} // namespace
