#include "auth/jwt.h"

#include "tokens.h"

namespace
{

constexpr double kNow = 1800000000;
const char kHs[] = R"({"alg":"HS256","typ":"JWT"})";
const char kRs[] = R"({"alg":"RS256","kid":"k1"})";

/** Claims that are good, but for what a test puts in their place. */
std::string Claims(const std::string &more = R"("exp":1800000600)")
{
    return R"({"sub":"ann","tenant_id":"T1","dealer_id":"D1",)" + more + "}";
}

class Jwt : public testing::Test
{
  protected:
    void SetUp() override
    {
        arena_ = sl_arena_new();
        rules_.tenant_claim = "tenant_id";
        rules_.dealer_claim = "dealer_id";
        UseSecret(secret_);
    }
    void TearDown() override
    {
        sl_jwks_free(jwks_);
        sl_arena_free(arena_);
    }
    void UseSecret(const std::string &secret)
    {
        rules_.secret = secret.data();
        rules_.secret_length = secret.size();
    }
    void UseKeys(const std::string &set)
    {
        sl_jwks_free(jwks_);
        jwks_ = nullptr;
        ASSERT_EQ(SL_OK, sl_jwks_parse(set.data(), set.size(), &jwks_, &err_)) << err_.message;
        rules_.jwks = jwks_;
    }
    enum sl_code Check(const std::string &token)
    {
        identity_ = nullptr;
        err_ = {};
        return sl_jwt_check(token.c_str(), &rules_, kNow, arena_, &identity_, &err_);
    }

    std::string secret_ = std::string(32, 's');
    struct sl_jwt_rules rules_ = {};
    struct sl_jwks *jwks_ = nullptr;
    struct sl_arena *arena_ = nullptr;
    const struct sl_identity *identity_ = nullptr;
    struct sl_error err_ = {};
};

} // namespace

TEST_F(Jwt, SaysWhoCalls)
{
    ASSERT_EQ(SL_OK, Check(Hs256(kHs, Claims(), secret_))) << err_.message;
    EXPECT_STREQ("ann", identity_->user);
    EXPECT_STREQ("T1", identity_->tenant);
    EXPECT_STREQ("D1", identity_->dealer);
    EXPECT_EQ(SL_ROLE_CLIENT, identity_->role);
    RsaKey key;
    UseKeys("{\"keys\":[" + key.Jwk("k1") + "]}");
    EXPECT_EQ(SL_OK, Check(key.Sign(kRs, Claims()))) << err_.message;
    EXPECT_EQ(SL_OK, Check(key.Sign(R"({"alg":"RS256"})", Claims()))) << err_.message;
}

TEST_F(Jwt, HoldsTimesAgainstTheClockWithSomeLeeway)
{
    const std::pair<const char *, bool> times[] = {
        {R"("exp":1799999971)", true},
        {R"("exp":1799999970)", false},
        {R"("exp":1800000600,"nbf":1800000030,"iat":1800000030)", true},
        {R"("exp":1800000600,"nbf":1800000031)", false},
        {R"("exp":1800000600,"iat":1800000031)", false},
        {R"("exp":1800000000.5)", true},
        {R"("exp":"1800000600")", false},
        {R"("exp":null)", false},
        {R"("nbf":0)", false},
        {R"("exp":1800000600,"nbf":"soon")", false},
    };
    for (auto [claims, is_good] : times) {
        enum sl_code code = Check(Hs256(kHs, Claims(claims), secret_));
        EXPECT_EQ(is_good ? SL_OK : SL_UNAUTHENTICATED, code) << claims << " " << err_.message;
    }
}

TEST_F(Jwt, HoldsIssuerAndAudienceWhereTheyAreConfigured)
{
    rules_.issuer = "https://id.example";
    rules_.audience = "servicelane";
    auto check = [&](const std::string &more) {
        return Check(Hs256(kHs, Claims(R"("exp":1800000600,)" + more), secret_));
    };
    EXPECT_EQ(SL_OK, check(R"("iss":"https://id.example","aud":"servicelane")"));
    EXPECT_EQ(SL_OK, check(R"("iss":"https://id.example","aud":["x","servicelane"])"));
    EXPECT_EQ(SL_UNAUTHENTICATED, check(R"("iss":"https://id.example/","aud":"servicelane")"));
    EXPECT_EQ(SL_UNAUTHENTICATED, check(R"("iss":"https://id.example","aud":["x",7])"));
    EXPECT_EQ(SL_UNAUTHENTICATED, check(R"("iss":"https://id.example")"));
    EXPECT_EQ(SL_UNAUTHENTICATED, check(R"("aud":"servicelane")"));
}

TEST_F(Jwt, RefusesAlgorithmsThatAreNotConfigured)
{
    RsaKey key;
    std::string unsigned_token = Base64Url(R"({"alg":"none"})") + "." + Base64Url(Claims()) + ".";
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(unsigned_token));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(unsigned_token + "AA"));
    for (const char *alg : {"none", "None", "hs256", "HS384", "HS512", "RS512", "ES256", ""})
        EXPECT_EQ(SL_UNAUTHENTICATED,
                  Check(Hs256(std::string(R"({"alg":")") + alg + "\"}", Claims(), secret_)))
            << alg;
    for (const char *header : {"{}", R"({"alg":null})", R"({"alg":["HS256"]})"})
        EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(header, Claims(), secret_))) << header;
    /* Each kind has its own key: one alone does not open the other. */
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(key.Sign(kRs, Claims())));
    UseKeys("{\"keys\":[" + key.Jwk("k1") + "]}");
    rules_.secret = nullptr;
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, Claims(), secret_)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, Claims(), key.Pem())));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, Claims(), "")));
}

