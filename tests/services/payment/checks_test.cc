#include <gtest/gtest.h>

#include "services/payment/checks.h"

TEST(PaymentEmail, TakesAddressesAsPeopleHaveThem)
{
    for (const char *good : {"ambujmehra16@gmail.com", "a@b.co", "first.last+tag@sub.example.org",
                             "o'hara@x-y.ie", "a_b-c@1.example"})
        EXPECT_TRUE(payment_is_email(good)) << good;
}

TEST(PaymentEmail, RefusesWhatIsNone)
{
    std::string long_local(65, 'a'), long_label(64, 'a'), long_all;
    for (int i = 0; i < 50; i++)
        long_all += "abcde.";
    for (const std::string &bad :
         {std::string(""), std::string("a"), std::string("@b.co"), std::string("a@"),
          std::string("a@b"), std::string("a b@c.de"), std::string("a@b..co"),
          std::string(".a@b.co"), std::string("a.@b.co"), std::string("a..b@c.de"),
          std::string("a@-b.co"), std::string("a@b-.co"), std::string("a@b@c.de"),
          std::string("a@b.co "), std::string("a\n@b.co"), std::string("\xc3\xa9@b.co"),
          long_local + "@b.co", "a@" + long_label + ".co", "a@" + long_all + "co"})
        EXPECT_FALSE(payment_is_email(bad.c_str())) << bad;
}

TEST(PaymentCurrency, KnowsTheCodesInUse)
{
    for (const char *good : {"USD", "EUR", "AED", "ZWG", "INR", "JPY"})
        EXPECT_TRUE(payment_is_currency(good)) << good;
    for (const char *bad : {"", "usd", "US", "USDX", "XYZ", "AAA", "ZZZ", "DEM"})
        EXPECT_FALSE(payment_is_currency(bad)) << bad;
}

TEST(PaymentRepairOrderId, IsShortAndPlain)
{
    EXPECT_TRUE(payment_is_repair_order_id("1234"));
    EXPECT_TRUE(payment_is_repair_order_id("RO-2024_001"));
    EXPECT_FALSE(payment_is_repair_order_id(""));
    EXPECT_FALSE(payment_is_repair_order_id("12 34"));
    EXPECT_FALSE(payment_is_repair_order_id("../etc"));
    EXPECT_TRUE(payment_is_repair_order_id(std::string(64, '1').c_str()));
    EXPECT_FALSE(payment_is_repair_order_id(std::string(65, '1').c_str()));
}
