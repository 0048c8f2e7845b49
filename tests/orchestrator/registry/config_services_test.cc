#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "orchestrator/config.h"

namespace
{

struct Services : testing::Test {
    orch_config config = {};
    std::unique_ptr<sl_arena, void (*)(sl_arena *)> arena{sl_arena_new(), sl_arena_free};
    orch_config_services found = {};
    sl_error error = {};

    Services()
    {
        config.payment_target = config.parts_target = config.repair_orders_target = "";
        config.payment_url = config.parts_url = config.repair_orders_url = "";
        config.payment_rest_listen = "127.0.0.1:8083";
        config.parts_rest_listen = "127.0.0.1:8085";
        config.repair_orders_rest_listen = "127.0.0.1:8084";
        config.services = "";
    }
    sl_code Read()
    {
        return orch_config_find_services(&config, arena.get(), &found, &error);
    }
};

TEST_F(Services, AreTheThreeAtTheirUsualTargets)
{
    ASSERT_EQ(SL_OK, Read());
    ASSERT_EQ(3u, found.count);
    EXPECT_STREQ("parts", found.entries[1].name);
    EXPECT_STREQ("localhost:50085", found.entries[1].target);
    EXPECT_EQ(nullptr, found.entries[1].replaced_url);
}

TEST_F(Services, AUrlMeansRestAndATargetWins)
{
    config.parts_url = "http://old-parts:9000";
    config.payment_url = "http://old-payment:9000";
    config.payment_target = "new-payment:50083";
    ASSERT_EQ(SL_OK, Read());
    EXPECT_STREQ("http://old-parts:9000", found.entries[1].target);
    EXPECT_STREQ("new-payment:50083", found.entries[0].target);
}

TEST_F(Services, AUrlOfOurOwnBridgeIsReplaced)
{
    for (const char *url :
         {"http://localhost:8085", "http://127.0.0.1:8085/", "http://[::1]:8085"}) {
        config.parts_url = url;
        ASSERT_EQ(SL_OK, Read());
        EXPECT_STREQ("localhost:50085", found.entries[1].target) << url;
        EXPECT_STREQ(url, found.entries[1].replaced_url);
    }
}

TEST_F(Services, WhereTheBridgeLeavesThePortToOthersTheUrlIsTheirs)
{
    config.parts_url = "http://localhost:8085";
    for (const char *listen : {"", "127.0.0.1:9085"}) {
        config.parts_rest_listen = listen;
        ASSERT_EQ(SL_OK, Read());
        EXPECT_STREQ("http://localhost:8085", found.entries[1].target) << listen;
        EXPECT_EQ(nullptr, found.entries[1].replaced_url);
    }
    config.parts_url = "http://10.1.2.3:8085";
    config.parts_rest_listen = "10.1.2.3:8085";
    ASSERT_EQ(SL_OK, Read());
    EXPECT_STREQ("localhost:50085", found.entries[1].target);
}

TEST_F(Services, FurtherOnesMayListTheirAddresses)
{
    config.services = "towing=ipv4:10.0.0.1:1,10.0.0.2:1,rentals=http://rentals:80,w_1=dns:///w:5";
    ASSERT_EQ(SL_OK, Read()) << error.message;
    ASSERT_EQ(6u, found.count);
    EXPECT_STREQ("towing", found.entries[3].name);
    EXPECT_STREQ("ipv4:10.0.0.1:1,10.0.0.2:1", found.entries[3].target);
    EXPECT_STREQ("http://rentals:80", found.entries[4].target);
    EXPECT_STREQ("w_1", found.entries[5].name);
}

TEST_F(Services, WhatIsWrongIsNamed)
{
    for (const char *wrong : {"towing", "towing=", "=x:1", "Towing=x:1", "to wing=x:1", "parts=x:1",
                              "a=x:1,a=y:1", ","}) {
        config.services = wrong;
        EXPECT_EQ(SL_INVALID_ARGUMENT, Read()) << wrong;
        EXPECT_NE(nullptr, strstr(error.message, "SERVICELANE_SERVICES")) << error.message;
    }
}

} // namespace
