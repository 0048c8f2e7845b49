#include <gtest/gtest.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <sstream>

#include "stage.h"

/*
 * The orchestrator is killed at every write, sync and truncation of its journal: before it, when it
 * is done, and in its middle. Whenever that was, after the next start the workflow ends as it does
 * undisturbed, what was acknowledged is there, and each effect is in the MCP servers' databases
 * once.
 */

namespace
{

const char kExample[] = R"("user_request": "Add part number 1234 to RO number 1234, and send )"
                        R"(payment link of 100$ to ambujmehra16@gmail.com")";

/* Reads and changes, references, a parallel group, and two steps that are busy at first. */
const char kTenSteps[] = R"("user_request": "Ten steps", "plan": {"plan_id": "ten",
 "execution_steps": [
  {"step_id": "order", "service_name": "repair_orders", "operation": "get_repair_order_details",
   "parameters": {"repair_order_id": "1234"}, "parallel_group": "look"},
  {"step_id": "part", "service_name": "parts", "operation": "get_part_details",
   "parameters": {"part_number": "1234"}, "parallel_group": "look"},
  {"step_id": "methods", "service_name": "payment", "operation": "get_payment_methods",
   "parameters": {"customer_id": "{{order.customer_details.customer_id}}"}},
  {"step_id": "reserve", "service_name": "parts", "operation": "reserve_parts",
   "parameters": {"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 2}},
   "dependencies": ["part"], "failure_handling": "retry"},
  {"step_id": "note", "service_name": "repair_orders", "operation": "add_repair_notes",
   "parameters": {"repair_order_id": "1234", "notes": "reserved as {{reserve.status}}"}},
  {"step_id": "link", "service_name": "payment", "operation": "create_payment_link",
   "parameters": {"repair_order_id": "1234", "amount": "{{reserve.total}}",
                  "customer_email": "ambujmehra16@gmail.com"}, "failure_handling": "retry"},
  {"step_id": "mail", "service_name": "payment", "operation": "send_payment_notification",
   "parameters": {"payment_id": "{{link.payment_id}}", "channel": "email"}},
  {"step_id": "status", "service_name": "payment", "operation": "check_payment_status",
   "parameters": {"payment_id": "{{link.payment_id}}"}},
  {"step_id": "format", "service_name": "parts", "operation": "validate_part_number",
   "parameters": {"part_number": "1234"}},
  {"step_id": "last_note", "service_name": "repair_orders", "operation": "add_repair_notes",
   "parameters": {"repair_order_id": "1234", "notes": "paid: {{status.status}}"}}]})";

/* What differs from run to run by its nature: the plan's id, the order's history, which grows, and
 * the values of these members. */
bool IsVariable(const std::string &name)
{
    for (const char *ending : {"_id", "_link", "_number", "_date", "_at", "_time", "_as",
                               "available", "in_stock", "reserved"})
        if (name.size() >= strlen(ending) &&
            name.compare(name.size() - strlen(ending), std::string::npos, ending) == 0)
            return true;
    return false;
}

/* Leaves the values of such members out. By hand: std::regex needs a stack as long as the text. */
std::string Masked(const std::string &line)
{
    std::string masked;
    for (size_t at = 0; at < line.size();) {
        size_t end = line.find("\": ", at);
        size_t begin = end == std::string::npos ? end : line.rfind('"', end - 1);
        if (begin == std::string::npos || begin < at)
            return masked + line.substr(at);
        masked += line.substr(at, end + 3 - at);
        at = end + 3;
        if (IsVariable(line.substr(begin + 1, end - begin - 1)))
            at = line.find_first_of(",]}", line[at] == '"' ? line.find('"', at + 1) : at);
    }
    return masked;
}

std::string MaskedSummary(const std::string &summary)
{
    std::istringstream lines(summary);
    std::string masked, before;
    for (std::string line; std::getline(lines, line); before = line) {
        bool is_details = before.find("get_repair_order_details") != std::string::npos;
        bool is_named = line.find("Workflow Plan: ") != std::string::npos ||
                        line.find("payment_PAY-") != std::string::npos;
        if (!is_details && !is_named)
            masked += Masked(line) + "\n";
    }
    return masked;
}

/** What came of a workflow, as far as it is the same in every run. */
std::string Outcome(const Json &workflow)
{
    std::string outcome = workflow["status"].Text();
    Json steps = workflow["steps"];
    for (size_t i = 0; i < steps.Size(); i++)
        outcome += " " + steps[i]["step_id"].Text() + "=" + steps[i]["status"].Text();
    return outcome + "\n" + MaskedSummary(workflow["result"]["final_result"].Text());
}

