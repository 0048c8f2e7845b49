#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "loop/loop.h"
#include "services/agent/ledger.h"
#include "json/json.h"

namespace
{

const struct sl_migration kMigrations[] = {{AGENT_CLAIMS_SCHEMA}};
const int kPatienceMs = 10000;

/** A claim and what became of it. */
struct Caller {
    bool is_told = false;
    bool is_written = false;
    struct agent_claim *claim = nullptr;
    struct sl_error error = {};
    enum agent_claim_found found = AGENT_CLAIM_NONE;
    std::string answer, tool, arguments;

    static std::string Text(const json_t *value)
    {
        if (value == nullptr)
            return "";
        char *text = sl_json_text(value, SL_JSON_CANONICAL);
        std::string copy = text;
        free(text);
        return copy;
    }
    static void OnClaim(struct agent_claim *claim, const struct agent_claim_result *result,
                        void *arg)
    {
        Caller *self = static_cast<Caller *>(arg);
        self->is_told = true;
        self->claim = claim;
        self->error = result->error;
        self->found = result->found;
        self->answer = Text(result->answer);
        self->tool = result->tool == nullptr ? "" : result->tool;
        self->arguments = Text(result->arguments);
    }
    static void OnWritten(const struct sl_error *, void *arg)
    {
        static_cast<Caller *>(arg)->is_written = true;
    }
};

/** A process: its own store on the shared file, its own owner. */
struct Process {
    struct sl_store *store = nullptr;
    struct agent_ledger *ledger = nullptr;
};

class Ledger : public testing::Test
{
  protected:
    void SetUp() override
    {
        char folder[] = "/tmp/ledger-test-XXXXXX";
        folder_ = mkdtemp(folder);
        ASSERT_EQ(sl_loop_new(nullptr, &loop_, nullptr), SL_OK);
        one_ = Open("one");
    }
    void TearDown() override
    {
        Close(one_);
        Close(two_);
        sl_loop_free(loop_);
        std::string command = "rm -r " + folder_;
        EXPECT_EQ(system(command.c_str()), 0);
    }
    Process Open(const char *owner)
    {
        Process process;
        struct sl_error error = {};
        std::string path = folder_ + "/ledger.db";
        struct sl_store_options options = {path.c_str(), kMigrations, 1};
        EXPECT_EQ(sl_store_open(loop_, &options, &process.store, &error), SL_OK) << error.message;
        struct agent_ledger_options ledger = {process.store, owner, lease_ms_, 1000 * 3600};
        EXPECT_EQ(agent_ledger_new(loop_, &ledger, &process.ledger, &error), SL_OK);
        return process;
    }
    void Close(Process &process)
    {
        sl_store_close(process.store);
        agent_ledger_free(process.ledger);
        process = {};
    }
    void Start(Process &process, Caller &caller, const char *key = "k", const char *hash = "h",
               int64_t timeout_ms = kPatienceMs, bool is_lookup = false)
    {
        struct agent_claim_request request = {"tenant",
                                              key,
                                              hash,
                                              is_lookup ? nullptr : "tool",
                                              is_lookup ? nullptr : "{\"a\":1}",
                                              is_lookup,
                                              timeout_ms};
        struct sl_error error = {};
        ASSERT_EQ(agent_claim_start(process.ledger, &request, Caller::OnClaim, &caller,
                                    &caller.claim, &error),
                  SL_OK);
        ASSERT_FALSE(caller.is_told);
    }
    void Claim(Process &process, Caller &caller, const char *key = "k", const char *hash = "h",
               int64_t timeout_ms = kPatienceMs, bool is_lookup = false)
    {
        Start(process, caller, key, hash, timeout_ms, is_lookup);
        ASSERT_TRUE(sl_loop_run_until(loop_, &caller.is_told, kPatienceMs));
    }
    void End(Caller &caller, enum agent_claim_end_kind kind, const char *answer = "{\"x\":1}")
    {
        json_t *value = json_loads(answer, 0, nullptr);
        agent_claim_end(caller.claim, kind, value, Caller::OnWritten, &caller);
        json_decref(value);
        ASSERT_TRUE(sl_loop_run_until(loop_, &caller.is_written, kPatienceMs));
    }

