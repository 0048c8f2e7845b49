#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../agent/fake_run.h"
#include "services/payment/operations.h"

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PaymentOperations, AreTheSixOfTheService)
{
    size_t count = 0;
    const struct agent_operation *rows = payment_service()->get_available_operations(&count);
    std::vector<std::string> names;
    for (size_t i = 0; i < count; i++)
        names.push_back(rows[i].name);
    EXPECT_THAT(names, ElementsAre("create_payment_link", "check_payment_status", "process_refund",
                                   "send_payment_notification", "get_payment_methods",
                                   "validate_payment_data"));
}

TEST(PaymentOperations, NamesEveryFaultOfALinkAtOnce)
{
    std::string faults = Faults(payment_service(), "create_payment_link",
                                R"({"amount": -5, "customer_email": "nobody", "currency": "usd"})");
    EXPECT_THAT(faults, HasSubstr("repair_order_id is missing, text of 1 to 64 letters"));
    EXPECT_THAT(faults, HasSubstr("amount: -5 is given, a number above 0 is wanted"));
    EXPECT_THAT(faults, HasSubstr("customer_email: \"nobody\" is given, an e-mail address"));
    EXPECT_THAT(faults, HasSubstr("currency: \"usd\" is given, an ISO 4217 code"));
}

TEST(PaymentOperations, TakesALinkWithoutCurrency)
{
    EXPECT_EQ(Faults(payment_service(), "create_payment_link",
                     R"({"repair_order_id": "1234", "amount": 0.01, "customer_email": "a@b.co"})"),
              "");
}

TEST(PaymentOperations, RefusesAmountsThatAreNone)
{
    for (const char *amount : {"0", "-0.01", "\"100\"", "null", "true", "[100]"}) {
        std::string parameters =
            std::string(R"({"repair_order_id": "1", "customer_email": "a@b.co",)") +
            "\"amount\": " + amount + "}";
        EXPECT_THAT(Faults(payment_service(), "create_payment_link", parameters.c_str()),
                    HasSubstr("amount: "))
            << amount;
    }
}

TEST(PaymentOperations, ValidatesDataWithoutATool)
{
    FakeRun run(R"({"repair_order_id": "1234", "amount": 100.0, "currency": "USD",
                    "customer_email": "ambujmehra16@gmail.com"})");
    run.Execute(payment_service(), "validate_payment_data");
    EXPECT_EQ(run.Result(), R"({"errors":[],"valid":true,"validation_results":{"amount":true,)"
                            R"("currency":true,"customer_email":true,"repair_order_id":true}})");
    EXPECT_TRUE(run.Calls().empty());
}

TEST(PaymentOperations, FindsFaultAndSucceeds)
{
    FakeRun run(R"({"repair_order_id": "1234", "amount": 0, "customer_email": 7})");
    run.Execute(payment_service(), "validate_payment_data");
    EXPECT_EQ(
        run.Result(),
        R"({"errors":["amount: 0 is given, a number above 0 is wanted",)"
        R"("customer_email: 7 is given, an e-mail address such as \"name@example.com\" is wanted"],)"
        R"("valid":false,"validation_results":{"amount":false,"currency":true,)"
        R"("customer_email":false,"repair_order_id":true}})");
}
