#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "fleet.h"

namespace
{

std::string Loopback(int port)
{
    return "127.0.0.1:" + std::to_string(port);
}

/** A further instance of an agent, over the fleet's data folder or one of its own. */
Process Replica(const Fleet &fleet, const std::string &program, const std::string &listen_variable,
                int port, const std::string &data = "")
{
    Environment environment = fleet.Variables();
    environment[listen_variable] = Loopback(port);
    if (!data.empty())
        environment["SERVICELANE_DATA_DIR"] = data;
    return Process({fleet.Program(program)}, environment);
}

Json Service(const Fleet &fleet, const std::string &name)
{
    return fleet.RestGet("orchestrator", "/services").json["services"][name.c_str()];
}

size_t HealthyInstances(const Fleet &fleet, const std::string &name)
{
    Json instances = Service(fleet, name)["instances"];
    size_t healthy = 0;
    for (size_t i = 0; i < instances.Size(); i++)
        healthy += instances[i]["status"].Text() == "healthy";
    return healthy;
}

std::string Step(const std::string &id, const std::string &service, const std::string &operation,
                 const std::string &parameters)
{
    return R"({"step_id": ")" + id + R"(", "service_name": ")" + service + R"(", "operation": ")" +
           operation + R"(", "parameters": )" + parameters + "}";
}

HttpAnswer Carry(const Fleet &fleet, const std::string &steps,
                 const std::vector<std::string> &headers = {})
{
    return fleet.RestPost(
        "orchestrator", "/orchestrate",
        R"({"user_request": "do it", "plan": {"execution_steps": [)" + steps + "]}}", headers);
}

/** Three parts agents over one data folder behind one target. */
struct Replicas : testing::Test {
    int ports[3] = {FreePort(), FreePort(), FreePort()};
    std::unique_ptr<Fleet> fleet;
    Process second, third;

    void SetUp() override
    {
        std::string target =
            "ipv4:" + Loopback(ports[0]) + "," + Loopback(ports[1]) + "," + Loopback(ports[2]);
        Environment extra = {{"PARTS_LISTEN", Loopback(ports[0])},
                             {"PARTS_TARGET", target},
                             {"SERVICELANE_DEMO_STOCK", "1000000"}};
        fleet = std::make_unique<Fleet>(extra);
        second = Replica(*fleet, "parts-agent", "PARTS_LISTEN", ports[1]);
        third = Replica(*fleet, "parts-agent", "PARTS_LISTEN", ports[2]);
        ASSERT_TRUE(fleet->WaitHealthy()) << fleet->Logs();
        ASSERT_TRUE(WaitUntil([&] { return HealthyInstances(*fleet, "parts") == 3; }, 20000))
            << Service(*fleet, "parts").Dump() << fleet->Logs();
    }
};

TEST_F(Replicas, OneKilledUnderLoadIsMissedByNoRequest)
{
    std::atomic<int> done{0}, failed{0};
    std::atomic<bool> is_over{false};
    std::vector<std::string> failures(4);
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; i++)
        clients.emplace_back([&, i] {
            while (!is_over) {
                HttpAnswer answer =
                    Carry(*fleet, Step("look", "parts", "check_part_availability",
                                       R"({"part_number": "1234"})") +
                                      "," +
                                      Step("hold", "parts", "reserve_parts",
                                           R"({"part_numbers": ["1234"], "repair_order_id": "1234",
                                             "quantity_map": {"1234": 1}})"));
                bool is_good = answer.status == 200 && answer.json["success"].Bool();
                is_good ? done++ : failed++;
                if (!is_good)
                    failures[i] = answer.body;
            }
        });
    EXPECT_TRUE(WaitUntil([&] { return done >= 50; }, 30000));
    second.End(SIGKILL);
    int before = done;
    EXPECT_TRUE(WaitUntil([&] { return done >= before + 100 || failed > 0; }, 60000));
    is_over = true;
    for (std::thread &client : clients)
        client.join();
    EXPECT_EQ(0, failed) << failures[0] << failures[1] << failures[2] << failures[3];
    EXPECT_GE(done, before + 100);
    EXPECT_EQ("healthy", Service(*fleet, "parts")["status"].Text());
    EXPECT_TRUE(WaitUntil([&] { return HealthyInstances(*fleet, "parts") == 2; }, 10000))
        << Service(*fleet, "parts").Dump();
    second = Replica(*fleet, "parts-agent", "PARTS_LISTEN", ports[1]);
    EXPECT_TRUE(WaitUntil([&] { return HealthyInstances(*fleet, "parts") == 3; }, 20000))
        << Service(*fleet, "parts").Dump();
}

