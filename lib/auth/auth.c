#include "auth/auth.h"

#include <string.h>
#include <strings.h>

#include "auth/jwt.h"
#include "auth/keys.h"
#include "auth/watched.h"
#include "base/log.h"
#include "base/memory.h"

struct sl_auth {
    const struct sl_clock *clock;
    /** Holds the texts of the options. */
    struct sl_arena *arena;
    struct sl_watched_file keys_file, jwks_file, secret_file;
    struct sl_keys *keys;
    struct sl_jwks *jwks;
    struct sl_text secret;
    struct sl_jwt_rules rules;
};

/* ---- the files: each is read whole, and takes the place of what was there when it is right ----
 */

static enum sl_code load_keys(struct sl_auth *auth, const struct sl_text *text,
                              struct sl_error *err)
{
    struct sl_keys *keys = NULL;
    SL_TRY(sl_keys_parse(sl_text_string(text), text->length, &keys, err));
    sl_keys_free(auth->keys);
    auth->keys = keys;
    return SL_OK;
}

static enum sl_code load_jwks(struct sl_auth *auth, const struct sl_text *text,
                              struct sl_error *err)
{
    struct sl_jwks *jwks = NULL;
    SL_TRY(sl_jwks_parse(sl_text_string(text), text->length, &jwks, err));
    sl_jwks_free(auth->jwks);
    auth->jwks = jwks;
    auth->rules.jwks = jwks;
    return SL_OK;
}

static enum sl_code load_secret(struct sl_auth *auth, const struct sl_text *text,
                                struct sl_error *err)
{
    struct sl_text secret = {0};
    size_t length = text->length;
    while (length > 0 && (text->data[length - 1] == '\n' || text->data[length - 1] == '\r'))
        length--;
    if (length < SL_JWT_MIN_SECRET_BYTES)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "the secret has %zu bytes, at least %d random ones are wanted", length,
                            SL_JWT_MIN_SECRET_BYTES);
    sl_text_append_bytes(&secret, text->data, length);
    if (sl_text_failed(&secret))
        return sl_error_no_memory(err);
    sl_text_done(&auth->secret);
    auth->secret = secret;
    auth->rules.secret = secret.data;
    auth->rules.secret_length = secret.length;
    return SL_OK;
}

typedef enum sl_code load_fn(struct sl_auth *auth, const struct sl_text *text,
                             struct sl_error *err);

static enum sl_code load(struct sl_auth *auth, struct sl_watched_file *file, load_fn *fn,
                         struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    SL_TRY(sl_watched_file_read(file, &text, err));
    if (fn(auth, &text, err) != SL_OK)
        return sl_error_prefix(err, "%s", file->path);
    return SL_OK;
}

static void reload(struct sl_auth *auth, struct sl_watched_file *file, load_fn *fn)
{
    struct sl_error err = {0};
    if (!sl_watched_file_has_changed(file, auth->clock))
        return;
    if (load(auth, file, fn, &err) == SL_OK)
        sl_log(SL_LOG_INFO, "credentials read again", sl_field_string("file", file->path));
    else
        sl_log(SL_LOG_ERROR, "changed credentials not taken: those read before go on to hold",
               sl_field_string("file", file->path), sl_field_string("error", err.message));
}

static void reload_changed(struct sl_auth *auth)
{
    reload(auth, &auth->keys_file, load_keys);
    reload(auth, &auth->jwks_file, load_jwks);
    reload(auth, &auth->secret_file, load_secret);
}

/* ---- life ---- */

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

static enum sl_code copy_options(struct sl_auth *auth, const struct sl_auth_options *options,
                                 struct sl_error *err)
{
    const struct {
        const char *from, **to, *fallback;
    } texts[] = {
        {options->keys_file, &auth->keys_file.path, ""},
        {options->jwks_file, &auth->jwks_file.path, ""},
        {options->jwt_secret_file, &auth->secret_file.path, ""},
        {options->jwt_issuer, &auth->rules.issuer, ""},
        {options->jwt_audience, &auth->rules.audience, ""},
        {options->tenant_claim, &auth->rules.tenant_claim, "tenant_id"},
        {options->dealer_claim, &auth->rules.dealer_claim, "dealer_id"},
    };
    auth->clock = options->clock != NULL ? options->clock : sl_clock_system();
    auth->arena = sl_arena_new();
    if (auth->arena == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++) {
        *texts[i].to =
            sl_arena_strdup(auth->arena, is_set(texts[i].from) ? texts[i].from : texts[i].fallback);
        if (*texts[i].to == NULL)
            return sl_error_no_memory(err);
    }
    return SL_OK;
}

