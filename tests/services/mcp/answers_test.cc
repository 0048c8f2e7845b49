#include "department.h"
#include "services/mcp/parts_tools.h"

class Answers : public Department
{
  protected:
    Answers() : Department(parts_server)
    {
    }
    static std::string Of(int quantity)
    {
        return R"({"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": )" +
               std::to_string(quantity) + "}}";
    }
    double Available()
    {
        return Do("check_part_availability", R"({"part_number": "1234"})")["quantity_available"]
            .Number();
    }
};

TEST_F(Answers, TheSameKeyGivesTheSameAnswerAndOneEffect)
{
    Json first = Do("reserve_parts", Of(2), "wf/step");
    now_ms += 1000;
    Json again = Do("reserve_parts", Of(2), "wf/step");
    EXPECT_EQ(first.Dump(), again.Dump());
    EXPECT_EQ(Available(), 38);
    EXPECT_NE(Do("reserve_parts", Of(2), "wf/other")["reservation_id"].Text(),
              first["reservation_id"].Text());
    EXPECT_EQ(Available(), 36);
}

TEST_F(Answers, TheOrderOfArgumentsDoesNotMatter)
{
    Do("reserve_parts", Of(1), "key");
    Do("reserve_parts",
       R"({"quantity_map": {"1234": 1.0}, "repair_order_id": "1234", "part_numbers": ["1234"]})",
       "key");
    EXPECT_EQ(Available(), 39);
}

TEST_F(Answers, TheSameKeyForAnotherCallIsRefused)
{
    Do("reserve_parts", Of(1), "key");
    EXPECT_NE(Refusal("reserve_parts", Of(2), "key").find("key was used before"),
              std::string::npos);
    EXPECT_EQ(Available(), 39);
    Json first = Do("reserve_parts", Of(1), "key");
    EXPECT_EQ(first["reservation_id"].Text(), "RES_001");
}

TEST_F(Answers, ARefusalIsKeptToo)
{
    std::string refusal = Refusal("reserve_parts", Of(50), "key");
    settings.demo_stock = 1000;
    Reopen();
    EXPECT_EQ(Refusal("reserve_parts", Of(50), "key"), refusal);
    EXPECT_EQ(Available(), 1000);
    Do("reserve_parts", Of(50), "another key");
    EXPECT_EQ(Available(), 950);
}

TEST_F(Answers, SurviveARestart)
{
    Json first = Do("reserve_parts", Of(3), "key");
    Reopen();
    EXPECT_EQ(Do("reserve_parts", Of(3), "key").Dump(), first.Dump());
    EXPECT_EQ(Available(), 37);
}

TEST_F(Answers, AreNotKeptWithoutTheirEffect)
{
    sl_store_fail_commits(store, SL_UNAVAILABLE);
    EXPECT_EQ(Call("reserve_parts", Of(1), "key").code, SL_UNAVAILABLE);
    sl_store_fail_commits(store, SL_OK);
    EXPECT_EQ(Available(), 40);
    Do("reserve_parts", Of(1), "key");
    EXPECT_EQ(Available(), 39);
}

TEST_F(Answers, AreForgottenAfterNinetyDays)
{
    Do("reserve_parts", Of(1), "key");
    auto forget = [&] {
        Run([](const dealership *d, json_t **, sl_error *err) {
            return answers_forget_old(d, err);
        });
    };
    now_ms += 90 * 24 * 3600 * INT64_C(1000);
    forget();
    EXPECT_EQ(Do("reserve_parts", Of(1), "key")["reservation_id"].Text(), "RES_001");
    now_ms += 1;
    forget();
    EXPECT_EQ(Do("reserve_parts", Of(1), "key")["reservation_id"].Text(), "RES_002");
}