TEST(Registry, InstancesOverDifferentStoresAreDegraded)
{
    int ports[2] = {FreePort(), FreePort()};
    TemporaryFolder data;
    Fleet fleet({{"PARTS_LISTEN", Loopback(ports[0])},
                 {"PARTS_TARGET", "ipv4:" + Loopback(ports[0]) + "," + Loopback(ports[1])}});
    Process other = Replica(fleet, "parts-agent", "PARTS_LISTEN", ports[1], data.path);
    EXPECT_TRUE(
        WaitUntil([&] { return Service(fleet, "parts")["status"].Text() == "degraded"; }, 20000))
        << Service(fleet, "parts").Dump();
    EXPECT_NE(std::string::npos, Service(fleet, "parts")["reason"].Text().find("different stores"))
        << Service(fleet, "parts").Dump();
    EXPECT_EQ(other.End(SIGTERM), 0);
    /* Its keys are where it left them: that it is away changes nothing. */
    EXPECT_TRUE(WaitUntil([&] { return HealthyInstances(fleet, "parts") == 1; }, 10000));
    EXPECT_EQ("degraded", Service(fleet, "parts")["status"].Text());
}

TEST(Registry, AFurtherServiceIsUsedAndItsBreakerHeals)
{
    int port = FreePort();
    Fleet fleet({{"SERVICELANE_SERVICES", "spare_parts=" + Loopback(port)}});
    TemporaryFolder data;
    Process agent = Replica(fleet, "parts-agent", "PARTS_LISTEN", port, data.path);
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    std::string look =
        Step("look", "spare_parts", "get_part_details", R"({"part_number": "1234"})");
    HttpAnswer answer = Carry(fleet, look);
    EXPECT_TRUE(answer.json["success"].Bool()) << answer.body;
    EXPECT_TRUE(Service(fleet, "spare_parts")["operations"].HasText("reserve_parts"));

    agent.End(SIGKILL);
    EXPECT_TRUE(WaitUntil(
        [&] {
            Carry(fleet, look);
            return Service(fleet, "spare_parts")["circuit_breaker"].Text() == "open";
        },
        20000))
        << Service(fleet, "spare_parts").Dump();
    EXPECT_EQ("closed", Service(fleet, "parts")["circuit_breaker"].Text());
    agent = Replica(fleet, "parts-agent", "PARTS_LISTEN", port, data.path);
    ASSERT_TRUE(fleet.WaitHealthy()) << fleet.Logs();
    answer = Carry(fleet, look);
    EXPECT_TRUE(answer.json["success"].Bool()) << answer.body;
    EXPECT_EQ("closed", Service(fleet, "spare_parts")["circuit_breaker"].Text());
}

/** A parts agent of the Python system, in place of ours. */
struct OldAgent : testing::Test {
    int port = FreePort();
    Process python;
    std::unique_ptr<Fleet> fleet;

