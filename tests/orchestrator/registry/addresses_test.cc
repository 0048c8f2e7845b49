#include <gtest/gtest.h>

#include <sys/socket.h>

#include "orchestrator/addresses.h"

namespace
{

struct Name {
    const char *target, *host, *port;
};

class TargetName : public testing::TestWithParam<Name>
{
};

TEST_P(TargetName, IsTakenApart)
{
    char host[256], port[16];
    sl_error error = {};
    ASSERT_EQ(SL_OK, orch_target_name(GetParam().target, host, port, &error)) << error.message;
    EXPECT_STREQ(GetParam().host, host);
    EXPECT_STREQ(GetParam().port, port);
}

INSTANTIATE_TEST_SUITE_P(Forms, TargetName,
                         testing::Values(Name{"parts:50085", "parts", "50085"},
                                         Name{"dns:///parts:50085", "parts", "50085"},
                                         Name{"dns:parts:50085", "parts", "50085"},
                                         Name{"parts", "parts", "443"},
                                         Name{"[::1]:50085", "::1", "50085"},
                                         Name{"127.0.0.1:1", "127.0.0.1", "1"}));

TEST(TargetNames, WhatIsNoNameIsLeftToGrpc)
{
    char host[256], port[16];
    sl_error error = {};
    for (const char *target : {"unix:/tmp/a", "xds:///parts", "dns://10.0.0.2/parts:1",
                               "ipv4:10.0.0.1:1", "ipv6:[::1]:1"})
        EXPECT_EQ(SL_NOT_FOUND, orch_target_name(target, host, port, &error)) << target;
    EXPECT_EQ(SL_INVALID_ARGUMENT, orch_target_name("[::1", host, port, &error));
    EXPECT_EQ(SL_INVALID_ARGUMENT, orch_target_name(":50085", host, port, &error));
}

TEST(TargetList, IsSortedAndEachAddressIsThereOnce)
{
    orch_addresses found = {};
    sl_error error = {};
    ASSERT_EQ(SL_OK, orch_target_list("ipv4:10.0.0.2:5,10.0.0.1:5,10.0.0.2:5", &found, &error));
    ASSERT_EQ(2u, found.count);
    EXPECT_STREQ("10.0.0.1:5", found.entries[0].text);
    char target[ORCH_ADDRESS_SIZE + 8];
    orch_address_target(&found.entries[1], target);
    EXPECT_STREQ("ipv4:10.0.0.2:5", target);
    ASSERT_EQ(SL_OK, orch_target_list("ipv6:[::1]:5", &found, &error));
    orch_address_target(&found.entries[0], target);
    EXPECT_STREQ("ipv6:[::1]:5", target);
    EXPECT_EQ(SL_INVALID_ARGUMENT, orch_target_list("ipv4:10.0.0.1:5,,", &found, &error));
    EXPECT_EQ(SL_NOT_FOUND, orch_target_list("parts:1", &found, &error));
}

/** What resolving came to. */
struct Resolved {
    bool is_done = false;
    sl_error error = {};
    orch_addresses addresses = {};

    static void On(const sl_error *error, const orch_addresses *addresses, void *arg)
    {
        auto *self = static_cast<Resolved *>(arg);
        self->is_done = true;
        self->error = *error;
        if (addresses)
            self->addresses = *addresses;
    }
};

struct Resolving : testing::Test {
    sl_loop *loop = nullptr;
    orch_resolution *resolution = nullptr;

    void SetUp() override
    {
        sl_error error = {};
        ASSERT_EQ(SL_OK, sl_loop_new(nullptr, &loop, &error));
    }
    void TearDown() override
    {
        sl_loop_free(loop);
    }
    Resolved Resolve(const char *target)
    {
        Resolved resolved;
        sl_error error = {};
        EXPECT_EQ(SL_OK,
                  orch_resolve_start(loop, target, Resolved::On, &resolved, &resolution, &error));
        EXPECT_FALSE(resolved.is_done);
        EXPECT_TRUE(sl_loop_run_until(loop, &resolved.is_done, 10000));
        return resolved;
    }
};

TEST_F(Resolving, ANameGivesItsAddresses)
{
    Resolved resolved = Resolve("dns:///localhost:50085");
    ASSERT_EQ(SL_OK, resolved.error.code) << resolved.error.message;
    bool has_ipv4 = false;
    for (size_t i = 0; i < resolved.addresses.count; i++)
        has_ipv4 = has_ipv4 || std::string(resolved.addresses.entries[i].text) == "127.0.0.1:50085";
    EXPECT_TRUE(has_ipv4);
}

TEST_F(Resolving, ANameThatMeansNothingIsSaid)
{
    Resolved resolved = Resolve("nobody.invalid:50085");
    EXPECT_EQ(SL_UNAVAILABLE, resolved.error.code);
    EXPECT_NE(nullptr, strstr(resolved.error.message, "nobody.invalid")) << resolved.error.message;
}

TEST_F(Resolving, WhatOnlyGrpcKnowsIsOneInstance)
{
    Resolved resolved = Resolve("unix:/tmp/parts.sock");
    ASSERT_EQ(SL_OK, resolved.error.code);
    ASSERT_EQ(1u, resolved.addresses.count);
    EXPECT_STREQ("unix:/tmp/parts.sock", resolved.addresses.entries[0].text);
    EXPECT_EQ(AF_UNSPEC, resolved.addresses.entries[0].family);
}

TEST_F(Resolving, CancelledItIsOverOrSaysSo)
{
    for (int i = 0; i < 20; i++) {
        Resolved resolved;
        sl_error error = {};
        ASSERT_EQ(SL_OK, orch_resolve_start(loop, "localhost:1", Resolved::On, &resolved,
                                            &resolution, &error));
        if (orch_resolve_cancel(resolution)) {
            EXPECT_FALSE(resolved.is_done);
            continue;
        }
        EXPECT_TRUE(sl_loop_run_until(loop, &resolved.is_done, 10000));
        EXPECT_EQ(SL_CANCELLED, resolved.error.code);
    }
}

} // namespace
