#include "orchestrator/addresses.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/text.h"

struct orch_resolution {
    struct sl_task task; /* first: the task is the resolution */
    struct sl_loop *loop;
    orch_resolved_fn *done;
    void *arg;
    char host[256], port[16];
    struct sl_error error;
    struct orch_addresses found;
    /* Guarded by mutex: who of the two, the thread and the loop, frees it. */
    pthread_mutex_t mutex;
    bool is_cancelled, is_posted;
};

static void resolution_free(struct orch_resolution *resolution)
{
    pthread_mutex_destroy(&resolution->mutex);
    sl_free(resolution);
}

/* ---- Lists of addresses ---- */

static int compare(const void *a, const void *b)
{
    const struct orch_address *left = a, *right = b;
    return strcmp(left->text, right->text);
}

static void sort_and_unify(struct orch_addresses *addresses)
{
    size_t kept = 0;
    qsort(addresses->entries, addresses->count, sizeof(addresses->entries[0]), compare);
    for (size_t i = 0; i < addresses->count; i++)
        if (kept == 0 || compare(&addresses->entries[kept - 1], &addresses->entries[i]) != 0)
            addresses->entries[kept++] = addresses->entries[i];
    addresses->count = kept;
}

static enum sl_code add(struct orch_addresses *addresses, const char *text, size_t length,
                        int family)
{
    if (length == 0 || length >= ORCH_ADDRESS_SIZE)
        return SL_INVALID_ARGUMENT;
    if (addresses->count == ORCH_ADDRESSES_MAX)
        return SL_OK;
    struct orch_address *entry = &addresses->entries[addresses->count++];
    memcpy(entry->text, text, length);
    entry->text[length] = '\0';
    entry->family = family;
    return SL_OK;
}

enum sl_code orch_target_list(const char *target, struct orch_addresses *ret_addresses,
                              struct sl_error *err)
{
    struct orch_addresses found = {0};
    bool is_ipv4 = strncmp(target, "ipv4:", 5) == 0;
    if (!is_ipv4 && strncmp(target, "ipv6:", 5) != 0)
        return SL_NOT_FOUND;
    for (const char *at = target + 5;; at++) {
        size_t length = strcspn(at, ",");
        if (add(&found, at, length, is_ipv4 ? AF_INET : AF_INET6) != SL_OK)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "target %s: an address of it is empty or too long", target);
        at += length;
        if (*at == '\0')
            break;
    }
    sort_and_unify(&found);
    *ret_addresses = found;
    return SL_OK;
}

void orch_address_target(const struct orch_address *address, char target[ORCH_ADDRESS_SIZE + 8])
{
    const char *scheme = address->family == AF_INET    ? "ipv4:"
                         : address->family == AF_INET6 ? "ipv6:"
                                                       : "";
    snprintf(target, ORCH_ADDRESS_SIZE + 8, "%s%s", scheme, address->text);
}

/* ---- Names ---- */

/* "dns:host:port", "dns:///host:port", "host:port"; one that goes to a DNS server of its own
 * ("dns://10.0.0.2/host:port") is gRPC's affair. NULL: no name. */
static const char *name_of(const char *target)
{
    static const char *const opaque[] = {
        "unix:", "unix-abstract:", "vsock:", "xds:", "google-c2p:", "dns://"};
    if (strncmp(target, "dns:///", 7) == 0)
        return target + 7;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(opaque); i++)
        if (strncmp(target, opaque[i], strlen(opaque[i])) == 0)
            return NULL;
    return strncmp(target, "dns:", 4) == 0 ? target + 4 : target;
}

enum sl_code orch_target_name(const char *target, char host[256], char port[16],
                              struct sl_error *err)
{
    struct orch_addresses ignored;
    enum sl_code listed = orch_target_list(target, &ignored, err);
    const char *name = name_of(target);
    if (listed != SL_NOT_FOUND || !name)
        return SL_NOT_FOUND;
    bool is_bracketed = *name == '[';
    const char *end = is_bracketed ? strchr(name, ']') : strrchr(name, ':');
    const char *begin = name + is_bracketed;
    if (is_bracketed && !end)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "target %s: its \"]\" is missing", target);
    if (!end)
        end = name + strlen(name);
    const char *colon = is_bracketed ? end + 1 : end;
    const char *digits = *colon == ':' ? colon + 1 : "443"; /* gRPC's default */
    if (end == begin || end - begin > 255 || strlen(digits) > 15)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "target %s: host:port is wanted", target);
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    memcpy(port, digits, strlen(digits) + 1);
    return SL_OK;
}

