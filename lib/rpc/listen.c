#include <arpa/inet.h>
#include <errno.h>
#include <grpc/grpc_security.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "rpc/server_private.h"

/* "[" + the longest IPv6 address with a zone + "]:65535" */
enum { ADDRESS_SIZE = INET6_ADDRSTRLEN + 32, HOST_SIZE = 256, PORT_SIZE = 8, ADDRESS_LIMIT = 16 };

struct listen_address {
    char host[HOST_SIZE];
    char port[PORT_SIZE];
};

/* The addresses that can be bound. */
struct chosen {
    const struct addrinfo *addresses[ADDRESS_LIMIT];
    size_t count;
};

static enum sl_code split(const char *listen, struct listen_address *ret, struct sl_error *err)
{
    const char *colon = strrchr(listen, ':');
    int64_t port = 0;
    if (colon == NULL || !sl_parse_int64(colon + 1, 0, 65535, &port))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "cannot listen on \"%s\"; wanted: host:port, port 0 to 65535", listen);
    const char *host = listen;
    size_t length = (size_t)(colon - listen);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof(ret->host))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "cannot listen on \"%s\"; wanted: host:port, such as 127.0.0.1:50083",
                            listen);
    memcpy(ret->host, host, length);
    ret->host[length] = '\0';
    snprintf(ret->port, sizeof(ret->port), "%d", (int)port);
    return SL_OK;
}

/* Why the address cannot be bound, 0 where it can: gRPC would only say that it failed. */
static int try_bind(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    int error = bind(fd, info->ai_addr, info->ai_addrlen) == 0 ? 0 : errno;
    close(fd);
    return error;
}

/* Where the machine has no IPv6, localhost still means ::1 as well. */
static bool is_absent_address(int error)
{
    return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

/* gRPC chooses the port where it is 0, once: the other addresses of a name follow. */
static enum sl_code bind_one(struct sl_server *server, const struct addrinfo *info,
                             struct sl_error *err)
{
    char host[ADDRESS_SIZE], address[ADDRESS_SIZE + PORT_SIZE + 4];
    if (getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof(host), NULL, 0, NI_NUMERICHOST) !=
        0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot listen on %s", server->listen);
    snprintf(address, sizeof(address), info->ai_family == AF_INET6 ? "[%s]:%d" : "%s:%d", host,
             server->port);
    int port = grpc_server_add_http2_port(server->core, address, server->credentials);
    if (port == 0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot listen on %s", server->listen);
    server->port = port;
    return SL_OK;
}

/* A hosts file may name an address twice. */
static bool is_repeated(const struct addrinfo *list, const struct addrinfo *info)
{
    for (const struct addrinfo *other = list; other != info; other = other->ai_next) {
        if (other->ai_addrlen == info->ai_addrlen &&
            memcmp(other->ai_addr, info->ai_addr, info->ai_addrlen) == 0)
            return true;
    }
    return false;
}

/*
 * gRPC is content when one of the addresses of a name can be bound. A second server on
 * localhost would so get the half that is free, and some of the clients. So all are tried first.
 */
static enum sl_code choose(const struct sl_server *server, const struct addrinfo *list,
                           struct chosen *ret_chosen, struct sl_error *err)
{
    struct chosen chosen = {.count = 0};
    int error = 0;
    for (const struct addrinfo *info = list; info != NULL; info = info->ai_next) {
        if (is_repeated(list, info) || chosen.count == ADDRESS_LIMIT)
            continue;
        int outcome = try_bind(info);
        if (outcome == 0)
            chosen.addresses[chosen.count++] = info;
        if (outcome != 0)
            error = outcome;
        if (outcome != 0 && !is_absent_address(outcome))
            break;
    }
    if (error != 0 && (chosen.count == 0 || !is_absent_address(error)))
        return sl_error_set(err, SL_UNAVAILABLE, "cannot listen on %s: %s", server->listen,
                            strerror(error));
    *ret_chosen = chosen;
    return SL_OK;
}

static enum sl_code bind_all(struct sl_server *server, const struct addrinfo *list,
                             struct sl_error *err)
{
    struct chosen chosen = {.count = 0};
    SL_TRY(choose(server, list, &chosen, err));
    for (size_t i = 0; i < chosen.count; i++)
        SL_TRY(bind_one(server, chosen.addresses[i], err));
    return SL_OK;
}

enum sl_code sl_server_bind(struct sl_server *server, struct sl_error *err)
{
    struct listen_address address;
    SL_TRY(split(server->listen, &address, err));
    server->port = atoi(address.port);
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    int error = getaddrinfo(address.host, address.port, &hints, &list);
    if (error != 0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot listen on %s: %s", server->listen,
                            gai_strerror(error));
    enum sl_code code = bind_all(server, list, err);
    freeaddrinfo(list);
    return code;
}
