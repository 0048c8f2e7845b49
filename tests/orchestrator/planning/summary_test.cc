#include "orchestrator/summary.h"

#include "planning_fixture.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace
{

class Summary : public Planning
{
  protected:
    orch_plan *Read(const json_t *document)
    {
        orch_plan *plan = nullptr;
        orch_texts faults = {};
        EXPECT_EQ(orch_plan_read(document, &defaults_, arena_, &plan, &faults, nullptr), SL_OK);
        EXPECT_NE(plan, nullptr);
        outcomes_.assign(plan->step_count, {});
        return plan;
    }
    void Complete(size_t place, const std::string &result)
    {
        outcomes_[place] = {ORCH_STEP_COMPLETED, Json(result), nullptr, nullptr};
    }
    void End(size_t place, orch_step_status status, const char *error)
    {
        outcomes_[place] = {status, nullptr, nullptr, error};
    }
    std::vector<std::string> Verified(const orch_plan *plan)
    {
        orch_texts names = {};
        EXPECT_EQ(orch_summary_verified(plan, outcomes_.data(), arena_, &names), SL_OK);
        return List(names);
    }
    std::string Write(const std::string &request, const orch_plan *plan)
    {
        sl_text out = {};
        EXPECT_EQ(orch_summary_write(request.c_str(), plan, outcomes_.data(), &out), SL_OK);
        std::string text = sl_text_string(&out);
        sl_text_done(&out);
        return text;
    }
    orch_plan *Example()
    {
        orch_plan *plan = Read(Plan(EXAMPLE_REQUEST).document);
        Complete(0, R"({"repair_order_id":"1234","status":"active","customer":"ambujmehra"})");
        Complete(1, R"({"part_number":"1234","name":"Brake Pad Set","available":true})");
        Complete(2, R"({"reservation_id":"RES_001","part_1234":"reserved"})");
        Complete(
            3,
            R"({"payment_link":"https://pay.automotive.com/RO_1234","sent_to":"ambujmehra16@gmail.com"})");
        return plan;
    }
    std::vector<orch_step_outcome> outcomes_;
};

TEST_F(Summary, OfTheExampleIsTheOneOfTheSpecification)
{
    EXPECT_EQ(
        Write(EXAMPLE_REQUEST, Example()),
        "🚗 AUTOMOTIVE SERVICE EXECUTION SUMMARY\n"
        "📋 Request: " EXAMPLE_REQUEST "\n"
        "🔧 Workflow Plan: wf_20250625_104145_001\n"
        "📊 Progress: 4/4 steps completed\n"
        "\n"
        "📝 STEP-BY-STEP RESULTS:\n"
        "   ✅ validate_ro_1: repair_orders.get_repair_order_details\n"
        "      Result: {\"repair_order_id\": \"1234\", \"status\": \"active\", \"customer\": "
        "\"ambujmehra\"}\n"
        "   ✅ validate_part_1: parts.get_part_details\n"
        "      Result: {\"part_number\": \"1234\", \"name\": \"Brake Pad Set\", \"available\": "
        "true}\n"
        "   ✅ reserve_part_1: parts.reserve_parts\n"
        "      Result: {\"reservation_id\": \"RES_001\", \"part_1234\": \"reserved\"}\n"
        "   ✅ create_payment_1: payment.create_payment_link\n"
        "      Result: {\"payment_link\": \"https://pay.automotive.com/RO_1234\", \"sent_to\": "
        "\"ambujmehra16@gmail.com\"}\n"
        "\n"
        "🔒 VALIDATION SUMMARY:\n"
        "   ✓ repair_order_1234_existence_verified\n"
        "   ✓ part_1234_availability_confirmed\n"
        "   ✓ email_format_validated\n"
        "   ✓ amount_100_USD_validated");
}

TEST_F(Summary, PartWithoutAWordOnStockExistsAndAReservationConfirmsMore)
{
    orch_plan *plan = Example();
    Complete(1, R"({"part_number":"1234","available":false})");
    EXPECT_THAT(Verified(plan), ElementsAre("repair_order_1234_existence_verified",
                                            "part_1234_availability_confirmed",
                                            "email_format_validated", "amount_100_USD_validated"));
    End(2, ORCH_STEP_BLOCKED, "x");
    EXPECT_THAT(Verified(plan),
                ElementsAre("repair_order_1234_existence_verified", "part_1234_existence_verified",
                            "email_format_validated", "amount_100_USD_validated"));
}

TEST_F(Summary, FailedReservationConfirmsNoAvailability)
{
    orch_plan *plan = Example();
    End(2, ORCH_STEP_FAILED, "Insufficient stock for part 1234: 40");
    End(3, ORCH_STEP_NEEDS_RECONCILIATION, "no answer came");
    EXPECT_THAT(Verified(plan), ElementsAre("repair_order_1234_existence_verified",
                                            "part_1234_existence_verified"));
    std::string text = Write(EXAMPLE_REQUEST, plan);
    EXPECT_THAT(text, HasSubstr("📊 Progress: 2/4 steps completed\n"));
    EXPECT_THAT(text, HasSubstr("   ❌ reserve_part_1: parts.reserve_parts\n"
                                "      Error: Insufficient stock for part 1234: 40\n"));
    EXPECT_THAT(
        text,
        HasSubstr(
            "   ⚠ create_payment_1: payment.create_payment_link\n      Error: no answer came\n"));
}

TEST_F(Summary, EveryStatusHasItsSign)
{
    orch_plan *plan = Example();
    End(0, ORCH_STEP_SKIPPED, nullptr);
    End(1, ORCH_STEP_BLOCKED, "blocked by \"validate_ro_1\"");
    End(2, ORCH_STEP_CANCELLED, nullptr);
    End(3, ORCH_STEP_PENDING, nullptr);
    std::string text = Write("x", plan);
    EXPECT_THAT(
        text,
        HasSubstr(
            "   ⏭ validate_ro_1: repair_orders.get_repair_order_details\n   ⛔ validate_part_1"));
    EXPECT_THAT(text, HasSubstr("   🚫 reserve_part_1: parts.reserve_parts\n   ⏳ create_payment_1"));
    EXPECT_THAT(text, Not(HasSubstr("VALIDATION SUMMARY")));
    EXPECT_THAT(Verified(plan), IsEmpty());
}

TEST_F(Summary, ValidationThatFoundFaultVerifiesOnlyWhatHeld)
{
    orch_plan *plan = Read(Plan("validate payment data for RO 7, $9.50, a@b.com").document);
    Complete(
        0,
        R"({"valid":false,"validation_results":{"customer_email":true,"amount":true,"currency":false}})");
    EXPECT_THAT(Verified(plan), ElementsAre("email_format_validated"));
    Complete(
        0,
        R"({"valid":true,"validation_results":{"customer_email":true,"amount":true,"currency":true}})");
    EXPECT_THAT(Verified(plan), ElementsAre("email_format_validated", "amount_9.5_USD_validated"));
}

TEST_F(Summary, NamesWhatWasSentAndNotTheReference)
{
    orch_plan *plan = Read(Json(R"({"execution_steps":[
        {"step_id":"a","service_name":"repair_orders","operation":"create_repair_order","parameters":{}},
        {"step_id":"b","service_name":"repair_orders","operation":"get_repair_order_details",
         "parameters":{"repair_order_id":"{{a.repair_order_id}}"}}]})"));
    Complete(0, R"({"repair_order_id":"2001"})");
    Complete(1, "{}");
    outcomes_[1].parameters = Json(R"({"repair_order_id":"2001"})");
    EXPECT_THAT(Verified(plan), ElementsAre("repair_order_2001_existence_verified"));
}

TEST_F(Summary, TextFromOutsideStaysOnItsLine)
{
    orch_plan *plan = Example();
    End(3, ORCH_STEP_FAILED, "bad\r\n   ✅ forged: step");
    std::string text = Write("first\n   ✅ forged\tline", plan);
    EXPECT_THAT(text, HasSubstr("📋 Request: first    ✅ forged line\n"));
    EXPECT_THAT(text, HasSubstr("      Error: bad    ✅ forged: step"));
}

} // namespace
