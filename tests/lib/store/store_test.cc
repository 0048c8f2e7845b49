#include <algorithm>
#include <thread>

#include "fixture.h"

using Store = StoreTest;

TEST_F(Store, WritesAndTellsOnTheLoopAfterCommit)
{
    sl_store *store = open();
    bool is_over = false;
    std::thread::id worked_on, told_on;
    write(
        store,
        [&](sl_db *db, sl_error *err) {
            worked_on = std::this_thread::get_id();
            return insert(db, "a", err);
        },
        [&](const sl_error *e) {
            EXPECT_EQ(e->code, SL_OK);
            told_on = std::this_thread::get_id();
            is_over = true;
        });
    EXPECT_FALSE(is_over);
    ASSERT_TRUE(run_until(is_over));
    EXPECT_EQ(told_on, std::this_thread::get_id());
    EXPECT_NE(worked_on, told_on);
    EXPECT_EQ(count(store), 1);
}

TEST_F(Store, KeepsTheOrderOfStart)
{
    sl_store *store = open();
    std::vector<int> worked, told;
    bool is_over = false;
    for (int i = 0; i < 2000; i++)
        write(
            store,
            [&, i](sl_db *db, sl_error *err) {
                worked.push_back(i);
                return insert(db, std::to_string(i).c_str(), err);
            },
            [&, i](const sl_error *) {
                told.push_back(i);
                is_over = i == 1999;
            });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_TRUE(std::is_sorted(worked.begin(), worked.end()));
    EXPECT_EQ(worked, told);
    EXPECT_EQ(count(store), 2000);
}

TEST_F(Store, AWorkThatFailsIsUndoneAlone)
{
    sl_store *store = open();
    bool is_over = false;
    sl_error refused = {};
    write(store, [&](sl_db *db, sl_error *err) { return insert(db, "before", err); });
    write(
        store,
        [&](sl_db *db, sl_error *err) {
            SL_TRY(insert(db, "half", err));
            return sl_error_set(err, SL_FAILED_PRECONDITION, "no");
        },
        [&](const sl_error *e) { refused = *e; });
    write(
        store, [&](sl_db *db, sl_error *err) { return insert(db, "after", err); },
        [&](const sl_error *e) {
            EXPECT_EQ(e->code, SL_OK);
            is_over = true;
        });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_EQ(refused.code, SL_FAILED_PRECONDITION);
    EXPECT_STREQ(refused.message, "no");
    EXPECT_EQ(count(store), 2);
}

TEST_F(Store, AFailedCommitFailsItsWholeBatch)
{
    sl_store *store = open();
    bool is_over = false;
    std::vector<sl_code> codes;
    sl_store_fail_commits(store, SL_UNAVAILABLE);
    for (const char *note : {"a", "b", "c"})
        write(
            store, [note](sl_db *db, sl_error *err) { return insert(db, note, err); },
            [&](const sl_error *e) {
                codes.push_back(e->code);
                EXPECT_NE(std::string(e->message).find(path), std::string::npos);
                is_over = codes.size() == 3;
            });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_EQ(codes, std::vector<sl_code>(3, SL_UNAVAILABLE));
    EXPECT_FALSE(sl_store_is_healthy(store));
    EXPECT_EQ(count(store), 0);

    sl_store_fail_commits(store, SL_OK);
    is_over = false;
    write(
        store, [](sl_db *db, sl_error *err) { return insert(db, "d", err); },
        [&](const sl_error *e) {
            EXPECT_EQ(e->code, SL_OK);
            is_over = true;
        });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_TRUE(sl_store_is_healthy(store));
    EXPECT_EQ(count(store), 1);
}

TEST_F(Store, AReadSeesEveryWriteWhoseDoneHasRun)
{
    sl_store *store = open();
    for (int i = 1; i <= 100; i++) {
        bool is_over = false;
        write(
            store,
            [i](sl_db *db, sl_error *err) { return insert(db, std::to_string(i).c_str(), err); },
            [&](const sl_error *) { is_over = true; });
        ASSERT_TRUE(run_until(is_over));
        ASSERT_EQ(count(store), i);
    }
}

TEST_F(Store, TheReaderCannotWrite)
{
    sl_store *store = open();
    bool is_over = false;
    read(
        store, [](sl_db *db, sl_error *err) { return insert(db, "a", err); },
        [&](const sl_error *e) {
            EXPECT_EQ(e->code, SL_PERMISSION_DENIED) << e->message;
            is_over = true;
        });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_EQ(count(store), 0);
}

