#include "agent_fixture.h"

#include "http/server.h"
#include "services/payment/operations.h"

using testing::ElementsAre;
using testing::HasSubstr;

namespace
{

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";

class Tasks : public AgentTest
{
  protected:
    ToolServer::Handler Keeps()
    {
        return [this](struct sl_mcp_tool_request *request) { kept_.push_back(request); };
    }
    void AnswerKept()
    {
        for (struct sl_mcp_tool_request *request : kept_)
            sl_mcp_answer(request, json_pack("{s:s}", "kept", "yes"));
        kept_.clear();
    }
    /** Everything that WatchTask sends, until its end. */
    struct Watch {
        std::vector<std::string> statuses;
        std::vector<int64_t> sequences;
        bool is_done = false;
        struct sl_error error = {};
    };
    void BeginWatch(Replica &replica, const std::string &id, Watch &watch,
                    const std::string &after = "0")
    {
        struct sl_stream_callbacks callbacks = {
            [](const ProtobufCMessage *message, void *arg) {
                Watch *self = static_cast<Watch *>(arg);
                json_t *json = nullptr;
                EXPECT_EQ(sl_message_to_json(message, SL_DIALECT_REST, &json, nullptr), SL_OK);
                Json task(json);
                self->statuses.push_back(task["status"].string());
                self->sequences.push_back(json_integer_value(task["sequence"].get()));
                return SL_FLOW_NEXT;
            },
            [](const struct sl_call_info *info, void *arg) {
                Watch *self = static_cast<Watch *>(arg);
                self->error = info->error;
                self->is_done = true;
            },
        };
        const struct sl_method *method = Method("WatchTask");
        std::string request = R"({"task_id": ")" + id + R"(", "after_sequence": )" + after + "}";
        ASSERT_EQ(sl_call_stream_start(replica.channel, method, nullptr,
                                       Message(method->request, request), &callbacks, &watch,
                                       nullptr),
                  SL_OK);
    }
    Reply Cancel(const std::string &id)
    {
        return Call(*replica_, Method("CancelTask"), R"({"task_id": ")" + id + "\"}");
    }
    Reply Reconcile(const std::string &id, const std::string &outcome,
                    const std::string &more = R"("reason": "looked")")
    {
        return Call(*replica_, Method("ReconcileTask"),
                    R"({"task_id": ")" + id + R"(", "outcome": ")" + outcome + R"(", )" + more +
                        "}");
    }
    std::vector<struct sl_mcp_tool_request *> kept_;
};

TEST_F(Tasks, AreCarriedOutAndAnswered)
{
    tools_.Add("create_payment_link", "k", Answers(R"({"payment_id": "P1"})"));
    Start(payment_service());
    std::string id = Accept("create_payment_link", kLink);
    Json task = WaitTask(*replica_, id, "completed");
    EXPECT_EQ(task["task_id"].string(), id);
    EXPECT_EQ(task["request_id"].string(), "r1");
    EXPECT_EQ(task["operation"].string(), "create_payment_link");
    EXPECT_EQ(task["result"]["result"].text(), R"({"payment_id":"P1"})");
    EXPECT_TRUE(task["result"]["success"].is_true());
    EXPECT_EQ(task["result"]["request_id"].string(), "r1");
    EXPECT_EQ(tools_.calls.size(), 1u);
    EXPECT_EQ(tools_.calls[0].key, "task/" + id);
}

TEST_F(Tasks, FailWithTheReason)
{
    Start(payment_service());
    Json task = WaitTask(*replica_, Accept("frobnicate", "{}"), "failed");
    EXPECT_THAT(task["result"]["error"].string(), HasSubstr("unknown operation"));
}

TEST_F(Tasks, AreSeenByTheirTenantOnly)
{
    Start(payment_service());
    std::string id = Accept("validate_payment_data", "{}", {{"x-tenant-id", "one"}});
    EXPECT_EQ(Task(*replica_, id).error.code, SL_NOT_FOUND);
    EXPECT_EQ(Task(*replica_, id, {{"x-tenant-id", "one"}}).error.code, SL_OK);
    EXPECT_EQ(Task(*replica_, "nothing").error.code, SL_NOT_FOUND);
    EXPECT_EQ(Cancel("nothing").error.code, SL_NOT_FOUND);
    EXPECT_EQ(Reconcile("nothing", "happened").error.code, SL_NOT_FOUND);
}

TEST_F(Tasks, OfOneKeyAreOne)
{
    tools_.Add("create_payment_link", "k", Answers("{}"));
    Start(payment_service());
    std::string first = Accept("create_payment_link", kLink, {{"idempotency-key", "a"}});
    std::string second = Accept("create_payment_link", kLink, {{"idempotency-key", "a"}});
    EXPECT_EQ(first, second);
    Reply other = Call(*replica_, Method("ExecuteAsync"), Request("create_payment_link", "{}"),
                       {{"idempotency-key", "a"}});
    EXPECT_EQ(other.error.code, SL_FAILED_PRECONDITION);
    WaitTask(*replica_, first, "completed");
    EXPECT_EQ(tools_.calls.size(), 1u);
}

