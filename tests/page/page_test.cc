#include <gtest/gtest.h>

#include <stdlib.h>

#include <fstream>

#include "tests/system/fleet.h"

namespace
{

const int kMissing = 77; /* tests/page/run: no browser here */

/* In the keys file as their SHA-256. */
const char *const kDeskKey = "desk-key", *const kOrchestratorKey = "orchestrator-key";
const char kKeys[] = R"({"keys": [
    {"name": "desk", "tenant": "T1", "user": "desk",
     "sha256": "fd501e4e4eabb3b62f313e4d323048dfbddebb4d702c7b63512125b3fa21dd28"},
    {"name": "orchestrator", "role": "service",
     "sha256": "7c37d3555dcd52ef24b51595f0c039aa5c82861e6c624882dbae5ac643450e43"}]})";

std::string Write(const TemporaryFolder &folder, const std::string &name, const std::string &text)
{
    std::string path = folder.path + "/" + name;
    std::ofstream(path) << text;
    return path;
}

/** The tests in that file, before that fleet. */
void Browse(Fleet &fleet, const std::string &file, const Environment &environment)
{
    std::string source = SL_SOURCE_DIR;
    Process browser({source + "/tests/page/run", source + "/build/page-tests", file,
                     fleet.RestUrl("orchestrator")},
                    environment);
    int status = browser.Wait(9 * 60 * 1000);
    const char *all = getenv("SL_TEST_ALL");
    if (status == kMissing && (!all || std::string(all) != "1"))
        GTEST_SKIP() << browser.Output();
    EXPECT_EQ(0, status) << browser.Output() << fleet.Logs();
}

TEST(Page, WorksInAHeadlessBrowser)
{
    std::string port = std::to_string(FreePort());
    Fleet fleet({{"SERVICELANE_SERVICES", "bay=http://127.0.0.1:" + port},
                 {"SERVICELANE_DEMO_STOCK", "100000"}});
    Browse(fleet, "page.test.mjs", {{"SL_BAY_PORT", port}});
}

TEST(Page, AsksForAKeyWhereOneIsWanted)
{
    TemporaryFolder folder;
    Fleet fleet({{"SERVICELANE_AUTH_KEYS_FILE", Write(folder, "keys.json", kKeys)},
                 {"SERVICELANE_AUTH_KEY_FILE", Write(folder, "key", kOrchestratorKey)}});
    Browse(fleet, "keys.test.mjs", {{"SL_PAGE_KEY", kDeskKey}});
}

} // namespace
