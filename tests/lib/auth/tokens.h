#ifndef TESTS_LIB_AUTH_TOKENS_H
#define TESTS_LIB_AUTH_TOKENS_H

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/digest.h"
#include "base/text.h"

/* Tokens and keys of tests' own making: the other side, by OpenSSL. */

inline std::string Base64Url(const std::string &bytes)
{
    struct sl_text text = {};
    sl_base64url_encode(&text, bytes.data(), bytes.size());
    std::string result(sl_text_string(&text), text.length);
    sl_text_done(&text);
    while (!result.empty() && result.back() == '=')
        result.pop_back();
    return result;
}

inline std::string Hs256(const std::string &header, const std::string &claims,
                         const std::string &secret)
{
    std::string input = Base64Url(header) + "." + Base64Url(claims);
    unsigned char mac[SL_SHA256_SIZE];
    sl_hmac_sha256(secret.data(), secret.size(), input.data(), input.size(), mac);
    return input + "." + Base64Url(std::string(reinterpret_cast<char *>(mac), sizeof(mac)));
}

class RsaKey
{
  public:
    explicit RsaKey(unsigned bits = 2048) : key_(EVP_RSA_gen(bits))
    {
    }
    RsaKey(const RsaKey &) = delete;
    RsaKey &operator=(const RsaKey &) = delete;
    ~RsaKey()
    {
        EVP_PKEY_free(key_);
    }

    /** As a member of a JWKS; more is appended to it (",\"use\":\"enc\""). */
    std::string Jwk(const std::string &kid, const std::string &more = "") const
    {
        return R"({"kty":"RSA","kid":")" + kid + R"(","n":")" + Number(OSSL_PKEY_PARAM_RSA_N) +
               R"(","e":")" + Number(OSSL_PKEY_PARAM_RSA_E) + "\"" + more + "}";
    }

    std::string Pem() const
    {
        BIO *bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(bio, key_);
        char *data = nullptr;
        long length = BIO_get_mem_data(bio, &data);
        std::string result(data, static_cast<size_t>(length));
        BIO_free(bio);
        return result;
    }

    std::string Sign(const std::string &header, const std::string &claims) const
    {
        std::string input = Base64Url(header) + "." + Base64Url(claims);
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        size_t length = 0;
        EXPECT_EQ(1, EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_));
        const auto *bytes = reinterpret_cast<const unsigned char *>(input.data());
        EXPECT_EQ(1, EVP_DigestSign(context, nullptr, &length, bytes, input.size()));
        std::string signature(length, '\0');
        EXPECT_EQ(1, EVP_DigestSign(context, reinterpret_cast<unsigned char *>(signature.data()),
                                    &length, bytes, input.size()));
        EVP_MD_CTX_free(context);
        return input + "." + Base64Url(signature);
    }

  private:
    std::string Number(const char *name) const
    {
        BIGNUM *number = nullptr;
        EXPECT_EQ(1, EVP_PKEY_get_bn_param(key_, name, &number));
        std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
        BN_bn2bin(number, reinterpret_cast<unsigned char *>(bytes.data()));
        BN_free(number);
        return Base64Url(bytes);
    }

    EVP_PKEY *key_;
};

inline std::string Sha256Hex(const std::string &text)
{
    char hex[SL_SHA256_HEX_SIZE];
    sl_sha256_hex(text.data(), text.size(), hex);
    return hex;
}

/** A folder that goes with the test; files in it are replaced as whoever renews them should. */
class TokenFolder
{
  public:
    TokenFolder()
    {
        char name[] = "/tmp/sl_auth_XXXXXX";
        path_ = mkdtemp(name);
    }
    TokenFolder(const TokenFolder &) = delete;
    TokenFolder &operator=(const TokenFolder &) = delete;
    ~TokenFolder()
    {
        std::filesystem::remove_all(path_);
    }
    std::string Write(const std::string &name, const std::string &contents) const
    {
        std::string path = path_ + "/" + name;
        std::ofstream(path + ".new", std::ios::binary) << contents;
        std::filesystem::rename(path + ".new", path);
        return path;
    }

  private:
    std::string path_;
};

#endif