TEST_F(Tasks, ShowEachStateToWatchersEarlyAndLate)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Start(payment_service());
    std::string id = Accept("create_payment_link", kLink);
    Watch early, late, partial;
    BeginWatch(*replica_, id, early);
    Wait(&tools_.was_called);
    Turn(50);
    AnswerKept();
    Wait(&early.is_done);
    BeginWatch(*replica_, id, late);
    BeginWatch(*replica_, id, partial, "2");
    Wait(&late.is_done);
    Wait(&partial.is_done);
    EXPECT_THAT(early.statuses, ElementsAre("accepted", "processing", "completed"));
    EXPECT_THAT(late.statuses, ElementsAre("accepted", "processing", "completed"));
    EXPECT_THAT(late.sequences, ElementsAre(1, 2, 3));
    EXPECT_THAT(partial.statuses, ElementsAre("completed"));
    Watch nothing;
    BeginWatch(*replica_, "nothing", nothing);
    Wait(&nothing.is_done);
    EXPECT_EQ(nothing.error.code, SL_NOT_FOUND);
}

TEST_F(Tasks, CanBeCancelledWhileTheyOnlyRead)
{
    tools_.Add("check_payment_status", "r", Keeps());
    Start(payment_service());
    std::string id = Accept("check_payment_status", R"({"payment_id": "p"})");
    Wait(&tools_.was_called);
    Reply reply = Cancel(id);
    ASSERT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_EQ(reply.value["status"].string(), "cancelled");
    EXPECT_FALSE(json_is_null(reply.value["result"].get()));
    EXPECT_EQ(Cancel(id).error.code, SL_FAILED_PRECONDITION);
    AnswerKept();
}

TEST_F(Tasks, CannotBeCancelledWhileTheyChangeSomething)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Start(payment_service());
    std::string id = Accept("create_payment_link", kLink);
    Wait(&tools_.was_called);
    EXPECT_EQ(Cancel(id).error.code, SL_FAILED_PRECONDITION);
    AnswerKept();
    WaitTask(*replica_, id, "completed");
    EXPECT_EQ(Cancel(id).error.code, SL_FAILED_PRECONDITION);
}

TEST_F(Tasks, NeedAPersonWhereNobodyKnows)
{
    tools_.Add("process_refund", "", Keeps());
    Start(payment_service());
    const char refund[] = R"({"payment_id": "p", "amount": 1, "reason_code": "x"})";
    std::string id = Accept("process_refund", refund, {}, R"("timeout": 1)");
    Json task = WaitTask(*replica_, id, "needs_reconciliation");
    EXPECT_EQ(task["result"]["metadata"]["outcome"].string(), "unknown");
    EXPECT_EQ(Reconcile(id, "happened", R"("reason": "")").error.code, SL_INVALID_ARGUMENT);
    Reply reply =
        Reconcile(id, "happened", R"("reason": "bank says so", "result": {"refund_id": "R"})");
    ASSERT_EQ(reply.error.code, SL_OK) << reply.error.message;
    EXPECT_EQ(reply.value["status"].string(), "completed");
    EXPECT_EQ(reply.value["result"]["result"].text(), R"({"refund_id":"R"})");
    EXPECT_EQ(Reconcile(id, "not_happened").error.code, SL_ABORTED);
    Reply replayed = Execute("process_refund", refund, {{"idempotency-key", "task/" + id}});
    EXPECT_EQ(replayed.value["result"].text(), R"({"refund_id":"R"})");
    EXPECT_EQ(tools_.calls.size(), 1u);
    AnswerKept();
}

TEST_F(Tasks, RunAgainWhereAPersonSaysThatNothingHappened)
{
    bool is_slow = true;
    tools_.Add("process_refund", "", [&](struct sl_mcp_tool_request *request) {
        if (is_slow)
            kept_.push_back(request);
        else
            sl_mcp_answer(request, json_object());
    });
    Start(payment_service());
    std::string id =
        Accept("process_refund", R"({"payment_id": "p", "amount": 1, "reason_code": "x"})", {},
               R"("timeout": 1)");
    WaitTask(*replica_, id, "needs_reconciliation");
    is_slow = false;
    Reply reply = Reconcile(id, "not_happened");
    EXPECT_EQ(reply.value["status"].string(), "accepted") << reply.error.message;
    WaitTask(*replica_, id, "completed");
    EXPECT_EQ(tools_.calls.size(), 2u);
    AnswerKept();
}

TEST_F(Tasks, AreRepeatedByThemselvesWhereTheToolHonoursKeys)
{
    bool is_slow = true;
    tools_.Add("create_payment_link", "k", [&](struct sl_mcp_tool_request *request) {
        if (is_slow)
            kept_.push_back(request);
        else
            sl_mcp_answer(request, json_object());
        is_slow = false;
    });
    Start(payment_service());
    std::string id = Accept("create_payment_link", kLink, {}, R"("timeout": 1)");
    WaitTask(*replica_, id, "completed");
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].key, tools_.calls[1].key);
    AnswerKept();
}

