#include <fstream>
#include <sstream>

#include "department.h"
#include "services/mcp/payment_tools.h"

class Payments : public Department
{
  protected:
    Payments() : Department(payment_server)
    {
    }
    static constexpr const char *kLink =
        R"({"repair_order_id": "1234", "amount": 100, "customer_email": "ambujmehra16@gmail.com"})";

    Outcome Refund(const char *payment, const std::string &amount, const char *key = nullptr)
    {
        return Call("process_refund",
                    std::string(R"({"payment_id": ")") + payment + R"(", "amount": )" + amount +
                        R"(, "reason_code": "goodwill"})",
                    key);
    }
    Json Status(const std::string &payment)
    {
        return Do("check_payment_status", R"({"payment_id": ")" + payment + R"("})");
    }
};

TEST_F(Payments, MakesALink)
{
    Json link = Do("create_payment_link", kLink);
    EXPECT_EQ(link["payment_id"].Text(), "PAY-1009");
    EXPECT_EQ(link["payment_link"].Text().find("https://pay.example.com/RO_1234/"), 0u);
    EXPECT_EQ(link["sent_to"].Text(), "ambujmehra16@gmail.com");
    EXPECT_EQ(link["currency"].Text(), "USD");
    EXPECT_EQ(link["invoice_number"].Text(), "1234");
    EXPECT_EQ(link["amount"].Number(), 100);
    EXPECT_EQ(link["expiry_date"].Text(), "2025-07-02T10:41:45Z");
    Json second = Do("create_payment_link", kLink);
    EXPECT_NE(second["payment_link"].Text(), link["payment_link"].Text());

    Json status = Status("PAY-1009");
    EXPECT_EQ(status["status"].Text(), "pending");
    EXPECT_EQ(status["amount_paid"].Number(), 0);
    EXPECT_TRUE(status["payment_date"].IsNull());
    now_ms += 7 * 24 * 3600 * INT64_C(1000);
    EXPECT_EQ(Status("PAY-1009")["status"].Text(), "expired");
}

struct BadLink {
    const char *arguments;
    const char *says;
};
class PaymentsBadLink : public Payments, public ::testing::WithParamInterface<BadLink>
{
};

TEST_P(PaymentsBadLink, IsRefused)
{
    EXPECT_NE(Refusal("create_payment_link", GetParam().arguments).find(GetParam().says),
              std::string::npos);
    EXPECT_EQ(Do("create_payment_link", kLink)["payment_id"].Text(), "PAY-1009");
}

INSTANTIATE_TEST_SUITE_P(
    Each, PaymentsBadLink,
    ::testing::Values(
        BadLink{R"({"repair_order_id": "1", "amount": 10.005, "customer_email": "a@b.co"})",
                "more than two decimals"},
        BadLink{R"({"repair_order_id": "1", "amount": 0, "customer_email": "a@b.co"})",
                "more than 0"},
        BadLink{R"({"repair_order_id": "1", "amount": 1e30, "customer_email": "a@b.co"})",
                "at most 1000000"},
        BadLink{
            R"({"repair_order_id": "1", "amount": 1, "currency": "XXX", "customer_email": "a@b.co"})",
            "Currency XXX is not taken; taken are USD"},
        BadLink{
            R"({"repair_order_id": "1", "amount": 1.5, "currency": "JPY", "customer_email": "a@b.co"})",
            "JPY has no decimals, 1.50 was given"}));

TEST_F(Payments, ARefundNeverExceedsWhatWasPaid)
{
    EXPECT_EQ(Refund("PAY-1001", "324.51").refusal,
              "Refund of 324.51 USD exceeds the 324.50 USD that are left of payment PAY-1001");
    Outcome part = Refund("PAY-1001", "100.25");
    ASSERT_EQ(part.code, SL_OK) << part.refusal;
    EXPECT_EQ(part.result["payment_status"].Text(), "partially_refunded");
    EXPECT_EQ(part.result["amount_refundable"].Number(), 224.25);
    EXPECT_EQ(Refund("PAY-1001", "224.26").refusal,
              "Refund of 224.26 USD exceeds the 224.25 USD that are left of payment PAY-1001");
    Outcome rest = Refund("PAY-1001", "224.25");
    EXPECT_EQ(rest.result["payment_status"].Text(), "refunded");
    EXPECT_EQ(Refund("PAY-1001", "0.01").refusal, "Payment PAY-1001 is refunded in full");
    Json status = Status("PAY-1001");
    EXPECT_EQ(status["status"].Text(), "refunded");
    EXPECT_EQ(status["amount_refunded"].Number(), 324.5);
    ASSERT_EQ(status["refunds"].Size(), 2u);
    EXPECT_EQ(status["refunds"].At(0)["amount"].Number(), 100.25);
}

TEST_F(Payments, OnlyWhatWasPaidIsRefunded)
{
    EXPECT_EQ(Refund("PAY-1005", "1").refusal,
              "Payment PAY-1005 is pending: only what was paid can be refunded");
    EXPECT_EQ(Refund("PAY-1006", "1").refusal,
              "Payment PAY-1006 is expired: only what was paid can be refunded");
    EXPECT_EQ(Refund("PAY-1007", "1").refusal,
              "Payment PAY-1007 is failed: only what was paid can be refunded");
    EXPECT_EQ(Refund("PAY-1", "1").refusal, "Payment PAY-1 not found");
}

TEST_F(Payments, TheDemoHasPaymentsOfEveryState)
{
    std::string states;
    for (int i = 1001; i <= 1008; i++) {
        Json status = Status("PAY-" + std::to_string(i));
        states += status["status"].Text() + " ";
        double refunded = 0;
        for (size_t j = 0; j < status["refunds"].Size(); j++)
            refunded += status["refunds"].At(j)["amount"].Number();
        EXPECT_EQ(status["amount_refunded"].Number(), refunded) << i;
    }
    EXPECT_EQ(states, "paid paid partially_refunded refunded pending expired failed paid ");
}

TEST_F(Payments, KeepsANotificationAsAFile)
{
    Json sent =
        Do("send_payment_notification", R"({"payment_id": "PAY-1005", "channel": "email"})");
    EXPECT_EQ(sent["sent_to"].Text(), "priya.singh@example.com");
    EXPECT_EQ(sent["kind"].Text(), "reminder");
    EXPECT_EQ(sent["status"].Text(), "kept");
    EXPECT_NE(sent["detail"].Text().find("was not sent"), std::string::npos);
    std::ifstream file(folder + "/" + sent["kept_as"].Text());
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_NE(text.str().find("To: priya.singh@example.com\r\n"), std::string::npos) << text.str();
    EXPECT_NE(text.str().find(Status("PAY-1005")["payment_link"].Text()), std::string::npos);

    Json receipt =
        Do("send_payment_notification", R"({"payment_id": "PAY-1008", "channel": "sms"})");
    EXPECT_EQ(receipt["kind"].Text(), "receipt");
    EXPECT_EQ(receipt["sent_to"].Text(), "+1-555-0101");
    EXPECT_EQ(
        Refusal("send_payment_notification", R"({"payment_id": "PAY-1006", "channel": "email"})"),
        "Payment PAY-1006 is expired: make a new payment link instead");
}

TEST_F(Payments, ListsHowACustomerPays)
{
    Json methods = Do("get_payment_methods", R"({"customer_id": "ambujmehra"})");
    EXPECT_EQ(methods["customer_name"].Text(), "Ambuj Mehra");
    ASSERT_EQ(methods["payment_methods"].Size(), 2u);
    EXPECT_TRUE(methods["payment_methods"].At(0)["is_default"].IsTrue());
    EXPECT_EQ(Refusal("get_payment_methods", R"({"customer_id": "nobody"})"),
              "Customer nobody not found");
}
