#include <map>
#include <set>

#include "department.h"
#include "services/mcp/repair_order_tools.h"

class RepairOrders : public Department
{
  protected:
    RepairOrders() : Department(repair_orders_server)
    {
    }
    Json Details(const std::string &id)
    {
        return Do("get_repair_order_details", R"({"repair_order_id": ")" + id + R"("})");
    }
    static std::string To(const std::string &id, const std::string &status,
                          const std::string &expected = "")
    {
        return R"({"repair_order_id": ")" + id + R"(", "new_status": ")" + status + "\"" +
               (expected.empty() ? "" : R"(, "expected_status": ")" + expected + "\"") + "}";
    }
};

// ISO 3779 and 49 CFR 565: each character has a value and each place a weight; the sum modulo 11
// stands at place 9, X for ten.
static bool HasCheckDigit(const std::string &vin)
{
    static const std::string letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
    static const int values[] = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4,
                                 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9};
    static const int weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    if (vin.size() != 17)
        return false;
    int sum = 0;
    for (size_t i = 0; i < 17; i++) {
        size_t letter = letters.find(vin[i]);
        if (letter == std::string::npos && !isdigit(vin[i]))
            return false;
        sum += weights[i] * (isdigit(vin[i]) ? vin[i] - '0' : values[letter]);
    }
    return vin[8] == (sum % 11 == 10 ? 'X' : (char)('0' + sum % 11));
}

TEST_F(RepairOrders, TheCheckOfVinsKnowsRightFromWrong)
{
    EXPECT_TRUE(HasCheckDigit("1HGCM82633A004352"));
    EXPECT_TRUE(HasCheckDigit("1M8GDM9AXKP042788"));
    EXPECT_FALSE(HasCheckDigit("1HGCM82643A004352"));
}

TEST_F(RepairOrders, TheDemoHasTwelveOrdersOverAllStatesWithValidVins)
{
    std::map<std::string, int> states;
    for (int id = 1230; id <= 1241; id++) {
        Json order = Details(std::to_string(id));
        states[order["status"].Text()]++;
        EXPECT_TRUE(HasCheckDigit(order["vehicle"]["vin"].Text())) << order["vehicle"].Dump();
        Json history = order["status_history"];
        ASSERT_GE(history.Size(), 1u);
        EXPECT_EQ(history.At(history.Size() - 1)["status"].Text(), order["status"].Text());
        for (size_t i = 1; i < history.Size(); i++) {
            EXPECT_EQ(history.At(i)["from_status"].Text(), history.At(i - 1)["status"].Text());
            EXPECT_LT(history.At(i - 1)["timestamp"].Text(), history.At(i)["timestamp"].Text());
        }
        EXPECT_LT(history.At(history.Size() - 1)["timestamp"].Text(), "2025-06-25T10:41:45Z");
    }
    EXPECT_EQ(states.size(), 11u);
    EXPECT_EQ(states["in_progress"], 2);
}

TEST_F(RepairOrders, TellsTheOrderOfTheExample)
{
    Json order = Details("1234");
    EXPECT_EQ(order["status"].Text(), "in_progress");
    EXPECT_EQ(order["customer"].Text(), "ambujmehra");
    EXPECT_EQ(order["customer_details"]["email"].Text(), "ambujmehra16@gmail.com");
    EXPECT_EQ(order["vehicle"]["model"].Text(), "Camry");
    EXPECT_EQ(order["technician"]["technician_id"].Text(), "T-1");
    EXPECT_EQ(order["notes"].Size(), 2u);
    EXPECT_EQ(order["total"].Number(), 125);
    EXPECT_EQ(Refusal("get_repair_order_details", R"({"repair_order_id": "999"})"),
              "Repair order 999 not found");
}

TEST_F(RepairOrders, TotalsAreTheSumOfTheirLines)
{
    for (int id = 1230; id <= 1241; id++) {
        Json order = Details(std::to_string(id));
        double sum = 0;
        for (size_t i = 0; i < order["resources"].Size(); i++) {
            Json line = order["resources"].At(i);
            EXPECT_NEAR(line["line_total"].Number(),
                        line["quantity"].Number() * line["unit_price"].Number(), 0.005);
            sum += line["line_total"].Number();
        }
        EXPECT_NEAR(order["total"].Number(), sum, 0.001) << id;
    }
}

TEST_F(RepairOrders, OpensAnOrder)
{
    Json order = Do("create_repair_order", R"({"customer_id": "mgarcia", "vehicle_id": "VEH-102",
                    "service_description": "Ölwechsel"})");
    EXPECT_EQ(order["repair_order_id"].Text(), "1242");
    EXPECT_EQ(order["status"].Text(), "pending");
    EXPECT_EQ(order["priority"].Text(), "normal");
    Json details = Details("1242");
    EXPECT_EQ(details["service_description"].Text(), "Ölwechsel");
    EXPECT_EQ(details["status_history"].Size(), 1u);
    EXPECT_TRUE(details["technician"].IsNull());
    EXPECT_EQ(
        Do("create_repair_order", R"({"customer_id": "jchen", "vehicle_id": "5YJ3E1EA9NF193358",
                 "service_description": "x", "priority": "urgent"})")["vehicle_id"]
            .Text(),
        "VEH-113");
}

