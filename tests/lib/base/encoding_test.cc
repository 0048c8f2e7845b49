#include <gtest/gtest.h>

#include <string>

#include "base/digest.h"
#include "base/text.h"

namespace
{

std::string Encoded(void (*encode)(sl_text *, const void *, size_t), const std::string &bytes)
{
    sl_text out{};
    encode(&out, bytes.data(), bytes.size());
    std::string result = sl_text_string(&out);
    sl_text_done(&out);
    return result;
}

TEST(Base64, HasTheVectorsOfRfc4648)
{
    const struct {
        const char *plain, *encoded;
    } cases[] = {{"", ""},
                 {"f", "Zg=="},
                 {"fo", "Zm8="},
                 {"foo", "Zm9v"},
                 {"foob", "Zm9vYg=="},
                 {"fooba", "Zm9vYmE="},
                 {"foobar", "Zm9vYmFy"}};
    for (const auto &c : cases) {
        EXPECT_EQ(Encoded(sl_base64_encode, c.plain), c.encoded);
        sl_text out{};
        EXPECT_TRUE(sl_base64_decode(&out, c.encoded, strlen(c.encoded)));
        EXPECT_STREQ(sl_text_string(&out), c.plain);
        sl_text_done(&out);
    }
    EXPECT_EQ(Encoded(sl_base64url_encode, "\xfb\xff"), "-_8");
}

TEST(Base64, RefusesWhatIsNone)
{
    for (const char *bad : {"A", "Zg=", "Z===", "Zm9v=", "Zm 9v", "Zg==Zg=="}) {
        sl_text out{};
        EXPECT_FALSE(sl_base64_decode(&out, bad, strlen(bad))) << bad;
        sl_text_done(&out);
    }
}

TEST(Digest, HasTheVectorsOfTheStandards)
{
    char hex[SL_SHA256_HEX_SIZE];
    sl_sha256_hex("abc", 3, hex);
    EXPECT_STREQ(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    unsigned char mac[SL_SHA256_SIZE];
    sl_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
    EXPECT_EQ(Encoded(sl_hex_encode, std::string(reinterpret_cast<char *>(mac), sizeof(mac))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

} // namespace
