#include "bridge_fixture.h"
#include "guard/guard.h"
#include "rest-bridge/origin.h"
#include "rest-bridge/rate.h"
#include "rest-bridge/timeout.h"
#include "tests/lib/auth/tokens.h"

namespace
{

const std::string kDesk = "desk-3f9c1b7a52e84d06", kOther = "other-8841c0de77aa11",
                  kService = "service-5512aa90f1e3";
const char kGood[] = R"({"request_id":"r1","operation":"pay","parameters":{}})";

class Protection : public BridgeTest
{
  protected:
    void SetUp() override
    {
        BridgeTest::SetUp();
        keys_ = folder_.Write(
            "keys.json",
            R"({"keys":[{"name":"desk","tenant":"T1","dealer":"D1","user":"ann","sha256":")" +
                Sha256Hex(kDesk) + R"("},{"name":"other","tenant":"T2","rate_per_second":0.001,)" +
                R"("burst":2,"sha256":")" + Sha256Hex(kOther) +
                R"("},{"name":"orchestrator","role":"service","tenants":["T1"],"sha256":")" +
                Sha256Hex(kService) + R"("}]})");
        guard_ = Empty();
    }
    void TearDown() override
    {
        BridgeTest::TearDown();
        sl_auth_free(auth_);
    }
    static struct sl_guard_settings Empty()
    {
        return {"", "", "", "", "", "", "", "", "", "", "", "", ""};
    }

    /** Once more, with what a test wants of the bridge. */
    void Restart(struct bridge_options options)
    {
        StopBridge(0);
        std::string target = "127.0.0.1:" + std::to_string(rpc_port_);
        struct bridge_listener_options listener = {"payment", "127.0.0.1:0", target.c_str(),
                                                   &agent_service_descriptor};
        options.listeners = &listener;
        options.listener_count = 1;
        options.request_timeout_ms = options.workflow_timeout_ms = 30000;
        ASSERT_EQ(SL_OK, bridge_new(loop_, &options, &bridge_, &err_)) << err_.message;
        Use(0);
    }

    /** The bridge asks for keys, and so does the service behind it. */
    void AskForKeys(bool does_bridge = true)
    {
        guard_.keys_file = keys_.c_str();
        StopRpc();
        ASSERT_EQ(SL_OK, sl_guard_new(&guard_, nullptr, &auth_, &err_)) << err_.message;
        agent_.execute = OnGuarded;
        StartRpc();
        struct bridge_options options = {};
        options.guard = does_bridge ? &guard_ : nullptr;
        Restart(options);
    }
    void BeforeStart(struct sl_server *server) override
    {
        if (auth_ != nullptr) {
            ASSERT_EQ(SL_OK, sl_guard_install(server, auth_));
        }
    }

    static enum sl_code OnGuarded(void *self, struct sl_server_call *call,
                                  const Servicelane__Agent__V1__AgentServiceRequest *request,
                                  struct sl_error *err)
    {
        const struct sl_guard_caller defaults = {"T0", "D0", "U0"};
        struct sl_guard_caller caller = sl_guard_caller_of(call, &defaults);
        static_cast<Protection *>(self)->caller_ =
            std::string(caller.tenant) + " " + caller.dealer + " " + caller.user;
        return OnExecute(self, call, request, err);
    }

    Answer Execute(const Fields &more)
    {
        Fields fields = {{"Content-Type", "application/json"}};
        fields.insert(fields.end(), more.begin(), more.end());
        return Send("POST", "/execute", kGood, fields);
    }

    TokenFolder folder_;
    std::string keys_, caller_;
    struct sl_guard_settings guard_;
    struct sl_auth *auth_ = nullptr;
};

} // namespace

TEST_F(Protection, AsksWhoCalls)
{
    AskForKeys();
    Answer answer = Execute({});
    EXPECT_EQ(401, answer.status);
    EXPECT_EQ("Bearer", answer.Header("WWW-Authenticate"));
    EXPECT_EQ(0u, answer.body.find("{\"detail\":\"")) << answer.body;
    EXPECT_EQ(401, Execute({{"X-Api-Key", "guess"}}).status);
    EXPECT_EQ(401, Execute({{"Authorization", "Basic ZGVzazpkZXNr"}}).status);
    EXPECT_EQ(0, calls_);
    EXPECT_EQ(200, Execute({{"X-Api-Key", kDesk.c_str()}}).status);
    std::string bearer = "Bearer " + kDesk;
    EXPECT_EQ(200, Execute({{"Authorization", bearer.c_str()}}).status);
    EXPECT_EQ(2, calls_);
    /* Whether somebody is there may be asked by anybody; what is nowhere is so for all. */
    EXPECT_EQ(200, Get("/health").status);
    EXPECT_EQ(404, Get("/nowhere").status);
    EXPECT_EQ(401, Get("/status/t1/events").status);
}

