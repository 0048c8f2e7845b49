#include "stage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace
{

const std::pair<const char *, std::vector<const char *>> kTables[] = {
    {"payment-mcp", {"payments", "notifications", "refunds", "answers"}},
    {"parts-mcp", {"reservations", "reservation_lines", "answers"}},
    {"repair-orders-mcp", {"repair_orders", "status_changes", "notes", "answers"}},
};

long long Count(sqlite3 *db, const std::string &table)
{
    sqlite3_stmt *query = nullptr;
    std::string sql = "SELECT count(*) FROM " + table;
    EXPECT_EQ(sqlite3_prepare_v2(db, sql.c_str(), -1, &query, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    EXPECT_EQ(sqlite3_step(query), SQLITE_ROW);
    long long count = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return count;
}

Process BusyProxy(int port, int target, const std::string &tool)
{
    return Process({"python3", SL_SOURCE_DIR "/tests/support/busy_proxy.py", std::to_string(port),
                    "127.0.0.1:" + std::to_string(target), tool},
                   {});
}

} // namespace

Effects operator-(const Effects &after, const Effects &before)
{
    Effects difference;
    for (const auto &[table, count] : after)
        difference[table] = count - before.at(table);
    return difference;
}

Stage::Stage(bool is_busy_at_first) : control_(std::make_unique<TemporaryFolder>())
{
    Environment variables = {{"SERVICELANE_DEMO_STOCK", "1000000"},
                             {"SERVICE_DISCOVERY_INTERVAL", "1"},
                             {"SERVICELANE_LOG", "warn"}};
    if (is_busy_at_first) {
        int ports[4];
        for (int &port : ports)
            port = FreePort();
        proxies_[0] = BusyProxy(ports[0], ports[1], "create_payment_link");
        proxies_[1] = BusyProxy(ports[2], ports[3], "reserve_parts");
        auto local = [](int port) { return "127.0.0.1:" + std::to_string(port); };
        variables["PAYMENT_MCP_LISTEN"] = local(ports[1]);
        variables["PAYMENT_MCP_ENDPOINT"] = "http://" + local(ports[0]) + "/mcp";
        variables["PARTS_MCP_LISTEN"] = local(ports[3]);
        variables["PARTS_MCP_ENDPOINT"] = "http://" + local(ports[2]) + "/mcp";
    }
    fleet_ = std::make_unique<Fleet>(variables, std::vector<std::string>{"orchestrator"});
    for (const char *agent : {"payment", "parts", "repair_orders"})
        EXPECT_TRUE(WaitUntil(
            [&] { return fleet_->RestGet(agent, "/health").json["status"].Text() == "healthy"; },
            30000))
            << fleet_->Logs();
    page_path_ = control_->path + "/disk";
    int file = open(page_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    EXPECT_EQ(ftruncate(file, sizeof(disk_page)), 0);
    void *mapped = mmap(nullptr, sizeof(disk_page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    page_ = static_cast<disk_page *>(mapped);
    NewJournal();
}

Stage::~Stage()
{
    orchestrator_.End(SIGKILL);
    fleet_.reset();
    munmap(page_, sizeof(*page_));
}

void Stage::NewJournal()
{
    orchestrator_.End(SIGKILL);
    journal_ = std::make_unique<TemporaryFolder>();
}

bool Stage::Start(bool with_disk)
{
    Environment variables = fleet_->Variables();
    variables["SERVICELANE_DATA_DIR"] = journal_->path;
    if (with_disk) {
        const char *sanitizer = getenv("ASAN_OPTIONS");
        variables["LD_PRELOAD"] = SL_FAULTY_DISK;
        variables["SL_DISK_FAULT"] = page_path_;
        variables["SL_DISK_FILE"] = "/orchestrator.db-wal";
        variables["ASAN_OPTIONS"] =
            std::string(sanitizer ? sanitizer : "") + ":verify_asan_link_order=0:detect_leaks=0";
    }
    orchestrator_.End(SIGKILL);
    orchestrator_ = Process({fleet_->Program("orchestrator")}, variables);
    WaitUntil(
        [this] {
            return !orchestrator_.IsRunning() ||
                   orchestrator_.Output().find("listening") != std::string::npos;
        },
        20000);
    return orchestrator_.IsRunning();
}

void Stage::SetDisk(disk_fault fault, int at)
{
    memset(page_, 0, sizeof(*page_));
    page_->at = at;
    ChangeDisk(fault);
}

void Stage::ChangeDisk(disk_fault fault)
{
    __atomic_store_n(&page_->fault, static_cast<int>(fault), __ATOMIC_SEQ_CST);
}

HttpAnswer Stage::Get(const std::string &path) const
{
    return fleet_->RestGet("orchestrator", path);
}

HttpAnswer Stage::Post(const std::string &path, const std::string &body) const
{
    return fleet_->RestPost("orchestrator", path, body);
}

bool Stage::PostUntilTaken(const std::string &path, const std::string &body) const
{
    return WaitUntil([&] { return Post(path, body).status == 200; }, 20000);
}

Json Stage::WaitEnded(const std::string &request_id)
{
    Json workflow;
    WaitUntil(
        [&] {
            HttpAnswer answer = Get("/workflow/" + request_id);
            if (answer.status == 200 && !answer.json["result"].IsNull())
                workflow = answer.json;
            return !workflow.IsNull();
        },
        30000);
    return workflow;
}

Effects Stage::CountEffects() const
{
    Effects effects;
    for (const auto &[server, tables] : kTables) {
        std::string path = fleet_->Variables().at("SERVICELANE_DATA_DIR") + "/" + server + ".db";
        sqlite3 *db = nullptr;
        EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK)
            << path;
        sqlite3_busy_timeout(db, 5000);
        for (const char *table : tables)
            effects[std::string(server) + "." + table] = Count(db, table);
        sqlite3_close(db);
    }
    return effects;
}

std::string Stage::Logs()
{
    return "== orchestrator\n" + orchestrator_.Output() + fleet_->Logs();
}
