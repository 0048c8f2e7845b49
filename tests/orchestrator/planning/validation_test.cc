#include "planning_fixture.h"

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace
{

class Validation : public Planning
{
  protected:
    static std::string Steps(const std::string &steps)
    {
        return R"({"plan_id":"p","execution_steps":[)" + steps + "]}";
    }
    static std::string Step(const char *id, const char *service, const char *operation,
                            const std::string &parameters, const std::string &more = "")
    {
        return std::string(R"({"step_id":")") + id + R"(","service_name":")" + service +
               R"(","operation":")" + operation + R"(","parameters":)" + parameters + more + "}";
    }
    static std::string Reserve(const std::string &more = "")
    {
        return Step("r", "parts", "reserve_parts",
                    R"({"part_numbers":["1234"],"repair_order_id":"77","quantity_map":{"1234":1}})",
                    more);
    }
    static std::string StepIds(const orch_plan *plan)
    {
        std::string ids;
        for (size_t i = 0; i < plan->step_count; i++)
            ids += (i > 0 ? " " : "") + std::string(plan->steps[i].step_id);
        return ids;
    }
};

TEST_F(Validation, PutsInTheChecksThatAPlanForgot)
{
    orch_capabilities services = Dealership();
    orch_validation found = Validate(Json(Steps(Reserve())), &services);
    EXPECT_THAT(List(found.errors), IsEmpty());
    EXPECT_THAT(List(found.added_steps), ElementsAre("validate_ro_1", "validate_part_1"));
    ASSERT_NE(found.plan, nullptr);
    EXPECT_EQ(StepIds(found.plan), "validate_ro_1 validate_part_1 r");
    EXPECT_EQ(found.plan->steps[2].dependency_count, 2U);
    EXPECT_EQ(found.plan->steps[2].order, 3);
    EXPECT_EQ(found.plan->steps[0].failure_policy, ORCH_FAILURE_ABORT);
    EXPECT_STREQ(found.plan->steps[0].parallel_group, "validation_group");
}

TEST_F(Validation, AddsNothingToThePlannersOwnPlan)
{
    orch_capabilities services = Dealership();
    orch_planned planned = Plan(EXAMPLE_REQUEST, nullptr, &services);
    ASSERT_NE(planned.document, nullptr);
    orch_validation found = Validate(planned.document, &services);
    EXPECT_THAT(List(found.errors), IsEmpty());
    EXPECT_THAT(List(found.added_steps), IsEmpty());
    ASSERT_NE(found.plan, nullptr);
    EXPECT_EQ(StepIds(found.plan), "validate_ro_1 validate_part_1 reserve_part_1 create_payment_1");
}

TEST_F(Validation, MakesAnActionWaitForTheCheckThatIsThere)
{
    orch_capabilities services = Dealership();
    orch_validation found =
        Validate(Json(Steps(Step("look", "repair_orders", "get_repair_order_details",
                                 R"({"repair_order_id":"77"})") +
                            "," + Reserve())),
                 &services);
    ASSERT_NE(found.plan, nullptr);
    EXPECT_THAT(List(found.added_steps), ElementsAre("validate_part_1"));
    EXPECT_EQ(StepIds(found.plan), "validate_part_1 look r");
    EXPECT_EQ(found.plan->steps[2].dependency_count, 2U);
}

TEST_F(Validation, CheckOfAnotherOrderOrAfterTheActionIsNone)
{
    orch_capabilities services = Dealership();
    orch_validation found =
        Validate(Json(Steps(Step("other", "repair_orders", "get_repair_order_details",
                                 R"({"repair_order_id":"78"})") +
                            "," + Reserve() + "," +
                            Step("validate_ro_1", "repair_orders", "get_repair_order_details",
                                 R"({"repair_order_id":"77"})"))),
                 &services);
    ASSERT_NE(found.plan, nullptr);
    EXPECT_THAT(List(found.added_steps), ElementsAre("validate_ro_2", "validate_part_1"));
}

TEST_F(Validation, ChecksEachThingOnceForAllSteps)
{
    orch_capabilities services = Dealership();
    orch_validation found =
        Validate(Json(Steps(Reserve() + "," +
                            Step("t", "repair_orders", "assign_technician",
                                 R"({"repair_order_id":"77","technician_id":"T-1"})"))),
                 &services);
    EXPECT_THAT(List(found.added_steps), ElementsAre("validate_ro_1", "validate_part_1"));
}

TEST_F(Validation, RefundNeedsItsPayment)
{
    orch_capabilities services = Dealership();
    orch_validation found =
        Validate(Json(Steps(Step("f", "payment", "process_refund",
                                 R"({"payment_id":"PAY-1","amount":5,"reason_code":"other"})"))),
                 &services);
    EXPECT_THAT(List(found.added_steps), ElementsAre("validate_payment_1"));
}

TEST_F(Validation, ForcesNoCheckWhereTheToolIsMissing)
{
    orch_capabilities services = Dealership();
    services_[2].operation_count = 0;
    orch_validation found = Validate(Json(Steps(Reserve())), &services);
    EXPECT_THAT(List(found.errors), IsEmpty());
    EXPECT_THAT(List(found.added_steps), ElementsAre("validate_part_1"));
}

