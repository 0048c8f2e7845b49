#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/incoming.h"

struct place {
    char host[256];
    char port[8];
};

/** "host:port", "[::1]:port"; an empty host is every address. */
static bool split(const char *address, struct place *ret_place)
{
    const char *colon = strrchr(address, ':');
    int64_t port = 0;
    if (colon == NULL || !sl_parse_int64(colon + 1, 0, 65535, &port) || strlen(colon + 1) > 5)
        return false;
    size_t length = (size_t)(colon - address);
    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length >= sizeof(ret_place->host))
        return false;
    memcpy(ret_place->host, address, length);
    ret_place->host[length] = '\0';
    memcpy(ret_place->port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

/** SO_REUSEADDR takes over what a stopped process left; SO_REUSEPORT would share with a running
 * one. */
static int bind_to(const struct addrinfo *info)
{
    int one = 1;
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    info->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/** A name with addresses of both kinds (localhost) is served on the IPv4 one, which all clients
 * try. */
static int bind_first(const struct addrinfo *list, int family)
{
    bool has_tried = false;
    for (; list != NULL; list = list->ai_next) {
        int fd = list->ai_family == family ? bind_to(list) : -1;
        has_tried |= list->ai_family == family;
        if (fd >= 0)
            return fd;
    }
    if (!has_tried && errno == 0)
        errno = EADDRNOTAVAIL;
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

enum sl_code sl_http_listen(const char *address, int *ret_fd, int *ret_port, struct sl_error *err)
{
    struct place place;
    if (!split(address, &place))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "cannot listen on \"%s\": host:port is wanted", address);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    const char *host = place.host[0] != '\0' ? place.host : NULL;
    int failure = getaddrinfo(host, place.port, &hints, &list);
    if (failure != 0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot listen on %s: %s", address,
                            gai_strerror(failure));
    int fd = bind_first(list, AF_INET);
    if (fd < 0)
        fd = bind_first(list, AF_INET6);
    int why = errno;
    freeaddrinfo(list);
    if (fd < 0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot listen on %s: %s", address, strerror(why));
    *ret_fd = fd;
    *ret_port = port_of(fd);
    return SL_OK;
}