TEST_F(RepairOrders, RefusesStrangersAndTheirCars)
{
    EXPECT_EQ(Refusal("create_repair_order", R"({"customer_id": "nobody", "vehicle_id": "VEH-102",
                      "service_description": "x"})"),
              "Customer nobody not found");
    EXPECT_EQ(Refusal("create_repair_order", R"({"customer_id": "jchen", "vehicle_id": "VEH-999",
                      "service_description": "x"})"),
              "Vehicle VEH-999 not found");
    EXPECT_EQ(Refusal("create_repair_order", R"({"customer_id": "jchen", "vehicle_id": "VEH-102",
                      "service_description": "x"})"),
              "Vehicle VEH-102 does not belong to customer jchen");
}

// The whole table: every pair is either allowed or refused.
TEST_F(RepairOrders, EveryTransitionIsAllowedOrRefusedAsTheTableSays)
{
    const std::map<std::string, std::set<std::string>> allowed = {
        {"pending", {"scheduled", "cancelled"}},
        {"scheduled", {"in_progress", "cancelled"}},
        {"in_progress", {"parts_ordered", "quality_check", "cancelled"}},
        {"parts_ordered", {"in_progress", "cancelled"}},
        {"quality_check", {"customer_approval", "in_progress"}},
        {"customer_approval", {"ready_for_pickup", "in_progress"}},
        {"ready_for_pickup", {"completed", "in_progress"}},
        {"completed", {"invoiced"}},
        {"invoiced", {"closed"}},
        {"cancelled", {}},
        {"closed", {}},
    };
    for (int id = 1230; id <= 1241; id++) {
        std::string order = std::to_string(id), from = Details(order)["status"].Text();
        for (const auto &[to, unused] : allowed) {
            // Tried and taken back, so that each is tried from the same status.
            Outcome outcome = Run([&](const dealership *d, json_t **result, sl_error *err) {
                Json arguments = Json::Parse(To(order, to));
                sl_code code =
                    Find("update_repair_order_status")->operation(d, arguments.get(), result, err);
                return code != SL_OK ? code : sl_error_set(err, SL_CANCELLED, "allowed");
            });
            EXPECT_EQ(outcome.refusal == "allowed", allowed.at(from).count(to) == 1)
                << from << " to " << to << ": " << outcome.refusal;
        }
        EXPECT_EQ(Details(order)["status"].Text(), from);
    }
    EXPECT_EQ(Refusal("update_repair_order_status", To("1234", "closed")),
              "Repair order 1234 is in_progress and cannot become closed; it can become "
              "parts_ordered, quality_check, cancelled");
    EXPECT_EQ(
        Refusal("update_repair_order_status", To("1240", "pending")),
        "Repair order 1240 is closed and cannot become pending; it can become nothing any more");
}

TEST_F(RepairOrders, AnUpdateThatRacedIsRefusedNotLost)
{
    Json first = Do("update_repair_order_status", To("1234", "quality_check", "in_progress"));
    EXPECT_EQ(first["previous_status"].Text(), "in_progress");
    Outcome second = Call("update_repair_order_status", To("1234", "cancelled", "in_progress"));
    EXPECT_EQ(second.code, SL_ABORTED);
    EXPECT_EQ(second.refusal, "Repair order 1234 is quality_check, not in_progress as expected: it "
                              "was changed meanwhile");
    Json order = Details("1234");
    EXPECT_EQ(order["status"].Text(), "quality_check");
    Json last = order["status_history"].At(order["status_history"].Size() - 1);
    EXPECT_EQ(last["from_status"].Text(), "in_progress");
    EXPECT_EQ(last["changed_by"].Text(), "tester");
}

TEST_F(RepairOrders, AssignsTechnicians)
{
    Json assigned =
        Do("assign_technician", R"({"repair_order_id": "1234", "technician_id": "T-2"})");
    EXPECT_EQ(assigned["technician_name"].Text(), "Hannah Weiss");
    EXPECT_EQ(assigned["previous_technician_id"].Text(), "T-1");
    EXPECT_EQ(Details("1234")["technician"]["name"].Text(), "Hannah Weiss");
    EXPECT_EQ(
        Refusal("assign_technician", R"({"repair_order_id": "1234", "technician_id": "T-99"})"),
        "Technician T-99 not found");
    EXPECT_EQ(
        Refusal("assign_technician", R"({"repair_order_id": "1234", "technician_id": "T-6"})"),
        "Technician T-6 (Fatima Haddad) is on leave");
    EXPECT_EQ(
        Refusal("assign_technician", R"({"repair_order_id": "1240", "technician_id": "T-1"})"),
        "Repair order 1240 is closed: there is no work left to assign");
}

TEST_F(RepairOrders, AddsNotes)
{
    Json note = Do("add_repair_notes", R"({"repair_order_id": "1234", "notes": "Fertig 🚗"})");
    EXPECT_EQ(note["author"].Text(), "tester");
    EXPECT_EQ(Do("add_repair_notes",
                 R"({"repair_order_id": "1234", "notes": "b", "author": "T-1"})")["author"]
                  .Text(),
              "T-1");
    Json notes = Details("1234")["notes"];
    ASSERT_EQ(notes.Size(), 4u);
    EXPECT_EQ(notes.At(2)["text"].Text(), "Fertig 🚗");
    EXPECT_EQ(Refusal("add_repair_notes", R"({"repair_order_id": "1", "notes": "x"})"),
              "Repair order 1 not found");
}