    std::string folder_;
    struct sl_loop *loop_ = nullptr;
    int64_t lease_ms_ = 15000;
    Process one_, two_;
};

TEST_F(Ledger, GivesAKeyOnceAndThenItsAnswer)
{
    Caller first, second;
    Claim(one_, first);
    EXPECT_EQ(first.found, AGENT_CLAIM_FRESH);
    End(first, AGENT_CLAIM_SETTLE);
    Claim(one_, second);
    EXPECT_EQ(second.found, AGENT_CLAIM_SETTLED);
    EXPECT_EQ(second.answer, "{\"x\":1}");
}

TEST_F(Ledger, RefusesAnotherRequestUnderTheKey)
{
    Caller first, other, later;
    Claim(one_, first);
    Claim(one_, other, "k", "other");
    EXPECT_EQ(other.found, AGENT_CLAIM_CONFLICT);
    End(first, AGENT_CLAIM_SETTLE);
    Claim(one_, later, "k", "other");
    EXPECT_EQ(later.found, AGENT_CLAIM_CONFLICT);
}

TEST_F(Ledger, ForgetsWhatWasNotExecuted)
{
    Caller first, second;
    Claim(one_, first);
    End(first, AGENT_CLAIM_RELEASE);
    Claim(one_, second, "k", "other");
    EXPECT_EQ(second.found, AGENT_CLAIM_FRESH);
    End(second, AGENT_CLAIM_RELEASE);
}

TEST_F(Ledger, TellsWhatWasCalledWhereTheOutcomeIsUnknown)
{
    Caller first, second;
    Claim(one_, first);
    End(first, AGENT_CLAIM_LEAVE_UNKNOWN);
    Claim(one_, second);
    EXPECT_EQ(second.found, AGENT_CLAIM_RESUMED);
    EXPECT_EQ(second.tool, "tool");
    EXPECT_EQ(second.arguments, "{\"a\":1}");
    End(second, AGENT_CLAIM_SETTLE);
}

TEST_F(Ledger, LetsOthersWaitForTheAnswer)
{
    Caller first, second, third;
    Claim(one_, first);
    Start(one_, second);
    Start(one_, third);
    End(first, AGENT_CLAIM_SETTLE, "{\"n\":7}");
    ASSERT_TRUE(sl_loop_run_until(loop_, &third.is_told, kPatienceMs));
    EXPECT_TRUE(second.is_told);
    EXPECT_EQ(second.answer, "{\"n\":7}");
    EXPECT_EQ(third.answer, "{\"n\":7}");
}

TEST_F(Ledger, EndsAWaitInTime)
{
    Caller first, second;
    Claim(one_, first);
    Claim(one_, second, "k", "h", 30);
    EXPECT_EQ(second.error.code, SL_DEADLINE_EXCEEDED);
    End(first, AGENT_CLAIM_RELEASE);
}

TEST_F(Ledger, EndsAWaitWhenAsked)
{
    Caller first, second;
    Claim(one_, first);
    Start(one_, second);
    agent_claim_cancel(second.claim);
    EXPECT_TRUE(second.is_told);
    EXPECT_EQ(second.error.code, SL_CANCELLED);
    End(first, AGENT_CLAIM_RELEASE);
}

TEST_F(Ledger, LooksUpWithoutMakingAKey)
{
    Caller lookup, first, again;
    Claim(one_, lookup, "k", "h", kPatienceMs, true);
    EXPECT_EQ(lookup.error.code, SL_OK);
    EXPECT_EQ(lookup.found, AGENT_CLAIM_NONE);
    Claim(one_, first);
    EXPECT_EQ(first.found, AGENT_CLAIM_FRESH);
    End(first, AGENT_CLAIM_SETTLE);
    Claim(one_, again, "k", "h", kPatienceMs, true);
    EXPECT_EQ(again.found, AGENT_CLAIM_SETTLED);
}

TEST_F(Ledger, KeepsTenantsApart)
{
    Caller first, other;
    Claim(one_, first);
    End(first, AGENT_CLAIM_SETTLE);
    struct agent_claim_request request = {"another", "k", "h2", "tool", "{}", false, kPatienceMs};
    ASSERT_EQ(
        agent_claim_start(one_.ledger, &request, Caller::OnClaim, &other, &other.claim, nullptr),
        SL_OK);
    ASSERT_TRUE(sl_loop_run_until(loop_, &other.is_told, kPatienceMs));
    EXPECT_EQ(other.found, AGENT_CLAIM_FRESH);
    End(other, AGENT_CLAIM_RELEASE);
}

TEST_F(Ledger, WaitsForAnotherProcess)
{
    two_ = Open("two");
    Caller first, second;
    Claim(one_, first);
    Start(two_, second);
    bool never = false;
    EXPECT_FALSE(sl_loop_run_until(loop_, &never, 300));
    EXPECT_FALSE(second.is_told);
    End(first, AGENT_CLAIM_SETTLE, "{\"of\":\"one\"}");
    ASSERT_TRUE(sl_loop_run_until(loop_, &second.is_told, kPatienceMs));
    EXPECT_EQ(second.found, AGENT_CLAIM_SETTLED);
    EXPECT_EQ(second.answer, "{\"of\":\"one\"}");
}

enum sl_code LeaveDeadClaim(struct sl_db *db, void *, struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "INSERT INTO claims (tenant, claim_key, hash, state, owner, lease_ms, tool,"
                      " arguments, created_ms, updated_ms)"
                      " VALUES ('tenant', 'k', 'h', 0, 'dead', 1, 'pay', '{\"b\":2}', 1, 1)",
                      "");
}

