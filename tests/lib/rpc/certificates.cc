#include "certificates.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>

Certificate::~Certificate()
{
    X509_free(x509);
    EVP_PKEY_free(key);
}

static void add_extension(X509 *x509, int kind, const std::string &value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    ASSERT_NE(extension, nullptr) << value;
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
}

void Certificate::make(const std::string &common_name, const std::string &names,
                       const Certificate *issuer)
{
    static long serial = 0;
    X509_free(x509);
    EVP_PKEY_free(key);
    key = EVP_EC_gen("P-256");
    x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char *>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(x509, X509_get_subject_name(issuer != nullptr ? issuer->x509 : x509));
    add_extension(x509, NID_basic_constraints, issuer != nullptr ? "CA:FALSE" : "critical,CA:TRUE");
    if (!names.empty())
        add_extension(x509, NID_subject_alt_name, names);
    ASSERT_GT(X509_sign(x509, issuer != nullptr ? issuer->key : key, EVP_sha256()), 0);
}

/* Renamed into place, as whoever renews certificates should do it. */
template <typename Write> static void write_file(const std::string &path, Write write)
{
    std::string draft = path + ".new";
    FILE *file = fopen(draft.c_str(), "w");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(write(file), 1);
    fclose(file);
    ASSERT_EQ(rename(draft.c_str(), path.c_str()), 0);
}

void Certificate::write_certificate(const std::string &path) const
{
    write_file(path, [this](FILE *file) { return PEM_write_X509(file, x509); });
}

void Certificate::write_key(const std::string &path, const std::string &passphrase) const
{
    write_file(path, [&](FILE *file) {
        return PEM_write_PrivateKey(file, key, passphrase.empty() ? nullptr : EVP_aes_128_cbc(),
                                    nullptr, 0, nullptr, const_cast<char *>(passphrase.c_str()));
    });
}

Folder::Folder()
{
    char name[] = "/tmp/sl_tls_XXXXXX";
    path = mkdtemp(name);
}

Folder::~Folder()
{
    std::filesystem::remove_all(path);
}
