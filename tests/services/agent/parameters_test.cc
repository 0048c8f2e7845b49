#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/agent/parameters.h"
#include "services/agent/tool.h"
#include "services/parts/operations.h"
#include "services/payment/operations.h"

using testing::HasSubstr;
using testing::Not;

namespace
{

const char kLinkTool[] = R"({"name": "create_payment_link", "inputSchema": {
    "type": "object",
    "properties": {"repair_order_id": {"type": "string"}, "amount": {"type": "number", "maximum": 500},
                   "customer_email": {"type": "string"}, "currency": {"type": "string"},
                   "note": {"type": "string"}},
    "required": ["repair_order_id", "amount", "customer_email", "note"]}})";

class Parameters : public testing::Test
{
  protected:
    void SetUp() override
    {
        arena_ = sl_arena_new();
        definition_ = json_loads(kLinkTool, 0, nullptr);
        ASSERT_TRUE(agent_tool_read(definition_, &tool_));
    }
    void TearDown() override
    {
        json_decref(definition_);
        sl_arena_free(arena_);
    }
    struct agent_target Target(const struct agent_service *service, const char *operation,
                               const struct agent_tool *tool)
    {
        return {service, agent_service_find(service, operation), tool};
    }
    std::string Check(struct agent_target target, const char *parameters)
    {
        struct agent_faults faults;
        agent_faults_init(&faults, arena_);
        json_t *object = json_loads(parameters, 0, nullptr);
        EXPECT_EQ(agent_parameters_check(&target, object, &faults, nullptr), SL_OK);
        json_decref(object);
        return agent_faults_join(&faults);
    }
    static std::string Text(json_t *value)
    {
        char *text = sl_json_text(value, SL_JSON_CANONICAL);
        std::string copy = text;
        free(text);
        json_decref(value);
        return copy;
    }

    struct sl_arena *arena_ = nullptr;
    json_t *definition_ = nullptr;
    struct agent_tool tool_ = {};
};

TEST_F(Parameters, AreCheckedByDomainTableAndSchemaAtOnce)
{
    std::string faults =
        Check(Target(payment_service(), "create_payment_link", &tool_),
              R"({"repair_order_id": "1", "amount": 1000, "customer_email": "x"})");
    EXPECT_THAT(faults, HasSubstr("customer_email: \"x\" is given, an e-mail address"));
    EXPECT_THAT(faults, HasSubstr("amount: "));
    EXPECT_THAT(faults, HasSubstr("500"));
    EXPECT_THAT(faults, HasSubstr("note: "));
}

TEST_F(Parameters, NameEachParameterOnce)
{
    std::string faults = Check(Target(payment_service(), "create_payment_link", &tool_), "{}");
    EXPECT_EQ(faults.find("amount"), faults.rfind("amount"));
}

TEST_F(Parameters, AreCheckedByTheTableWhereNoToolIsKnown)
{
    std::string faults = Check(Target(payment_service(), "process_refund", nullptr),
                               R"({"payment_id": 7, "reason_code": "x"})");
    EXPECT_THAT(faults, HasSubstr("payment_id: 7 is given, the id of a payment is wanted"));
    EXPECT_THAT(faults, HasSubstr("amount is missing"));
    EXPECT_THAT(faults, Not(HasSubstr("reason_code")));
}

TEST_F(Parameters, OfAnUnheardOfToolAreCheckedByItsSchema)
{
    struct agent_target target = {payment_service(), nullptr, &tool_};
    EXPECT_THAT(Check(target, R"({"amount": "x"})"), HasSubstr("amount: "));
    EXPECT_EQ(
        Check(target, R"({"amount": 1, "repair_order_id": "1", "customer_email": "", "note": ""})"),
        "");
}

TEST_F(Parameters, GetTheTablesDefaults)
{
    struct agent_target target = Target(payment_service(), "create_payment_link", &tool_);
    json_t *given = json_loads(R"({"amount": 1})", 0, nullptr);
    EXPECT_EQ(Text(agent_parameters_arguments(&target, given)), R"({"amount":1,"currency":"USD"})");
    json_object_set_new(given, "currency", json_string("EUR"));
    EXPECT_EQ(Text(agent_parameters_arguments(&target, given)), R"({"amount":1,"currency":"EUR"})");
    json_decref(given);
}

TEST_F(Parameters, HaveASchemaEvenWithoutATool)
{
    struct agent_target target = Target(parts_service(), "reserve_parts", nullptr);
    json_t *schema = agent_parameters_schema(&target);
    EXPECT_STREQ(sl_json_string(schema, "type"), "object");
    EXPECT_EQ(json_array_size(json_object_get(schema, "required")), 3u);
    json_t *numbers = json_object_get(json_object_get(schema, "properties"), "part_numbers");
    EXPECT_STREQ(sl_json_string(numbers, "type"), "array");
    json_decref(schema);
    struct agent_target with_tool = Target(payment_service(), "create_payment_link", &tool_);
    json_t *own = agent_parameters_schema(&with_tool);
    EXPECT_EQ(own, tool_.input_schema);
    json_decref(own);
}

TEST_F(Parameters, TellWhoOnlyReads)
{
    struct agent_target target = Target(payment_service(), "create_payment_link", &tool_);
    EXPECT_FALSE(agent_target_is_read_only(&target));
    target = Target(payment_service(), "check_payment_status", nullptr);
    EXPECT_TRUE(agent_target_is_read_only(&target));
    target = Target(payment_service(), "validate_payment_data", nullptr);
    EXPECT_TRUE(agent_target_is_read_only(&target));
    target = {payment_service(), nullptr, &tool_};
    EXPECT_FALSE(agent_target_is_read_only(&target));
    tool_.is_read_only = true;
    EXPECT_TRUE(agent_target_is_read_only(&target));
}

} // namespace
