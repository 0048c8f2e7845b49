#include <gtest/gtest.h>

#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/metrics.h"

namespace
{

std::string Written()
{
    sl_text text = {};
    sl_metrics_write(&text);
    std::string copy = sl_text_string(&text);
    sl_text_done(&text);
    return copy;
}

bool Has(const std::string &line)
{
    return ("\n" + Written()).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, AreOffUntilTheyAreStarted)
{
    sl_metric_add(SL_METRIC_CALLBACKS, 1, "delivered", nullptr);
    EXPECT_EQ(0, sl_metric_now_ns());
    EXPECT_EQ(std::string::npos, Written().find("servicelane_callbacks"));
    sl_metrics_start();
    sl_metric_add(SL_METRIC_CALLBACKS, 1, "delivered", nullptr);
    EXPECT_TRUE(Has("servicelane_callbacks_total{outcome=\"delivered\"} 1"));
}

TEST(Metrics, CountersAddAndGaugesMove)
{
    sl_metrics_start();
    sl_metric_add(SL_METRIC_LLM_TOKENS, 40, "gpt-4", "input");
    sl_metric_add(SL_METRIC_LLM_TOKENS, 2, "gpt-4", "input");
    sl_metric_add(SL_METRIC_LLM_TOKENS, 7, "gpt-4", "output");
    EXPECT_TRUE(Has("servicelane_llm_tokens_total{model=\"gpt-4\",kind=\"input\"} 42"));
    EXPECT_TRUE(Has("servicelane_llm_tokens_total{model=\"gpt-4\",kind=\"output\"} 7"));
    sl_metric_move(SL_METRIC_RPC_SERVER_IN_FLIGHT, 1, nullptr, nullptr);
    sl_metric_move(SL_METRIC_RPC_SERVER_IN_FLIGHT, -1, nullptr, nullptr);
    EXPECT_TRUE(Has("servicelane_rpc_server_in_flight 0"));
    sl_metric_set(SL_METRIC_BREAKER_STATE, 2, "parts", nullptr);
    EXPECT_TRUE(Has("servicelane_circuit_breaker_state{service=\"parts\"} 2"));
}

TEST(Metrics, HistogramsAreCumulative)
{
    sl_metrics_start();
    for (double seconds : {0.0001, 0.003, 0.2, 100.0})
        sl_metric_observe(SL_METRIC_STORE_SYNC_SECONDS, seconds, "a.db", nullptr);
    const std::string name = "servicelane_store_sync_duration_seconds";
    EXPECT_TRUE(Has(name + "_bucket{store=\"a.db\",le=\"0.0005\"} 1"));
    EXPECT_TRUE(Has(name + "_bucket{store=\"a.db\",le=\"0.005\"} 2"));
    EXPECT_TRUE(Has(name + "_bucket{store=\"a.db\",le=\"60\"} 3"));
    EXPECT_TRUE(Has(name + "_bucket{store=\"a.db\",le=\"+Inf\"} 4"));
    EXPECT_TRUE(Has(name + "_count{store=\"a.db\"} 4"));
}

TEST(Metrics, LabelsAreEscapedAndBounded)
{
    sl_metrics_start();
    sl_metric_add(SL_METRIC_STEP_RETRIES, 1, "a\"b\\c\nd", nullptr);
    EXPECT_TRUE(Has(R"(servicelane_step_retries_total{service="a\"b\\c\nd"} 1)"));
    for (int i = 0; i < SL_METRIC_SERIES_MAX + 50; i++)
        sl_metric_add(SL_METRIC_STORE_UNITS, 1, std::to_string(i).c_str(), nullptr);
    EXPECT_TRUE(Has("servicelane_store_units_total{store=\"499\"} 1"));
    EXPECT_FALSE(Has("servicelane_store_units_total{store=\"500\"} 1"));
    EXPECT_TRUE(Has("servicelane_store_units_total{store=\"other\"} 50"));
}

TEST(Metrics, AreCountedFromAnyThread)
{
    sl_metrics_start();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([] {
            for (int k = 0; k < 1000; k++)
                sl_metric_add(SL_METRIC_SPANS, 1, "exported", nullptr);
        });
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_TRUE(Has("servicelane_spans_total{outcome=\"exported\"} 4000"));
}

TEST(Metrics, TheProcessIsAmongThem)
{
    std::string text = Written();
    for (const char *name : {"process_resident_memory_bytes ", "process_cpu_seconds_total ",
                             "process_open_fds ", "process_start_time_seconds "})
        EXPECT_NE(std::string::npos, text.find(std::string("\n") + name)) << name;
}

TEST(Metrics, PromtoolTakesThem)
{
    sl_metrics_start();
    for (int metric = 0; metric < SL_METRIC_COUNT; metric++) {
        sl_metric_observe(static_cast<sl_metric>(metric), 1, "a", "b");
        sl_metric_observe(static_cast<sl_metric>(metric), 1, "c", "d");
    }
    if (system("command -v promtool >/dev/null") != 0) {
        ASSERT_EQ(getenv("CI"), nullptr) << "promtool is missing";
        GTEST_SKIP() << "promtool is missing (Debian: prometheus)";
    }
    std::string path = testing::TempDir() + "metrics-" + std::to_string(getpid());
    std::ofstream(path) << Written();
    EXPECT_EQ(0, system(("promtool check metrics <" + path).c_str()));
    remove(path.c_str());
}

} // namespace
