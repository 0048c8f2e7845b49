#include <gtest/gtest.h>

#include <stdlib.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "fleet.h"

namespace
{

const std::string kSource = SL_SOURCE_DIR;
const int kBuildMs = 20 * 60 * 1000; /* all libraries of a language, on a slow machine */
const int kMissing = 77;             /* examples/build-client: the toolchain is absent */

/* One fleet for all clients: each has a workflow of its own. */
struct Examples : testing::Test {
    static inline std::unique_ptr<Fleet> fleet;
    static void SetUpTestSuite()
    {
        fleet = std::make_unique<Fleet>();
        ASSERT_TRUE(fleet->WaitHealthy()) << fleet->Logs();
    }
    static void TearDownTestSuite()
    {
        fleet.reset();
    }
};

bool IsSet(const char *variable, const char *wanted)
{
    const char *value = getenv(variable);
    return value && std::string(value) == wanted;
}

/* What every client prints, whatever it is written in. */
void ExpectToExecuteAndWatch(const std::string &program)
{
    Fleet &fleet = *Examples::fleet;
    Process client({program}, fleet.Variables());
    ASSERT_EQ(client.Wait(120000), 0) << client.Output() << fleet.Logs();
    std::string output = client.Output();
    EXPECT_NE(output.find("part 1234: Brake Pad Set\n"), std::string::npos) << output;
    size_t last = 0;
    for (const char *step :
         {"validate_ro_1", "validate_part_1", "reserve_part_1", "create_payment_1"}) {
        for (const char *status : {"STEP_STATUS_RUNNING", "STEP_STATUS_COMPLETED"}) {
            std::smatch match;
            std::regex line("(^|\n)[0-9]+ " + std::string(step) + " " + status + "\n");
            ASSERT_TRUE(std::regex_search(output, match, line)) << step << status << output;
            last = std::max(last, static_cast<size_t>(match.position()));
        }
    }
    size_t summary = output.find("🚗 AUTOMOTIVE SERVICE EXECUTION SUMMARY\n");
    EXPECT_NE(summary, std::string::npos) << output;
    EXPECT_LT(last, summary) << output;
    EXPECT_NE(output.find("📊 Progress: 4/4 steps completed\n"), std::string::npos) << output;
}

/* Where nothing answers, a client says so and ends with 1. */
void ExpectToReportAbsence(const std::string &program)
{
    Process client({program}, {{"PARTS_TARGET", "127.0.0.1:" + std::to_string(FreePort())}});
    EXPECT_EQ(client.Wait(60000), 1) << client.Output();
    EXPECT_NE(client.Output(), "");
    EXPECT_EQ(client.Output().find("part 1234"), std::string::npos) << client.Output();
}

void ExpectClient(const std::string &program)
{
    ExpectToExecuteAndWatch(program);
    ExpectToReportAbsence(program);
}

void BuildAndExpectClient(const std::string &language)
{
    Process build({kSource + "/examples/build-client", language}, {});
    int status = build.Wait(kBuildMs);
    if (status == kMissing && !IsSet("CI", "true"))
        GTEST_SKIP() << build.Output();
    ASSERT_EQ(status, 0) << build.Output();
    ExpectClient(kSource + "/build/examples/" + language + "/servicelane-example");
}

const char kOnlyAll[] = "takes minutes to build: ./test --all (SL_TEST_ALL=1) runs it";

TEST_F(Examples, CClientExecutesAndWatches)
{
    ExpectClient(fleet->Program("servicelane-example-c"));
}

TEST_F(Examples, PythonClientExecutesAndWatches)
{
    BuildAndExpectClient("python");
}

TEST_F(Examples, NodeClientExecutesAndWatches)
{
    if (!IsSet("SL_TEST_ALL", "1"))
        GTEST_SKIP() << kOnlyAll;
    BuildAndExpectClient("node");
}

TEST_F(Examples, GoClientExecutesAndWatches)
{
    if (!IsSet("SL_TEST_ALL", "1"))
        GTEST_SKIP() << kOnlyAll;
    BuildAndExpectClient("go");
}

TEST_F(Examples, JavaClientExecutesAndWatches)
{
    if (!IsSet("SL_TEST_ALL", "1"))
        GTEST_SKIP() << kOnlyAll;
    BuildAndExpectClient("java");
}

TEST_F(Examples, RustClientExecutesAndWatches)
{
    if (!IsSet("SL_TEST_ALL", "1"))
        GTEST_SKIP() << kOnlyAll;
    BuildAndExpectClient("rust");
}

/* The README's commands with grpcurl, with this fleet's ports. */
std::string GrpcurlCommands(const Environment &variables)
{
    std::ifstream file(kSource + "/README.md");
    std::stringstream text;
    text << file.rdbuf();
    std::string readme = text.str();
    size_t begin = readme.find("```sh\ngrpcurl ");
    if (begin == std::string::npos)
        return "";
    begin += sizeof("```sh\n") - 1;
    std::string commands = readme.substr(begin, readme.find("```", begin) - begin);
    const std::pair<const char *, const char *> ports[] = {
        {"localhost:50085", "PARTS_TARGET"}, {"localhost:50086", "ORCHESTRATOR_TARGET"}};
    for (const auto &[port, variable] : ports)
        commands = std::regex_replace(commands, std::regex(port), variables.at(variable));
    return commands;
}

TEST_F(Examples, GrpcurlWorksByReflectionAsTheReadmeSays)
{
    if (!IsSet("SL_TEST_ALL", "1"))
        GTEST_SKIP() << kOnlyAll;
    Process build({kSource + "/examples/build-client", "grpcurl"}, {});
    int status = build.Wait(kBuildMs);
    if (status == kMissing && !IsSet("CI", "true"))
        GTEST_SKIP() << build.Output();
    ASSERT_EQ(status, 0) << build.Output();
    std::string commands = GrpcurlCommands(fleet->Variables());
    ASSERT_NE(commands, "");
    std::string path = kSource + "/build/examples/grpcurl:" + getenv("PATH");
    Process shell({"sh", "-ec", commands}, {{"PATH", path}});
    ASSERT_EQ(shell.Wait(60000), 0) << commands << shell.Output();
    std::string output = shell.Output();
    for (const char *wanted :
         {"servicelane.orchestrator.v1.Orchestrator\n", "grpc.health.v1.Health\n",
          "rpc Execute ( .servicelane.agent.v1.AgentServiceRequest )",
          "\"name\": \"Brake Pad Set\"", "Progress: 4/4 steps completed",
          "\"stepStatus\": \"STEP_STATUS_COMPLETED\""})
        EXPECT_NE(output.find(wanted), std::string::npos) << wanted << "\n" << output;
    EXPECT_LT(output.find("\"name\": \"Brake Pad Set\""), output.find("\"workflowPlan\""))
        << "the agent's own answer\n"
        << output;
}

} // namespace
