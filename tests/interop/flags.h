#ifndef TESTS_INTEROP_FLAGS_H
#define TESTS_INTEROP_FLAGS_H

#include <stdbool.h>

#include "base/error.h"

/** What the interop programs of every implementation are told, by the same names. */
struct interop_flags {
    /** --server_host: where the client connects. */
    const char *server_host;
    /** --server_host_override: the name that the server's certificate has to carry. */
    const char *server_host_override;
    /** --server_port of the client, --port of the server. */
    int port;
    /** --test_case */
    const char *test_case;
    /** --use_tls */
    bool use_tls;
    /** --ca_file: who signed the server's certificate, PEM. */
    const char *ca_file;
    /** --tls_cert_file, --tls_key_file of the server, PEM. */
    const char *tls_cert_file;
    const char *tls_key_file;
};

/**
 * Reads "--name=value", "--name value" and "--name" (true) over what is in flags already. The texts
 * are borrowed from argv. SL_INVALID_ARGUMENT says which flag is unknown or not a number.
 */
SL_MUST_USE enum sl_code interop_flags_read(struct interop_flags *flags, int argc, char **argv,
                                            struct sl_error *err);

#endif
