#ifndef TESTS_LIB_RPC_CERTIFICATES_H
#define TESTS_LIB_RPC_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <string>

/* A certificate with its key, made for a test, and what it signs. */
struct Certificate {
    EVP_PKEY *key = nullptr;
    X509 *x509 = nullptr;
    Certificate() = default;
    Certificate(const Certificate &) = delete;
    Certificate &operator=(const Certificate &) = delete;
    ~Certificate();

    /* issuer NULL: signed by itself, an authority. names as "DNS:localhost,URI:spiffe://a/b". */
    void make(const std::string &common_name, const std::string &names,
              const Certificate *issuer = nullptr);
    void write_certificate(const std::string &path) const;
    /* passphrase "": none. */
    void write_key(const std::string &path, const std::string &passphrase = "") const;
};

/* A folder of its own, gone with the object. */
struct Folder {
    std::string path;
    Folder();
    ~Folder();
    std::string operator/(const std::string &name) const
    {
        return path + "/" + name;
    }
};

#endif
