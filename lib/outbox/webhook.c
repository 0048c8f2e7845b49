#include "outbox/webhook.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "http/url.h"

/** A range of addresses, IPv4 as ::ffff:a.b.c.d. */
struct range {
    unsigned char address[16];
    int bits;
};

enum rule_kind { RULE_HOST, RULE_DOMAIN, RULE_RANGE };

struct rule {
    enum rule_kind kind;
    /** RULE_HOST, RULE_DOMAIN (with its dot). */
    const char *host;
    /** 0 means any. */
    int port;
    struct range range;
};

struct sl_webhook_rules {
    struct sl_arena *arena;
    struct rule *rules;
    size_t count;
};

/* Never to be called: link-local ones, and where clouds tell a machine its secrets. */
static const char *const FORBIDDEN[] = {
    "169.254.0.0/16",     /* RFC 3927; the metadata address of most clouds is in it */
    "fe80::/10",          /* RFC 4291, 2.5.6 */
    "fd00:ec2::254/128",  /* Amazon EC2 */
    "fd20:ce::254/128",   /* Google Cloud */
    "100.100.100.200/32", /* Alibaba Cloud */
    "192.0.0.192/32",     /* Oracle Cloud */
};

/* ---- Addresses ---- */

static const unsigned char MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
/* RFC 6052: how an IPv4 address looks behind NAT64. */
static const unsigned char NAT64[12] = {0, 0x64, 0xff, 0x9b};

static bool parse_address(const char *text, unsigned char out[16], bool *ret_is_v4)
{
    *ret_is_v4 = inet_pton(AF_INET, text, out + 12) == 1;
    if (*ret_is_v4)
        memcpy(out, MAPPED, sizeof(MAPPED));
    return *ret_is_v4 || inet_pton(AF_INET6, text, out) == 1;
}

/* "10.0.0.0/8", "10.1.2.3", "fd00::/8". */
static bool parse_range(const char *text, struct range *ret_range)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);
    struct range range;
    bool is_v4 = false;
    int64_t bits = 0;
    if (length >= sizeof(address))
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    if (!parse_address(address, range.address, &is_v4))
        return false;
    int64_t most = is_v4 ? 32 : 128;
    if (slash == NULL)
        bits = most;
    else if (!sl_parse_int64(slash + 1, 0, most, &bits))
        return false;
    range.bits = (int)(is_v4 ? bits + 96 : bits);
    *ret_range = range;
    return true;
}

static bool is_in_range(const struct range *range, const unsigned char address[16])
{
    int whole = range->bits / 8, rest = range->bits % 8;
    if (memcmp(range->address, address, (size_t)whole) != 0)
        return false;
    if (rest == 0)
        return true;
    int mask = 0xff << (8 - rest);
    return (range->address[whole] & mask) == (address[whole] & mask);
}

static bool read_sockaddr(const void *sockaddr, unsigned char out[16])
{
    const struct sockaddr *any = sockaddr;
    if (any->sa_family == AF_INET) {
        memcpy(out, MAPPED, sizeof(MAPPED));
        memcpy(out + 12, &((const struct sockaddr_in *)sockaddr)->sin_addr, 4);
        return true;
    }
    if (any->sa_family != AF_INET6)
        return false;
    memcpy(out, &((const struct sockaddr_in6 *)sockaddr)->sin6_addr, 16);
    if (memcmp(out, NAT64, sizeof(NAT64)) == 0)
        memcpy(out, MAPPED, sizeof(MAPPED));
    return true;
}

static bool is_forbidden(const unsigned char address[16])
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(FORBIDDEN); i++) {
        struct range range;
        if (parse_range(FORBIDDEN[i], &range) && is_in_range(&range, address))
            return true;
    }
    return false;
}

/* ---- Rules ---- */

static enum sl_code parse_host(struct sl_arena *arena, const char *entry, struct rule *rule,
                               struct sl_error *err)
{
    char *host = sl_arena_strdup(arena, entry);
    if (host == NULL)
        return sl_error_no_memory(err);
    char *colon = strrchr(host, ':');
    int64_t port = 0;
    if (colon != NULL && !sl_parse_int64(colon + 1, 1, 65535, &port))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "\"%s\" is given, a host, host:port, *.domain or address/length is "
                            "wanted",
                            entry);
    if (colon != NULL)
        *colon = '\0';
    for (char *c = host; *c != '\0'; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    bool is_domain = strncmp(host, "*.", 2) == 0;
    rule->kind = is_domain ? RULE_DOMAIN : RULE_HOST;
    rule->host = is_domain ? host + 1 : host;
    rule->port = (int)port;
    if (rule->host[0] == '\0' || strpbrk(rule->host, "*/ ") != NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "\"%s\" is given, a host, host:port, *.domain or address/length is "
                            "wanted",
                            entry);
    return SL_OK;
}

static enum sl_code parse_rules(struct sl_webhook_rules *rules, const char *allow,
                                struct sl_error *err)
{
    char *text = sl_arena_strdup(rules->arena, allow), *rest = NULL;
    size_t most = 1;
    for (const char *c = allow; *c != '\0'; c++)
        most += *c == ',';
    rules->rules = sl_arena_alloc_array(rules->arena, most, sizeof(*rules->rules));
    if (text == NULL || rules->rules == NULL)
        return sl_error_no_memory(err);
    for (char *entry = strtok_r(text, ", ", &rest); entry != NULL;
         entry = strtok_r(NULL, ", ", &rest)) {
        struct rule *rule = &rules->rules[rules->count++];
        if (parse_range(entry, &rule->range))
            rule->kind = RULE_RANGE;
        else
            SL_TRY(parse_host(rules->arena, entry, rule, err));
        if (rules->count == most)
            break;
    }
    return SL_OK;
}

