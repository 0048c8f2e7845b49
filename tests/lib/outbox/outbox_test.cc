#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "http/server.h"
#include "outbox/outbox.h"

namespace
{

const struct sl_migration kMigrations[] = {{SL_OUTBOX_SCHEMA}};
const int kPatienceMs = 10000;

/** A receiver that answers as told, and an outbox over a database of its own. */
class Outbox : public testing::Test
{
  protected:
    struct Item {
        std::string id, url, body;
        bool is_written = false;
    };

    void SetUp() override
    {
        char folder[] = "/tmp/outbox-test-XXXXXX";
        folder_ = mkdtemp(folder);
        ASSERT_EQ(sl_loop_new(nullptr, &loop_, nullptr), SL_OK);
        struct sl_http_server_options server = {"127.0.0.1:0", OnRequest, this};
        ASSERT_EQ(sl_http_server_new(loop_, &server, &server_, nullptr), SL_OK);
        Open();
    }
    void TearDown() override
    {
        Close();
        sl_http_server_free(server_);
        sl_loop_free(loop_);
        std::string command = "rm -r " + folder_;
        EXPECT_EQ(system(command.c_str()), 0);
    }
    void Open()
    {
        std::string path = folder_ + "/outbox.db";
        struct sl_store_options store = {path.c_str(), kMigrations, 1};
        struct sl_error error = {};
        ASSERT_EQ(sl_store_open(loop_, &store, &store_, &error), SL_OK) << error.message;
        ASSERT_EQ(sl_http_client_new(loop_, nullptr, &http_, nullptr), SL_OK);
        struct sl_outbox_options options = {store_, http_, nullptr, allow_, 20};
        ASSERT_EQ(sl_outbox_new(loop_, &options, &outbox_, &error), SL_OK) << error.message;
    }
    void Close()
    {
        sl_outbox_free(outbox_);
        sl_http_client_free(http_);
        sl_store_close(store_);
        outbox_ = nullptr;
        http_ = nullptr;
        store_ = nullptr;
    }
    std::string Url()
    {
        return "http://127.0.0.1:" + std::to_string(sl_http_server_port(server_)) + "/hook";
    }
    void Add(const char *id)
    {
        Item item{id, Url(), "{\"id\":1}"};
        ASSERT_EQ(sl_store_write_start(store_, AddWork, Added, &item), SL_OK);
        ASSERT_TRUE(sl_loop_run_until(loop_, &item.is_written, kPatienceMs));
        sl_outbox_wake(outbox_);
    }
    static enum sl_code AddWork(struct sl_db *db, void *arg, struct sl_error *err)
    {
        Item *item = static_cast<Item *>(arg);
        struct sl_outbox_item row = {item->id.c_str(), item->url.c_str(), item->body.c_str(),
                                     sl_clock_wall_ms(sl_clock_system())};
        return sl_outbox_add(db, &row, err);
    }
    static void Added(const struct sl_error *error, void *arg)
    {
        EXPECT_EQ(error->code, SL_OK) << error->message;
        static_cast<Item *>(arg)->is_written = true;
    }
    static void OnRequest(void *arg, struct sl_http_incoming *incoming,
                          const struct sl_http_incoming_request *request)
    {
        Outbox *self = static_cast<Outbox *>(arg);
        self->bodies_.push_back(request->body);
        self->keys_.push_back(sl_headers_get(request->headers, "Idempotency-Key"));
        int status = self->statuses_.empty() ? 200 : self->statuses_.front();
        if (!self->statuses_.empty())
            self->statuses_.erase(self->statuses_.begin());
        sl_http_reply(incoming, status, nullptr, "", 0);
        self->has_enough_ = self->bodies_.size() >= self->wanted_;
    }
    bool WaitFor(size_t count)
    {
        wanted_ = count;
        has_enough_ = bodies_.size() >= count;
        return sl_loop_run_until(loop_, &has_enough_, kPatienceMs);
    }
    /** Rows that are left, when nothing is under way. */
    int64_t Left()
    {
        int64_t count = -1;
        for (int i = 0; i < 100 && count != 0; i++) {
            bool never = false;
            sl_loop_run_until(loop_, &never, 20);
            EXPECT_EQ(sl_store_write(
                          store_,
                          [](struct sl_db *db, void *arg, struct sl_error *err) {
                              struct sl_statement row = {};
                              bool has_row = false;
                              SL_TRY(sl_db_query(db, &row, err, "SELECT COUNT(*) FROM outbox", ""));
                              enum sl_code code = sl_statement_step(&row, &has_row, err);
                              *static_cast<int64_t *>(arg) = sl_column_int(&row, 0);
                              sl_statement_done(&row);
                              return code;
                          },
                          &count, nullptr),
                      SL_OK);
        }
        return count;
    }

