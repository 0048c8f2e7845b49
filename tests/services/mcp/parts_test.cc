#include <set>

#include "department.h"
#include "services/mcp/parts.h"
#include "services/mcp/parts_tools.h"

class Parts : public Department
{
  protected:
    Parts() : Department(parts_server)
    {
    }
    double Available(const char *part)
    {
        return Do("check_part_availability",
                  std::string(R"({"part_number": ")") + part + R"("})")["quantity_available"]
            .Number();
    }
    Outcome Reserve(int quantity, const char *key = nullptr)
    {
        return Call(
            "reserve_parts",
            R"({"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": )" +
                std::to_string(quantity) + "}}",
            key);
    }
};

TEST_F(Parts, TheDemoHasFortyPartsInEightCategories)
{
    std::set<std::string> numbers, categories;
    for (size_t i = 0; i < parts_demo_count; i++) {
        numbers.insert(parts_demo[i].number);
        categories.insert(parts_demo[i].category);
    }
    EXPECT_EQ(numbers.size(), parts_demo_count);
    EXPECT_GE(numbers.size(), 40u);
    EXPECT_EQ(categories.size(), 8u);
    EXPECT_EQ(Do("search_parts", R"({"part_name": "", "limit": 100})")["total_count"].Number(),
              (double)parts_demo_count);
}

TEST_F(Parts, TellsThePartOfTheExample)
{
    Json part = Do("get_part_details", R"({"part_number": "1234"})");
    EXPECT_EQ(part["name"].Text(), "Brake Pad Set");
    EXPECT_TRUE(part["available"].IsTrue());
    EXPECT_EQ(part["price"].Number(), 89.99);
    EXPECT_EQ(part["compatible_vehicles"].Size(), 5u);
    EXPECT_EQ(Refusal("get_part_details", R"({"part_number": "9999"})"), "Part 9999 not found");
}

TEST_F(Parts, FindsByWordsVehicleAndCategory)
{
    EXPECT_EQ(Do("search_parts", R"({"part_name": "brake pads"})")["total_count"].Number(), 3);
    Json truck =
        Do("search_parts",
           R"({"part_name": "BRAKE PAD", "vehicle_model": "f-150", "vehicle_year": 2020})");
    ASSERT_EQ(truck["total_count"].Number(), 1) << truck.Dump();
    EXPECT_EQ(truck["parts"].At(0)["part_number"].Text(), "1250");
    EXPECT_EQ(Do("search_parts", R"({"part_name": "brake pad", "vehicle_model": "F-150",
                 "vehicle_year": 1999})")["total_count"]
                  .Number(),
              0);
    EXPECT_EQ(
        Do("search_parts", R"({"part_name": "", "category": "brakes"})")["total_count"].Number(),
        7);
    Json few = Do("search_parts", R"({"part_name": "filter", "limit": 2})");
    EXPECT_EQ(few["parts"].Size(), 2u);
    EXPECT_GT(few["total_count"].Number(), 2);
}

TEST_F(Parts, AReservationLowersWhatIsAvailable)
{
    Outcome outcome = Reserve(3);
    ASSERT_EQ(outcome.code, SL_OK) << outcome.refusal;
    EXPECT_EQ(outcome.result["reservation_id"].Text(), "RES_001");
    EXPECT_EQ(outcome.result["part_1234"].Text(), "reserved");
    EXPECT_EQ(outcome.result["total"].Number(), 269.97);
    EXPECT_EQ(outcome.result["reserved_parts"].At(0)["quantity_available"].Number(), 37);
    EXPECT_EQ(Available("1234"), 37);
    Json stock = Do("check_part_availability", R"({"part_number": "1234", "quantity": 38})");
    EXPECT_FALSE(stock["available"].IsTrue());
    EXPECT_EQ(stock["quantity_in_stock"].Number(), 40);
    EXPECT_EQ(stock["quantity_reserved"].Number(), 3);
}

TEST_F(Parts, NothingIsReservedBeyondWhatIsAvailable)
{
    EXPECT_EQ(Reserve(50).refusal, "Insufficient stock for part 1234: 40 available, 50 requested");
    EXPECT_EQ(Reserve(40).code, SL_OK);
    EXPECT_EQ(Reserve(1).refusal, "Insufficient stock for part 1234: 0 available, 1 requested");
    EXPECT_EQ(Available("1234"), 0);
}

TEST_F(Parts, ReservesAllOrNothingAndNamesEveryObstacle)
{
    EXPECT_EQ(Refusal("reserve_parts", R"({"part_numbers": ["1234", "9999", "7001"],
                      "repair_order_id": "1", "quantity_map": {"1234": 1, "9999": 1, "7001": 4}})"),
              "Part 9999 not found; Insufficient stock for part 7001: 3 available, 4 requested");
    EXPECT_EQ(Available("1234"), 40);
    EXPECT_EQ(Refusal("reserve_parts", R"({"part_numbers": ["1234", "1234", "1235"],
                      "repair_order_id": "1", "quantity_map": {"1234": 1, "2001": 1}})"),
              "Part 1234 is named twice; quantity_map has no quantity for part 1235; "
              "quantity_map names part 2001, which is not in part_numbers");
    EXPECT_EQ(Available("1234"), 40);
    EXPECT_EQ(Reserve(1).result["reservation_id"].Text(), "RES_001") << "refusals left traces";
}

