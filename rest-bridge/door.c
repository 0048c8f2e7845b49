#include "rest-bridge/door.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "guard/guard.h"
#include "rest-bridge/answer.h"

#define DEFAULT_BURST_S 2

struct bridge_door {
    struct sl_loop *loop;
    struct sl_arena *arena;
    struct sl_auth *auth;
    struct bridge_rates *rates;
    struct bridge_allowance allowance;
    struct bridge_names origins, hosts;
};

/* ---- life ---- */

static enum sl_code open_door(struct bridge_door *door, const struct bridge_door_options *options,
                              struct sl_error *err)
{
    door->arena = sl_arena_new();
    if (door->arena == NULL)
        return sl_error_no_memory(err);
    door->allowance.rate = options->rate;
    door->allowance.burst = options->burst > 0 ? options->burst : DEFAULT_BURST_S * options->rate;
    SL_TRY(bridge_names_read(options->cors_origins, door->arena, &door->origins, err));
    SL_TRY(bridge_names_read(options->allowed_hosts, door->arena, &door->hosts, err));
    SL_TRY(bridge_rates_new(&door->rates, err));
    return sl_guard_new(options->guard, NULL, &door->auth, err);
}

enum sl_code bridge_door_new(struct sl_loop *loop, const struct bridge_door_options *options,
                             struct bridge_door **ret_door, struct sl_error *err)
{
    struct bridge_door *door = sl_alloc(sizeof(*door));
    if (door == NULL)
        return sl_error_no_memory(err);
    door->loop = loop;
    enum sl_code code = open_door(door, options, err);
    if (code != SL_OK) {
        bridge_door_free(door);
        return code;
    }
    *ret_door = door;
    return SL_OK;
}

void bridge_door_free(struct bridge_door *door)
{
    if (door == NULL)
        return;
    sl_auth_free(door->auth);
    bridge_rates_free(door->rates);
    sl_arena_free(door->arena);
    sl_free(door);
}

/* ---- from where ---- */

static bool is_reading(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* Also a request that needs no preflight can change something: a page of another site, which the
 * caller's browser shows, must not make it. */
static bool check_origin(const struct bridge_door *door, const struct bridge_match *match,
                         struct sl_http_incoming *incoming)
{
    const struct sl_http_incoming_request *http = sl_http_incoming_request(incoming);
    const char *origin = sl_headers_get(http->headers, "Origin");
    if (origin == NULL)
        return true;
    bool is_listed = bridge_origin_is_listed(origin, &door->origins);
    if (is_listed)
        bridge_origin_allow(incoming, origin, &door->origins);
    if (is_listed && strcmp(http->method, "OPTIONS") == 0 &&
        sl_headers_get(http->headers, "Access-Control-Request-Method") != NULL) {
        bridge_origin_answer_preflight(incoming, match->allow != NULL ? match->allow : "GET, HEAD");
        return false;
    }
    if (is_listed || is_reading(http->method) || strcmp(http->method, "OPTIONS") == 0 ||
        bridge_origin_is_same(origin, sl_headers_get(http->headers, "Host")))
        return true;
    bridge_answer_detail(incoming, 403,
                         "A page of another site may not do this; SERVICELANE_CORS_ORIGINS names "
                         "those that may");
    return false;
}

static bool check_host(const struct bridge_door *door, bool is_loopback,
                       struct sl_http_incoming *incoming)
{
    const struct sl_headers *headers = sl_http_incoming_request(incoming)->headers;
    if (bridge_host_is_ours(sl_headers_get(headers, "Host"), is_loopback, &door->hosts))
        return true;
    bridge_answer_detail(incoming, 421,
                         "This host is not served here; SERVICELANE_ALLOWED_HOSTS names those that "
                         "are");
    return false;
}

/* ---- who ---- */

static void answer_unauthenticated(struct sl_http_incoming *incoming, const struct sl_error *err)
{
    sl_http_answer_header(incoming, "WWW-Authenticate", "Bearer");
    bridge_answer_detail(incoming, bridge_status_of(err->code), err->message);
}

/* What is behind checks the credential too; here it is found out early, and whose rate counts. A
 * file of the page is nobody's: it has to come before somebody can say who they are. */
static bool check_caller(struct bridge_door *door, const struct bridge_match *match,
                         struct sl_http_incoming *incoming, const struct sl_identity **ret_identity)
{
    const struct sl_headers *headers = sl_http_incoming_request(incoming)->headers;
    const struct sl_credential credential = {sl_headers_get(headers, "Authorization"),
                                             sl_headers_get(headers, "X-Api-Key")};
    struct sl_error err = {0};
    if (door->auth == NULL || match->route == NULL || sl_guard_is_open(match->route->method))
        return true;
    enum sl_code code = sl_auth_check(door->auth, &credential, sl_http_incoming_arena(incoming),
                                      ret_identity, &err);
    if (code == SL_OK)
        return true;
    answer_unauthenticated(incoming, &err);
    return false;
}

/* ---- how often ---- */

/* Of an IPv6 address the first 64 bits: whoever has one has all that follow. */
static void client_address(const char *peer, char out[INET6_ADDRSTRLEN])
{
    struct in6_addr address;
    size_t length = strcspn(peer, peer[0] == '[' ? "]" : ":");
    snprintf(out, INET6_ADDRSTRLEN, "%.*s", (int)length - (peer[0] == '['),
             peer + (peer[0] == '['));
    if (peer[0] != '[' || inet_pton(AF_INET6, out, &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address))
        return;
    memset(&address.s6_addr[8], 0, 8);
    inet_ntop(AF_INET6, &address, out, INET6_ADDRSTRLEN);
}

static bool check_rate(struct bridge_door *door, const struct sl_identity *identity,
                       struct sl_http_incoming *incoming)
{
    struct bridge_allowance allowance = door->allowance;
    char address[INET6_ADDRSTRLEN], seconds[24];
    const char *client = address;
    int64_t after_s = 0;
    if (identity != NULL) {
        client = identity->name;
        if (identity->rate > 0)
            allowance = (struct bridge_allowance){
                identity->rate,
                identity->burst > 0 ? identity->burst : DEFAULT_BURST_S * identity->rate};
    }
    if (allowance.rate <= 0)
        return true;
    client_address(sl_http_incoming_request(incoming)->peer, address);
    if (bridge_rates_take(door->rates, client, &allowance, sl_loop_now_ms(door->loop), &after_s))
        return true;
    snprintf(seconds, sizeof(seconds), "%" PRId64, after_s);
    bridge_answer_with(incoming, 429, "Too Many Requests",
                       &(struct sl_header){"Retry-After", seconds});
    return false;
}

bool bridge_door_admit(struct bridge_door *door, bool is_loopback, const struct bridge_match *match,
                       struct sl_http_incoming *incoming)
{
    const struct sl_identity *identity = NULL;
    return check_host(door, is_loopback, incoming) && check_origin(door, match, incoming) &&
           check_caller(door, match, incoming, &identity) && check_rate(door, identity, incoming);
}
