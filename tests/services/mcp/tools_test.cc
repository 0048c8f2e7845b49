#include <map>

#include "department.h"
#include "services/mcp/parts_tools.h"
#include "services/mcp/payment_tools.h"
#include "services/mcp/repair_order_tools.h"
#include "json/schema.h"

static std::string Faults(const char *schema_text, const Json &value)
{
    Json schema = Json::Parse(schema_text);
    sl_arena *arena = sl_arena_new();
    sl_schema_faults faults = {};
    EXPECT_EQ(sl_schema_check(schema.get(), value.get(), arena, &faults, nullptr), SL_OK);
    std::string text;
    for (size_t i = 0; i < faults.count; i++)
        text += std::string(faults.entries[i].path) + ": " + faults.entries[i].message + "\n";
    sl_arena_free(arena);
    return text;
}

// Every tool's example arguments fit its input schema, and the answer fits its output schema.
class Tools : public Department
{
  protected:
    explicit Tools(const reference_definition &d) : Department(d)
    {
    }
    void Check(const std::map<std::string, std::string> &calls)
    {
        ASSERT_EQ(calls.size(), definition.tool_count);
        for (const auto &[name, arguments] : calls) {
            const tool *t = Find(name);
            ASSERT_NE(t, nullptr);
            EXPECT_EQ(Faults(t->declaration.input_schema, Json::Parse(arguments)), "") << name;
            EXPECT_NE(Faults(t->declaration.input_schema, Json::Parse("{}")), "") << name;
            Json result = Do(name, arguments);
            EXPECT_EQ(Faults(t->declaration.output_schema, result), "") << name << result.Dump();
            EXPECT_NE(Faults(t->declaration.output_schema, Json::Parse("{}")), "") << name;
            bool reads =
                name.find("get_") == 0 || name.find("check_") == 0 || name.find("search_") == 0;
            EXPECT_EQ(t->declaration.is_read_only, reads) << name;
        }
    }
};

struct PaymentTools : Tools {
    PaymentTools() : Tools(payment_server)
    {
    }
};
TEST_F(PaymentTools, AnswersFitTheirSchemas)
{
    Check({{"create_payment_link", R"({"repair_order_id": "1234", "amount": 100.0,
            "currency": "USD", "customer_email": "ambujmehra16@gmail.com"})"},
           {"check_payment_status", R"({"payment_id": "PAY-1003"})"},
           {"process_refund", R"({"payment_id": "PAY-1001", "amount": 5,
            "reason_code": "customer_request"})"},
           {"send_payment_notification", R"({"payment_id": "PAY-1005", "channel": "sms"})"},
           {"get_payment_methods", R"({"customer_id": "psingh"})"}});
}

struct PartsTools : Tools {
    PartsTools() : Tools(parts_server)
    {
    }
};
TEST_F(PartsTools, AnswersFitTheirSchemas)
{
    Check({{"search_parts", R"({"part_name": "brake", "vehicle_year": 2020})"},
           {"check_part_availability", R"({"part_number": "1234"})"},
           {"get_part_details", R"({"part_number": "1234"})"},
           {"reserve_parts", R"({"part_numbers": ["1234"], "repair_order_id": "1234",
            "quantity_map": {"1234": 1}})"},
           {"check_vehicle_compatibility", R"({"part_number": "1234", "vehicle_model": "Civic",
            "vehicle_year": 2020})"}});
}

struct RepairOrderTools : Tools {
    RepairOrderTools() : Tools(repair_orders_server)
    {
    }
};
TEST_F(RepairOrderTools, AnswersFitTheirSchemas)
{
    Check({{"create_repair_order", R"({"customer_id": "psingh", "vehicle_id": "VEH-106",
            "service_description": "Noise"})"},
           {"update_repair_order_status", R"({"repair_order_id": "1234",
            "new_status": "quality_check", "expected_status": "in_progress"})"},
           {"get_repair_order_details", R"({"repair_order_id": "1230"})"},
           {"assign_technician", R"({"repair_order_id": "1230", "technician_id": "T-1"})"},
           {"add_repair_notes", R"({"repair_order_id": "1234", "notes": "ok"})"}});
}