TEST_F(Parts, AReservationThatRanOutHoldsNothing)
{
    ASSERT_EQ(Reserve(40).code, SL_OK);
    now_ms += 3 * 24 * 3600 * INT64_C(1000) - 1;
    EXPECT_EQ(Available("1234"), 0);
    now_ms += 1;
    EXPECT_EQ(Available("1234"), 40);
    EXPECT_EQ(Reserve(40).code, SL_OK);
    EXPECT_EQ(Available("1234"), 0);
    EXPECT_EQ(Reserve(1).refusal, "Insufficient stock for part 1234: 0 available, 1 requested");
}

TEST_F(Parts, ReservationsOfTwoServersNeverExceedTheStock)
{
    sl_error error = {};
    std::string path = folder + "/" + definition.name + ".db";
    sl_store_options options = {path.c_str(), definition.migrations, definition.migration_count};
    sl_store *other = nullptr;
    ASSERT_EQ(sl_store_open(loop, &options, &other, &error), SL_OK) << error.message;
    struct Shared {
        Json numbers = Json::Parse(R"(["1234"])"), quantities = Json::Parse(R"({"1234": 1})");
        int64_t now_ms;
        int over = 0, reserved = 0;
        bool is_over = false;
    } shared;
    shared.now_ms = now_ms;
    for (int i = 0; i < 100; i++)
        ASSERT_EQ(sl_store_write_start(
                      i % 2 ? store : other,
                      [](sl_db *db, void *arg, sl_error *err) {
                          // Each thread reads values of its own.
                          Shared *s = static_cast<Shared *>(arg);
                          Json numbers = Json::Parse(R"(["1234"])");
                          Json quantities = Json::Parse(R"({"1234": 1})");
                          dealership d = {db, s->now_ms, nullptr, "", ""};
                          json_t *result = nullptr;
                          sl_code code = parts_reserve(&d, "1234", numbers.get(), quantities.get(),
                                                       &result, err);
                          json_decref(result);
                          return code;
                      },
                      [](const sl_error *e, void *arg) {
                          Shared *s = static_cast<Shared *>(arg);
                          s->reserved += e->code == SL_OK;
                          EXPECT_TRUE(e->code == SL_OK || dealership_is_refusal(e)) << e->message;
                          s->is_over = ++s->over == 100;
                      },
                      &shared),
                  SL_OK);
    EXPECT_TRUE(sl_loop_run_until(loop, &shared.is_over, 20000));
    EXPECT_EQ(shared.reserved, 40);
    EXPECT_EQ(Available("1234"), 0);
    sl_store_close(other);
}

TEST_F(Parts, TellsWhetherAPartFits)
{
    auto fits = [&](const char *rest) {
        return Do("check_vehicle_compatibility", std::string(R"({"part_number": "1234", )") + rest);
    };
    EXPECT_TRUE(fits(R"("vehicle_model": "camry", "vehicle_year": 2021})")["compatible"].IsTrue());
    EXPECT_TRUE(
        fits(R"("vehicle_model": "Toyota Camry", "vehicle_year": 2018})")["compatible"].IsTrue());
    EXPECT_FALSE(fits(R"("vehicle_model": "Camry", "vehicle_year": 2017})")["compatible"].IsTrue());
    EXPECT_FALSE(fits(R"("vehicle_make": "Honda", "vehicle_model": "Camry",
                      "vehicle_year": 2021})")["compatible"]
                     .IsTrue());
    Json f150 = fits(R"("vehicle_make": "Ford", "vehicle_model": "F-150", "vehicle_year": 2021})");
    EXPECT_EQ(f150["reason"].Text(), "Brake Pad Set does not fit Ford F-150 2021");
    EXPECT_TRUE(Do("check_vehicle_compatibility", R"({"part_number": "8001",
                   "vehicle_model": "Anything", "vehicle_year": 2000})")["compatible"]
                    .IsTrue());
}

TEST_F(Parts, TheDemoStockCanBeSetAndReservationsStay)
{
    ASSERT_EQ(Reserve(5).code, SL_OK);
    settings.demo_stock = 1000;
    Reopen();
    EXPECT_EQ(Available("1234"), 995);
    EXPECT_EQ(Available("7001"), 1000);
    settings.demo_stock = 2;
    Reopen();
    EXPECT_EQ(Available("1234"), 0);
    EXPECT_FALSE(Do("get_part_details", R"({"part_number": "1234"})")["available"].IsTrue());
}