static enum sl_code load_all(struct sl_auth *auth, struct sl_error *err)
{
    const struct {
        struct sl_watched_file *file;
        load_fn *fn;
    } files[] = {{&auth->keys_file, load_keys},
                 {&auth->jwks_file, load_jwks},
                 {&auth->secret_file, load_secret}};
    if (is_set(auth->jwks_file.path) &&
        (!is_set(auth->rules.issuer) || !is_set(auth->rules.audience)))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s: issuer and audience of the tokens have to be configured with it",
                            auth->jwks_file.path);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(files); i++) {
        if (is_set(files[i].file->path))
            SL_TRY(load(auth, files[i].file, files[i].fn, err));
    }
    return SL_OK;
}

enum sl_code sl_auth_new(const struct sl_auth_options *options, struct sl_auth **ret_auth,
                         struct sl_error *err)
{
    if (!is_set(options->keys_file) && !is_set(options->jwks_file) &&
        !is_set(options->jwt_secret_file)) {
        *ret_auth = NULL;
        return SL_OK;
    }
    struct sl_auth *auth = sl_alloc(sizeof(*auth));
    if (auth == NULL)
        return sl_error_no_memory(err);
    enum sl_code code = copy_options(auth, options, err);
    if (code == SL_OK)
        code = load_all(auth, err);
    if (code != SL_OK) {
        sl_auth_free(auth);
        return code;
    }
    *ret_auth = auth;
    return SL_OK;
}

void sl_auth_free(struct sl_auth *auth)
{
    if (auth == NULL)
        return;
    sl_keys_free(auth->keys);
    sl_jwks_free(auth->jwks);
    sl_text_done(&auth->secret);
    sl_arena_free(auth->arena);
    sl_free(auth);
}

/* ---- the check ---- */

/* What follows "Bearer", NULL for another scheme (RFC 6750, 2.1). */
static const char *bearer_of(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (authorization == NULL || strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    const char *token = authorization + sizeof(scheme) - 1;
    return token + strspn(token, " ");
}

static enum sl_code check_key(const struct sl_auth *auth, const char *key, struct sl_arena *arena,
                              const struct sl_identity **ret_identity, struct sl_error *err)
{
    const struct sl_identity *found = auth->keys != NULL ? sl_keys_find(auth->keys, key) : NULL;
    if (found == NULL)
        return sl_error_set(err, SL_UNAUTHENTICATED, "the key is not known");
    const struct sl_identity *copy = sl_identity_copy(found, arena);
    if (copy == NULL)
        return sl_error_no_memory(err);
    *ret_identity = copy;
    return SL_OK;
}

enum sl_code sl_auth_check(struct sl_auth *auth, const struct sl_credential *credential,
                           struct sl_arena *arena, const struct sl_identity **ret_identity,
                           struct sl_error *err)
{
    const char *bearer = bearer_of(credential->authorization);
    bool has_tokens = auth->rules.jwks != NULL || auth->rules.secret != NULL;
    reload_changed(auth);
    if (is_set(credential->api_key))
        return check_key(auth, credential->api_key, arena, ret_identity, err);
    if (!is_set(bearer))
        return sl_error_set(err, SL_UNAUTHENTICATED,
                            "who calls? Authorization: Bearer or X-Api-Key is wanted");
    if (has_tokens && strchr(bearer, '.') != NULL)
        return sl_jwt_check(bearer, &auth->rules, (double)sl_clock_wall_ms(auth->clock) / 1000,
                            arena, ret_identity, err);
    return check_key(auth, bearer, arena, ret_identity, err);
}