static void add_found(struct orch_addresses *addresses, const struct addrinfo *info,
                      const char *port)
{
    char host[128], text[ORCH_ADDRESS_SIZE + 40];
    if (getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof(host), NULL, 0, NI_NUMERICHOST) !=
        0)
        return;
    bool is_ipv6 = info->ai_family == AF_INET6;
    int length = snprintf(text, sizeof(text), is_ipv6 ? "[%s]:%s" : "%s:%s", host, port);
    /* One that is too long to be an address is left out. */
    (void)add(addresses, text, (size_t)length, info->ai_family);
}

static void look_up(struct orch_resolution *resolution)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int result = getaddrinfo(resolution->host, resolution->port, &hints, &list);
    for (const struct addrinfo *info = list; result == 0 && info; info = info->ai_next)
        if (info->ai_family == AF_INET || info->ai_family == AF_INET6)
            add_found(&resolution->found, info, resolution->port);
    if (list)
        freeaddrinfo(list);
    sort_and_unify(&resolution->found);
    if (resolution->found.count == 0)
        sl_error_set(&resolution->error, SL_UNAVAILABLE, "the name %s means no address: %s",
                     resolution->host, result != 0 ? gai_strerror(result) : "none was found");
}

/* ---- The thread and the loop ---- */

static void finish(struct sl_task *task)
{
    struct orch_resolution *resolution = (struct orch_resolution *)task;
    /* The thread lets the mutex go after it has posted. */
    pthread_mutex_lock(&resolution->mutex);
    pthread_mutex_unlock(&resolution->mutex);
    if (resolution->is_cancelled)
        sl_error_set(&resolution->error, SL_CANCELLED, "cancelled");
    bool is_ok = resolution->error.code == SL_OK;
    resolution->done(&resolution->error, is_ok ? &resolution->found : NULL, resolution->arg);
    resolution_free(resolution);
}

static void *resolve(void *arg)
{
    struct orch_resolution *resolution = arg;
    look_up(resolution);
    pthread_mutex_lock(&resolution->mutex);
    bool is_cancelled = resolution->is_cancelled;
    if (!is_cancelled) {
        resolution->is_posted = true;
        sl_loop_post(resolution->loop, &resolution->task);
    }
    pthread_mutex_unlock(&resolution->mutex);
    if (is_cancelled)
        resolution_free(resolution);
    return NULL;
}

/* Detached: nobody waits for a resolver that hangs, not even the end of the process. */
static int start_thread(struct orch_resolution *resolution)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&thread, &attributes, resolve, resolution);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return result;
}

static enum sl_code begin(struct orch_resolution *resolution, const char *target)
{
    enum sl_code code = orch_target_list(target, &resolution->found, &resolution->error);
    if (code == SL_NOT_FOUND) {
        code = orch_target_name(target, resolution->host, resolution->port, &resolution->error);
        if (code == SL_OK)
            return start_thread(resolution) == 0 ? SL_OK : SL_RESOURCE_EXHAUSTED;
        if (code == SL_NOT_FOUND && add(&resolution->found, target, strlen(target), AF_UNSPEC))
            sl_error_set(&resolution->error, SL_INVALID_ARGUMENT, "target %s is too long", target);
    }
    resolution->is_posted = true;
    sl_loop_post(resolution->loop, &resolution->task);
    return SL_OK;
}

enum sl_code orch_resolve_start(struct sl_loop *loop, const char *target, orch_resolved_fn *done,
                                void *arg, struct orch_resolution **ret_resolution,
                                struct sl_error *err)
{
    struct orch_resolution *resolution = sl_alloc(sizeof(*resolution));
    if (!resolution)
        return sl_error_no_memory(err);
    resolution->task.run = finish;
    resolution->loop = loop;
    resolution->done = done;
    resolution->arg = arg;
    pthread_mutex_init(&resolution->mutex, NULL);
    *ret_resolution = resolution;
    if (begin(resolution, target) == SL_OK)
        return SL_OK;
    *ret_resolution = NULL;
    resolution_free(resolution);
    return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "no thread to resolve %s", target);
}

bool orch_resolve_cancel(struct orch_resolution *resolution)
{
    pthread_mutex_lock(&resolution->mutex);
    bool is_posted = resolution->is_posted;
    resolution->is_cancelled = true;
    pthread_mutex_unlock(&resolution->mutex);
    return !is_posted;
}