TEST_F(Store, ClosingFinishesWhatWaitsAndRefusesWhatIsStartedThen)
{
    sl_store *store = open();
    int told = 0;
    sl_code late = SL_OK;
    for (int i = 0; i < 500; i++)
        write(
            store,
            [i](sl_db *db, sl_error *err) { return insert(db, std::to_string(i).c_str(), err); },
            [&](const sl_error *e) {
                EXPECT_EQ(e->code, SL_OK);
                told++;
                late = sl_store_write_start(store, run_unit, nullptr, nullptr);
            });
    close(store);
    EXPECT_EQ(told, 500);
    EXPECT_EQ(late, SL_UNAVAILABLE);
    EXPECT_EQ(count(open()), 500);
}

TEST_F(Store, WaitsForAWriteBeforeTheLoopRuns)
{
    sl_store *store = open();
    Unit unit = {[](sl_db *db, sl_error *err) { return insert(db, "a", err); }, {}};
    EXPECT_EQ(sl_store_write(store, run_unit, &unit, &error), SL_OK);
    EXPECT_EQ(sl_store_write(store, run_unit, &unit, &error), SL_ALREADY_EXISTS);
    EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
    EXPECT_EQ(count(store), 1);
}

TEST_F(Store, TwoStoresOverOneDatabaseTakeTurns)
{
    sl_store *pair[] = {open(), open()};
    EXPECT_STREQ(sl_store_id(pair[0]), sl_store_id(pair[1]));
    int told = 0;
    bool is_over = false;
    for (int i = 0; i < 400; i++)
        write(
            pair[i % 2],
            [i](sl_db *db, sl_error *err) { return insert(db, std::to_string(i).c_str(), err); },
            [&](const sl_error *e) {
                EXPECT_EQ(e->code, SL_OK) << e->message;
                is_over = ++told == 400;
            });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_EQ(count(pair[0]), 400);
    EXPECT_EQ(count(pair[1]), 400);
}

TEST_F(Store, OnlyOneOfTwoStoresGetsAClaim)
{
    sl_store *pair[] = {open(), open()};
    int told = 0, won = 0;
    bool is_over = false;
    for (int i = 0; i < 100; i++)
        for (sl_store *store : pair)
            write(
                store,
                [i](sl_db *db, sl_error *err) {
                    return insert(db, ("claim" + std::to_string(i)).c_str(), err);
                },
                [&](const sl_error *e) {
                    EXPECT_TRUE(e->code == SL_OK || e->code == SL_ALREADY_EXISTS) << e->message;
                    won += e->code == SL_OK;
                    is_over = ++told == 200;
                });
    ASSERT_TRUE(run_until(is_over));
    EXPECT_EQ(won, 100);
}

// Reads, then writes what it read plus one: what another store wrote in between must not get lost,
// nor make the write fail.
static sl_code count_on(sl_db *db, sl_error *err)
{
    sl_statement row;
    bool has_row = false;
    SL_TRY(sl_db_query(db, &row, err, "SELECT size FROM notes WHERE note = 'counter'", ""));
    sl_code code = sl_statement_step(&row, &has_row, err);
    int64_t value = sl_column_int(&row, 0);
    sl_statement_done(&row);
    SL_TRY(code);
    return sl_db_exec(db, err, "UPDATE notes SET size = ? WHERE note = 'counter'", "i", value + 1);
}

TEST_F(Store, WhatTwoStoresReadAndThenWriteIsNeverLost)
{
    sl_store *pair[] = {open(), open()};
    Unit make = {[](sl_db *db, sl_error *err) { return insert(db, "counter", err); }, {}};
    ASSERT_EQ(sl_store_write(pair[0], run_unit, &make, &error), SL_OK);
    int told = 0;
    bool is_over = false;
    for (int i = 0; i < 100; i++)
        for (sl_store *store : pair)
            write(store, count_on, [&](const sl_error *e) {
                EXPECT_EQ(e->code, SL_OK) << e->message;
                is_over = ++told == 200;
            });
    ASSERT_TRUE(run_until(is_over));
    int64_t value = 0;
    Unit look = {[&](sl_db *db, sl_error *err) {
                     sl_statement row;
                     bool has_row = false;
                     SL_TRY(sl_db_query(db, &row, err, "SELECT size FROM notes", ""));
                     sl_code code = sl_statement_step(&row, &has_row, err);
                     value = sl_column_int(&row, 0);
                     sl_statement_done(&row);
                     return code;
                 },
                 {}};
    ASSERT_EQ(sl_store_write(pair[1], run_unit, &look, &error), SL_OK);
    EXPECT_EQ(value, 200);
}
