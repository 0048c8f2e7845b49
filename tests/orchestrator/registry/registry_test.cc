#include <gtest/gtest.h>

#include "../service/world.h"

namespace
{

Called Services(World &world)
{
    return world.Call(orchestrator_list_services_method, "{}");
}

/** Whether a member of a service is this text. */
bool Is(World &world, const std::string &path, const std::string &wanted)
{
    return Services(world).text("services." + path) == wanted;
}

std::string Address(const FakeAgent &agent)
{
    return "127.0.0.1:" + std::to_string(agent.port());
}

Called Look(World &world, const std::string &id, const std::string &service = "parts")
{
    return world.Orchestrate(PlanRequest(id, {PlanStep("s1", service, "look")}));
}

/** An orchestrator whose parts agent has two instances. */
struct Instances : testing::Test {
    World world;
    std::unique_ptr<FakeAgent> second;
    std::string target;

    void Start(const std::string &store = "store-1")
    {
        second = world.NewAgent(store);
        target = "ipv4:" + Address(world.parts()) + "," + Address(*second);
        world.config.parts_target = target.c_str();
        ASSERT_TRUE(world.Start()) << world.error();
        ASSERT_TRUE(Eventually([&] { return !Is(world, "parts.status", "unhealthy"); }));
    }
    void TearDown() override
    {
        world.Stop();
        if (second)
            world.StopAgent(second.get());
    }
    /** The entry of an instance in /services. */
    std::string Status(const FakeAgent &agent)
    {
        Called services = Services(world);
        for (int i = 0; i < 2; i++) {
            std::string path = "services.parts.instances." + std::to_string(i);
            if (services.text(path + ".address") == Address(agent))
                return services.text(path + ".status");
        }
        return "absent";
    }
};

TEST_F(Instances, ShareTheWorkAndAreShown)
{
    Start();
    Called services = Services(world);
    EXPECT_EQ("healthy", services.text("services.parts.status"));
    EXPECT_EQ(target, services.text("services.parts.url"));
    EXPECT_EQ("closed", services.text("services.parts.circuit_breaker"));
    EXPECT_EQ(2u, json_array_size(services.at("services.parts.instances")));
    EXPECT_EQ("store-1", services.text("services.parts.instances.1.store_id"));
    /* Of two calls beside each other each goes to another instance, once both are connected, which
     * may be a moment later than their addresses are known. */
    for (int i = 0;
         i < 200 && (world.parts().asked("look").empty() || second->asked("look").empty()); i++)
        world.Orchestrate(
            PlanRequest("two-" + std::to_string(i),
                        {PlanStep("s1", "parts", "look"), PlanStep("s2", "parts", "look")}));
    EXPECT_FALSE(world.parts().asked("look").empty());
    EXPECT_FALSE(second->asked("look").empty());
}

TEST_F(Instances, OneThatIsMissingIsShownAndMissedByNobody)
{
    Start();
    std::unique_ptr<FakeAgent> gone = std::move(second);
    world.StopAgent(gone.get());
    for (int i = 0; i < 30; i++) {
        Called called = Look(world, "after-" + std::to_string(i));
        EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    }
    EXPECT_EQ(target, "ipv4:" + Address(world.parts()) + target.substr(target.find(',')));
    world.Orchestrate(PlanRequest("x", {PlanStep("s1", "parts", "look")}));
    EXPECT_TRUE(Is(world, "parts.status", "healthy"));
}

TEST_F(Instances, DifferentStoresAreDegradedAndHonourNoKeys)
{
    Start("store-2");
    ASSERT_TRUE(Eventually([&] { return Is(world, "parts.status", "degraded"); }));
    std::string reason = Services(world).text("services.parts.reason");
    for (const std::string &wanted :
         {std::string("store-1"), std::string("store-2"), Address(world.parts()), Address(*second)})
        EXPECT_NE(std::string::npos, reason.find(wanted)) << reason;
    /* What may have been done is not asked for again: the other instance knows nothing of it. */
    for (FakeAgent *agent : {&world.parts(), second.get()})
        agent->Script("make", {{"", SL_UNKNOWN, false}, Success()});
    Called called = world.Orchestrate(PlanRequest("once", {PlanStep("s1", "parts", "make")}));
    EXPECT_EQ("needs_reconciliation", called.text("execution_results.step_results.s1.status"));
    EXPECT_EQ(1u, world.parts().asked("make").size() + second->asked("make").size());
}

TEST(Registry, FurtherServicesArePlannedWithAndExecutedThrough)
{
    World world;
    std::unique_ptr<FakeAgent> towing = world.NewAgent();
    std::string services = "towing=" + Address(*towing);
    world.config.services = services.c_str();
    ASSERT_TRUE(world.Start()) << world.error();
    ASSERT_TRUE(Eventually([&] { return Is(world, "towing.status", "healthy"); }));
    Called called = Look(world, "tow", "towing");
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_EQ(1u, towing->asked("look").size());
    called = world.Orchestrate(PlanRequest("wrong", {PlanStep("s1", "towing", "fly")}));
    EXPECT_NE(std::string::npos, called.text("final_result").find("no operation \"fly\""));
    called = Look(world, "unknown", "boats");
    EXPECT_NE(std::string::npos, called.text("final_result").find("towing"));
    world.Stop();
    world.StopAgent(towing.get());
}

TEST(Registry, TheBreakerOpensHoldsBackAndHeals)
{
    World world;
    ASSERT_TRUE(world.Start()) << world.error();
    ASSERT_TRUE(Eventually([&] { return Is(world, "parts.status", "healthy"); }));
    int port = world.parts().port();
    std::unique_ptr<FakeAgent> gone = world.TakeAgent(1);
    world.StopAgent(gone.get());
    int count = 0;
    ASSERT_TRUE(Eventually([&] {
        Look(world, "look-" + std::to_string(count++));
        return Is(world, "parts.circuit_breaker", "open");
    }));
    Called called = world.Orchestrate(
        PlanRequest("held", {PlanStep("s1", "parts", "make", "{}", R"("retry_attempts":0)")}));
    EXPECT_EQ("failed", called.text("execution_results.step_results.s1.status"));
    std::string error = called.text("execution_results.step_results.s1.error");
    EXPECT_NE(std::string::npos, error.find("circuit breaker")) << error;

    world.GiveAgent(1, port);
    ASSERT_TRUE(Eventually([&] { return Is(world, "parts.status", "healthy"); }));
    called = Look(world, "again");
    EXPECT_TRUE(called.is_true("success")) << called.text("final_result");
    EXPECT_TRUE(Is(world, "parts.circuit_breaker", "closed"));
    EXPECT_TRUE(world.parts().asked("make").empty());
}

TEST(Registry, RefusalsNeverOpenTheBreaker)
{
    World world;
    ASSERT_TRUE(world.Start()) << world.error();
    world.parts().Script("make", {Failure("Insufficient stock")});
    for (int i = 0; i < 20; i++)
        world.Orchestrate(
            PlanRequest("no-" + std::to_string(i), {PlanStep("s1", "parts", "make")}));
    EXPECT_TRUE(Is(world, "parts.circuit_breaker", "closed"));
    EXPECT_EQ(20u, world.parts().asked("make").size());
}

} // namespace
