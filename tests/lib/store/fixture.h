#ifndef TESTS_LIB_STORE_FIXTURE_H
#define TESTS_LIB_STORE_FIXTURE_H

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loop/loop.h"
#include "store/store.h"

// A unit of work and its callback as lambdas; freed when the callback has run.
struct Unit {
    std::function<sl_code(sl_db *, sl_error *)> work;
    std::function<void(const sl_error *)> done;
};

inline sl_code run_unit(sl_db *db, void *arg, sl_error *err)
{
    return static_cast<Unit *>(arg)->work(db, err);
}

inline void unit_done(const sl_error *error, void *arg)
{
    std::unique_ptr<Unit> unit(static_cast<Unit *>(arg));
    if (unit->done)
        unit->done(error);
}

// A loop and a folder of its own, and stores in it with a table of notes.
class StoreTest : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/sl_store_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder = name;
        path = folder + "/notes.db";
        ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
    }

    void TearDown() override
    {
        for (sl_store *store : stores)
            sl_store_close(store);
        EXPECT_EQ(sl_loop_pending_posts(loop), 0);
        sl_loop_free(loop);
        std::filesystem::remove_all(folder);
    }

    sl_store *open()
    {
        sl_store_options options = {path.c_str(), migrations.data(), migrations.size()};
        sl_store *store = nullptr;
        EXPECT_EQ(sl_store_open(loop, &options, &store, &error), SL_OK) << error.message;
        if (store != nullptr)
            stores.push_back(store);
        return store;
    }

    void close(sl_store *store)
    {
        stores.erase(std::find(stores.begin(), stores.end(), store));
        sl_store_close(store);
    }

    static void write(sl_store *store, decltype(Unit::work) work, decltype(Unit::done) done = {})
    {
        ASSERT_EQ(sl_store_write_start(store, run_unit, unit_done, new Unit{work, done}), SL_OK);
    }

    static void read(sl_store *store, decltype(Unit::work) work, decltype(Unit::done) done = {})
    {
        ASSERT_EQ(sl_store_read_start(store, run_unit, unit_done, new Unit{work, done}), SL_OK);
    }

    bool run_until(const bool &flag)
    {
        return sl_loop_run_until(loop, &flag, 20000);
    }

    // Number of notes, read on the reader thread.
    int64_t count(sl_store *store)
    {
        bool is_over = false;
        int64_t notes = -1;
        read(
            store,
            [&](sl_db *db, sl_error *err) {
                sl_statement statement;
                bool has_row = false;
                SL_TRY(sl_db_query(db, &statement, err, "SELECT count(*) FROM notes", ""));
                sl_code code = sl_statement_step(&statement, &has_row, err);
                notes = sl_column_int(&statement, 0);
                sl_statement_done(&statement);
                return code;
            },
            [&](const sl_error *) { is_over = true; });
        EXPECT_TRUE(run_until(is_over));
        return notes;
    }

    static sl_code insert(sl_db *db, const char *note, sl_error *err)
    {
        return sl_db_exec(db, err, "INSERT INTO notes (note) VALUES (?)", "t", note);
    }

    std::string folder, path;
    sl_loop *loop = nullptr;
    sl_error error = {};
    std::vector<sl_store *> stores;
    std::vector<sl_migration> migrations = {
        {"CREATE TABLE notes (note TEXT PRIMARY KEY, size BIGINT, weight DOUBLE PRECISION, raw "
         "BLOB);"
         "CREATE TABLE tags (note TEXT NOT NULL REFERENCES notes (note), tag TEXT NOT NULL)"}};
};

#endif
