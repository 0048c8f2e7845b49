#include "agent_fixture.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include "services/parts/operations.h"
#include "services/payment/operations.h"
#include "services/repair_orders/operations.h"

using testing::HasSubstr;

namespace
{

/** All operations of the three agents, through the reference MCP servers as programs. */
class Reference : public AgentTest
{
  protected:
    void TearDown() override
    {
        replica_.reset();
        if (pid_ > 0) {
            kill(pid_, SIGTERM);
            waitpid(pid_, nullptr, 0);
        }
        AgentTest::TearDown();
    }
    void Serve(const struct agent_service *service, const char *program,
               const char *listen_variable)
    {
        int out[2];
        ASSERT_EQ(pipe(out), 0);
        pid_ = fork();
        ASSERT_GE(pid_, 0);
        if (pid_ == 0) {
            dup2(out[1], STDOUT_FILENO);
            close(out[0]);
            close(out[1]);
            setenv(listen_variable, "127.0.0.1:0", 1);
            setenv("SERVICELANE_DATA_DIR", folder_.c_str(), 1);
            setenv("SERVICELANE_LOG", "error", 1);
            execl(program, program, nullptr);
            _exit(127);
        }
        close(out[1]);
        std::string line;
        char c;
        while (read(out[0], &c, 1) == 1 && c != '\n')
            line += c;
        close(out[0]);
        size_t at = line.find("127.0.0.1:");
        ASSERT_NE(at, std::string::npos) << line;
        struct agent_options options = Options(service);
        std::string endpoint =
            "http://127.0.0.1:" + std::to_string(atoi(line.c_str() + at + 10)) + "/mcp";
        options.mcp_endpoint = endpoint.c_str();
        replica_ = std::make_unique<Replica>(loop_, options);
        ASSERT_TRUE(WaitHealthy(*replica_)) << Health(*replica_).text();
    }
    Json Good(const std::string &operation, const std::string &parameters,
              const std::string &key = "")
    {
        Reply reply = Execute(operation, parameters,
                              key.empty() ? Headers{} : Headers{{"idempotency-key", key}});
        EXPECT_EQ(reply.error.code, SL_OK) << reply.error.message;
        EXPECT_TRUE(reply.success()) << operation << ": " << reply.failure();
        return reply.value["result"];
    }
    static double Number(const Json &object, const char *name)
    {
        return json_number_value(json_object_get(object.get(), name));
    }

    pid_t pid_ = 0;
};

TEST_F(Reference, PartsAgentDoesItsSeven)
{
    Serve(parts_service(), SL_BIN_DIR "/parts-mcp", "PARTS_MCP_LISTEN");
    EXPECT_GT(Good("search_parts", R"({"part_name": "brake"})")["parts"].size(), 0u);
    Json details = Good("get_part_details", R"({"part_number": "1234"})");
    EXPECT_EQ(details["name"].string(), "Brake Pad Set");
    EXPECT_GT(Good("get_alternative_parts", R"({"part_number": "1234"})")["alternatives"].size(),
              0u);
    Good("check_vehicle_compatibility",
         R"({"part_number": "1234", "vehicle_model": "Camry", "vehicle_year": 2020})");
    EXPECT_TRUE(Good("validate_part_number", R"({"part_number": "1234"})")["valid"].is_true());
    double before =
        Number(Good("check_part_availability", R"({"part_number": "1234"})"), "quantity_available");
    const char reserve[] =
        R"({"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 1}})";
    Json first = Good("reserve_parts", reserve, "k1");
    Json again = Good("reserve_parts", reserve, "k1");
    EXPECT_EQ(first["reservation_id"].string(), again["reservation_id"].string());
    double after =
        Number(Good("check_part_availability", R"({"part_number": "1234"})"), "quantity_available");
    EXPECT_EQ(after, before - 1);
    Reply missing = Execute("get_part_details", R"({"part_number": "NO-SUCH"})");
    EXPECT_FALSE(missing.success());
    EXPECT_EQ(missing.outcome(), "settled");
}

TEST_F(Reference, RepairOrdersAgentDoesItsSeven)
{
    Serve(repair_orders_service(), SL_BIN_DIR "/repair-orders-mcp", "REPAIR_ORDERS_MCP_LISTEN");
    Json details = Good("get_repair_order_details", R"({"repair_order_id": "1234"})");
    EXPECT_EQ(details["status"].string(), "in_progress");
    EXPECT_EQ(details["customer"].string(), "ambujmehra");
    Good("update_repair_order_status",
         R"({"repair_order_id": "1234", "new_status": "quality_check"})", "u1");
    Reply refused = Execute("update_repair_order_status",
                            R"({"repair_order_id": "1234", "new_status": "closed"})");
    EXPECT_THAT(refused.failure(), HasSubstr("is quality_check and cannot become closed"));
    Good("add_repair_notes", R"({"repair_order_id": "1234", "notes": "Pads worn"})", "n1");
    Json history = Good("get_repair_history", R"({"repair_order_id": "1234"})");
    EXPECT_EQ(history["current_status"].string(), "quality_check");
    EXPECT_GE(history["status_history"].size(), 1u);
    EXPECT_GE(history["notes"].size(), 1u);
    EXPECT_EQ(history["timeline"].size(), history["status_history"].size() +
                                              history["notes"].size() +
                                              history["resources"].size());
    for (size_t i = 0; i < history["timeline"].size(); i++)
        EXPECT_NE(history["timeline"].at(i)["time"].string(), "")
            << history["timeline"].at(i).text();
    EXPECT_TRUE(Good("validate_repair_order_transition",
                     R"({"current_status": "pending", "new_status": "scheduled"})")["valid"]
                    .is_true());
    Good("assign_technician", R"({"repair_order_id": "1234", "technician_id": "T-1"})", "t1");
    Json vehicle = details["vehicle"], customer = details["customer"];
    Good("create_repair_order",
         R"({"customer_id": ")" + customer.string() + R"(", "vehicle_id": ")" +
             vehicle["vehicle_id"].string() + R"(", "service_description": "Oil change"})",
         "c1");
}

TEST_F(Reference, PaymentAgentDoesItsSix)
{
    Serve(payment_service(), SL_BIN_DIR "/payment-mcp", "PAYMENT_MCP_LISTEN");
    Json link = Good("create_payment_link",
                     R"({"repair_order_id": "1234", "amount": 100.0, "currency": "USD",
                         "customer_email": "ambujmehra16@gmail.com"})",
                     "p1");
    std::string id = link["payment_id"].string();
    EXPECT_NE(id, "");
    EXPECT_NE(Good("check_payment_status", R"({"payment_id": ")" + id + "\"}")["status"].string(),
              "");
    Good("send_payment_notification", R"({"payment_id": ")" + id + R"(", "channel": "email"})",
         "s1");
    Good("get_payment_methods", R"({"customer_id": "ambujmehra"})");
    Reply refund = Execute("process_refund", R"({"payment_id": ")" + id +
                                                 R"(", "amount": 5, "reason_code": "other"})");
    EXPECT_EQ(refund.error.code, SL_OK);
    EXPECT_FALSE(refund.success()) << "nothing was paid yet";
    EXPECT_TRUE(
        Good("validate_payment_data",
             R"({"repair_order_id": "1", "amount": 1, "customer_email": "a@b.co"})")["valid"]
            .is_true());
}

} // namespace
