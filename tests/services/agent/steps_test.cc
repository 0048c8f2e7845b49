#include "agent_process.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <ostream>

namespace
{

// Agents that are killed at the same time, each at another step, so that their leases run out
// together; and a bound that says that the steps never end.
const int kWave = 8, kMostSteps = 400;

/** What is done, and how often it may be done. */
struct Case {
    const char *name, *program, *prefix, *operation, *parameters;
    bool is_async, honours_keys;
};

void PrintTo(const Case &a_case, std::ostream *out)
{
    *out << a_case.name;
}

/** One agent that is killed after some step, and asked again afterwards. */
struct Life {
    int step = 0;
    std::string key, folder, task_id;
    std::unique_ptr<AgentProcess> process;
    std::atomic<int> *left = nullptr;
    Reply first, again;
    bool has_survived = false;

    bool is_over() const
    {
        return first.is_done;
    }
};

class Steps : public AgentTest, public testing::WithParamInterface<Case>
{
  protected:
    void SetUp() override
    {
        AgentTest::SetUp();
        bool honours = GetParam().honours_keys;
        const char *flags = honours ? "k" : "";
        auto effect = [this, honours](struct sl_mcp_tool_request *request) {
            std::string key = sl_mcp_request_idempotency_key(request);
            calls_[key]++;
            if (!honours || effects_[key] == 0)
                effects_[key]++;
            sl_mcp_answer(request, json_pack("{s:s, s:s}", "key", key.c_str(), "status", "done"));
        };
        tools_.Add("create_payment_link", flags, effect);
        tools_.Add("update_repair_order_status", flags, effect,
                   R"({"type": "object", "properties": {"expected_status": {"type": "string"}}})");
        tools_.Add("get_repair_order_details", "r", Answers(R"({"status": "in_progress"})"));
        tools_.Start(loop_);
    }
    void TearDown() override
    {
        lives_.clear();
        AgentTest::TearDown();
    }
    void Spawn(Life &life, const AgentProcess::Environment &environment)
    {
        life.process = std::make_unique<AgentProcess>(loop_, GetParam().program, GetParam().prefix);
        life.process->Start(tools_.endpoint(), life.folder, environment);
        ASSERT_NE(life.process->replica, nullptr);
        ASSERT_TRUE(WaitHealthy(*life.process->replica)) << life.key;
    }
    /** An agent of its own, which will be killed after that step. */
    void Begin(int step)
    {
        lives_.push_back(std::make_unique<Life>());
        Life &life = *lives_.back();
        life.step = step;
        life.key = "step-" + std::to_string(step);
        life.folder = folder_ + "/" + life.key;
        std::filesystem::create_directory(life.folder);
        std::string path = life.folder + "/step";
        int file = open(path.c_str(), O_RDWR | O_CREAT, 0600);
        ASSERT_EQ(ftruncate(file, sizeof(*life.left)), 0);
        void *page = mmap(nullptr, sizeof(*life.left), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
        ASSERT_NE(page, MAP_FAILED);
        life.left = static_cast<std::atomic<int> *>(page);
        const char *sanitizer = getenv("ASAN_OPTIONS");
        Spawn(life, {{"LD_PRELOAD", SL_CRASH_STEP},
                     {"SL_STEP_FILE", path},
                     {"ASAN_OPTIONS", std::string(sanitizer == nullptr ? "" : sanitizer) +
                                          ":verify_asan_link_order=0:detect_leaks=0"}});
    }
    void Ask(Life &life, Reply &reply)
    {
        reply = Reply();
        AgentTest::Begin(*life.process->replica,
                         Method(GetParam().is_async ? "ExecuteAsync" : "Execute"),
                         Request(GetParam().operation, GetParam().parameters), reply,
                         {{"idempotency-key", life.key}});
    }
    void WaitFor(Reply &reply)
    {
        ASSERT_TRUE(sl_loop_run_until(loop_, &reply.is_done, kPatienceMs));
    }
    static bool IsLast(const std::string &status)
    {
        return status != "accepted" && status != "processing" && status != "";
    }
    /** Until the task has ended, or its process has. */
    Reply FollowTask(Life &life)
    {
        Reply reply;
        for (int i = 0; i < 500; i++) {
            reply = Task(*life.process->replica, life.task_id);
            if (reply.error.code != SL_OK || IsLast(reply.value["status"].string()))
                break;
            Turn(20);
        }
        return reply;
    }
    /** The first life of all: until the request is through, or the agent is dead. */
    void LiveOnce()
    {
        for (auto &life : lives_) {
            life->left->store(life->step);
            Ask(*life, life->first);
        }
        for (auto &life : lives_) {
            WaitFor(life->first);
            life->task_id = life->first.value["task_id"].string();
            if (GetParam().is_async && life->task_id != "")
                life->first = FollowTask(*life);
            life->has_survived = life->left->exchange(0) > 0;
            munmap(life->left, sizeof(*life->left));
            life->process->Kill();
        }
    }
    /** The second: the same request, or the task that was acknowledged. */
    void LiveAgain()
    {
        for (auto &life : lives_) {
            Spawn(*life, {});
            if (life->task_id == "")
                Ask(*life, life->again);
        }
        for (auto &life : lives_) {
            if (life->task_id == "")
                WaitFor(life->again);
            if (!GetParam().is_async)
                continue;
            if (life->task_id == "")
                life->task_id = life->again.value["task_id"].string();
            life->again = FollowTask(*life);
        }
    }
    /** What an Execute answered, be it as a task's result. */
    static Reply Answer(const Reply &reply)
    {
        Reply answer = reply;
        Json result = reply.value["result"]["metadata"];
        if (result.get() != nullptr)
            answer.value = reply.value["result"];
        return answer;
    }
    void Check(const Life &life)
    {
        Reply first = Answer(life.first), again = Answer(life.again);
        int effects = effects_[life.key], calls = calls_[life.key];
        SCOPED_TRACE(life.key + ": " + std::to_string(calls) + " calls, " +
                     std::to_string(effects) + " effects; " + again.value.text() + " " +
                     again.error.message);
        ASSERT_EQ(again.error.code, SL_OK);
        EXPECT_LE(effects, 1);
        if (first.error.code == SL_OK && first.success()) {
            EXPECT_TRUE(again.success()) << "an answer that was given stays";
        }
        if (again.success()) {
            EXPECT_EQ(effects, 1);
        } else {
            EXPECT_FALSE(GetParam().honours_keys);
            EXPECT_EQ(again.outcome(), "unknown");
            EXPECT_FALSE(again.metadata()["retryable"].is_true());
            unknown_count_++;
        }
        repeated_count_ += calls > 1;
    }

    std::vector<std::unique_ptr<Life>> lives_;
    std::map<std::string, int> effects_, calls_;
    int unknown_count_ = 0, repeated_count_ = 0;
};

TEST_P(Steps, KilledAfterEachTheEffectHappensOnceOrIsUnknown)
{
    bool is_through = false;
    int step = 0;
    while (!is_through && step < kMostSteps) {
        for (int i = 0; i < kWave; i++)
            ASSERT_NO_FATAL_FAILURE(Begin(++step));
        ASSERT_NO_FATAL_FAILURE(LiveOnce());
        ASSERT_NO_FATAL_FAILURE(LiveAgain());
        for (const auto &life : lives_) {
            is_through = is_through || life->has_survived;
            Check(*life);
        }
        lives_.clear();
    }
    EXPECT_TRUE(is_through) << "the steps of a request never end";
    EXPECT_GE(step, 2 * kWave);
    RecordProperty("steps", step);
    printf("%d steps: %d unknown, %d made again\n", step, unknown_count_, repeated_count_);
    if (GetParam().honours_keys) {
        EXPECT_GT(repeated_count_, 0);
        EXPECT_EQ(unknown_count_, 0);
    } else {
        EXPECT_EQ(repeated_count_, 0);
        EXPECT_GT(unknown_count_, 0);
    }
}

const char kLink[] =
    R"({"repair_order_id": "1234", "amount": 100.0, "customer_email": "ambujmehra16@gmail.com"})";
const char kUpdate[] = R"({"repair_order_id": "1234", "new_status": "parts_ordered"})";

#define PAYMENT "payment-agent", "PAYMENT", "create_payment_link", kLink
#define UPDATE "repair-orders-agent", "REPAIR_ORDERS", "update_repair_order_status", kUpdate

INSTANTIATE_TEST_SUITE_P(All, Steps,
                         testing::Values(Case{"Keys", PAYMENT, false, true},
                                         Case{"KeysAsync", PAYMENT, true, true},
                                         Case{"NoKeys", PAYMENT, false, false},
                                         Case{"NoKeysAsync", PAYMENT, true, false},
                                         Case{"ComposedKeys", UPDATE, false, true},
                                         Case{"ComposedNoKeysAsync", UPDATE, true, false}),
                         [](const testing::TestParamInfo<Case> &info) {
                             return std::string(info.param.name);
                         });

} // namespace
