#include <cstring>

#include "fixture.h"

class Statement : public StoreTest
{
  protected:
    // Runs work as one unit and hands its code back; the message is in `error`.
    sl_code now(decltype(Unit::work) work)
    {
        if (stores.empty())
            open();
        Unit unit = {work, {}};
        error = {};
        return sl_store_write(stores[0], run_unit, &unit, &error);
    }
};

TEST_F(Statement, GivesBackWhatWasBound)
{
    std::string raw("a\0b", 3);
    EXPECT_EQ(
        now([&](sl_db *db, sl_error *err) {
            sl_statement s;
            int64_t changes = 0;
            SL_TRY(sl_statement_init(
                db, "INSERT INTO notes (note, size, weight, raw) VALUES (?, ?, ?, ?)", &s, err));
            sl_bind_text(&s, 1, "Zündkerze");
            sl_bind_int(&s, 2, INT64_MIN);
            sl_bind_double(&s, 3, 0.1);
            sl_bind_bytes(&s, 4, raw.data(), raw.size());
            sl_code code = sl_statement_run(&s, &changes, err);
            sl_statement_done(&s);
            EXPECT_EQ(changes, 1);
            return code;
        }),
        SL_OK)
        << error.message;
    EXPECT_EQ(now([&](sl_db *db, sl_error *err) {
                  sl_statement s;
                  bool has_row = false;
                  size_t length = 0;
                  SL_TRY(sl_db_query(db, &s, err, "SELECT note, size, weight, raw FROM notes", ""));
                  sl_code code = sl_statement_step(&s, &has_row, err);
                  EXPECT_TRUE(has_row);
                  EXPECT_STREQ(sl_column_text(&s, 0), "Zündkerze");
                  EXPECT_EQ(sl_column_int(&s, 1), INT64_MIN);
                  EXPECT_EQ(sl_column_double(&s, 2), 0.1);
                  const void *bytes = sl_column_bytes(&s, 3, &length);
                  EXPECT_EQ(std::string((const char *)bytes, length), raw);
                  EXPECT_EQ(sl_statement_step(&s, &has_row, err), SL_OK);
                  EXPECT_FALSE(has_row);
                  sl_statement_done(&s);
                  return code;
              }),
              SL_OK)
        << error.message;
}

TEST_F(Statement, NullIsNeitherEmptyNorZero)
{
    EXPECT_EQ(now([&](sl_db *db, sl_error *err) {
                  SL_TRY(sl_db_exec(
                      db, err, "INSERT INTO notes (note, size, weight, raw) VALUES (?, ?, ?, ?)",
                      "tndn", "", 0.0));
                  sl_statement s;
                  bool has_row = false;
                  SL_TRY(sl_db_query(db, &s, err, "SELECT note, size, weight FROM notes", ""));
                  sl_code code = sl_statement_step(&s, &has_row, err);
                  EXPECT_FALSE(sl_column_is_null(&s, 0));
                  EXPECT_TRUE(sl_column_is_null(&s, 1));
                  EXPECT_EQ(sl_column_text(&s, 1), nullptr);
                  EXPECT_FALSE(sl_column_is_null(&s, 2));
                  sl_statement_done(&s);
                  return code;
              }),
              SL_OK)
        << error.message;
}

TEST_F(Statement, OneTextMayBeInUseTwiceAtOnce)
{
    EXPECT_EQ(now([&](sl_db *db, sl_error *err) {
                  static const char text[] = "SELECT note FROM notes ORDER BY note";
                  sl_statement a, b;
                  bool has_row = false;
                  SL_TRY(insert(db, "1", err));
                  SL_TRY(insert(db, "2", err));
                  SL_TRY(sl_db_query(db, &a, err, text, ""));
                  SL_TRY(sl_db_query(db, &b, err, text, ""));
                  SL_TRY(sl_statement_step(&a, &has_row, err));
                  SL_TRY(sl_statement_step(&a, &has_row, err));
                  SL_TRY(sl_statement_step(&b, &has_row, err));
                  EXPECT_STREQ(sl_column_text(&a, 0), "2");
                  EXPECT_STREQ(sl_column_text(&b, 0), "1");
                  sl_statement_done(&a);
                  sl_statement_done(&b);
                  return SL_OK;
              }),
              SL_OK)
        << error.message;
}

TEST_F(Statement, AnAddressUsedAgainForAnotherTextIsNoTrap)
{
    EXPECT_EQ(now([&](sl_db *db, sl_error *err) {
                  char text[100];
                  for (int i = 0; i < 1000; i++) {
                      snprintf(text, sizeof(text), "INSERT INTO notes (note) VALUES ('%d')", i);
                      SL_TRY(sl_db_exec(db, err, text, ""));
                  }
                  return SL_OK;
              }),
              SL_OK)
        << error.message;
    EXPECT_EQ(count(stores[0]), 1000);
}

TEST_F(Statement, ManyTextsDoNotPileUp)
{
    std::vector<std::string> texts;
    for (int i = 0; i < 1000; i++)
        texts.push_back("INSERT INTO notes (note) VALUES ('" + std::to_string(i) + "')");
    EXPECT_EQ(now([&](sl_db *db, sl_error *err) {
                  for (const std::string &text : texts)
                      SL_TRY(sl_db_exec(db, err, text.c_str(), ""));
                  return SL_OK;
              }),
              SL_OK)
        << error.message;
    EXPECT_EQ(count(stores[0]), 1000);
}

struct Fault {
    const char *sql;
    const char *types;
    sl_code code;
    const char *says;
};

class StatementFault : public Statement, public ::testing::WithParamInterface<Fault>
{
};

TEST_P(StatementFault, SaysWhatIsWrongAndWhere)
{
    const Fault &fault = GetParam();
    EXPECT_EQ(now([&](sl_db *db, sl_error *err) {
                  SL_TRY(insert(db, "there", err));
                  return sl_db_exec(db, err, fault.sql, fault.types, "there");
              }),
              fault.code)
        << error.message;
    EXPECT_NE(std::string(error.message).find(fault.says), std::string::npos) << error.message;
    EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
    EXPECT_EQ(count(stores[0]), 0);
}

INSTANTIATE_TEST_SUITE_P(Each, StatementFault,
                         ::testing::Values(Fault{"INSERT INTO notes (note) VALUES (?)", "t",
                                                 SL_ALREADY_EXISTS, "notes.note"},
                                           Fault{"INSERT INTO tags (note, tag) VALUES ('none', ?)",
                                                 "t", SL_FAILED_PRECONDITION, "FOREIGN KEY"},
                                           Fault{"INSERT INTO tags (note, tag) VALUES (NULL, ?)",
                                                 "t", SL_FAILED_PRECONDITION, "NOT NULL"},
                                           Fault{"INSERT INTO nowhere VALUES (?)", "t", SL_INTERNAL,
                                                 "nowhere"},
                                           Fault{"INSERT INTO notes (note) VALUES (?)", "",
                                                 SL_INTERNAL, "1 parameters wanted"},
                                           Fault{"  ", "", SL_INTERNAL, "no statement"}));
