#include "base/redact.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

std::string Masked(const std::string &text)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {};
    sl_mask_cards(&out, text.data(), text.size());
    return sl_text_string(&out);
}

std::string Redacted(const std::string &text)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {};
    sl_redact(&out, text.data(), text.size());
    return sl_text_string(&out);
}

TEST(Card, IsFoundInEachUsualSpelling)
{
    for (const char *card : {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
                             "378282246310005", "3782 822463 10005", "4222222222222",
                             "6011000990139424", "6304000000000000018", "1234567812345670"}) {
        EXPECT_TRUE(sl_is_card(card, strlen(card))) << card;
        EXPECT_EQ(Masked(std::string("pay with ") + card + ", please"),
                  "pay with [card number], please");
        EXPECT_EQ(Masked(card), "[card number]");
    }
    EXPECT_TRUE(sl_is_card(" 4111111111111111 ", 18));
    EXPECT_EQ(Masked("é4111111111111111 card:4111111111111111;exp 12/29"),
              "é4111111111111111 card:[card number];exp 12/29");
}

TEST(Card, IsFoundBesideOtherNumbers)
{
    EXPECT_EQ(Masked("charge 100 4111 1111 1111 1111 12/29"), "charge 100 [card number] 12/29");
    EXPECT_EQ(Masked("4111111111111111 378282246310005"), "[card number] [card number]");
    EXPECT_EQ(Masked("RO 1234 4111111111111111"), "RO 1234 [card number]");
}

TEST(Card, IsNotSeenWhereNoneIs)
{
    for (const char *text :
         {"4111111111111112", "411111111111", "41111111111111111111", "1HGCM82633A004352",
          "550e8400-e29b-41d4-a716-446655440000", "abcdefab-cdef-4bcd-8901-123456789015",
          "+1 555 010 9999", "a4111111111111111", "4111111111111111a", "2026-11-23 10:00:00",
          "4111  1111  1111  1111", ""})
        EXPECT_EQ(Masked(text), text);
    // Times of all tenths of a millisecond: some pass the Luhn check, none is a card.
    for (long long time = 1764000000000; time < 1764000000100; time++)
        EXPECT_FALSE(sl_is_card(std::to_string(time).data(), 13)) << time;
}

TEST(Redact, TakesWhatIsSecretOutOfALine)
{
    EXPECT_EQ(Redacted("sent to jane.doe+x@example.co.uk."), "sent to [email].");
    EXPECT_EQ(Redacted("<jane@example.com>,bob@localhost"), "<[email]>,[email]");
    EXPECT_EQ(Redacted("Authorization: Bearer abcdefgh12345678"),
              "Authorization: Bearer [secret]");
    EXPECT_EQ(Redacted("header Bearer abcdefgh12345678"), "header Bearer [secret]");
    EXPECT_EQ(Redacted("key sk-abcdefghijklmnop1234 was refused"), "key [secret] was refused");
    EXPECT_EQ(Redacted("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"), "[secret]");
    EXPECT_EQ(Redacted("http://x/y?token=abc&n=1"), "http://x/y?token=[secret]&n=1");
    EXPECT_EQ(Redacted("{\"api_key\": \"abc\"}"), "{\"api_key\": \"[secret]\"}");
    EXPECT_EQ(Redacted("https://user:hunter2@host/"), "https://user:[email]/");
    EXPECT_EQ(Redacted("card 4111 1111 1111 1111 of a@b.c"), "card [card number] of [email]");
}

TEST(Redact, LeavesTheRest)
{
    for (const char *text :
         {"listening on 127.0.0.1:50083", "RO 1234: 3 of 4 @ 25.00", "a @ b", "keyboard: qwerty",
          "monkey=banana", "sk-short", "tool create_payment_link refused: amount 0", "größe: 10"})
        EXPECT_EQ(Redacted(text), text);
}

} // namespace
