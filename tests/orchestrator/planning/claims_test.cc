#include "orchestrator/claims.h"
#include "planning_fixture.h"

/* What a plan claims to check, and what checks it. */

TEST_F(Planning, ClaimsAreMappedToWhatChecksThem)
{
    orch_capabilities services = Dealership();
    orch_validation found =
        Validate(Json(R"({"validation_summary":["all_is_well"],"execution_steps":[
            {"step_id":"look","service_name":"repair_orders","operation":"get_repair_order_details",
             "parameters":{"repair_order_id":"1"},"validation_checks":["check_repair_order_exists"]},
            {"step_id":"other","service_name":"repair_orders","operation":"get_repair_order_details",
             "parameters":{"repair_order_id":"2"}},
            {"step_id":"pay","service_name":"payment","operation":"create_payment_link",
             "parameters":{"repair_order_id":"1","amount":5,"customer_email":"a@b.co"},
             "dependencies":["look"],"validation_checks":["verify_repair_order_exists",
             "validate_email_format","check_required_parameters","check_weather"]},
            {"step_id":"assign","service_name":"repair_orders","operation":"assign_technician",
             "parameters":{"repair_order_id":"2","technician_id":"T1"},"dependencies":["look"],
             "validation_checks":["repair_order_exists"]}]})"),
                 &services);
    ASSERT_NE(found.plan, nullptr) << List(found.errors)[0];
    ASSERT_EQ(SL_OK, orch_claims_settle(found.plan, &services, arena_));
    const json_t *document = found.plan->document;
    const json_t *steps = json_object_get(document, "execution_steps");
    EXPECT_EQ(R"({"check_repair_order_exists":"look"})",
              Text(json_object_get(json_array_get(steps, 0), "checked_by")));
    EXPECT_EQ(R"({"verify_repair_order_exists":"look","validate_email_format":"agent",)"
              R"("check_required_parameters":"schema","check_weather":null})",
              Text(json_object_get(json_array_get(steps, 2), "checked_by")));
    /* "look" looks at another order: validation made "assign" wait for the right one. */
    EXPECT_EQ(R"({"repair_order_exists":"other"})",
              Text(json_object_get(json_array_get(steps, 3), "checked_by")));
    EXPECT_EQ(R"(["pay: check_weather"])", Text(json_object_get(document, "not_verified")));
    EXPECT_EQ(R"(["repair_order_1_existence_verified","repair_order_2_existence_verified",)"
              R"("email_format_validated","amount_5_USD_validated"])",
              Text(json_object_get(document, "validation_summary")));
}