/** One workflow in the life of one or two orchestrators. */
struct Killed {
    bool is_struck = false;
    bool was_acknowledged = false;
    std::string outcome;
    Effects effects;
};

class Kill : public testing::Test
{
  protected:
    void Run(bool is_busy, const std::string &request)
    {
        stage_ = std::make_unique<Stage>(is_busy);
        request_ = request;
        Killed undisturbed = Live(DISK_WORKS, 0);
        int acts = stage_->Disk().acts;
        ASSERT_EQ(undisturbed.outcome.substr(0, 9), "completed")
            << undisturbed.outcome << stage_->Logs();
        ASSERT_GT(acts, 20);
        printf("%d acts on the journal, %d of them syncs: %.200s\n", acts, stage_->Disk().syncs,
               stage_->Disk().kinds);
        int struck = 0, acknowledged = 0, stride = Stride(acts);
        for (int at = 1; at <= acts; at += stride)
            for (disk_fault fault : {DISK_KILLS_BEFORE, DISK_KILLS_WITHIN, DISK_KILLS_AFTER}) {
                Killed killed = Live(fault, at);
                struck += killed.is_struck;
                acknowledged += killed.was_acknowledged;
                EXPECT_EQ(killed.outcome, undisturbed.outcome) << "fault " << fault << " at " << at;
                EXPECT_EQ(killed.effects, undisturbed.effects) << "fault " << fault << " at " << at;
                if (HasFailure()) {
                    printf("%s", stage_->Logs().c_str());
                    return;
                }
            }
        printf("%d kills, %d after the request had been acknowledged\n", struck, acknowledged);
        EXPECT_GT(struck, 10);
        EXPECT_GT(acknowledged, 5);
    }

  private:
    /* All of them take many minutes: under sanitizers, and without SL_TEST_ALL, some have to do. */
    static int Stride(int acts)
    {
#ifdef __SANITIZE_ADDRESS__
        return acts / 7;
#else
        return getenv("SL_TEST_ALL") ? 1 : acts / 7;
#endif
    }

    Killed Live(disk_fault fault, int at)
    {
        Killed killed;
        std::string id = "kill-" + std::to_string(++lives_);
        std::string body = R"({"request_id": ")" + id + "\", " + request_ + "}";
        Effects before = stage_->CountEffects();
        stage_->NewJournal();
        stage_->SetDisk(fault, at);
        bool is_up = stage_->Start(true);
        killed.was_acknowledged = is_up && PostWhileItLives(body);
        Json workflow = LiveOn(id);
        killed.is_struck = stage_->Orchestrator().End(SIGTERM) == 128 + SIGKILL;
        if (fault != DISK_WORKS)
            workflow = LiveAgain(id, body, killed.was_acknowledged);
        killed.outcome = Outcome(workflow);
        killed.effects = stage_->CountEffects() - before;
        return killed;
    }

    bool PostWhileItLives(const std::string &body)
    {
        bool is_taken = false;
        WaitUntil(
            [&] {
                is_taken = stage_->Post("/orchestrate-async", body).status == 200;
                return is_taken || !stage_->Orchestrator().IsRunning();
            },
            20000);
        return is_taken;
    }

    /* Until the workflow has ended, or the orchestrator. */
    Json LiveOn(const std::string &id)
    {
        Json workflow;
        WaitUntil(
            [&] {
                HttpAnswer answer = stage_->Get("/workflow/" + id);
                if (answer.status == 200 && !answer.json["result"].IsNull())
                    workflow = answer.json;
                return !workflow.IsNull() || !stage_->Orchestrator().IsRunning();
            },
            30000);
        return workflow;
    }

    Json LiveAgain(const std::string &id, const std::string &body, bool was_acknowledged)
    {
        EXPECT_TRUE(stage_->Start(false)) << stage_->Logs();
        bool is_taken = was_acknowledged || stage_->PostUntilTaken("/orchestrate-async", body);
        EXPECT_TRUE(is_taken) << stage_->Logs();
        Json workflow = stage_->WaitEnded(id);
        EXPECT_FALSE(workflow.IsNull()) << stage_->Get("/workflow/" + id).body << "\n"
                                        << stage_->Logs();
        return workflow;
    }

    std::unique_ptr<Stage> stage_;
    std::string request_;
    int lives_ = 0;
};

TEST_F(Kill, AtEveryWriteOfTheExample)
{
    Run(false, kExample);
}

TEST_F(Kill, AtEveryWriteOfTenStepsWithRetries)
{
    Run(true, kTenSteps);
}

} // namespace