    void SetUp() override
    {
        std::string source = SL_SOURCE_DIR;
        Process make({source + "/tools/python-environment"}, {});
        ASSERT_EQ(make.Wait(600000), 0) << make.Output();
        std::string interpreter = source + "/build/python/bin/python";
        if (access(interpreter.c_str(), X_OK) != 0)
            GTEST_SKIP() << make.Output();
        python = Process(
            {interpreter, source + "/tests/system/python/old_agent.py", std::to_string(port)}, {});
        fleet =
            std::make_unique<Fleet>(Environment{{"PARTS_SERVICE_URL", "http://" + Loopback(port)},
                                                {"PARTS_TARGET", ""},
                                                {"PARTS_REST_LISTEN", ""}},
                                    std::vector<std::string>{"parts-agent", "parts-mcp"});
        ASSERT_TRUE(fleet->WaitHealthy()) << fleet->Logs() << python.Output();
    }
    Json Seen()
    {
        return HttpGet("http://" + Loopback(port) + "/seen").json;
    }
    int Count(const std::string &operation)
    {
        Json seen = Seen();
        int count = 0;
        for (size_t i = 0; i < seen.Size(); i++)
            count += seen[i]["operation"].Text() == operation;
        return count;
    }
};

TEST_F(OldAgent, IsExecutedOverRest)
{
    EXPECT_EQ("http://" + Loopback(port), Service(*fleet, "parts")["url"].Text());
    HttpAnswer answer =
        Carry(*fleet,
              Step("look", "parts", "get_part_details", R"({"part_number": "1234"})") + "," +
                  Step("hold", "parts", "reserve_parts",
                       R"({"part_numbers": ["1234"], "price": "{{look.price}}"})"),
              {"X-Tenant-Id: dealer-9"});
    EXPECT_TRUE(answer.json["success"].Bool()) << answer.body;
    Json results = answer.json["execution_results"]["step_results"];
    EXPECT_EQ("RES-1", results["hold"]["result"]["reservation_id"].Text()) << answer.body;
    Json seen = Seen();
    ASSERT_EQ(2u, seen.Size());
    EXPECT_EQ(49.5, seen[1]["request"]["parameters"]["price"].Number());
    EXPECT_EQ("dealer-9", seen[1]["tenant"].Text());
    EXPECT_NE("", seen[1]["key"].Text());
    EXPECT_EQ(30, seen[1]["request"]["timeout"].Int());
    /* The schema of its tool holds. */
    answer = Carry(*fleet, Step("hold", "parts", "reserve_parts", "{}"));
    EXPECT_FALSE(answer.json["success"].Bool());
    EXPECT_NE(std::string::npos, answer.json["final_result"].Text().find("part_numbers"));
}

TEST_F(OldAgent, ARefusalIsFinalAndACrashNeedsReconciliation)
{
    HttpAnswer answer =
        Carry(*fleet, Step("hold", "parts", "reserve_parts", R"({"part_numbers": ["none"]})"));
    Json step = answer.json["execution_results"]["step_results"]["hold"];
    EXPECT_EQ("failed", step["status"].Text()) << answer.body;
    EXPECT_EQ(1, step["attempts"].Int());
    answer = Carry(*fleet, Step("hold", "parts", "reserve_and_crash", "{}"));
    step = answer.json["execution_results"]["step_results"]["hold"];
    EXPECT_EQ("needs_reconciliation", step["status"].Text()) << answer.body;
    EXPECT_EQ(1, step["attempts"].Int());
    for (const char *operation : {"reserve_parts", "reserve_and_crash"})
        EXPECT_EQ(1, Count(operation)) << "asked again, though it honours no key";
}

TEST_F(OldAgent, ASilentOneTimesOutUnknown)
{
    std::string slow = Step("hold", "parts", "reserve_slowly", "{}");
    slow.insert(slow.size() - 1, R"(, "timeout_seconds": 1)");
    HttpAnswer answer = Carry(*fleet, slow);
    Json step = answer.json["execution_results"]["step_results"]["hold"];
    EXPECT_EQ("needs_reconciliation", step["status"].Text()) << answer.body;
    EXPECT_EQ(1, Count("reserve_slowly"));
}

} // namespace