enum sl_code sl_webhook_rules_new(const char *allow, struct sl_webhook_rules **ret_rules,
                                  struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_webhook_rules *rules = arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*rules));
    if (rules == NULL)
        return sl_error_no_memory(err);
    rules->arena = arena;
    SL_TRY(parse_rules(rules, allow == NULL ? "" : allow, err));
    arena = NULL;
    *ret_rules = rules;
    return SL_OK;
}

void sl_webhook_rules_free(struct sl_webhook_rules *rules)
{
    if (rules != NULL)
        sl_arena_free(rules->arena);
}

static bool names_host(const struct rule *rule, const struct sl_url *url)
{
    if (rule->kind == RULE_RANGE || (rule->port != 0 && rule->port != url->port))
        return false;
    return rule->kind == RULE_HOST ? strcmp(rule->host, url->host) == 0
                                   : sl_text_ends_with(url->host, rule->host);
}

static bool is_host_listed(const struct sl_webhook_rules *rules, const struct sl_url *url)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (names_host(&rules->rules[i], url))
            return true;
    }
    return false;
}

static bool is_address_listed(const struct sl_webhook_rules *rules, const unsigned char address[16])
{
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].kind == RULE_RANGE && is_in_range(&rules->rules[i].range, address))
            return true;
    }
    return false;
}

static bool has_range(const struct sl_webhook_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].kind == RULE_RANGE)
            return true;
    }
    return false;
}

enum sl_code sl_webhook_check_url(const struct sl_webhook_rules *rules, const char *url,
                                  struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_url parts;
    unsigned char address[16];
    bool is_v4 = false;
    if (arena == NULL)
        return sl_error_no_memory(err);
    SL_TRY(sl_url_parse(url, arena, &parts, err));
    bool is_address = parse_address(parts.host, address, &is_v4);
    if (is_address && is_forbidden(address))
        return sl_error_set(err, SL_PERMISSION_DENIED,
                            "%s: link-local and metadata addresses are not called", parts.host);
    if (rules == NULL || rules->count == 0 || is_host_listed(rules, &parts))
        return SL_OK;
    bool may_pass = is_address ? is_address_listed(rules, address) : has_range(rules);
    return may_pass
               ? SL_OK
               : sl_error_set(err, SL_PERMISSION_DENIED,
                              "%s: not among what SERVICELANE_CALLBACK_ALLOW lists", parts.host);
}

bool sl_webhook_is_address_allowed(const struct sl_webhook_rules *rules, const char *url,
                                   const void *sockaddr)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_url parts;
    unsigned char address[16];
    if (arena == NULL || !read_sockaddr(sockaddr, address) || is_forbidden(address))
        return false;
    if (rules == NULL || rules->count == 0)
        return true;
    return is_address_listed(rules, address) ||
           (sl_url_parse(url, arena, &parts, NULL) == SL_OK && is_host_listed(rules, &parts));
}

/* ---- Headers ---- */

/* "whsec_" says that base64 follows; anything else is the key as it stands. */
static bool read_secret(const char *secret, struct sl_text *key)
{
    static const char PREFIX[] = "whsec_";
    if (sl_text_starts_with(secret, PREFIX)) {
        const char *encoded = secret + sizeof(PREFIX) - 1;
        return sl_base64_decode(key, encoded, strlen(encoded)) && key->length > 0;
    }
    sl_text_append(key, secret);
    return !sl_text_failed(key);
}

static enum sl_code add_signature(const struct sl_webhook_message *message, struct sl_arena *arena,
                                  struct sl_headers *headers, struct sl_error *err)
{
    struct sl_text key SL_CLEANUP(sl_text_cleanup) = {0};
    struct sl_text signed_text SL_CLEANUP(sl_text_cleanup) = {0};
    struct sl_text value SL_CLEANUP(sl_text_cleanup) = {0};
    unsigned char digest[SL_SHA256_SIZE];
    if (!read_secret(message->secret, &key))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "the callback secret begins with whsec_, base64 is wanted after it");
    sl_text_printf(&signed_text, "%s.%lld.%s", message->id, (long long)message->timestamp_s,
                   message->body);
    if (sl_text_failed(&signed_text))
        return sl_error_no_memory(err);
    sl_hmac_sha256(key.data, key.length, signed_text.data, signed_text.length, digest);
    sl_text_append(&value, "v1,");
    sl_base64_encode(&value, digest, sizeof(digest));
    if (sl_text_failed(&value))
        return sl_error_no_memory(err);
    return sl_headers_add(headers, arena, "webhook-signature", sl_text_string(&value));
}

enum sl_code sl_webhook_headers(const struct sl_webhook_message *message, struct sl_arena *arena,
                                struct sl_headers *headers, struct sl_error *err)
{
    const char *timestamp = sl_arena_printf(arena, "%lld", (long long)message->timestamp_s);
    if (timestamp == NULL)
        return sl_error_no_memory(err);
    const struct sl_header fixed[] = {
        {"Content-Type", "application/json"},
        {"Idempotency-Key", message->id},
        {"webhook-id", message->id},
        {"webhook-timestamp", timestamp},
    };
    for (size_t i = 0; i < SL_ARRAY_LENGTH(fixed); i++) {
        enum sl_code code = sl_headers_add(headers, arena, fixed[i].name, fixed[i].value);
        if (code != SL_OK)
            return sl_error_set(err, code, "header %s cannot be made", fixed[i].name);
    }
    if (message->secret == NULL || message->secret[0] == '\0')
        return SL_OK;
    return add_signature(message, arena, headers, err);
}
