#include <cstring>
#include <ctime>
#include <random>

#include "base/memory.h"
#include "planning_fixture.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace
{

class Rules : public Planning
{
  protected:
    std::string Steps(const orch_planned &planned)
    {
        std::string ids;
        const json_t *step;
        size_t i;
        json_array_foreach(json_object_get(planned.document, "execution_steps"), i, step)
        {
            ids += (i > 0 ? " " : "") + std::string(sl_json_string(step, "step_id"));
        }
        return ids;
    }
    const json_t *Parameters(const orch_planned &planned, size_t place)
    {
        const json_t *steps = json_object_get(planned.document, "execution_steps");
        return json_object_get(json_array_get(steps, place), "parameters");
    }
    void ExpectDeclined(const std::string &request)
    {
        orch_planned planned = Plan(request);
        EXPECT_EQ(planned.document, nullptr) << request.substr(0, 200);
        ASSERT_NE(planned.declined, nullptr) << request.substr(0, 200);
        EXPECT_GT(std::strlen(planned.declined), 20U);
        EXPECT_TRUE(sl_utf8_is_valid(planned.declined, std::strlen(planned.declined)));
    }
};

TEST_F(Rules, PlanTheExampleAsTheSpecificationDoes)
{
    orch_planned planned = Plan(EXAMPLE_REQUEST);
    EXPECT_EQ(planned.declined, nullptr);
    EXPECT_EQ(Text(planned.document), Text(Json(R"({
  "plan_id": "wf_20250625_104145_001", "risk_level": "medium", "estimated_duration_seconds": 45,
  "execution_steps": [
    {"step_id": "validate_ro_1", "step_order": 1, "service_name": "repair_orders",
     "operation": "get_repair_order_details", "parameters": {"repair_order_id": "1234"},
     "validation_checks": ["check_repair_order_exists"], "dependencies": [],
     "parallel_group": "validation_group", "failure_handling": "abort"},
    {"step_id": "validate_part_1", "step_order": 2, "service_name": "parts", "operation": "get_part_details",
     "parameters": {"part_number": "1234"}, "validation_checks": ["check_part_exists"], "dependencies": [],
     "parallel_group": "validation_group", "failure_handling": "abort"},
    {"step_id": "reserve_part_1", "step_order": 3, "service_name": "parts", "operation": "reserve_parts",
     "parameters": {"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 1}},
     "validation_checks": [], "dependencies": ["validate_ro_1", "validate_part_1"],
     "parallel_group": null, "failure_handling": "retry"},
    {"step_id": "create_payment_1", "step_order": 4, "service_name": "payment", "operation": "create_payment_link",
     "parameters": {"repair_order_id": "1234", "amount": 100, "currency": "USD",
                    "customer_email": "ambujmehra16@gmail.com"},
     "validation_checks": [], "dependencies": ["validate_ro_1"],
     "parallel_group": null, "failure_handling": "retry"}],
  "validation_summary": ["repair_order_1234_existence_verified", "part_1234_availability_confirmed",
                         "email_format_validated", "amount_100_USD_validated"],
  "service_dependencies": {"repair_orders": [], "parts": ["repair_orders"], "payment": ["repair_orders"]}})")));
}

TEST_F(Rules, CarryTheInvoiceNumberWhereTheToolTakesIt)
{
    orch_capabilities services = Dealership();
    orch_planned planned = Plan(EXAMPLE_REQUEST, nullptr, &services);
    EXPECT_STREQ(sl_json_string(Parameters(planned, 3), "invoice_number"), "1234");
}

TEST_F(Rules, ForceNoCheckThatNoToolMakes)
{
    orch_capabilities services = Dealership();
    services_[2].operation_count = 0;
    EXPECT_EQ(Steps(Plan(EXAMPLE_REQUEST, nullptr, &services)),
              "validate_part_1 reserve_part_1 create_payment_1");
}

TEST_F(Rules, TakeFromTheContextWhatTheRequestLeavesOut)
{
    json_t *context = Json(R"({"repair_order_id":"77","customer_email":"kim@example.com"})");
    orch_planned planned = Plan("send a payment link for $20", context);
    EXPECT_EQ(Steps(planned), "validate_ro_1 create_payment_1");
    EXPECT_STREQ(sl_json_string(Parameters(planned, 1), "repair_order_id"), "77");
    EXPECT_STREQ(sl_json_string(Parameters(planned, 1), "customer_email"), "kim@example.com");
    planned = Plan("send a payment link for $20 for RO 5 to a@b.com", context);
    EXPECT_STREQ(sl_json_string(Parameters(planned, 1), "repair_order_id"), "5");
    EXPECT_STREQ(sl_json_string(Parameters(planned, 1), "customer_email"), "a@b.com");
}

TEST_F(Rules, TakeNoReferenceFromRequestOrContext)
{
    json_t *context = Json(R"({"repair_order_id":"{{validate_part_1.name}}"})");
    EXPECT_THAT(List(Plan("add part 1234 to the order", context).missing),
                ElementsAre(HasSubstr("repair_order_id")));
    orch_planned planned = Plan("Add a note to RO 5: {{create_ro_1.id}} {{x}}");
    EXPECT_STREQ(sl_json_string(Parameters(planned, 1), "notes"), "{ {create_ro_1.id}} { {x}}");
}

TEST_F(Rules, SpellCodesAsTheToolDoes)
{
    orch_capabilities services = Dealership();
    orch_planned planned = Plan("refund $5 on payment PAY-1, charged twice", nullptr, &services);
    EXPECT_STREQ(sl_json_string(Parameters(planned, 1), "reason_code"), "duplicate_payment");
    planned = Plan("refund $5 on payment PAY-1, goodwill", nullptr, &services);
    EXPECT_EQ(planned.document, nullptr);
    EXPECT_THAT(List(planned.missing),
                ElementsAre(HasSubstr("[\"duplicate_payment\", \"overcharge\", \"other\"]")));
}

TEST_F(Rules, AnswerBadInputClearlyAndRunNothing)
{
    ExpectDeclined("");
    ExpectDeclined("    \n\t ");
    ExpectDeclined(std::string(1024 * 1024, 'a'));
    ExpectDeclined(EXAMPLE_REQUEST + std::string(1024 * 1024, ' '));
    ExpectDeclined(std::string(16000, '$'));
    ExpectDeclined("\x01\x02\x03\x1b[31m");
    ExpectDeclined("\xe2\x80\xae\xe2\x80\x8f\xe2\x81\xa6");
    ExpectDeclined("🚗🔧💳");
    ExpectDeclined("добавь деталь 1234 к заказу 1234");
    ExpectDeclined("给订单1234添加零件1234");
    ExpectDeclined("أضف القطعة 1234 إلى الطلب 1234");
    ExpectDeclined("Füge Teil 1234 zum Auftrag 1234 hinzu");
    ExpectDeclined("\xff\xfe\x80 broken \xc3");
    ExpectDeclined("?!.,;:()[]{}<>#$%^&*");
}

TEST_F(Rules, LookThroughInvisibleMarks)
{
    orch_planned planned = Plan("\xe2\x80\xae"
                                "Add part\xe2\x80\x8b 1234\x01 to 🚗 RO \xe2\x80\x8f"
                                "1234");
    EXPECT_EQ(Steps(planned), "validate_ro_1 validate_part_1 reserve_part_1");
}

TEST_F(Rules, DeclineMoreThanAHundredSteps)
{
    std::string request = "show RO 1";
    for (int i = 2; i <= 150; i++)
        request += ". show RO " + std::to_string(i);
    orch_planned planned = Plan(request);
    EXPECT_EQ(planned.document, nullptr);
    EXPECT_THAT(planned.declined, HasSubstr("100 steps"));
}

TEST_F(Rules, PlanWhatValidationAccepts)
{
    orch_capabilities services = Dealership();
    for (const char *request :
         {"add 2 of part 1234 to RO 5 and assign T-1 to it", "refund $5 on PAY-1, charged twice",
          "refund PAY-1 in full, overcharged", "create a payment link of $5 for RO 7 to a@b.com"}) {
        orch_planned planned = Plan(request, nullptr, &services);
        ASSERT_NE(planned.document, nullptr) << request;
        orch_validation found = Validate(planned.document, &services);
        EXPECT_EQ(List(found.errors), std::vector<std::string>()) << request;
        EXPECT_EQ(found.added_steps.count, 0U) << request;
    }
}

TEST_F(Rules, SurviveWithoutMemory)
{
    orch_capabilities services = Dealership();
    for (long successes = 0; successes < 40; successes++) {
        sl_arena *arena = sl_arena_new();
        orch_planned planned = {};
        orch_validation found = {};
        sl_error error = {};
        orch_planning planning = {EXAMPLE_REQUEST, nullptr, &services, EXAMPLE_TIME_NS};
        sl_alloc_fail_after(successes);
        enum sl_code code = orch_planner_rules(&planning, arena, &planned, &error);
        if (code == SL_OK && planned.document != nullptr)
            code = orch_validate(planned.document, &services, &defaults_, arena, &found, &error);
        sl_alloc_fail_after(-1);
        EXPECT_TRUE(code == SL_OK || code == SL_RESOURCE_EXHAUSTED) << successes;
        sl_arena_free(arena);
    }
}

TEST_F(Rules, MakeSenseOrNoneOfWordsAtRandom)
{
    static const char *const words[] = {"add",
                                        "part",
                                        "1234",
                                        "RO",
                                        "77",
                                        "and",
                                        "then",
                                        "send",
                                        "payment",
                                        "link",
                                        "$100",
                                        "100$",
                                        "a@b.com",
                                        "b@",
                                        "to",
                                        "for",
                                        "of",
                                        "it",
                                        "them",
                                        "don't",
                                        "refund",
                                        "PAY-1",
                                        "in full",
                                        "note",
                                        ":",
                                        "\"quoted text\"",
                                        ",",
                                        ".",
                                        "?",
                                        "create",
                                        "new",
                                        "repair order",
                                        "customer",
                                        "C-1",
                                        "vehicle",
                                        "V-2",
                                        "oil change",
                                        "assign",
                                        "T-2",
                                        "mark",
                                        "completed",
                                        "2",
                                        "x",
                                        "x2",
                                        "2019",
                                        "Honda",
                                        "Civic",
                                        "is",
                                        "available",
                                        "after",
                                        "before",
                                        "once",
                                        "if",
                                        "from",
                                        "pending",
                                        "history",
                                        "by sms",
                                        "(",
                                        ")",
                                        "#",
                                        "twenty",
                                        "dollars",
                                        "each",
                                        "qty",
                                        "-",
                                        "{{a.b}}",
                                        "validate",
                                        "compatible",
                                        "alternatives",
                                        "find",
                                        "brake pads",
                                        "1HGCM82633A004352",
                                        "ignore",
                                        "\n",
                                        "'"};
    std::mt19937 random(7);
    for (int i = 0; i < 5000; i++) {
        std::string request;
        for (unsigned n = 1 + random() % 24; n > 0; n--)
            request += std::string(words[random() % (sizeof words / sizeof *words)]) +
                       (random() % 8 ? " " : "");
        sl_arena *arena = sl_arena_new();
        orch_planned planned = {};
        orch_planning planning = {request.c_str(), nullptr, nullptr, EXAMPLE_TIME_NS};
        ASSERT_EQ(orch_planner_rules(&planning, arena, &planned, nullptr), SL_OK);
        ASSERT_NE(planned.document == nullptr, planned.declined == nullptr) << request;
        if (planned.document != nullptr) {
            orch_plan *plan = nullptr;
            orch_texts faults = {};
            ASSERT_EQ(orch_plan_read(planned.document, &defaults_, arena, &plan, &faults, nullptr),
                      SL_OK);
            ASSERT_NE(plan, nullptr) << request << ": " << faults.entries[0];
        }
        sl_arena_free(arena);
    }
}

TEST_F(Rules, PlanTheExampleQuickly)
{
    constexpr int kRuns = 500;
    std::clock_t start = std::clock();
    for (int i = 0; i < kRuns; i++) {
        sl_arena *arena = sl_arena_new();
        orch_planned planned = {};
        orch_planning planning = {EXAMPLE_REQUEST, nullptr, nullptr, EXAMPLE_TIME_NS};
        ASSERT_EQ(orch_planner_rules(&planning, arena, &planned, nullptr), SL_OK);
        ASSERT_NE(planned.document, nullptr);
        sl_arena_free(arena);
    }
    double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("planning the example takes %.1f us\n", seconds * 1e6 / kRuns);
}

} // namespace
