#include "auth/auth.h"

#include "auth/exposure.h"
#include "auth/keys.h"
#include "tokens.h"

namespace
{

const std::string kDesk = "desk-3f9c1b7a52e84d06";
const std::string kOther = "other-8841c0de77aa";

std::string KeysFile(const std::string &key, const std::string &tenant)
{
    return R"({"keys":[{"name":"desk","sha256":")" + Sha256Hex(key) + R"(","tenant":")" + tenant +
           R"(","dealer":"D1","user":"u1","rate_per_second":5,"burst":9},)"
           R"({"name":"orchestrator","sha256":")" +
           Sha256Hex("service-key-000") + R"(","role":"service","tenants":["T1","T2"]}]})";
}

class Auth : public testing::Test
{
  protected:
    void SetUp() override
    {
        arena_ = sl_arena_new();
        clock_.self = this;
        clock_.monotonic_ns = [](void *self) { return static_cast<Auth *>(self)->now_ns_; };
        clock_.wall_ns = [](void *) { return INT64_C(1800000000) * 1000000000; };
        options_.clock = &clock_;
    }
    void TearDown() override
    {
        sl_auth_free(auth_);
        sl_arena_free(arena_);
    }
    enum sl_code Open()
    {
        sl_auth_free(auth_);
        auth_ = nullptr;
        err_ = {};
        return sl_auth_new(&options_, &auth_, &err_);
    }
    enum sl_code Check(const char *authorization, const char *api_key = nullptr)
    {
        struct sl_credential credential = {authorization, api_key};
        identity_ = nullptr;
        err_ = {};
        return sl_auth_check(auth_, &credential, arena_, &identity_, &err_);
    }
    enum sl_code CheckKey(const std::string &key)
    {
        return Check(nullptr, key.c_str());
    }

    TokenFolder folder_;
    struct sl_clock clock_ = {};
    int64_t now_ns_ = 0;
    struct sl_auth_options options_ = {};
    struct sl_auth *auth_ = nullptr;
    struct sl_arena *arena_ = nullptr;
    const struct sl_identity *identity_ = nullptr;
    struct sl_error err_ = {};
};

} // namespace

TEST_F(Auth, IsOffWhereNothingIsConfigured)
{
    EXPECT_EQ(SL_OK, Open());
    EXPECT_EQ(nullptr, auth_);
    options_.keys_file = "";
    EXPECT_EQ(SL_OK, Open());
    EXPECT_EQ(nullptr, auth_);
}

TEST_F(Auth, KnowsKeysByTheirHash)
{
    std::string file = folder_.Write("keys.json", KeysFile(kDesk, "T1"));
    options_.keys_file = file.c_str();
    ASSERT_EQ(SL_OK, Open()) << err_.message;
    ASSERT_EQ(SL_OK, CheckKey(kDesk)) << err_.message;
    EXPECT_STREQ("desk", identity_->name);
    EXPECT_STREQ("T1", identity_->tenant);
    EXPECT_STREQ("D1", identity_->dealer);
    EXPECT_STREQ("u1", identity_->user);
    EXPECT_EQ(5, identity_->rate);
    EXPECT_EQ(9, identity_->burst);
    EXPECT_TRUE(sl_identity_may_act_for(identity_, "T1"));
    EXPECT_FALSE(sl_identity_may_act_for(identity_, "T2"));
    EXPECT_EQ(SL_OK, Check(("Bearer " + kDesk).c_str()));
    EXPECT_EQ(SL_OK, Check(("bearer  " + kDesk).c_str()));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(("Basic " + kDesk).c_str()));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(kDesk.c_str()));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(nullptr));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check("Bearer "));
    EXPECT_EQ(SL_UNAUTHENTICATED, CheckKey(kOther));
    EXPECT_EQ(SL_UNAUTHENTICATED, CheckKey(kDesk + " "));
    EXPECT_EQ(SL_UNAUTHENTICATED, CheckKey(Sha256Hex(kDesk)));
    EXPECT_EQ(nullptr, strstr(err_.message, kDesk.c_str()));
    ASSERT_EQ(SL_OK, CheckKey("service-key-000"));
    EXPECT_EQ(SL_ROLE_SERVICE, identity_->role);
    EXPECT_TRUE(sl_identity_may_act_for(identity_, "T2"));
    EXPECT_FALSE(sl_identity_may_act_for(identity_, "T3"));
}

TEST_F(Auth, TakesChangedKeysWithoutARestart)
{
    std::string file = folder_.Write("keys.json", KeysFile(kDesk, "T1"));
    options_.keys_file = file.c_str();
    ASSERT_EQ(SL_OK, Open()) << err_.message;
    ASSERT_EQ(SL_OK, CheckKey(kDesk));
    folder_.Write("keys.json", KeysFile(kOther, "T7"));
    /* It is looked at once a second. */
    now_ns_ += 999000000;
    EXPECT_EQ(SL_OK, CheckKey(kDesk));
    now_ns_ += 2000000;
    EXPECT_EQ(SL_UNAUTHENTICATED, CheckKey(kDesk));
    ASSERT_EQ(SL_OK, CheckKey(kOther));
    EXPECT_STREQ("T7", identity_->tenant);
    /* What is wrong is not taken, nor that the file is gone. */
    folder_.Write("keys.json", "{\"keys\":[{}]}");
    now_ns_ += 2000000000;
    EXPECT_EQ(SL_OK, CheckKey(kOther));
    std::filesystem::remove(file);
    now_ns_ += 2000000000;
    EXPECT_EQ(SL_OK, CheckKey(kOther));
    folder_.Write("keys.json", KeysFile(kDesk, "T1"));
    now_ns_ += 2000000000;
    EXPECT_EQ(SL_OK, CheckKey(kDesk));
}

