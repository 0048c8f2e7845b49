#include <gtest/gtest.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>

#include "fleet.h"

namespace
{

const char kExample[] = "Add part 1234 to RO 1234 and send a $100 payment link to jane@example.com";

std::string Loopback(int port)
{
    return "127.0.0.1:" + std::to_string(port);
}

/** Eight free ports in a row. */
int FreePorts()
{
    for (;;) {
        int first = FreePort();
        bool are_free = true;
        for (int i = 1; i < 8 && are_free; i++)
            are_free = HttpGet("http://" + Loopback(first + i)).status == 0;
        if (are_free)
            return first;
    }
}

TEST(Metrics, EveryProcessHasThemAndPromtoolTakesThem)
{
    int first = FreePorts();
    Fleet fleet({{"SERVICELANE_METRICS_LISTEN", Loopback(first) + "+"}});
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    HttpAnswer answer = fleet.Orchestrate(kExample);
    ASSERT_TRUE(answer.json["success"].Bool()) << answer.body;

    const std::vector<std::set<std::string>> wanted = {
        {"servicelane_rpc_server_duration_seconds_count{method=\"servicelane.orchestrator.v1."
         "Orchestrator/Orchestrate\",code=\"OK\"} 1",
         "servicelane_workflows_ended_total{status=\"completed\"} 1",
         "servicelane_circuit_breaker_state{service=\"parts\"} 0",
         "servicelane_agent_up{service=\"payment\"} 1",
         "servicelane_steps_ended_total{service=\"parts\",status=\"completed\"} ",
         "servicelane_store_sync_duration_seconds_count{store=\"", "servicelane_store_waiting{"},
        {"servicelane_http_server_duration_seconds_count{route=\"/orchestrate\",status=\"200\"} 1",
         "servicelane_rpc_client_duration_seconds_count"},
        {"servicelane_mcp_client_duration_seconds_count{tool=\"create_payment_link\",outcome="
         "\"ok\"} 1"},
        {"servicelane_mcp_client_duration_seconds_count{tool=\"reserve_parts\",outcome=\"ok\"} 1"},
        {"servicelane_mcp_client_duration_seconds_count{tool=\"get_repair_order_details\""},
        {"servicelane_mcp_server_duration_seconds_count{tool=\"create_payment_link\",outcome="
         "\"ok\"} 1"},
        {"servicelane_mcp_server_duration_seconds_count{tool=\"reserve_parts\",outcome=\"ok\"} 1"},
        {"servicelane_mcp_server_duration_seconds_count{tool=\"get_repair_order_details\""},
    };
    bool has_promtool = system("command -v promtool >/dev/null") == 0;
    EXPECT_TRUE(has_promtool || getenv("CI") == nullptr) << "promtool is missing";
    TemporaryFolder folder;
    for (size_t i = 0; i < wanted.size(); i++) {
        HttpAnswer metrics =
            HttpGet("http://" + Loopback(first + static_cast<int>(i)) + "/metrics");
        ASSERT_EQ(200, metrics.status) << i << fleet.Logs();
        for (const std::string &line : wanted[i])
            EXPECT_NE(std::string::npos, metrics.body.find(line)) << i << line << metrics.body;
        EXPECT_NE(std::string::npos, metrics.body.find("\nprocess_resident_memory_bytes "));
        EXPECT_EQ(std::string::npos, metrics.body.find("jane@"));
        std::string path = folder.path + "/metrics";
        std::ofstream(path) << metrics.body;
        bool is_taken = !has_promtool || system(("promtool check metrics <" + path).c_str()) == 0;
        EXPECT_TRUE(is_taken) << metrics.body;
    }
}

/** Spans by their id, of one trace. */
using Spans = std::map<std::string, Json>;

struct Traces : testing::Test {
    int port = FreePort();
    Process receiver;
    std::unique_ptr<Fleet> fleet;

