#include "fleet.h"

#include <signal.h>

#include <algorithm>

namespace
{

const char *const kPrograms[] = {"payment-mcp",   "parts-mcp",   "repair-orders-mcp",
                                 "payment-agent", "parts-agent", "repair-orders-agent",
                                 "orchestrator",  "rest-bridge"};

std::string Loopback(int port)
{
    return "127.0.0.1:" + std::to_string(port);
}

} // namespace

Fleet::Fleet(const Environment &extra, const std::vector<std::string> &without)
{
    const std::pair<const char *, const char *> services[] = {{"PAYMENT", "payment"},
                                                              {"PARTS", "parts"},
                                                              {"REPAIR_ORDERS", "repair_orders"},
                                                              {"ORCHESTRATOR", "orchestrator"}};
    for (const auto &[prefix, name] : services) {
        std::string p = prefix;
        std::string grpc = Loopback(FreePort());
        rest_ports_[name] = FreePort();
        environment_[p + "_LISTEN"] = grpc;
        environment_[p + "_TARGET"] = grpc;
        environment_[p + "_REST_LISTEN"] = Loopback(rest_ports_[name]);
        if (p == "ORCHESTRATOR")
            continue;
        std::string mcp = Loopback(FreePort());
        environment_[p + "_MCP_LISTEN"] = mcp;
        environment_[p + "_MCP_ENDPOINT"] = "http://" + mcp + "/mcp";
    }
    environment_["SERVICELANE_DATA_DIR"] = data_.path;
    environment_["SERVICE_DISCOVERY_INTERVAL"] = "2";
    environment_["OPENAI_API_KEY"] = "";
    for (const auto &[name, value] : extra)
        environment_[name] = value;
    for (const char *program : kPrograms)
        if (std::find(without.begin(), without.end(), program) == without.end())
            Start(program);
}

Fleet::~Fleet()
{
    for (const char *program : {"rest-bridge", "orchestrator"})
        if (processes_.count(program))
            processes_[program].End(SIGTERM);
    for (auto &[name, process] : processes_)
        process.Signal(SIGTERM);
    for (auto &[name, process] : processes_)
        process.Wait(20000);
}

std::string Fleet::Program(const std::string &name) const
{
    return std::string(SL_BIN_DIR) + "/" + name;
}

void Fleet::Start(const std::string &program)
{
    processes_[program] = Process({Program(program)}, environment_);
}

Process &Fleet::Get(const std::string &program)
{
    return processes_.at(program);
}

bool Fleet::WaitHealthy(int timeout_ms)
{
    return WaitUntil(
        [this] {
            HttpAnswer health = RestGet("orchestrator", "/health");
            return health.status == 200 && health.json["status"].Text() == "healthy";
        },
        timeout_ms);
}

std::string Fleet::RestUrl(const std::string &service) const
{
    return "http://" + Loopback(rest_ports_.at(service));
}

HttpAnswer Fleet::RestGet(const std::string &service, const std::string &path) const
{
    return HttpGet(RestUrl(service) + path);
}

HttpAnswer Fleet::RestPost(const std::string &service, const std::string &path,
                           const std::string &body, const std::vector<std::string> &headers) const
{
    return HttpPost(RestUrl(service) + path, body, headers);
}

HttpAnswer Fleet::Execute(const std::string &service, const std::string &operation,
                          const std::string &parameters) const
{
    return RestPost(service, "/execute",
                    R"({"request_id": "test", "operation": ")" + operation +
                        R"(", "parameters": )" + parameters + "}");
}

HttpAnswer Fleet::Orchestrate(const std::string &user_request) const
{
    return RestPost("orchestrator", "/orchestrate",
                    R"({"user_request": ")" + user_request + R"("})");
}

std::string Fleet::Logs()
{
    std::string all;
    for (auto &[name, process] : processes_)
        all += "== " + name + "\n" + process.Output();
    return all;
}
