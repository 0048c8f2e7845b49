#ifndef TESTS_SYSTEM_FLEET_H
#define TESTS_SYSTEM_FLEET_H

#include <map>
#include <memory>
#include <string>

#include "http.h"
#include "process.h"

/** All eight programs on free ports with a data folder of their own, as a person would start them.
 */
class Fleet
{
  public:
    /** extra  variables for all of them. Programs named in `without` are not started. */
    explicit Fleet(const Environment &extra = {}, const std::vector<std::string> &without = {});
    ~Fleet();

    void Start(const std::string &program);
    Process &Get(const std::string &program);
    /** Until the orchestrator says that all is healthy and the bridge answers; false after
     * timeout_ms. */
    bool WaitHealthy(int timeout_ms = 30000);

    /** service: "payment", "parts", "repair_orders" or "orchestrator". */
    HttpAnswer RestGet(const std::string &service, const std::string &path) const;
    HttpAnswer RestPost(const std::string &service, const std::string &path,
                        const std::string &body,
                        const std::vector<std::string> &headers = {}) const;
    /** POST /execute of an operation with parameters (JSON). */
    HttpAnswer Execute(const std::string &service, const std::string &operation,
                       const std::string &parameters) const;
    HttpAnswer Orchestrate(const std::string &user_request) const;

    const Environment &Variables() const
    {
        return environment_;
    }
    std::string Program(const std::string &name) const;
    std::string RestUrl(const std::string &service) const;
    /** Output of all programs, for a failed test. */
    std::string Logs();

  private:
    TemporaryFolder data_;
    Environment environment_;
    std::map<std::string, int> rest_ports_;
    std::map<std::string, Process> processes_;
};

#endif
