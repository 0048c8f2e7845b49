#ifndef TESTS_PLANNER_SCORE_H
#define TESTS_PLANNER_SCORE_H

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/planner.h"

/* How many requests the built-in planner plans exactly as the person meant them (README.md). */

struct PlannerScore {
    /** Requests that have to run nothing, and those that do. */
    size_t nothing = 0;
    size_t nothing_right = 0;
    /** All others, and those planned exactly right. */
    size_t rest = 0;
    size_t rest_right = 0;
    /** "id: request", what was wanted and what came, of each that is wrong. */
    std::vector<std::string> wrong;
};

/** What the demo dealership's agents offer: its tools' own schemas, and what agents do themselves.
 */
class Dealership
{
  public:
    /** Throws std::runtime_error where a schema is no JSON. */
    Dealership();
    ~Dealership();
    Dealership(const Dealership &) = delete;
    Dealership &operator=(const Dealership &) = delete;

    const orch_capabilities &capabilities() const
    {
        return capabilities_;
    }

  private:
    sl_arena *arena_;
    std::vector<orch_operation> operations_[3];
    orch_service services_[3];
    orch_capabilities capabilities_;
};

/** Plans one request, owned by arena. Throws std::runtime_error where memory is out. */
orch_planned plan_request(const char *request, const Dealership &dealership, sl_arena *arena);

/** Plans every request of a file of JSON lines. Throws std::runtime_error where it cannot be read.
 */
PlannerScore score_requests(const std::string &path);

#endif