TEST_F(Protection, BelievesTheCredentialAndNotTheHeaders)
{
    AskForKeys();
    EXPECT_EQ(200, Execute({{"X-Api-Key", kDesk.c_str()},
                            {"X-Tenant-Id", "T2"},
                            {"X-Dealer-Id", "D2"},
                            {"X-User-Id", "eve"}})
                       .status);
    EXPECT_EQ("T1 D1 ann", caller_);
    /* What a key does not say comes from the configuration, not from the caller. */
    EXPECT_EQ(200, Execute({{"X-Api-Key", kOther.c_str()}, {"X-User-Id", "eve"}}).status);
    EXPECT_EQ("T2 D0 U0", caller_);
    /* A service speaks for others, for those that it may. */
    EXPECT_EQ(
        200, Execute({{"X-Api-Key", kService.c_str()}, {"X-Tenant-Id", "T1"}, {"X-User-Id", "bob"}})
                 .status);
    EXPECT_EQ("T1 D0 bob", caller_);
    EXPECT_EQ(403, Execute({{"X-Api-Key", kService.c_str()}, {"X-Tenant-Id", "T2"}}).status);
    EXPECT_EQ(403, Execute({{"X-Api-Key", kService.c_str()}}).status);
}

TEST_F(Protection, HasNoSideDoorBehindTheBridge)
{
    AskForKeys(false);
    Answer answer = Execute({});
    EXPECT_EQ(401, answer.status);
    EXPECT_EQ(0, calls_);
    EXPECT_EQ(200, Execute({{"X-Api-Key", kDesk.c_str()}}).status);
    EXPECT_EQ("T1 D1 ann", caller_);
    EXPECT_EQ(200, Get("/health").status);
}

TEST_F(Protection, BoundsHowOftenAClientAsks)
{
    struct bridge_options options = {};
    options.rate = 0.001;
    options.burst = 3;
    Restart(options);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(200, Execute({}).status);
    Answer answer = Execute({});
    EXPECT_EQ(429, answer.status);
    EXPECT_EQ(R"({"detail":"Too Many Requests"})", answer.body);
    EXPECT_GE(atoi(answer.Header("Retry-After").c_str()), 990);
    EXPECT_EQ(3, calls_);
}

TEST_F(Protection, HoldsEachKeyToItsOwnRate)
{
    AskForKeys();
    for (int i = 0; i < 2; i++)
        EXPECT_EQ(200, Execute({{"X-Api-Key", kOther.c_str()}}).status);
    EXPECT_EQ(429, Execute({{"X-Api-Key", kOther.c_str()}}).status);
    for (int i = 0; i < 5; i++)
        EXPECT_EQ(200, Execute({{"X-Api-Key", kDesk.c_str()}}).status);
}

TEST_F(Protection, LetsListedPagesIn)
{
    struct bridge_options options = {};
    options.cors_origins = "https://desk.example, http://localhost:3000";
    Restart(options);
    Answer answer = Send("OPTIONS", "/execute", "",
                         {{"Origin", "https://desk.example"},
                          {"Access-Control-Request-Method", "POST"},
                          {"Access-Control-Request-Headers", "content-type"}});
    EXPECT_EQ(204, answer.status);
    EXPECT_EQ("https://desk.example", answer.Header("Access-Control-Allow-Origin"));
    EXPECT_EQ("POST", answer.Header("Access-Control-Allow-Methods"));
    EXPECT_NE(std::string::npos,
              answer.Header("Access-Control-Allow-Headers").find("Content-Type"));
    answer = Execute({{"Origin", "https://desk.example"}});
    EXPECT_EQ(200, answer.status);
    EXPECT_EQ("https://desk.example", answer.Header("Access-Control-Allow-Origin"));
    EXPECT_EQ("Origin", answer.Header("Vary"));
    EXPECT_EQ(422, Send("POST", "/execute", "{}",
                        {{"Content-Type", "application/json"}, {"Origin", "http://localhost:3000"}})
                       .status);
    answer = Send("GET", "/health", "", {{"Origin", "https://elsewhere.example"}});
    EXPECT_EQ(200, answer.status);
    EXPECT_EQ("", answer.Header("Access-Control-Allow-Origin"));
    answer =
        Send("OPTIONS", "/execute", "",
             {{"Origin", "https://elsewhere.example"}, {"Access-Control-Request-Method", "POST"}});
    EXPECT_EQ(405, answer.status);
    EXPECT_EQ("", answer.Header("Access-Control-Allow-Origin"));
    options.cors_origins = "*";
    Restart(options);
    answer = Send("GET", "/health", "", {{"Origin", "https://elsewhere.example"}});
    EXPECT_EQ("*", answer.Header("Access-Control-Allow-Origin"));
    EXPECT_EQ("", answer.Header("Vary"));
}