TEST_F(Validation, WhatAnEarlierStepCreatesNeedsNoCheck)
{
    orch_capabilities services = Dealership();
    orch_validation found = Validate(
        Json(Steps(Step("new", "repair_orders", "create_repair_order", "{}") + "," +
                   Step("t", "repair_orders", "assign_technician",
                        R"({"repair_order_id":"{{new.repair_order_id}}","technician_id":"T-1"})"))),
        &services);
    EXPECT_THAT(List(found.errors), IsEmpty());
    EXPECT_THAT(List(found.added_steps), IsEmpty());
    ASSERT_NE(found.plan, nullptr);
    EXPECT_EQ(found.plan->steps[1].dependency_count, 1U);
}

TEST_F(Validation, PaymentCarriesTheOrdersNumberAsInvoiceNumber)
{
    orch_capabilities services = Dealership();
    orch_validation found = Validate(
        Json(Steps(Step("c", "payment", "create_payment_link",
                        R"({"repair_order_id":"77","amount":5,"customer_email":"a@b.com"})"))),
        &services);
    ASSERT_NE(found.plan, nullptr);
    const orch_step &step = found.plan->steps[found.plan->step_count - 1];
    EXPECT_STREQ(sl_json_string(step.parameters, "invoice_number"), "77");
}

TEST_F(Validation, UnknownServicesOperationsAndWrongParametersAreErrors)
{
    orch_capabilities services = Dealership();
    const struct {
        std::string step;
        const char *error;
    } cases[] = {
        {Step("a", "weather", "forecast", "{}"),
         "service \"weather\" is unknown, one of payment, parts, repair_orders is wanted"},
        {Step("a", "parts", "drop_tables", "{}"),
         "service \"parts\" has no operation \"drop_tables\""},
        {Step("a", "parts", "get_part_details", "{}"), "part_number"},
        {Step("a", "parts", "get_part_details", R"({"part_number":7})"), "part_number"},
        {Step("a", "payment", "create_payment_link",
              R"({"repair_order_id":"1","amount":"lots","customer_email":"a@b.com"})"),
         "amount"},
        {Step("a", "payment", "process_refund",
              R"({"payment_id":"P","amount":1,"reason_code":"whim"})"),
         "reason_code"},
        {Step("a", "parts", "reserve_parts",
              R"({"part_numbers":["1"],"repair_order_id":"1","quantity_map":{"1":0}})"),
         "quantity_map"},
        {Step("a", "parts", "reserve_parts",
              R"({"part_numbers":[],"repair_order_id":"1","quantity_map":{}})"),
         "part_numbers"},
    };
    for (const auto &c : cases) {
        orch_validation found = Validate(Json(Steps(c.step)), &services);
        EXPECT_EQ(found.plan, nullptr) << c.step;
        EXPECT_THAT(List(found.errors), Contains(HasSubstr(c.error))) << c.step;
    }
}

TEST_F(Validation, ReferencesAreTakenOnTrustAndTheRestIsNot)
{
    orch_capabilities services = Dealership();
    const std::string look =
        Step("look", "parts", "get_part_details", R"({"part_number":"1"})") + ",";
    orch_validation good = Validate(
        Json(Steps(
            look +
            Step(
                "c", "payment", "create_payment_link",
                R"({"repair_order_id":"7","amount":"{{look.price}}","customer_email":"a@b.com"})"))),
        &services);
    EXPECT_THAT(List(good.errors), IsEmpty());
    orch_validation bad = Validate(
        Json(Steps(
            look +
            Step("c", "payment", "create_payment_link",
                 R"({"repair_order_id":7,"amount":"{{look.price}}","customer_email":"a@b.com"})"))),
        &services);
    EXPECT_THAT(List(bad.errors), Contains(HasSubstr("parameters.repair_order_id")));
    EXPECT_THAT(List(bad.errors), Each(Not(HasSubstr("amount"))));
}

TEST_F(Validation, ServiceThatWasNeverReachedIsNamed)
{
    orch_capabilities services = Dealership();
    services_[1].operation_count = 0;
    services_[1].is_healthy = false;
    orch_validation found = Validate(Json(Steps(Reserve())), &services);
    EXPECT_THAT(List(found.errors), Contains(HasSubstr("service \"parts\" cannot be reached")));
}

TEST_F(Validation, ChecksPutInCountAgainstTheBounds)
{
    orch_capabilities services = Dealership();
    std::string steps;
    for (int i = 0; i < 60; i++) {
        std::string id = "s" + std::to_string(i);
        steps += (i > 0 ? "," : "") +
                 Step(id.c_str(), "repair_orders", "assign_technician",
                      R"({"repair_order_id":")" + id + R"(","technician_id":"T-1"})");
    }
    orch_validation found = Validate(Json(Steps(steps)), &services);
    EXPECT_EQ(found.plan, nullptr);
    EXPECT_THAT(List(found.errors), Contains(HasSubstr("120 steps, 1 to 100 are wanted")));
}

TEST(Capabilities, KnowTheReadingOperations)
{
    EXPECT_TRUE(orch_is_reading_operation("get_part_details"));
    EXPECT_TRUE(orch_is_reading_operation("validate_payment_data"));
    EXPECT_FALSE(orch_is_reading_operation("reserve_parts"));
    EXPECT_FALSE(orch_is_reading_operation("send_payment_notification"));
    EXPECT_FALSE(orch_is_reading_operation("brand_new_tool"));
    EXPECT_FALSE(orch_is_reading_operation(nullptr));
    EXPECT_EQ(orch_capabilities_service(nullptr, "parts"), nullptr);
}

} // namespace
