#ifndef TESTS_PLANNING_FIXTURE_H
#define TESTS_PLANNING_FIXTURE_H

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "orchestrator/planner.h"
#include "orchestrator/validation.h"

/* What the tests of planning share: an arena, JSON, a dealership's capabilities. */

#define EXAMPLE_REQUEST                                                                            \
    "Add part number 1234 to RO number 1234, and send payment link of 100$ to "                    \
    "ambujmehra16@gmail.com"
#define EXAMPLE_TIME_NS INT64_C(1750848105001000000)

class Planning : public ::testing::Test
{
  protected:
    Planning() : arena_(sl_arena_new())
    {
    }
    ~Planning() override
    {
        sl_arena_free(arena_);
    }

    json_t *Json(const std::string &text)
    {
        json_error_t error;
        json_t *value = json_loads(text.c_str(), JSON_DECODE_ANY, &error);
        EXPECT_NE(value, nullptr) << error.text << " in " << text;
        return sl_json_own(arena_, value);
    }

    std::string Text(const json_t *value)
    {
        return sl_json_arena_text(value, SL_JSON_COMPACT, arena_);
    }

    static std::vector<std::string> List(const orch_texts &texts)
    {
        return std::vector<std::string>(texts.entries, texts.entries + texts.count);
    }

    orch_planned Plan(const std::string &request, const json_t *context = nullptr,
                      const orch_capabilities *capabilities = nullptr)
    {
        orch_planned planned = {};
        orch_planning planning = {request.c_str(), context, capabilities, EXAMPLE_TIME_NS};
        sl_error error = {};
        EXPECT_EQ(orch_planner_rules(&planning, arena_, &planned, &error), SL_OK) << error.message;
        return planned;
    }

    orch_validation Validate(const json_t *document, const orch_capabilities *capabilities)
    {
        orch_validation validation = {};
        sl_error error = {};
        EXPECT_EQ(orch_validate(document, capabilities, &defaults_, arena_, &validation, &error),
                  SL_OK)
            << error.message;
        return validation;
    }

    /* The demo dealership's services with what matters of their schemas. */
    orch_capabilities Dealership()
    {
        payment_ = {
            Operation("create_payment_link", false,
                      R"({"type":"object","properties":{"repair_order_id":{"type":"string"},
                          "amount":{"type":"number","exclusiveMinimum":0},"currency":{"type":"string"},
                          "customer_email":{"type":"string"},"invoice_number":{"type":"string"}},
                          "required":["repair_order_id","amount","customer_email"]})"),
            Operation(
                "process_refund", false,
                R"({"type":"object","properties":{"payment_id":{"type":"string"},"amount":{"type":"number"},
                          "reason_code":{"type":"string","enum":["duplicate_payment","overcharge","other"]}},
                          "required":["payment_id","amount","reason_code"]})"),
            Operation(
                "check_payment_status", true,
                R"({"type":"object","properties":{"payment_id":{"type":"string"}},"required":["payment_id"]})"),
        };
        parts_ = {
            Operation("reserve_parts", false,
                      R"({"type":"object","properties":{"part_numbers":{"type":"array","minItems":1,
                          "items":{"type":"string"}},"repair_order_id":{"type":"string"},
                          "quantity_map":{"type":"object","additionalProperties":{"type":"integer","minimum":1}}},
                          "required":["part_numbers","repair_order_id","quantity_map"]})"),
            Operation(
                "get_part_details", true,
                R"({"type":"object","properties":{"part_number":{"type":"string"}},"required":["part_number"]})"),
        };
        orders_ = {
            Operation("get_repair_order_details", true,
                      R"({"type":"object","properties":{"repair_order_id":{"type":"string"}},
                          "required":["repair_order_id"]})"),
            Operation("create_repair_order", false, ""),
            Operation("assign_technician", false,
                      R"({"type":"object","properties":{"repair_order_id":{"type":"string"},
                          "technician_id":{"type":"string"}},"required":["repair_order_id","technician_id"]})"),
        };
        services_ = {{"payment", true, payment_.data(), payment_.size()},
                     {"parts", true, parts_.data(), parts_.size()},
                     {"repair_orders", true, orders_.data(), orders_.size()}};
        return {services_.data(), services_.size()};
    }

    orch_operation Operation(const char *name, bool is_read_only, const std::string &schema)
    {
        return {name,         "",           schema.empty() ? nullptr : Json(schema),
                is_read_only, is_read_only, true};
    }

    sl_arena *arena_;
    orch_plan_defaults defaults_ = {30, 2};
    std::vector<orch_operation> payment_;
    std::vector<orch_operation> parts_;
    std::vector<orch_operation> orders_;
    std::vector<orch_service> services_;
};

#endif