TEST_F(Protection, LetsNoOtherSitesPageChangeAnything)
{
    EXPECT_EQ(403,
              Send("POST", "/status/t1/cancel", "", {{"Origin", "http://evil.example"}}).status);
    EXPECT_EQ(403, Execute({{"Origin", "http://evil.example"}}).status);
    EXPECT_EQ(403, Execute({{"Origin", "null"}}).status);
    EXPECT_EQ(0, calls_);
    std::string own = "http://127.0.0.1:" + std::to_string(port_);
    EXPECT_EQ(200, Execute({{"Origin", own.c_str()}}).status);
}

TEST_F(Protection, ServesOnLoopbackOnlyLoopbacksNames)
{
    for (const char *host :
         {"evil.example", "evil.example:8083", "127.evil.example", "localhost.evil"}) {
        Answer answer = Send("GET", "/health", "", {{"Host", host}});
        EXPECT_EQ(421, answer.status) << host;
        EXPECT_EQ(0u, answer.body.find("{\"detail\":\"")) << answer.body;
    }
    for (const char *host : {"localhost", "LocalHost:1", "127.0.0.1", "127.8.9.1:70", "[::1]:8083"})
        EXPECT_EQ(200, Send("GET", "/health", "", {{"Host", host}}).status) << host;
    struct bridge_options options = {};
    options.allowed_hosts = "desk.example";
    Restart(options);
    EXPECT_EQ(200, Send("GET", "/health", "", {{"Host", "Desk.example:8083"}}).status);
    EXPECT_EQ(421, Send("GET", "/health", "", {{"Host", "other.example"}}).status);
}

TEST_F(Protection, SpeaksTlsWhereItHasACertificate)
{
    guard_.certificate_file = "/nowhere.pem";
    std::string target = "127.0.0.1:1";
    struct bridge_listener_options listener = {"payment", "127.0.0.1:0", target.c_str(),
                                               &agent_service_descriptor};
    struct bridge_options options = {};
    options.listeners = &listener;
    options.listener_count = 1;
    options.guard = &guard_;
    struct bridge *bridge = nullptr;
    EXPECT_EQ(SL_INVALID_ARGUMENT, bridge_new(loop_, &options, &bridge, &err_));
    guard_.key_file = "/nowhere.key";
    EXPECT_EQ(SL_INVALID_ARGUMENT, bridge_new(loop_, &options, &bridge, &err_));
    EXPECT_NE(nullptr, strstr(err_.message, "/nowhere.pem")) << err_.message;
}

TEST_F(Protection, WaitsAsLongAsGrpcTimeoutSays)
{
    EXPECT_EQ(200, Execute({{"Grpc-Timeout", "7S"}}).status);
    EXPECT_GT(remaining_ms_, 5000);
    EXPECT_LE(remaining_ms_, 7000);
    EXPECT_EQ(200, Execute({{"Grpc-Timeout", "99999999H"}}).status);
    EXPECT_GT(remaining_ms_, 80000 * 1000);
    Answer answer = Execute({{"Grpc-Timeout", "soon"}});
    EXPECT_EQ(422, answer.status);
    EXPECT_NE(std::string::npos, answer.body.find(R"("loc":["header","grpc-timeout"])"));
    is_holding_ = true;
    EXPECT_EQ(504, Execute({{"Grpc-Timeout", "50m"}}).status);
    FailHeld(SL_CANCELLED);
}

