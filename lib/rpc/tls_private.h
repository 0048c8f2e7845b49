#ifndef SL_RPC_TLS_PRIVATE_H
#define SL_RPC_TLS_PRIVATE_H

#include <grpc/grpc_security.h>

#include "base/error.h"
#include "rpc/tls.h"

/** That either TLS or plain text was asked for: `who` ("a channel", "a server") goes into the
 * error. SL_INVALID_ARGUMENT. */
SL_MUST_USE enum sl_code sl_tls_check_choice(const struct sl_tls_options *options, bool is_insecure,
                                             const char *who, struct sl_error *err);

/**
 * Credentials that follow the files; options NULL: plain text. The caller releases them. Errors:
 * SL_INVALID_ARGUMENT names the file and what is wrong with it.
 */
SL_MUST_USE enum sl_code sl_tls_channel_credentials(const struct sl_tls_options *options,
                                                    grpc_channel_credentials **ret_credentials,
                                                    struct sl_error *err);
SL_MUST_USE enum sl_code sl_tls_server_credentials(const struct sl_tls_options *options,
                                                   grpc_server_credentials **ret_credentials,
                                                   struct sl_error *err);

/** tls_files.c: whether the files can be read and are what they should be. SL_INVALID_ARGUMENT. */
SL_MUST_USE enum sl_code sl_tls_check_files(const struct sl_tls_options *options,
                                            struct sl_error *err);

#endif
