#include "rpc/tls.h"

#include "rpc/tls_private.h"

enum { DEFAULT_REFRESH_SECONDS = 10 };

/* What both sides have in common: a provider that watches the files, where there are any. */
static grpc_tls_credentials_options *watch_files(const struct sl_tls_options *options)
{
    grpc_tls_credentials_options *credentials = grpc_tls_credentials_options_create();
    if (options->ca_file == NULL && options->certificate_file == NULL)
        return credentials;
    grpc_tls_certificate_provider *provider = grpc_tls_certificate_provider_file_watcher_create(
        options->key_file, options->certificate_file, options->ca_file,
        options->refresh_seconds != 0 ? options->refresh_seconds : DEFAULT_REFRESH_SECONDS);
    grpc_tls_credentials_options_set_certificate_provider(credentials, provider);
    grpc_tls_certificate_provider_release(provider);
    if (options->ca_file != NULL)
        grpc_tls_credentials_options_watch_root_certs(credentials);
    if (options->certificate_file != NULL)
        grpc_tls_credentials_options_watch_identity_key_cert_pairs(credentials);
    return credentials;
}

enum sl_code sl_tls_check_choice(const struct sl_tls_options *options, bool is_insecure,
                                 const char *who, struct sl_error *err)
{
    if (options == NULL && !is_insecure)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s with neither tls nor is_insecure; wanted: tls, or is_insecure "
                            "where plain text is meant",
                            who);
    if (options != NULL && is_insecure)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s with both tls and is_insecure; wanted: one of them", who);
    return SL_OK;
}

enum sl_code sl_tls_channel_credentials(const struct sl_tls_options *options,
                                        grpc_channel_credentials **ret_credentials,
                                        struct sl_error *err)
{
    grpc_channel_credentials *credentials = NULL;
    if (options == NULL) {
        credentials = grpc_insecure_credentials_create();
    } else {
        SL_TRY(sl_tls_check_files(options, err));
        credentials = grpc_tls_credentials_create(watch_files(options));
    }
    if (credentials == NULL)
        return sl_error_no_memory(err);
    *ret_credentials = credentials;
    return SL_OK;
}

/* Certificates of clients are always verified; only whether they must have one is a choice. */
static grpc_ssl_client_certificate_request_type wanted_of_clients(const struct sl_tls_options *tls)
{
    if (tls->ca_file == NULL)
        return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
    return tls->requires_client_certificate
               ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
               : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
}

static enum sl_code check_server_options(const struct sl_tls_options *options, struct sl_error *err)
{
    if (options->certificate_file == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "TLS at a server without a certificate file; wanted: one and its key");
    if (options->requires_client_certificate && options->ca_file == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "certificates of clients are required, but there is no CA file to "
                            "verify them by");
    return sl_tls_check_files(options, err);
}

enum sl_code sl_tls_server_credentials(const struct sl_tls_options *options,
                                       grpc_server_credentials **ret_credentials,
                                       struct sl_error *err)
{
    grpc_server_credentials *credentials = NULL;
    if (options == NULL) {
        credentials = grpc_insecure_server_credentials_create();
    } else {
        SL_TRY(check_server_options(options, err));
        grpc_tls_credentials_options *watched = watch_files(options);
        grpc_tls_credentials_options_set_cert_request_type(watched, wanted_of_clients(options));
        credentials = grpc_tls_server_credentials_create(watched);
    }
    if (credentials == NULL)
        return sl_error_no_memory(err);
    *ret_credentials = credentials;
    return SL_OK;
}
