#include <gtest/gtest.h>

#include <signal.h>

#include <atomic>
#include <thread>

#include "stage.h"

/* A disk that is full or broken for a while: nothing acknowledged is lost, the service says so, and
 * it heals when the disk does. */

namespace
{

struct DiskCase {
    const char *name;
    disk_fault fault;
};

class Disk : public testing::TestWithParam<DiskCase>
{
  protected:
    static std::string Request(int number)
    {
        return R"({"request_id": "disk-)" + std::to_string(number) +
               R"(", "user_request": "Reserve part 1234 for RO 1234"})";
    }
    bool IsHealthy()
    {
        return stage_.Get("/health").json["status"].Text() == "healthy";
    }
    Stage stage_{false};
};

TEST_P(Disk, LosesNothingSaysSoAndHeals)
{
    stage_.SetDisk(DISK_WORKS, 1);
    ASSERT_TRUE(stage_.Start(true));
    ASSERT_TRUE(WaitUntil([&] { return IsHealthy(); }, 10000)) << stage_.Logs();
    Effects before = stage_.CountEffects();

    /* A client that goes on and on, while the disk fails and works again. */
    std::vector<int> acknowledged;
    std::atomic<int> taken{0}, refused{0};
    std::atomic<bool> is_over{false};
    std::thread client([&] {
        for (int number = 0; !is_over; number++) {
            bool is_taken = stage_.Post("/orchestrate-async", Request(number)).status == 200;
            if (is_taken)
                acknowledged.push_back(number);
            (is_taken ? taken : refused)++;
        }
    });
    for (int round = 0; round < 3; round++) {
        int had_taken = taken, had_failed = stage_.Disk().failed, had_refused = refused;
        EXPECT_TRUE(WaitUntil([&] { return taken > had_taken + 20; }, 10000));
        stage_.ChangeDisk(GetParam().fault);
        EXPECT_TRUE(WaitUntil([&] { return stage_.Disk().failed > had_failed; }, 10000));
        EXPECT_TRUE(WaitUntil([&] { return !IsHealthy(); }, 10000));
        EXPECT_NE(stage_.Get("/health").body.find("journal"), std::string::npos);
        EXPECT_TRUE(WaitUntil([&] { return refused > had_refused; }, 10000));
        stage_.ChangeDisk(DISK_WORKS);
        EXPECT_TRUE(WaitUntil([&] { return IsHealthy(); }, 10000)) << stage_.Logs();
    }
    is_over = true;
    client.join();
    ASSERT_GT(acknowledged.size(), 60u);
    EXPECT_GT(refused, 0);

    for (int number : acknowledged) {
        Json workflow = stage_.WaitEnded("disk-" + std::to_string(number));
        ASSERT_EQ(workflow["status"].Text(), "completed") << number << workflow.Dump();
    }
    /* What was refused left nothing, what was acknowledged an effect each. */
    Effects effects = stage_.CountEffects() - before;
    EXPECT_EQ(effects["parts-mcp.reservations"], static_cast<long long>(acknowledged.size()));
}

TEST_P(Disk, HealsWithoutAnybodyAsking)
{
    stage_.SetDisk(DISK_WORKS, 1);
    ASSERT_TRUE(stage_.Start(true));
    ASSERT_TRUE(WaitUntil([&] { return IsHealthy(); }, 10000)) << stage_.Logs();
    stage_.ChangeDisk(GetParam().fault);
    EXPECT_NE(stage_.Post("/orchestrate-async", Request(1)).status, 200);
    ASSERT_TRUE(WaitUntil([&] { return !IsHealthy(); }, 10000));
    stage_.ChangeDisk(DISK_WORKS);
    EXPECT_TRUE(WaitUntil([&] { return IsHealthy(); }, 10000)) << stage_.Logs();
}

TEST_P(Disk, AWorkflowInItsMidstGoesOnOverARestart)
{
    stage_.SetDisk(DISK_WORKS, 1);
    ASSERT_TRUE(stage_.Start(true));
    ASSERT_TRUE(WaitUntil([&] { return IsHealthy(); }, 10000)) << stage_.Logs();
    Effects before = stage_.CountEffects();
    for (int number = 0; number < 5; number++)
        ASSERT_EQ(stage_.Post("/orchestrate-async", Request(number)).status, 200);
    stage_.ChangeDisk(GetParam().fault);
    WaitUntil([&] { return !IsHealthy(); }, 2000);
    stage_.Orchestrator().End(SIGKILL);
    stage_.ChangeDisk(DISK_WORKS);
    ASSERT_TRUE(stage_.Start(true)) << stage_.Logs();
    for (int number = 0; number < 5; number++)
        EXPECT_EQ(stage_.WaitEnded("disk-" + std::to_string(number))["status"].Text(), "completed");
    EXPECT_EQ((stage_.CountEffects() - before)["parts-mcp.reservations"], 5);
}

INSTANTIATE_TEST_SUITE_P(Faults, Disk,
                         testing::Values(DiskCase{"full", DISK_IS_FULL},
                                         DiskCase{"broken", DISK_IS_BROKEN}),
                         [](const testing::TestParamInfo<DiskCase> &info) {
                             return info.param.name;
                         });

} // namespace