    std::string folder_;
    const char *allow_ = nullptr;
    struct sl_loop *loop_ = nullptr;
    struct sl_http_server *server_ = nullptr;
    struct sl_store *store_ = nullptr;
    struct sl_http_client *http_ = nullptr;
    struct sl_outbox *outbox_ = nullptr;
    std::vector<std::string> bodies_, keys_;
    std::vector<int> statuses_;
    size_t wanted_ = 0;
    bool has_enough_ = false;
};

TEST_F(Outbox, DeliversOnceAndForgets)
{
    Add("a");
    ASSERT_TRUE(WaitFor(1));
    EXPECT_EQ(bodies_[0], "{\"id\":1}");
    EXPECT_EQ(keys_[0], "a");
    EXPECT_EQ(Left(), 0);
    EXPECT_EQ(bodies_.size(), 1u);
}

TEST_F(Outbox, TriesAgainUntilItIsTaken)
{
    statuses_ = {500, 404, 302, 204};
    Add("a");
    ASSERT_TRUE(WaitFor(4));
    EXPECT_EQ(Left(), 0);
    EXPECT_EQ(bodies_.size(), 4u);
}

TEST_F(Outbox, SurvivesItsProcess)
{
    statuses_ = std::vector<int>(1, 503);
    Add("a");
    ASSERT_TRUE(WaitFor(1));
    Close();
    EXPECT_EQ(bodies_.size(), 1u);
    /* What the first process had begun waits for its lease; the row itself is still there. */
    Open();
    int64_t left = 0;
    ASSERT_EQ(sl_store_write(
                  store_,
                  [](struct sl_db *db, void *arg, struct sl_error *err) {
                      int64_t *changes = static_cast<int64_t *>(arg);
                      struct sl_statement update = {};
                      SL_TRY(sl_db_query(db, &update, err, "UPDATE outbox SET lease_ms = 0", ""));
                      enum sl_code code = sl_statement_run(&update, changes, err);
                      sl_statement_done(&update);
                      return code;
                  },
                  &left, nullptr),
              SL_OK);
    EXPECT_EQ(left, 1);
    sl_outbox_wake(outbox_);
    ASSERT_TRUE(WaitFor(2));
    EXPECT_EQ(Left(), 0);
}

TEST_F(Outbox, DeliversManyAtATime)
{
    for (int i = 0; i < 100; i++)
        Add(std::to_string(i).c_str());
    ASSERT_TRUE(WaitFor(100));
    EXPECT_EQ(Left(), 0);
    EXPECT_EQ(bodies_.size(), 100u);
}

TEST_F(Outbox, AddsAnIdOnce)
{
    statuses_ = {500};
    Add("a");
    Add("a");
    ASSERT_TRUE(WaitFor(2));
    EXPECT_EQ(Left(), 0);
    EXPECT_EQ(bodies_.size(), 2u);
}

TEST_F(Outbox, WaitsAnHourAtMostAndGivesUpAfterADay)
{
    statuses_ = std::vector<int>(100, 500);
    Add("a");
    ASSERT_TRUE(WaitFor(1));
    auto change = [this](const char *sql) {
        EXPECT_EQ(sl_store_write(
                      store_,
                      [](struct sl_db *db, void *arg, struct sl_error *err) {
                          return sl_db_exec(db, err, static_cast<const char *>(arg), "");
                      },
                      const_cast<char *>(sql), nullptr),
                  SL_OK);
    };
    bool never = false;
    sl_loop_run_until(loop_, &never, 50);
    change("UPDATE outbox SET attempts = 40, due_ms = 0, lease_ms = 0");
    sl_outbox_wake(outbox_);
    size_t before = bodies_.size();
    ASSERT_TRUE(WaitFor(before + 1));
    sl_loop_run_until(loop_, &never, 50);
    int64_t due_ms = 0;
    EXPECT_EQ(sl_store_write(
                  store_,
                  [](struct sl_db *db, void *arg, struct sl_error *err) {
                      struct sl_statement row = {};
                      bool has_row = false;
                      SL_TRY(sl_db_query(db, &row, err, "SELECT due_ms FROM outbox", ""));
                      enum sl_code code = sl_statement_step(&row, &has_row, err);
                      *static_cast<int64_t *>(arg) = has_row ? sl_column_int(&row, 0) : 0;
                      sl_statement_done(&row);
                      return code;
                  },
                  &due_ms, nullptr),
              SL_OK);
    int64_t wait_ms = due_ms - sl_clock_wall_ms(sl_clock_system());
    EXPECT_GT(wait_ms, 3500 * 1000);
    EXPECT_LE(wait_ms, 3600 * 1000);
    change("UPDATE outbox SET due_ms = 0, created_ms = created_ms - 86400000");
    sl_outbox_wake(outbox_);
    before = bodies_.size();
    ASSERT_TRUE(WaitFor(before + 1));
    EXPECT_EQ(Left(), 0) << "a day has passed";
}

TEST_F(Outbox, ConnectsToNoAddressThatIsNotAllowed)
{
    Close();
    allow_ = "192.0.2.0/24";
    Open();
    Add("a");
    bool never = false;
    sl_loop_run_until(loop_, &never, 200);
    EXPECT_TRUE(bodies_.empty());
}

} // namespace
