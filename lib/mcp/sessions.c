#include <string.h>

#include "base/memory.h"
#include "http/sse.h"
#include "mcp/server_private.h"

#define MAX_SESSIONS 10000
#define IDLE_MS ((int64_t)60 * 60 * 1000)
/* Between proxies' usual limits of a minute. */
#define KEEP_ALIVE_MS 25000
/* What may wait for a reader that does not read. */
#define MAX_WAITING_BYTES ((size_t)1024 * 1024)

static struct sl_mcp_session **find_slot(struct sl_mcp_sessions *sessions, const char *id)
{
    /* FNV-1a; the ids are random already. */
    uint32_t hash = 2166136261u;
    struct sl_mcp_session **slot;

    for (const char *c = id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    slot = &sessions->buckets[hash % SL_MCP_SESSION_BUCKETS];
    while (*slot && strcmp((*slot)->id, id) != 0)
        slot = &(*slot)->bucket_next;
    return slot;
}

static void unlink_by_use(struct sl_mcp_sessions *sessions, struct sl_mcp_session *session)
{
    if (session->newer)
        session->newer->older = session->older;
    else
        sessions->newest = session->older;
    if (session->older)
        session->older->newer = session->newer;
    else
        sessions->oldest = session->newer;
}

static void link_newest(struct sl_mcp_sessions *sessions, struct sl_mcp_session *session)
{
    session->newer = NULL;
    session->older = sessions->newest;
    if (sessions->newest)
        sessions->newest->newer = session;
    else
        sessions->oldest = session;
    sessions->newest = session;
}

static void touch(struct sl_mcp_server *server, struct sl_mcp_session *session)
{
    session->last_used_ms = sl_loop_now_ms(server->loop);
    unlink_by_use(&server->sessions, session);
    link_newest(&server->sessions, session);
}

static void close_stream(struct sl_mcp_session *session)
{
    if (session->stream)
        sl_http_stream_end(SL_TAKE(session->stream));
}

struct sl_mcp_session *sl_mcp_sessions_add(struct sl_mcp_server *server, const char *revision)
{
    struct sl_mcp_sessions *sessions = &server->sessions;
    struct sl_mcp_session *session = sl_alloc(sizeof(*session));

    if (!session)
        return NULL;
    if (sessions->count >= MAX_SESSIONS)
        sl_mcp_sessions_remove(server, sessions->oldest);
    sl_uuid_new(session->id);
    session->revision = revision;
    session->last_used_ms = sl_loop_now_ms(server->loop);
    *find_slot(sessions, session->id) = session;
    link_newest(sessions, session);
    sessions->count++;
    return session;
}

void sl_mcp_sessions_remove(struct sl_mcp_server *server, struct sl_mcp_session *session)
{
    struct sl_mcp_session **slot = find_slot(&server->sessions, session->id);

    *slot = session->bucket_next;
    unlink_by_use(&server->sessions, session);
    server->sessions.count--;
    close_stream(session);
    sl_free(session);
}

static void drop_expired(struct sl_mcp_server *server)
{
    int64_t limit = sl_loop_now_ms(server->loop) - IDLE_MS;

    while (server->sessions.oldest && server->sessions.oldest->last_used_ms < limit)
        sl_mcp_sessions_remove(server, server->sessions.oldest);
}

struct sl_mcp_session *sl_mcp_sessions_find(struct sl_mcp_server *server, const char *id)
{
    struct sl_mcp_session *session;

    drop_expired(server);
    session = *find_slot(&server->sessions, id);
    if (session)
        touch(server, session);
    return session;
}

void sl_mcp_sessions_clear(struct sl_mcp_server *server)
{
    while (server->sessions.oldest)
        sl_mcp_sessions_remove(server, server->sessions.oldest);
}

/* ---- Streams ---- */

static void send_to_stream(struct sl_mcp_session *session, const char *bytes, size_t length)
{
    if (session->stream && sl_http_stream_send(session->stream, bytes, length) > MAX_WAITING_BYTES)
        close_stream(session);
}

/* What finds the session of a stream whose client has left; owned by the stream's incoming. */
struct stream_end {
    struct sl_mcp_server *server;
    struct sl_http_incoming *incoming;
    char id[SL_UUID_SIZE];
};

static void on_stream_closed(void *arg)
{
    struct stream_end *end = arg;
    struct sl_http_incoming *incoming = end->incoming;
    struct sl_mcp_session *session = *find_slot(&end->server->sessions, end->id);

    if (session && session->stream == incoming)
        close_stream(session);
}

void sl_mcp_stream_open(struct sl_mcp_server *server, struct sl_mcp_session *session,
                        struct sl_http_incoming *incoming)
{
    struct sl_arena *arena = sl_http_incoming_arena(incoming);
    struct stream_end *end = sl_arena_alloc(arena, sizeof(*end));
    struct sl_headers headers = {0};
    static const char hello[] = ": listening\n\n";

    if (!end || !sl_mcp_add_stream_headers(&headers, arena)) {
        sl_http_reply(incoming, 503, NULL, NULL, 0);
        return;
    }
    close_stream(session);
    end->server = server;
    end->incoming = incoming;
    memcpy(end->id, session->id, sizeof(end->id));
    session->stream = incoming;
    sl_http_stream_begin(incoming, 200, &headers, on_stream_closed, end);
    send_to_stream(session, hello, sizeof(hello) - 1);
}

void sl_mcp_streams_close(struct sl_mcp_server *server)
{
    for (struct sl_mcp_session *s = server->sessions.newest; s; s = s->older)
        close_stream(s);
}

void sl_mcp_streams_notify(struct sl_mcp_server *server, const char *method)
{
    SL_CLEANUP(sl_json_cleanup) json_t *message = sl_jsonrpc_notification(method, NULL);
    SL_CLEANUP(sl_free_cleanup) char *text = NULL;
    SL_CLEANUP(sl_text_cleanup) struct sl_text event = {0};

    if (message)
        text = sl_json_text(message, SL_JSON_COMPACT);
    if (text)
        sl_sse_write(&event, "message", NULL, text);
    /* Without memory nobody is told, and clients find out at their next listing. */
    if (!text || sl_text_failed(&event))
        return;
    for (struct sl_mcp_session *s = server->sessions.newest; s; s = s->older)
        send_to_stream(s, event.data, event.length);
}

/* ---- The timer ---- */

static void keep_alive(void *arg)
{
    static const char comment[] = ": alive\n\n";
    struct sl_mcp_server *server = arg;
    int64_t now = sl_loop_now_ms(server->loop);

    for (struct sl_mcp_session *s = server->sessions.newest; s; s = s->older) {
        send_to_stream(s, comment, sizeof(comment) - 1);
        if (s->stream)
            s->last_used_ms = now;
    }
    sl_mcp_subscriptions_keep_alive(server);
    drop_expired(server);
    /* The heap had room for this timer a moment ago. */
    if (sl_mcp_sessions_start(server) != SL_OK)
        return;
}

enum sl_code sl_mcp_sessions_start(struct sl_mcp_server *server)
{
    return sl_timer_start(server->loop, &server->timer, KEEP_ALIVE_MS, keep_alive, server);
}
