#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "rpc/tls_private.h"

/*
 * gRPC says nothing about files that are wrong: each connection fails with a handshake that did
 * not come about. So they are read once before, to be able to say what is wrong.
 */

static void file_cleanup(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
}

SL_DEFINE_CLEANUP(certificate_cleanup, X509, X509_free)
SL_DEFINE_CLEANUP(key_cleanup, EVP_PKEY, EVP_PKEY_free)

static enum sl_code open_file(const char *what, const char *path, FILE **ret_file,
                              struct sl_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "cannot read the %s file %s: %s", what, path,
                            strerror(errno));
    *ret_file = file;
    return SL_OK;
}

/* The first certificate of a file. */
static enum sl_code read_certificate(const char *what, const char *path, X509 **ret_certificate,
                                     struct sl_error *err)
{
    SL_CLEANUP(file_cleanup) FILE *file = NULL;
    SL_TRY(open_file(what, path, &file, err));
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    ERR_clear_error();
    if (certificate == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "the %s file %s has no certificate in it that can be read; wanted: PEM",
                            what, path);
    *ret_certificate = certificate;
    return SL_OK;
}

static enum sl_code read_key(const char *path, EVP_PKEY **ret_key, struct sl_error *err)
{
    SL_CLEANUP(file_cleanup) FILE *file = NULL;
    SL_TRY(open_file("key", path, &file, err));
    /* An empty passphrase: without one OpenSSL would ask for it at the terminal. */
    static char no_passphrase[] = "";
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, no_passphrase);
    ERR_clear_error();
    if (key == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "the key file %s has no private key in it that can be read; wanted: "
                            "PEM, without a passphrase",
                            path);
    *ret_key = key;
    return SL_OK;
}

static enum sl_code check_pair(const struct sl_tls_options *options, struct sl_error *err)
{
    SL_CLEANUP(certificate_cleanup) X509 *certificate = NULL;
    SL_CLEANUP(key_cleanup) EVP_PKEY *key = NULL;
    SL_TRY(read_certificate("certificate", options->certificate_file, &certificate, err));
    SL_TRY(read_key(options->key_file, &key, err));
    bool is_pair = X509_check_private_key(certificate, key) == 1;
    ERR_clear_error();
    if (!is_pair)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "the key in %s is not that of the certificate in %s", options->key_file,
                            options->certificate_file);
    return SL_OK;
}

enum sl_code sl_tls_check_files(const struct sl_tls_options *options, struct sl_error *err)
{
    if ((options->certificate_file == NULL) != (options->key_file == NULL))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "TLS with a certificate file or a key file alone; wanted: both");
    if (options->certificate_file != NULL)
        SL_TRY(check_pair(options, err));
    if (options->ca_file == NULL)
        return SL_OK;
    SL_CLEANUP(certificate_cleanup) X509 *authority = NULL;
    return read_certificate("CA", options->ca_file, &authority, err);
}
