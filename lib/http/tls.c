#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/memory.h"
#include "http/incoming.h"

/*
 * microhttpd asks for certificate and key at each handshake, on its one thread: there the files are
 * looked at, so nothing here is shared between threads once the server runs.
 */

#define DEFAULT_REFRESH_S 10
#define MAX_CHAIN 16
/** A handshake holds what it was given until its end: what was read before stays as long as this
 * many newer ones. */
#define GENERATIONS 8

/** What the files held at one time. */
struct generation {
    gnutls_pcert_st chain[MAX_CHAIN];
    unsigned chain_length;
    gnutls_privkey_t key;
};

struct sl_http_tls {
    char *certificate_file, *key_file;
    struct generation *generations[GENERATIONS];
    size_t newest;
    struct timespec seen[2];
    int64_t looked_ms, refresh_ms;
};

/* ---- reading ---- */

static void generation_free(struct generation *generation)
{
    if (generation == NULL)
        return;
    for (unsigned i = 0; i < generation->chain_length; i++)
        gnutls_pcert_deinit(&generation->chain[i]);
    if (generation->key != NULL)
        gnutls_privkey_deinit(generation->key);
    sl_free(generation);
}

static enum sl_code complain(struct sl_error *err, const char *file, int why)
{
    return sl_error_set(err, SL_INVALID_ARGUMENT, "%s: %s", file, gnutls_strerror(why));
}

static enum sl_code read_chain(const char *file, struct generation *generation,
                               struct sl_error *err)
{
    gnutls_datum_t pem = {0};
    unsigned count = MAX_CHAIN;
    int why = gnutls_load_file(file, &pem);
    if (why == GNUTLS_E_SUCCESS)
        why = gnutls_pcert_list_import_x509_raw(generation->chain, &count, &pem,
                                                GNUTLS_X509_FMT_PEM, 0);
    gnutls_free(pem.data);
    if (why != GNUTLS_E_SUCCESS)
        return complain(err, file, why);
    generation->chain_length = count;
    return SL_OK;
}

static enum sl_code read_key(const char *file, struct generation *generation, struct sl_error *err)
{
    gnutls_datum_t pem = {0};
    int why = gnutls_load_file(file, &pem);
    if (why == GNUTLS_E_SUCCESS)
        why = gnutls_privkey_init(&generation->key);
    if (why == GNUTLS_E_SUCCESS)
        why = gnutls_privkey_import_x509_raw(generation->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_memset(pem.data, 0, pem.size);
    gnutls_free(pem.data);
    return why == GNUTLS_E_SUCCESS ? SL_OK : complain(err, file, why);
}

/* Half of a renewal has been seen where the two do not belong together. */
static enum sl_code check_pair(const struct sl_http_tls *tls, const struct generation *generation,
                               struct sl_error *err)
{
    unsigned char of_certificate[64], of_key[64];
    size_t certificate_length = sizeof(of_certificate), key_length = sizeof(of_key);
    gnutls_pubkey_t public_key = NULL;
    int why = gnutls_pubkey_init(&public_key);
    if (why == GNUTLS_E_SUCCESS)
        why = gnutls_pubkey_import_privkey(public_key, generation->key, 0, 0);
    if (why == GNUTLS_E_SUCCESS)
        why = gnutls_pubkey_get_key_id(public_key, GNUTLS_KEYID_USE_SHA256, of_key, &key_length);
    if (why == GNUTLS_E_SUCCESS)
        why = gnutls_pubkey_get_key_id(generation->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256,
                                       of_certificate, &certificate_length);
    gnutls_pubkey_deinit(public_key);
    if (why != GNUTLS_E_SUCCESS)
        return complain(err, tls->key_file, why);
    if (key_length != certificate_length || memcmp(of_key, of_certificate, key_length) != 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s is not the key of %s", tls->key_file,
                            tls->certificate_file);
    return SL_OK;
}

static enum sl_code load(struct sl_http_tls *tls, struct sl_error *err)
{
    struct generation *generation = sl_alloc(sizeof(*generation));
    if (generation == NULL)
        return sl_error_no_memory(err);
    enum sl_code code = read_chain(tls->certificate_file, generation, err);
    if (code == SL_OK)
        code = read_key(tls->key_file, generation, err);
    if (code == SL_OK)
        code = check_pair(tls, generation, err);
    if (code != SL_OK) {
        generation_free(generation);
        return code;
    }
    tls->newest = (tls->newest + 1) % GENERATIONS;
    generation_free(tls->generations[tls->newest]);
    tls->generations[tls->newest] = generation;
    return SL_OK;
}

/* ---- looking again ---- */

/** Whether one of the files is another than it was. */
static bool has_changed(struct sl_http_tls *tls)
{
    const char *const files[] = {tls->certificate_file, tls->key_file};
    bool result = false;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(files); i++) {
        struct stat now;
        if (stat(files[i], &now) != 0)
            continue;
        result |= now.st_mtim.tv_sec != tls->seen[i].tv_sec ||
                  now.st_mtim.tv_nsec != tls->seen[i].tv_nsec;
        tls->seen[i] = now.st_mtim;
    }
    return result;
}