TEST_F(Protection, SaysWhenToComeAgain)
{
    agent_.execute = [](void *, struct sl_server_call *call,
                        const Servicelane__Agent__V1__AgentServiceRequest *, struct sl_error *err) {
        EXPECT_EQ(SL_OK, sl_server_call_add_trailing(call, "retry-after", "17"));
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "too many workflows");
    };
    StopRpc();
    StartRpc();
    Restart({});
    Answer answer = Execute({{"X-Request-Id", "q7"}});
    EXPECT_EQ(429, answer.status);
    EXPECT_EQ("17", answer.Header("Retry-After"));
    EXPECT_EQ("q7", answer.Header("X-Request-Id"));
}

TEST(Timeout, ReadsWhatGrpcWrites)
{
    const std::pair<const char *, int64_t> good[] = {
        {"1H", 3600000},   {"2M", 120000},
        {"30S", 30000},    {"5m", 5},
        {"1500u", 1},      {"1n", 1},
        {"0S", 1},         {"99999999n", 99},
        {"25H", 86400000}, {"99999999M", 86400000},
    };
    for (auto [text, wanted] : good) {
        int64_t ms = -1;
        EXPECT_TRUE(bridge_timeout_read(text, &ms)) << text;
        EXPECT_EQ(wanted, ms) << text;
    }
    for (const char *text : {"", "1", "S", "1s", "1h", "-1S", "1.5S", "123456789S", " 1S", "1S "}) {
        int64_t ms = -1;
        EXPECT_FALSE(bridge_timeout_read(text, &ms)) << text;
        EXPECT_EQ(-1, ms);
    }
}

TEST(Rate, RefillsWithTime)
{
    struct bridge_rates *rates = nullptr;
    struct sl_error err = {};
    ASSERT_EQ(SL_OK, bridge_rates_new(&rates, &err));
    const struct bridge_allowance allowance = {10, 5};
    int64_t after = 0;
    for (int i = 0; i < 5; i++)
        EXPECT_TRUE(bridge_rates_take(rates, "a", &allowance, 1000, &after));
    EXPECT_FALSE(bridge_rates_take(rates, "a", &allowance, 1000, &after));
    EXPECT_EQ(1, after);
    EXPECT_TRUE(bridge_rates_take(rates, "b", &allowance, 1000, &after));
    EXPECT_FALSE(bridge_rates_take(rates, "a", &allowance, 1099, &after));
    EXPECT_TRUE(bridge_rates_take(rates, "a", &allowance, 1200, &after));
    EXPECT_TRUE(bridge_rates_take(rates, "a", &allowance, 900000, &after));
    for (int i = 0; i < 4; i++)
        EXPECT_TRUE(bridge_rates_take(rates, "a", &allowance, 900000, &after));
    EXPECT_FALSE(bridge_rates_take(rates, "a", &allowance, 900000, &after));
    bridge_rates_free(rates);
}

TEST(Rate, NeverGrows)
{
    struct bridge_rates *rates = nullptr;
    struct sl_error err = {};
    ASSERT_EQ(SL_OK, bridge_rates_new(&rates, &err));
    const struct bridge_allowance allowance = {1, 1};
    int64_t after = 0, taken = 0;
    for (int i = 0; i < 100000; i++)
        taken += bridge_rates_take(rates, std::to_string(i).c_str(), &allowance, 1000 + i, &after);
    EXPECT_EQ(100000, taken);
    /* Who came last is known still. */
    EXPECT_FALSE(bridge_rates_take(rates, "99999", &allowance, 101000, &after));
    bridge_rates_free(rates);
}

TEST(Origin, IsSameWithAndWithoutItsPort)
{
    EXPECT_TRUE(bridge_origin_is_same("http://a:8086", "a:8086"));
    EXPECT_TRUE(bridge_origin_is_same("https://A", "a"));
    EXPECT_TRUE(bridge_origin_is_same("https://a", "a:443"));
    EXPECT_TRUE(bridge_origin_is_same("http://[::1]:8086", "[::1]:8086"));
    for (const char *origin : {"http://a:8087", "http://b:8086", "null", "", "file://a:8086",
                               "http://a:8086.evil", "http://evil/a:8086"})
        EXPECT_FALSE(bridge_origin_is_same(origin, "a:8086")) << origin;
    EXPECT_FALSE(bridge_origin_is_same("https://a:80", "a"));
}