TEST_F(Jwt, RefusesWhatWasTamperedWith)
{
    std::string token = Hs256(kHs, Claims(), secret_);
    size_t dot = token.rfind('.');
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(token.substr(0, dot)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(token.substr(0, dot + 1)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(token.substr(0, token.size() - 1)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(token + "A"));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(token + "="));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(token + ".AAAA"));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(" " + token));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, Claims(), std::string(32, 'x'))));
    std::string other = Hs256(kHs, R"({"sub":"ann","tenant_id":"T2","exp":1800000600})", secret_);
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(other.substr(0, other.rfind('.')) + token.substr(dot)));
    for (size_t i = 0; i < token.size(); i += 7) {
        std::string bent = token;
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(SL_UNAUTHENTICATED, Check(bent)) << i;
    }
}

TEST_F(Jwt, RefusesWhatItDoesNotUnderstand)
{
    for (const char *header :
         {R"({"alg":"HS256","crit":["exp"]})", R"({"alg":"HS256","b64":false})",
          R"({"alg":"HS256","typ":"JOSE"})", R"(["HS256"])", R"("HS256")", "nope"})
        EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(header, Claims(), secret_))) << header;
    EXPECT_EQ(SL_OK, Check(Hs256(R"({"alg":"HS256","typ":"at+JWT"})", Claims(), secret_)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, "[]", secret_)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, Claims() + "x", secret_)));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(""));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(".."));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(std::string(100000, 'A')));
    std::string big = Claims(R"("exp":1800000600,"x":")" + std::string(9000, 'x') + "\"");
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, big, secret_)));
}

TEST_F(Jwt, NeedsATenantThatCanBePassedOn)
{
    for (const char *claims :
         {R"({"exp":1800000600})", R"({"exp":1800000600,"tenant_id":""})",
          R"({"exp":1800000600,"tenant_id":5})", R"({"exp":1800000600,"tenant_id":"T\u00e4"})",
          R"({"exp":1800000600,"tenant_id":"T\r\nx: y"})",
          R"({"exp":1800000600,"tenant_id":"T1 "})",
          R"({"exp":1800000600,"tenant_id":"T1","sub":"\n"})"})
        EXPECT_EQ(SL_UNAUTHENTICATED, Check(Hs256(kHs, claims, secret_))) << claims;
    rules_.tenant_claim = "org";
    EXPECT_EQ(SL_OK, Check(Hs256(kHs, R"({"exp":1800000600,"org":"T9"})", secret_)));
    EXPECT_STREQ("T9", identity_->tenant);
    EXPECT_STREQ("T9", identity_->name);
}

TEST_F(Jwt, ChoosesTheKeyByItsId)
{
    RsaKey first, second;
    UseKeys("{\"keys\":[" + first.Jwk("k1") + "," + second.Jwk("k2") + "]}");
    EXPECT_EQ(SL_OK, Check(first.Sign(kRs, Claims())));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(second.Sign(kRs, Claims())));
    EXPECT_EQ(SL_OK, Check(second.Sign(R"({"alg":"RS256","kid":"k2"})", Claims())));
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(second.Sign(R"({"alg":"RS256","kid":"k3"})", Claims())));
    /* Without an id, and more than one key, nobody guesses. */
    EXPECT_EQ(SL_UNAUTHENTICATED, Check(second.Sign(R"({"alg":"RS256"})", Claims())));
}

TEST_F(Jwt, TakesOnlyKeysThatAreForSignaturesByRs256)
{
    RsaKey good, other;
    UseKeys("{\"keys\":[" + other.Jwk("a", R"(,"use":"enc")") + "," +
            other.Jwk("b", R"(,"alg":"RS512")") + "," + other.Jwk("c", R"(,"key_ops":["sign"])") +
            R"(,{"kty":"EC","kid":"d"},)" +
            good.Jwk("k1", R"(,"use":"sig","alg":"RS256","key_ops":["verify"])") + "]}");
    EXPECT_EQ(SL_OK, Check(good.Sign(kRs, Claims())));
    for (const char *kid : {"a", "b", "c", "d"})
        EXPECT_EQ(
            SL_UNAUTHENTICATED,
            Check(other.Sign(std::string(R"({"alg":"RS256","kid":")") + kid + "\"}", Claims())));
}

TEST_F(Jwt, RefusesKeySetsThatAreNoGood)
{
    RsaKey weak(1024), good;
    const std::string sets[] = {
        "",
        "{}",
        R"({"keys":{}})",
        R"({"keys":[]})",
        R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})",
        R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})",
        R"({"keys":[{"kty":"RSA","e":"AQAB"}]})",
        R"({"keys":[{"kty":"RSA","n":"!!","e":"AQAB"}]})",
        "{\"keys\":[" + weak.Jwk("k1") + "]}",
        "{\"keys\":[" + good.Jwk("k1") + "," + weak.Jwk("k2") + "]}",
    };
    for (const std::string &set : sets) {
        struct sl_jwks *jwks = nullptr;
        EXPECT_EQ(SL_INVALID_ARGUMENT, sl_jwks_parse(set.data(), set.size(), &jwks, &err_)) << set;
        EXPECT_EQ(nullptr, jwks);
        EXPECT_STRNE("", err_.message);
    }
}