static void look_again(struct sl_http_tls *tls)
{
    struct sl_error err = {0};
    int64_t now_ms = sl_clock_monotonic_ms(sl_clock_system());
    if (now_ms - tls->looked_ms < tls->refresh_ms)
        return;
    tls->looked_ms = now_ms;
    if (has_changed(tls) && load(tls, &err) != SL_OK)
        sl_log(SL_LOG_ERROR, "changed certificate not taken: the one read before goes on",
               sl_field_string("error", err.message));
}

static int give_certificate(gnutls_session_t session, const gnutls_datum_t *issuers,
                            int issuer_count, const gnutls_pk_algorithm_t *algorithms,
                            int algorithm_count, gnutls_pcert_st **ret_chain,
                            unsigned *ret_chain_length, gnutls_privkey_t *ret_key)
{
    struct MHD_Connection *handle = gnutls_session_get_ptr(session);
    const union MHD_ConnectionInfo *info =
        handle != NULL ? MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT) : NULL;
    const struct sl_http_connection *connection = info != NULL ? info->socket_context : NULL;
    (void)issuers, (void)issuer_count, (void)algorithms, (void)algorithm_count;
    if (connection == NULL)
        return -1;
    struct sl_http_tls *tls = connection->server->tls;
    look_again(tls);
    *ret_chain = tls->generations[tls->newest]->chain;
    *ret_chain_length = tls->generations[tls->newest]->chain_length;
    *ret_key = tls->generations[tls->newest]->key;
    return 0;
}

/* ---- life ---- */

enum sl_code sl_http_tls_new(const struct sl_http_server_options *options,
                             struct sl_http_tls **ret_tls, struct sl_error *err)
{
    const char *key_file = options->key_file;
    struct sl_http_tls *tls = sl_alloc(sizeof(*tls));
    if (tls == NULL)
        return sl_error_no_memory(err);
    tls->certificate_file = sl_strdup(options->certificate_file);
    tls->key_file = sl_strdup(key_file != NULL ? key_file : options->certificate_file);
    tls->refresh_ms =
        1000 * (int64_t)(options->tls_refresh_s > 0 ? options->tls_refresh_s : DEFAULT_REFRESH_S);
    tls->looked_ms = sl_clock_monotonic_ms(sl_clock_system());
    enum sl_code code = SL_OK;
    if (tls->certificate_file == NULL || tls->key_file == NULL)
        code = sl_error_no_memory(err);
    if (code == SL_OK) {
        has_changed(tls);
        code = load(tls, err);
    }
    if (code != SL_OK) {
        sl_http_tls_free(tls);
        return code;
    }
    *ret_tls = tls;
    return SL_OK;
}

void sl_http_tls_free(struct sl_http_tls *tls)
{
    if (tls == NULL)
        return;
    for (size_t i = 0; i < GENERATIONS; i++)
        generation_free(tls->generations[i]);
    sl_free(tls->certificate_file);
    sl_free(tls->key_file);
    sl_free(tls);
}

void sl_http_tls_options(struct MHD_OptionItem options[3])
{
    static const char priorities[] =
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";
    gnutls_certificate_retrieve_function2 *callback = give_certificate;
    /* A function's address in a pointer to data: POSIX knows it, C has no words for it. */
    options[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0, NULL};
    memcpy(&options[0].ptr_value, &callback, sizeof(callback));
    options[1] =
        (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities};
    options[2] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
}