TEST_F(Auth, TakesTokensBesideKeys)
{
    RsaKey key;
    std::string secret = folder_.Write("secret", std::string(40, 'x') + "\n");
    std::string keys = folder_.Write("keys.json", KeysFile(kDesk, "T1"));
    std::string jwks = folder_.Write("jwks.json", "{\"keys\":[" + key.Jwk("k1") + "]}");
    const std::string claims =
        R"({"exp":1800000600,"tenant_id":"T5","iss":"https://id","aud":"servicelane"})";
    options_.jwt_secret_file = secret.c_str();
    options_.keys_file = keys.c_str();
    options_.jwks_file = jwks.c_str();
    options_.jwt_issuer = "https://id";
    options_.jwt_audience = "servicelane";
    ASSERT_EQ(SL_OK, Open()) << err_.message;
    std::string token = "Bearer " + Hs256(R"({"alg":"HS256"})", claims, std::string(40, 'x'));
    ASSERT_EQ(SL_OK, Check(token.c_str())) << err_.message;
    EXPECT_STREQ("T5", identity_->tenant);
    EXPECT_EQ(SL_OK, Check(("Bearer " + key.Sign(R"({"alg":"RS256","kid":"k1"})", claims)).c_str()))
        << err_.message;
    EXPECT_EQ(SL_OK, CheckKey(kDesk));
    /* A new key set, and the old key is none any more. */
    RsaKey newer;
    folder_.Write("jwks.json", "{\"keys\":[" + newer.Jwk("k1") + "]}");
    now_ns_ += 2000000000;
    EXPECT_EQ(SL_UNAUTHENTICATED,
              Check(("Bearer " + key.Sign(R"({"alg":"RS256","kid":"k1"})", claims)).c_str()));
    EXPECT_EQ(SL_OK,
              Check(("Bearer " + newer.Sign(R"({"alg":"RS256","kid":"k1"})", claims)).c_str()));
}

TEST_F(Auth, NamesTheFileThatIsWrong)
{
    std::string keys = folder_.Write("keys.json", R"({"keys":[{"name":"x","sha256":"12"}]})");
    options_.keys_file = keys.c_str();
    EXPECT_EQ(SL_INVALID_ARGUMENT, Open());
    EXPECT_NE(nullptr, strstr(err_.message, "keys.json: keys[0]: sha256")) << err_.message;
    options_.keys_file = "/nowhere/keys.json";
    EXPECT_EQ(SL_INVALID_ARGUMENT, Open());
    options_.keys_file = "/tmp";
    EXPECT_EQ(SL_INVALID_ARGUMENT, Open());
    std::string secret = folder_.Write("secret", "too short\n");
    options_ = {};
    options_.jwt_secret_file = secret.c_str();
    EXPECT_EQ(SL_INVALID_ARGUMENT, Open());
    RsaKey key;
    std::string jwks = folder_.Write("jwks.json", "{\"keys\":[" + key.Jwk("k1") + "]}");
    options_ = {};
    options_.jwks_file = jwks.c_str();
    options_.jwt_issuer = "https://id";
    EXPECT_EQ(SL_INVALID_ARGUMENT, Open());
    EXPECT_NE(nullptr, strstr(err_.message, "audience")) << err_.message;
}

TEST(Keys, RefusesEntriesThatAreWrong)
{
    const std::string hash = Sha256Hex("x");
    const std::pair<std::string, const char *> entries[] = {
        {R"({"sha256":")" + hash + R"(","tenant":"T"})", "name"},
        {R"({"name":"a","sha256":")" + hash + R"("})", "tenant"},
        {R"({"name":"a","sha256":")" + hash + R"(","tenant":"T","role":"admin"})", "role"},
        {R"({"name":"a","sha256":")" + hash + R"(","tenant":"T","tenants":["T"]})", "tenants"},
        {R"({"name":"a","sha256":")" + hash + R"(","role":"service","tenants":[]})", "tenants"},
        {R"({"name":"a","sha256":")" + hash + R"(","tenant":"T","burst":0})", "burst"},
        {R"({"name":"a","sha256":")" + hash + R"(","tenant":"T","user":"\u00e4"})", "user"},
        {R"({"name":"a","sha256":")" + hash.substr(1) + R"(g","tenant":"T"})", "sha256"},
        {"5", "name"},
    };
    for (const auto &[entry, word] : entries) {
        std::string text = "{\"keys\":[" + entry + "]}";
        struct sl_keys *keys = nullptr;
        struct sl_error err = {};
        EXPECT_EQ(SL_INVALID_ARGUMENT, sl_keys_parse(text.data(), text.size(), &keys, &err));
        EXPECT_NE(nullptr, strstr(err.message, word)) << entry << " gives " << err.message;
    }
}

TEST(Exposure, KnowsLoopback)
{
    for (const char *listen :
         {"127.0.0.1:1", "127.5.0.1:1", "localhost:1", "LOCALHOST:1", "[::1]:1"})
        EXPECT_TRUE(sl_listen_is_loopback(listen)) << listen;
    for (const char *listen : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "host:1", ":1", "*:1"})
        EXPECT_FALSE(sl_listen_is_loopback(listen)) << listen;
}
