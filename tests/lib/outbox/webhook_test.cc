#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "outbox/webhook.h"

namespace
{

struct sl_webhook_rules *Rules(const char *allow)
{
    struct sl_webhook_rules *rules = nullptr;
    struct sl_error error = {};
    EXPECT_EQ(sl_webhook_rules_new(allow, &rules, &error), SL_OK) << error.message;
    return rules;
}

bool IsAddressAllowed(const struct sl_webhook_rules *rules, const char *url, const char *address)
{
    struct sockaddr_in v4 = {};
    struct sockaddr_in6 v6 = {};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        return sl_webhook_is_address_allowed(rules, url, &v4);
    EXPECT_EQ(inet_pton(AF_INET6, address, &v6.sin6_addr), 1) << address;
    return sl_webhook_is_address_allowed(rules, url, &v6);
}

TEST(WebhookUrl, IsHttpOrHttpsToAnyHostWithoutRules)
{
    EXPECT_EQ(sl_webhook_check_url(nullptr, "http://127.0.0.1:9/x", nullptr), SL_OK);
    EXPECT_EQ(sl_webhook_check_url(nullptr, "https://example.com", nullptr), SL_OK);
    for (const char *bad : {"", "ftp://example.com/", "file:///etc/passwd", "example.com",
                            "http://", "http://a:b@c/", "javascript:alert(1)"})
        EXPECT_EQ(sl_webhook_check_url(nullptr, bad, nullptr), SL_INVALID_ARGUMENT) << bad;
}

TEST(WebhookUrl, NeverLeadsToLinkLocalOrMetadataAddresses)
{
    struct sl_webhook_rules *rules = Rules("169.254.169.254, fe80::/10");
    for (const char *bad :
         {"http://169.254.169.254/latest", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
          "http://100.100.100.200/", "http://[::ffff:169.254.169.254]/"}) {
        EXPECT_EQ(sl_webhook_check_url(nullptr, bad, nullptr), SL_PERMISSION_DENIED) << bad;
        EXPECT_EQ(sl_webhook_check_url(rules, bad, nullptr), SL_PERMISSION_DENIED) << bad;
    }
    sl_webhook_rules_free(rules);
}

TEST(WebhookAddress, IsLookedAtAfterDns)
{
    const char *url = "http://innocent.example/";
    EXPECT_TRUE(IsAddressAllowed(nullptr, url, "127.0.0.1"));
    EXPECT_TRUE(IsAddressAllowed(nullptr, url, "10.1.2.3"));
    EXPECT_TRUE(IsAddressAllowed(nullptr, url, "::1"));
    for (const char *bad :
         {"169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254",
          "64:ff9b::169.254.169.254", "100.100.100.200"})
        EXPECT_FALSE(IsAddressAllowed(nullptr, url, bad)) << bad;
}

TEST(WebhookRules, NarrowByHostDomainPortAndRange)
{
    struct sl_webhook_rules *rules =
        Rules("hooks.example.com, *.dealer.example, local.example:8080, 10.0.0.0/8");
    EXPECT_EQ(sl_webhook_check_url(rules, "https://hooks.example.com/a", nullptr), SL_OK);
    EXPECT_EQ(sl_webhook_check_url(rules, "https://a.b.dealer.example/", nullptr), SL_OK);
    EXPECT_EQ(sl_webhook_check_url(rules, "http://10.9.9.9/", nullptr), SL_OK);
    EXPECT_EQ(sl_webhook_check_url(rules, "http://11.0.0.1/", nullptr), SL_PERMISSION_DENIED);
    EXPECT_TRUE(IsAddressAllowed(rules, "https://hooks.example.com/", "192.0.2.1"));
    EXPECT_TRUE(IsAddressAllowed(rules, "https://other.example/", "10.0.0.1"));
    EXPECT_FALSE(IsAddressAllowed(rules, "https://other.example/", "192.0.2.1"));
    EXPECT_TRUE(IsAddressAllowed(rules, "http://local.example:8080/", "192.0.2.1"));
    EXPECT_FALSE(IsAddressAllowed(rules, "http://local.example:81/", "192.0.2.1"));
    EXPECT_FALSE(IsAddressAllowed(rules, "https://hooks.example.com/", "169.254.1.1"));
    sl_webhook_rules_free(rules);
}

TEST(WebhookRules, RefuseAtOnceWhereOnlyHostsAreListed)
{
    struct sl_webhook_rules *rules = Rules("hooks.example.com");
    EXPECT_EQ(sl_webhook_check_url(rules, "http://evil.example/", nullptr), SL_PERMISSION_DENIED);
    EXPECT_EQ(sl_webhook_check_url(rules, "http://xhooks.example.com/", nullptr),
              SL_PERMISSION_DENIED);
    sl_webhook_rules_free(rules);
}

TEST(WebhookRules, NameTheEntryThatIsNone)
{
    struct sl_webhook_rules *rules = nullptr;
    struct sl_error error = {};
    EXPECT_EQ(sl_webhook_rules_new("good.example, host:port", &rules, &error), SL_INVALID_ARGUMENT);
    EXPECT_THAT(error.message, testing::HasSubstr("host:port"));
}

TEST(WebhookHeaders, AreSignedAsStandardWebhooksSays)
{
    /* The example of the Standard Webhooks specification's test vector. */
    struct sl_arena *arena = sl_arena_new();
    struct sl_headers headers = {};
    struct sl_webhook_message message = {"msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                         "{\"test\": 2432232314}",
                                         "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    ASSERT_EQ(sl_webhook_headers(&message, arena, &headers, nullptr), SL_OK);
    EXPECT_STREQ(sl_headers_get(&headers, "webhook-signature"),
                 "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    EXPECT_STREQ(sl_headers_get(&headers, "webhook-id"), message.id);
    EXPECT_STREQ(sl_headers_get(&headers, "Idempotency-Key"), message.id);
    EXPECT_STREQ(sl_headers_get(&headers, "webhook-timestamp"), "1614265330");
    sl_arena_free(arena);
}

TEST(WebhookHeaders, AreUnsignedWithoutSecret)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_headers headers = {};
    struct sl_webhook_message message = {"id", 1, "{}", ""};
    ASSERT_EQ(sl_webhook_headers(&message, arena, &headers, nullptr), SL_OK);
    EXPECT_EQ(sl_headers_get(&headers, "webhook-signature"), nullptr);
    EXPECT_STREQ(sl_headers_get(&headers, "Content-Type"), "application/json");
    sl_arena_free(arena);
}

} // namespace
