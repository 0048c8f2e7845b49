#include "reference_fixture.h"
#include "services/mcp/parts_tools.h"
#include "services/mcp/payment_tools.h"
#include "services/mcp/repair_order_tools.h"

TEST_F(ReferenceServer, EachListsItsToolsAsTheyAre)
{
    const reference_definition *definitions[] = {&payment_server, &parts_server,
                                                 &repair_orders_server};
    for (const reference_definition *definition : definitions) {
        Open(*definition);
        Json tools = List();
        ASSERT_EQ(tools.Size(), definition->tool_count);
        for (size_t i = 0; i < tools.Size(); i++) {
            const sl_mcp_tool &declared = definition->tools[i].declaration;
            Json tool = tools.At(i);
            EXPECT_EQ(tool["name"].Text(), declared.name);
            EXPECT_GE(tool["inputSchema"]["required"].Size(), 1u);
            EXPECT_GE(tool["outputSchema"]["required"].Size(), 1u);
            EXPECT_EQ(tool["annotations"]["readOnlyHint"].IsTrue(), declared.is_read_only);
            EXPECT_EQ(tool["_meta"]["io.servicelane/honours-idempotency-key"].IsTrue(),
                      !declared.is_read_only);
        }
        Close();
    }
}

TEST_F(ReferenceServer, ReservesOnceForAKeyAlsoAfterARestart)
{
    const char arguments[] =
        R"({"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 1}})";
    Open(parts_server);
    Answer first = Call("reserve_parts", arguments, "wf/reserve_part_1");
    ASSERT_EQ(first.error.code, SL_OK) << first.error.message;
    EXPECT_EQ(first.value["part_1234"].Text(), "reserved") << first.value.Dump();
    Close();
    Open(parts_server);
    Answer again = Call("reserve_parts", arguments, "wf/reserve_part_1");
    EXPECT_EQ(again.value["reservation_id"].Text(), first.value["reservation_id"].Text());
    Answer stock = Call("check_part_availability", R"({"part_number": "1234"})");
    EXPECT_EQ(stock.value["quantity_available"].Number(), 39);
}

TEST_F(ReferenceServer, RefusalsAreTextsAndBadArgumentsDoNothing)
{
    Open(parts_server);
    Answer unknown = Call("get_part_details", R"({"part_number": "9999"})");
    EXPECT_EQ(unknown.error.code, SL_OK) << unknown.error.message;
    EXPECT_TRUE(unknown.is_refused);
    EXPECT_EQ(unknown.refusal, "Part 9999 not found");
    Answer bad = Call("reserve_parts", R"({"part_numbers": ["1234"], "repair_order_id": "1234",
                      "quantity_map": {"1234": 0}})");
    EXPECT_TRUE(bad.is_refused || bad.error.code != SL_OK);
    Answer stock = Call("check_part_availability", R"({"part_number": "1234"})");
    EXPECT_EQ(stock.value["quantity_available"].Number(), 40);
}

TEST_F(ReferenceServer, ATakenPortIsNamed)
{
    Open(parts_server);
    std::string listen = "127.0.0.1:" + std::to_string(reference_server_port(server));
    std::string other = folder + "/other";
    reference_settings settings = {};
    settings.listen = listen.c_str();
    settings.data_dir = other.c_str();
    reference_server *second = nullptr;
    sl_error error = {};
    EXPECT_EQ(reference_server_open(loop, &parts_server, &settings, &second, &error),
              SL_UNAVAILABLE);
    EXPECT_NE(std::string(error.message).find(listen), std::string::npos) << error.message;
}
