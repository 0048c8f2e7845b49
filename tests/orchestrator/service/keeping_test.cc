#include <gtest/gtest.h>

#include "world.h"

/* What is kept of workflows that have ended, and for how long. */

namespace
{

/** All that ended did so this many days ago. */
void Age(World *world, int64_t days)
{
    world->InJournal(
        [](sl_db *db, void *arg, sl_error *err) {
            return sl_db_exec(db, err,
                              "UPDATE workflows SET ended_ns = ended_ns - ? "
                              "WHERE ended_ns IS NOT NULL",
                              "i", *static_cast<int64_t *>(arg) * 86400 * 1000000000);
        },
        &days);
}

int64_t CountEvents(World *world)
{
    int64_t count = -1;
    world->InJournal(
        [](sl_db *db, void *arg, sl_error *err) {
            sl_statement query = {};
            bool has_row = false;
            SL_TRY(sl_db_query(db, &query, err, "SELECT count(*) FROM events", ""));
            sl_code code = sl_statement_step(&query, &has_row, err);
            *static_cast<int64_t *>(arg) = sl_column_int(&query, 0);
            sl_statement_done(&query);
            return code;
        },
        &count);
    return count;
}

bool IsGone(World *world, const std::string &request_id)
{
    return world->Get(request_id).code == SL_NOT_FOUND;
}

} // namespace

TEST(Keeping, RemovesWhatEndedLongAgoAndNothingElse)
{
    World world(false);
    world.config.workflow_ttl_days = 30;
    ASSERT_TRUE(world.Start());
    world.Orchestrate(PlanRequest("done", {PlanStep("l", "parts", "look")}));
    world.parts().Script("look", {Failure("no")});
    world.Orchestrate(PlanRequest("failed", {PlanStep("l", "parts", "look")}));
    world.payment().Hold("make");
    for (const char *id : {"open", "held"})
        world.Accept(PlanRequest(id, {PlanStep("m", "payment", "make")}));
    ASSERT_TRUE(Eventually([&] { return world.payment().held() == 2; }));
    world.Stop();
    /* Those two are ambiguous after the restart: kept until a person settles them. */
    ASSERT_TRUE(world.Start());
    EXPECT_EQ("needs_reconciliation", world.Ended("open").text("status"));
    EXPECT_EQ("needs_reconciliation", world.Ended("held").text("status"));
    world.Stop();

    Age(&world, 29);
    ASSERT_TRUE(world.Start());
    world.parts().Script("look", {Success()});
    EXPECT_TRUE(
        world.Orchestrate(PlanRequest("new", {PlanStep("l", "parts", "look")})).is_true("success"));
    EXPECT_EQ(SL_OK, world.Get("done").code);
    world.Stop();

    Age(&world, 2);
    ASSERT_TRUE(world.Start());
    EXPECT_TRUE(Eventually([&] { return IsGone(&world, "done") && IsGone(&world, "failed"); }));
    EXPECT_EQ("completed", world.Get("new").text("status"));
    EXPECT_EQ("needs_reconciliation", world.Get("open").text("status"));
    EXPECT_EQ(SL_OK, world
                         .Call(orchestrator_reconcile_step_method,
                               R"({"request_id":"open","step_id":"m","outcome":"happened",)"
                               R"("reason":"seen"})")
                         .code);
    EXPECT_EQ("completed", world.Ended("open").text("status"));
    world.Stop();
    /* new 5 events; open and held 4 each (one is cut off and ended), open 2 more. */
    EXPECT_EQ(5 + 5 + 5 + 2, CountEvents(&world));
}

TEST(Keeping, RemovesAnyNumberAPortionAtATime)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.Orchestrate(PlanRequest("one", {PlanStep("l", "parts", "look")}));
    world.Stop();
    int64_t count = 2 * ORCH_JOURNAL_PRUNE_PORTION + 500;
    world.InJournal(
        [](sl_db *db, void *arg, sl_error *err) {
            for (int64_t i = 0; i < *static_cast<int64_t *>(arg); i++)
                SL_TRY(sl_db_exec(db, err,
                                  "INSERT INTO workflows (uid, tenant, request_id, user_request, "
                                  "priority, status, sequence, created_ns, updated_ns, ended_ns) "
                                  "VALUES (?, '', ?, '', 1, 4, 1, 1, 1, 1)",
                                  "tt", ("old" + std::to_string(i)).c_str(),
                                  ("old" + std::to_string(i)).c_str()));
            return SL_OK;
        },
        &count);
    ASSERT_TRUE(world.Start());
    EXPECT_TRUE(Eventually([&] {
        return json_array_size(
                   world.Call(orchestrator_list_workflows_method, "{}").at("workflows")) == 1;
    }));
    EXPECT_EQ("completed", world.Get("one").text("status"));
}

TEST(Keeping, AnIdMayBeUsedAnewWhenItsWorkflowIsForgotten)
{
    World world;
    ASSERT_TRUE(world.Start());
    world.Orchestrate(PlanRequest("r1", {PlanStep("m", "payment", "make")}));
    world.Stop();
    Age(&world, 31);
    ASSERT_TRUE(world.Start());
    ASSERT_TRUE(Eventually([&] { return IsGone(&world, "r1"); }));
    EXPECT_TRUE(world.Orchestrate(PlanRequest("r1", {PlanStep("n", "payment", "make_more")}))
                    .is_true("success"));
    EXPECT_EQ(2u, world.payment().effects());
}