TEST_F(Tasks, AreTakenUpByTheNextProcess)
{
    bool is_slow = true;
    tools_.Add("create_payment_link", "k", [&](struct sl_mcp_tool_request *request) {
        if (is_slow)
            kept_.push_back(request);
        else
            sl_mcp_answer(request, json_object());
    });
    Start(payment_service());
    std::string id = Accept("create_payment_link", kLink);
    Wait(&tools_.was_called);
    replica_->Stop(0);
    is_slow = false;
    replica_ = Open(payment_service());
    WaitTask(*replica_, id, "completed");
    ASSERT_EQ(tools_.calls.size(), 2u);
    EXPECT_EQ(tools_.calls[0].key, tools_.calls[1].key);
    AnswerKept();
}

TEST_F(Tasks, ThatOnlyReadAreTakenUpToo)
{
    bool is_slow = true;
    tools_.Add("check_payment_status", "r", [&](struct sl_mcp_tool_request *request) {
        if (is_slow)
            kept_.push_back(request);
        else
            sl_mcp_answer(request, json_object());
    });
    Start(payment_service());
    std::string id = Accept("check_payment_status", R"({"payment_id": "p"})");
    Wait(&tools_.was_called);
    replica_->Stop(0);
    is_slow = false;
    replica_ = Open(payment_service());
    WaitTask(*replica_, id, "completed");
    EXPECT_EQ(tools_.calls.size(), 2u);
    AnswerKept();
}

TEST_F(Tasks, AreSettledAsUnknownByTheNextProcessWhereTheToolHonoursNoKeys)
{
    tools_.Add("create_payment_link", "", Keeps());
    Start(payment_service());
    std::string id = Accept("create_payment_link", kLink);
    Wait(&tools_.was_called);
    replica_->Stop(0);
    replica_ = Open(payment_service());
    ASSERT_TRUE(WaitHealthy(*replica_));
    WaitTask(*replica_, id, "needs_reconciliation");
    EXPECT_EQ(tools_.calls.size(), 1u);
    AnswerKept();
}

TEST_F(Tasks, AreAnsweredForByEveryReplica)
{
    tools_.Add("create_payment_link", "k", Keeps());
    Start(payment_service());
    other_ = Open(payment_service());
    std::string id = Accept("create_payment_link", kLink);
    Wait(&tools_.was_called);
    EXPECT_EQ(Task(*other_, id).value["status"].string(), "processing");
    Watch watch;
    BeginWatch(*other_, id, watch);
    AnswerKept();
    Wait(&watch.is_done);
    EXPECT_THAT(watch.statuses, ElementsAre("accepted", "processing", "completed"));
}

TEST_F(Tasks, AreKeptForTheirTimeAndThenRemoved)
{
    Start(payment_service());
    std::string id = Accept("validate_payment_data", kLink);
    WaitTask(*replica_, id, "completed");
    replica_->Stop(1000);
    replica_ = Open(payment_service());
    EXPECT_EQ(Task(*replica_, id).value["status"].string(), "completed") << "seven days";
    replica_->Stop(1000);
    struct agent_options options = Options(payment_service());
    options.task_ttl_ms = 1;
    replica_ = std::make_unique<Replica>(loop_, options);
    enum sl_code code = SL_OK;
    for (int i = 0; i < 200 && code == SL_OK; i++) {
        Turn(20);
        code = Task(*replica_, id).error.code;
    }
    EXPECT_EQ(code, SL_NOT_FOUND);
}

TEST_F(Tasks, CallBackWithTheAnswer)
{
    struct Receiver {
        std::string body;
        bool has_body = false;
    } receiver;
    struct sl_http_server *server = nullptr;
    struct sl_http_server_options options = {"127.0.0.1:0",
                                             [](void *arg, struct sl_http_incoming *incoming,
                                                const struct sl_http_incoming_request *request) {
                                                 static_cast<Receiver *>(arg)->body = request->body;
                                                 static_cast<Receiver *>(arg)->has_body = true;
                                                 sl_http_reply(incoming, 200, nullptr, "", 0);
                                             },
                                             &receiver};
    ASSERT_EQ(sl_http_server_new(loop_, &options, &server, nullptr), SL_OK);
    std::string url = R"("callback_url": "http://127.0.0.1:)" +
                      std::to_string(sl_http_server_port(server)) + R"(/done")";
    Start(payment_service());
    Accept("validate_payment_data", kLink, {}, url);
    Wait(&receiver.has_body);
    Json body(json_loads(receiver.body.c_str(), 0, nullptr));
    EXPECT_EQ(body["request_id"].string(), "r1");
    EXPECT_TRUE(body["success"].is_true());
    EXPECT_TRUE(body["result"]["valid"].is_true());
    receiver.has_body = false;
    EXPECT_TRUE(Execute("validate_payment_data", "{}", {}, url).success());
    Wait(&receiver.has_body);
    EXPECT_THAT(receiver.body, HasSubstr(R"("valid":false)"));
    sl_http_server_free(server);
}

} // namespace
