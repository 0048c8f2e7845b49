#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../agent/fake_run.h"
#include "services/repair_orders/operations.h"
#include "services/repair_orders/transitions.h"

using testing::ElementsAre;
using testing::HasSubstr;

static std::string Transition(const char *from, const char *to)
{
    std::string parameters =
        std::string(R"({"current_status": ")") + from + R"(", "new_status": ")" + to + "\"}";
    FakeRun run(parameters.c_str());
    run.Execute(repair_orders_service(), "validate_repair_order_transition");
    return run.Result();
}

TEST(Transitions, FollowTheTable)
{
    const char *allowed[][2] = {{"pending", "scheduled"},
                                {"pending", "cancelled"},
                                {"scheduled", "in_progress"},
                                {"scheduled", "cancelled"},
                                {"in_progress", "parts_ordered"},
                                {"in_progress", "quality_check"},
                                {"in_progress", "cancelled"},
                                {"parts_ordered", "in_progress"},
                                {"parts_ordered", "cancelled"},
                                {"quality_check", "in_progress"},
                                {"quality_check", "customer_approval"},
                                {"customer_approval", "ready_for_pickup"},
                                {"customer_approval", "in_progress"},
                                {"ready_for_pickup", "completed"},
                                {"ready_for_pickup", "in_progress"},
                                {"completed", "invoiced"},
                                {"invoiced", "closed"}};
    size_t count = 0, found = 0;
    const struct repair_orders_status *statuses = repair_orders_statuses(&count);
    ASSERT_EQ(count, 11u);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            found += repair_orders_may_become(statuses[i].name, statuses[j].name);
    EXPECT_EQ(found, SL_ARRAY_LENGTH(allowed));
    for (const auto &pair : allowed)
        EXPECT_TRUE(repair_orders_may_become(pair[0], pair[1])) << pair[0] << " " << pair[1];
}

TEST(Transitions, AreToldWithWhatIsAllowed)
{
    EXPECT_EQ(Transition("pending", "scheduled"),
              R"({"allowed_transitions":["scheduled","cancelled"],"current_status":"pending",)"
              R"("new_status":"scheduled","valid":true})");
    EXPECT_EQ(Transition("closed", "pending"),
              R"({"allowed_transitions":[],"current_status":"closed","new_status":"pending",)"
              R"("valid":false})");
    EXPECT_THAT(Transition("nowhere", "pending"), HasSubstr(R"("valid":false)"));
}

TEST(Update, ReadsChecksAndUpdatesWithTheStatusRead)
{
    FakeRun run(R"({"repair_order_id": "1234", "new_status": "quality_check", "notes": "ok"})");
    run.Tool("get_repair_order_details", R"({"status": "in_progress"})")
        .Tool("update_repair_order_status", R"({"status": "quality_check"})")
        .Takes("update_repair_order_status", "expected_status")
        .Execute(repair_orders_service(), "update_repair_order_status");
    ASSERT_EQ(run.Calls().size(), 2u);
    EXPECT_EQ(run.Calls()[1].tool, "update_repair_order_status");
    EXPECT_EQ(run.Calls()[1].arguments,
              R"({"expected_status":"in_progress","new_status":"quality_check","notes":"ok",)"
              R"("repair_order_id":"1234"})");
    EXPECT_EQ(run.Result(), R"({"status":"quality_check"})");
}

TEST(Update, LeavesOutExpectedStatusWhereTheToolKnowsNone)
{
    FakeRun run(R"({"repair_order_id": "1234", "new_status": "quality_check"})");
    run.Tool("get_repair_order_details", R"({"status": "in_progress"})")
        .Tool("update_repair_order_status", "{}")
        .Execute(repair_orders_service(), "update_repair_order_status");
    ASSERT_EQ(run.Calls().size(), 2u);
    EXPECT_EQ(run.Calls()[1].arguments,
              R"({"new_status":"quality_check","repair_order_id":"1234"})");
}

TEST(Update, RefusesWhatTheTableDoesNotAllow)
{
    FakeRun run(R"({"repair_order_id": "1234", "new_status": "closed"})");
    run.Tool("get_repair_order_details", R"({"status": "in_progress"})")
        .Execute(repair_orders_service(), "update_repair_order_status");
    EXPECT_EQ(run.Calls().size(), 1u);
    EXPECT_EQ(run.Refusal(), "repair order 1234 is in_progress and cannot become closed; allowed "
                             "are [\"parts_ordered\", \"quality_check\", \"cancelled\"]");
}

TEST(Update, RefusesWhenTheCallerExpectedAnotherStatus)
{
    FakeRun run(
        R"({"repair_order_id": "1", "new_status": "invoiced", "expected_status": "pending"})");
    run.Tool("get_repair_order_details", R"({"status": "completed"})")
        .Execute(repair_orders_service(), "update_repair_order_status");
    EXPECT_EQ(run.Refusal(), "repair order 1 is completed, pending was expected");
}

TEST(Update, NamesAStatusThatIsNone)
{
    EXPECT_THAT(Faults(repair_orders_service(), "update_repair_order_status",
                       R"({"repair_order_id": "1", "new_status": "flying"})"),
                HasSubstr("new_status: \"flying\" is given, one of pending, scheduled"));
}

TEST(History, IsOneTimelineInOrderOfTime)
{
    FakeRun run(R"({"repair_order_id": "1234"})");
    run.Tool("get_repair_order_details", R"({
            "repair_order_id": "1234", "status": "in_progress",
            "status_history": [{"status": "pending", "timestamp": "2026-01-01T08:00:00Z"},
                               {"status": "scheduled", "timestamp": "2026-01-01T10:00:00Z"}],
            "notes": [{"text": "noise", "timestamp": "2026-01-01T10:30:00+01:00"}],
            "resources": [{"type": "labor", "description": "no time"}]})")
        .Execute(repair_orders_service(), "get_repair_history");
    json_t *timeline = json_object_get(run.Json(), "timeline");
    ASSERT_EQ(json_array_size(timeline), 4u);
    std::vector<std::string> kinds;
    for (size_t i = 0; i < 4; i++)
        kinds.push_back(sl_json_string(json_array_get(timeline, i), "kind"));
    EXPECT_THAT(kinds, ElementsAre("status", "note", "status", "resource"));
    EXPECT_STREQ(sl_json_string(run.Json(), "current_status"), "in_progress");
    EXPECT_STREQ(sl_json_string(run.Json(), "repair_order_id"), "1234");
    EXPECT_EQ(json_array_size(json_object_get(run.Json(), "status_history")), 2u);
    EXPECT_TRUE(json_is_null(json_object_get(json_array_get(timeline, 3), "time")));
}

TEST(History, IsEmptyForDetailsThatSayNothing)
{
    FakeRun run(R"({"repair_order_id": "1"})");
    run.Tool("get_repair_order_details", "{}")
        .Execute(repair_orders_service(), "get_repair_history");
    EXPECT_EQ(run.Result(), R"({"current_status":null,"notes":[],"repair_order_id":"1",)"
                            R"("resources":[],"status_history":[],"timeline":[]})");
}
