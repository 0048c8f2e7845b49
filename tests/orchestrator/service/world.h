#ifndef TESTS_ORCHESTRATOR_WORLD_H
#define TESTS_ORCHESTRATOR_WORLD_H

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fake_agent.h"
#include "orchestrator/journal.h"
#include "orchestrator/process.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/json.h"

/** JSON with its reference. */
using Json = std::shared_ptr<json_t>;

/** One step of a plan in a request. */
std::string PlanStep(const std::string &id, const std::string &service,
                     const std::string &operation, const std::string &parameters = "{}",
                     const std::string &more = "");
/** An OrchestratorRequest with a plan of these steps. */
std::string PlanRequest(const std::string &request_id, const std::vector<std::string> &steps,
                        const std::string &more = "");

/** How a call ended. */
struct Called {
    sl_code code = SL_OK;
    std::string message;
    Json json;

    /** A member by its path, such as "result.execution_results.total_steps"; NULL where there is
     * none. */
    const json_t *at(const std::string &path) const;
    std::string text(const std::string &path) const;
    double number(const std::string &path) const;
    bool is_true(const std::string &path) const;
};

struct CallOptions {
    std::string tenant, key;
    int64_t timeout_ms = 20000;
};

/**
 * A whole orchestrator over sockets on a loop's thread, its three agents faked, its journal in a
 * folder of its own. The test's thread is its client.
 */
class World
{
  public:
    explicit World(bool is_honouring = true);
    ~World();

    FakeAgent &payment()
    {
        return *agents_[0];
    }
    FakeAgent &parts()
    {
        return *agents_[1];
    }

    /** A port that nobody has now. */
    static int FreePort();
    /** The program as a process of its own, over this world's agents and folder. */
    pid_t Spawn(const std::string &program, const std::string &variable);
    /** Calls go to this port; a call that nobody takes fails. */
    void Dial(int port);
    void HangUp();

    /** Takes an agent away (its server goes on), ends it, puts a new one in its place. */
    std::unique_ptr<FakeAgent> TakeAgent(int index);
    void StopAgent(FakeAgent *agent);
    void GiveAgent(int index, int port);
    /** One more, for StopAgent() in the end. */
    std::unique_ptr<FakeAgent> NewAgent(const std::string &store = "store-1");

    /** Starts an orchestrator on the folder; false and error() where it cannot. */
    bool Start();
    /** Ends it; grace 0 cuts off what is in flight. */
    void Stop(int64_t grace_ms = 0);
    orch_process *process()
    {
        return process_;
    }
    /** While none runs: does something to its journal. */
    void InJournal(sl_work_fn *work, void *arg);
    const std::string &error() const
    {
        return error_;
    }
    std::string folder() const
    {
        return folder_;
    }

    /** Runs on the loop, and waits. */
    void OnLoop(const std::function<void()> &work);

    Called Call(const sl_method &method, const std::string &request, CallOptions options = {});
    Called Orchestrate(const std::string &request, CallOptions options = {});
    Called Accept(const std::string &request, CallOptions options = {});
    Called Get(const std::string &request_id, CallOptions options = {});
    /** Asks until the workflow has ended. */
    Called Ended(const std::string &request_id);
    /** All events until the stream ends, then its status. */
    Called Watch(const std::string &request_id, int64_t after, std::vector<Json> *ret_events);
    /** How many events all Watch() together were given so far. Any thread. */
    int Watched() const
    {
        return watched_;
    }
    /** Starts Orchestrate, waits until something is so, and breaks the call off. */
    void OrchestrateAndLeave(const std::string &request, const std::function<bool()> &until);

    orch_config config = {};

  private:
    sl_loop *loop_ = nullptr;
    std::thread thread_;
    std::string folder_, error_, targets_[3];
    std::unique_ptr<FakeAgent> agents_[3];
    orch_process *process_ = nullptr;
    sl_channel *channel_ = nullptr, *stream_channel_ = nullptr;
    std::atomic<int> watched_{0};
};

/** Asks again and again, up to ten seconds, until it is true. */
bool Eventually(const std::function<bool()> &is_true);

#endif