TEST_F(Ledger, TakesOverFromADeadProcess)
{
    ASSERT_EQ(sl_store_write(one_.store, LeaveDeadClaim, nullptr, nullptr), SL_OK);
    Caller caller;
    Claim(one_, caller);
    EXPECT_EQ(caller.found, AGENT_CLAIM_RESUMED);
    EXPECT_EQ(caller.tool, "pay");
    EXPECT_EQ(caller.arguments, "{\"b\":2}");
    End(caller, AGENT_CLAIM_LEAVE_UNKNOWN);
}

TEST_F(Ledger, RenewsTheLeaseOfWhatItHolds)
{
    Close(one_);
    lease_ms_ = 150;
    one_ = Open("one");
    two_ = Open("two");
    Caller first, second;
    Claim(one_, first);
    bool never = false;
    sl_loop_run_until(loop_, &never, 600);
    Claim(two_, second, "k", "h", 100);
    EXPECT_EQ(second.error.code, SL_DEADLINE_EXCEEDED);
    End(first, AGENT_CLAIM_SETTLE);
}

TEST_F(Ledger, RecordsAnAnswerThatComesAfterItsOwnerWasTakenForDead)
{
    Close(one_);
    lease_ms_ = 100000;
    one_ = Open("one");
    two_ = Open("two");
    Caller first, second, third;
    Claim(one_, first);
    ASSERT_EQ(sl_store_write(
                  two_.store,
                  [](struct sl_db *db, void *, struct sl_error *err) {
                      return sl_db_exec(db, err, "UPDATE claims SET lease_ms = 1", "");
                  },
                  nullptr, nullptr),
              SL_OK);
    Claim(two_, second);
    EXPECT_EQ(second.found, AGENT_CLAIM_RESUMED);
    End(second, AGENT_CLAIM_LEAVE_UNKNOWN);
    End(first, AGENT_CLAIM_SETTLE, "{\"late\":true}");
    Claim(two_, third);
    EXPECT_EQ(third.answer, "{\"late\":true}");
}

TEST_F(Ledger, WritesTheEffectOfAComposedOperationDown)
{
    Caller first, second;
    struct agent_claim_request request = {"tenant", "k", "h", nullptr, nullptr, false, kPatienceMs};
    ASSERT_EQ(
        agent_claim_start(one_.ledger, &request, Caller::OnClaim, &first, &first.claim, nullptr),
        SL_OK);
    ASSERT_TRUE(sl_loop_run_until(loop_, &first.is_told, kPatienceMs));
    ASSERT_EQ(agent_claim_note_effect_start(first.claim, "update", "{\"s\":\"x\"}",
                                            Caller::OnWritten, &first, nullptr),
              SL_OK);
    ASSERT_TRUE(sl_loop_run_until(loop_, &first.is_written, kPatienceMs));
    first.is_written = false;
    End(first, AGENT_CLAIM_LEAVE_UNKNOWN);
    Claim(one_, second);
    EXPECT_EQ(second.tool, "update");
    EXPECT_EQ(second.arguments, "{\"s\":\"x\"}");
    End(second, AGENT_CLAIM_SETTLE);
}

TEST_F(Ledger, RemembersTheCallOverSeveralUnknownAttempts)
{
    Caller first, second, third;
    Claim(one_, first);
    End(first, AGENT_CLAIM_LEAVE_UNKNOWN);
    Claim(one_, second, "k", "h", kPatienceMs, true);
    EXPECT_EQ(second.found, AGENT_CLAIM_RESUMED);
    End(second, AGENT_CLAIM_LEAVE_UNKNOWN);
    Claim(one_, third);
    EXPECT_EQ(third.found, AGENT_CLAIM_RESUMED);
    EXPECT_EQ(third.arguments, "{\"a\":1}");
    End(third, AGENT_CLAIM_SETTLE);
}

TEST_F(Ledger, SaysWhenStorageFails)
{
    sl_store_fail_commits(one_.store, SL_UNAVAILABLE);
    Caller first, second;
    Claim(one_, first);
    EXPECT_EQ(first.error.code, SL_UNAVAILABLE);
    sl_store_fail_commits(one_.store, SL_OK);
    Claim(one_, second);
    EXPECT_EQ(second.found, AGENT_CLAIM_FRESH);
    End(second, AGENT_CLAIM_RELEASE);
}

} // namespace
