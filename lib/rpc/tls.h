#ifndef SL_RPC_TLS_H
#define SL_RPC_TLS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * TLS 1.2 or 1.3 for a channel or a server, from PEM files. They are looked at again every
 * refresh_seconds: connections made after that use what is in them then, those that exist go on. So
 * certificates are renewed without a restart. Key and certificate belong together: replace them
 * both within one look, best by a symbolic link that both paths go through. Between the two, new
 * connections fail; existing ones do not.
 *
 * There is never a way back from TLS to plain text: what asks for TLS has it, or fails.
 */
struct sl_tls_options {
    /**
     * Certificates of the authorities that the peer's certificate must come from. Channel: NULL
     * means the system's. Server: NULL means that clients are asked for none. Borrowed, as all
     * strings here, until the call that takes the options returns.
     */
    const char *ca_file;
    /** Own certificate, then those that lead to its authority. Required at a server; a channel has
     * it for mutual TLS. */
    const char *certificate_file;
    /** Private key of the certificate, without a passphrase; may be the same file. Goes with
     * certificate_file. */
    const char *key_file;
    /** Channel only, optional. Name that the server's certificate must bear, where it is not the
     * host in the target. */
    const char *server_name;
    /** Server only. With ca_file: a client without a certificate is refused; else it may come
     * without. */
    bool requires_client_certificate;
    /** Optional. Seconds between two looks at the files; 0 means 10. */
    unsigned refresh_seconds;
};

#ifdef __cplusplus
}
#endif

#endif
