#include <gtest/gtest.h>

#include "fleet.h"

namespace
{

/* What `servicelane` said and how it ended. */
struct Said {
    int status;
    std::string output;
    bool Has(const std::string &text) const
    {
        return output.find(text) != std::string::npos;
    }
};

class CommandLine : public testing::Test
{
  protected:
    Said Run(std::vector<std::string> words)
    {
        words.insert(words.begin(), fleet.Program("servicelane"));
        Process process(words, fleet.Variables());
        int status = process.Wait(30000);
        return {status, process.Output()};
    }

    Fleet fleet;
};

TEST_F(CommandLine, TellsTheWholeLifeOfARequest)
{
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    Said none = Run({"audit"});
    EXPECT_TRUE(none.Has("No money and no part was moved")) << none.output;

    Said done = Run({"Reserve 2 of part 1234 for RO 1234"});
    EXPECT_EQ(done.status, 0) << done.output;
    Said listed = Run({"workflows", "--status", "completed"});
    EXPECT_EQ(listed.status, 0);
    EXPECT_TRUE(listed.Has("Reserve 2 of part 1234 for RO 1234")) << listed.output;
    EXPECT_TRUE(Run({"workflows", "--status", "failed"}).Has("There is no such workflow."));
    Said audit = Run({"audit"});
    EXPECT_TRUE(audit.Has("parts.reserve_parts")) << audit.output;
    EXPECT_FALSE(audit.Has("get_part_details")) << audit.output;
    EXPECT_EQ(audit.output.find('\033'), std::string::npos) << "colours are for terminals";
    EXPECT_TRUE(Run({"reconcile"}).Has("Nothing is to be settled."));
}

TEST_F(CommandLine, CallsAnOperationOnceUnderAKey)
{
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    const std::vector<std::string> call = {"call",
                                           "parts",
                                           "reserve_parts",
                                           "repair_order_id=1234",
                                           "part_numbers:=[\"1234\"]",
                                           "quantity_map:={\"1234\":1}",
                                           "--key",
                                           "cli-1"};
    Said first = Run(call);
    EXPECT_EQ(first.status, 0) << first.output;
    EXPECT_TRUE(first.Has("\"reservation_id\"")) << first.output;
    Said again = Run(call);
    EXPECT_TRUE(again.Has("It was done before, under the key cli-1")) << again.output;
    Said refused = Run({"call", "payment", "process_refund", "payment_id=PAY-1001", "amount:=5"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(refused.Has("reason_code")) << refused.output;
}

TEST_F(CommandLine, SaysWhatIsWantedInstead)
{
    const struct {
        std::vector<std::string> words;
        int status;
        const char *text;
    } cases[] = {
        {{"call", "parts"}, 2, "wanted: servicelane call SERVICE OPERATION"},
        {{"call", "parts", "get_part_details", "1234"}, 2, "KEY=TEXT or KEY:=JSON is wanted"},
        {{"health", "--follow"}, 2, "health has no option --follow"},
        {{"workflows", "--limit", "none"}, 2, "a whole number from 1 to 100000 is wanted"},
        {{"workflows", "--status", "happy"}, 2, "needs_reconciliation is wanted"},
        {{"reconcile", "a", "b", "perhaps"}, 2, "happened or not_happened is wanted"},
        {{"reconcile", "a", "b", "happened"}, 2, "--reason TEXT is wanted"},
        {{"completion", "fish"}, 2, "bash or zsh is wanted"},
        {{"up", "--once"}, 2, "wants a request"},
        {{"frobnicate"}, 2, "neither a command nor a request"},
    };
    for (const auto &wrong : cases) {
        Said said = Run(wrong.words);
        EXPECT_EQ(said.status, wrong.status) << said.output;
        EXPECT_TRUE(said.Has(wrong.text)) << said.output;
    }
    for (const char *shell : {"bash", "zsh"}) {
        Said script = Run({"completion", shell});
        EXPECT_EQ(script.status, 0);
        EXPECT_TRUE(script.Has("reconcile") && script.Has("--follow")) << script.output;
    }
}

} // namespace