    void SetUp() override
    {
        if (system("command -v python3 >/dev/null") != 0) {
            ASSERT_EQ(getenv("CI"), nullptr) << "python3 is missing";
            GTEST_SKIP() << "python3 is missing";
        }
        receiver = Process({"/usr/bin/env", "python3",
                            std::string(SL_SOURCE_DIR) + "/tests/system/python/otlp_receiver.py",
                            std::to_string(port)},
                           {{"PATH", getenv("PATH")}});
        ASSERT_TRUE(WaitUntil([&] { return Taken().status == 200; }, 10000)) << receiver.Output();
        fleet = std::make_unique<Fleet>(
            Environment{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://" + Loopback(port)}});
        ASSERT_TRUE(fleet->WaitHealthy()) << fleet->Logs();
    }
    HttpAnswer Taken()
    {
        return HttpGet("http://" + Loopback(port) + "/spans");
    }
    Spans Of(const std::string &trace_id)
    {
        Json spans = Taken().json["spans"];
        Spans found;
        for (size_t i = 0; i < spans.Size(); i++)
            if (spans[i]["traceId"].Text() == trace_id)
                found[spans[i]["spanId"].Text()] = spans[i];
        return found;
    }
    /** How many of that service and name. */
    static size_t Count(const Spans &spans, const std::string &service, const std::string &name)
    {
        size_t count = 0;
        for (const auto &[id, span] : spans)
            count += span["service"].Text() == service && span["name"].Text() == name;
        return count;
    }
};

TEST_F(Traces, OneSpansRestOrchestratorAgentAndMcpServer)
{
    const std::string trace = "0af7651916cd43dd8448eb211c80319c", caller = "b7ad6b7169203331";
    HttpAnswer answer = fleet->RestPost("orchestrator", "/orchestrate",
                                        std::string(R"({"user_request": ")") + kExample + R"("})",
                                        {"traceparent: 00-" + trace + "-" + caller + "-01"});
    ASSERT_TRUE(answer.json["success"].Bool()) << answer.body;
    const std::string execute = "servicelane.agent.v1.AgentService/Execute";
    const std::vector<std::pair<std::string, std::string>> wanted = {
        {"rest-bridge", "POST /orchestrate"},
        {"rest-bridge", "servicelane.orchestrator.v1.Orchestrator/Orchestrate"},
        {"orchestrator", "servicelane.orchestrator.v1.Orchestrator/Orchestrate"},
        {"orchestrator", execute},
        {"payment-agent", execute},
        {"payment-agent", "tools/call create_payment_link"},
        {"payment-mcp", "tools/call create_payment_link"},
        {"parts-mcp", "tools/call reserve_parts"},
    };
    EXPECT_TRUE(WaitUntil(
        [&] {
            Spans spans = Of(trace);
            for (const auto &[service, name] : wanted)
                if (Count(spans, service, name) == 0)
                    return false;
            return true;
        },
        10000))
        << Taken().body << fleet->Logs();
    Spans spans = Of(trace);
    for (const auto &[id, span] : spans) {
        std::string parent = span["parentSpanId"].Text();
        EXPECT_TRUE(parent == caller || spans.count(parent)) << span.Dump();
    }
    /* From the MCP server up to the caller, by way of every process. */
    std::vector<std::string> way;
    for (const auto &[id, span] : spans)
        if (span["service"].Text() == "payment-mcp")
            for (std::string at = id; spans.count(at); at = spans[at]["parentSpanId"].Text())
                if (way.empty() || way.back() != spans[at]["service"].Text())
                    way.push_back(spans[at]["service"].Text());
    EXPECT_EQ(way, (std::vector<std::string>{"payment-mcp", "payment-agent", "orchestrator",
                                             "rest-bridge"}));
    HttpAnswer taken = Taken();
    EXPECT_EQ(0u, taken.json["faults"].Size()) << taken.json["faults"].Dump();
    EXPECT_EQ(std::string::npos, taken.body.find("jane@"));
}

TEST_F(Traces, WithoutAContextTheBridgeBeginsOneAndUnsampledStaysUnrecorded)
{
    const std::string trace = "11111111111111111111111111111111";
    HttpAnswer answer = fleet->RestPost("parts", "/execute",
                                        R"({"request_id": "1", "operation": "get_part_details",
                            "parameters": {"part_number": "1234"}})",
                                        {"traceparent: 00-" + trace + "-b7ad6b7169203331-00"});
    ASSERT_TRUE(answer.json["success"].Bool()) << answer.body;
    answer = fleet->Execute("parts", "get_part_details", R"({"part_number": "1234"})");
    ASSERT_TRUE(answer.json["success"].Bool()) << answer.body;
    std::string begun;
    EXPECT_TRUE(WaitUntil(
        [&] {
            Json spans = Taken().json["spans"];
            for (size_t i = 0; i < spans.Size(); i++)
                if (spans[i]["service"].Text() == "parts-mcp")
                    begun = spans[i]["traceId"].Text();
            return !begun.empty() && Of(begun).size() == 5;
        },
        10000))
        << Taken().body;
    EXPECT_EQ(1u, Count(Of(begun), "rest-bridge", "POST /execute"));
    EXPECT_TRUE(Of(trace).empty());
}

TEST_F(Traces, ACollectorThatIsAwayHoldsNothingUp)
{
    receiver.End(SIGKILL);
    for (int i = 0; i < 20; i++) {
        HttpAnswer answer =
            fleet->Execute("parts", "get_part_details", R"({"part_number": "1234"})");
        ASSERT_TRUE(answer.json["success"].Bool()) << answer.body;
    }
    for (const char *program : {"rest-bridge", "orchestrator", "parts-agent", "parts-mcp"})
        EXPECT_EQ(0, fleet->Get(program).End(SIGTERM, 10000)) << program;
}

} // namespace
