#ifndef SL_HTTP_EXCHANGE_H
#define SL_HTTP_EXCHANGE_H

/* Private to lib/http: what the client's two sides, the loop and curl's thread, share. */

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "http/client.h"
#include "http/url.h"

#define SL_HTTP_POOL_SIZE 64
#define SL_HTTP_INPUT_BYTES 65536

enum sl_http_event_kind { SL_HTTP_EVENT_HEAD, SL_HTTP_EVENT_DATA, SL_HTTP_EVENT_DONE };

/** The mail that an exchange carries in place of a request; see mail.c. */
struct sl_mail_job;

/** A connection without TLS that is kept; see plain.c. */
struct sl_http_link;

/** Something curl's thread tells the loop. DATA events are on the heap, the others in their
 * exchange. */
struct sl_http_event {
    struct sl_http_event *next;
    struct sl_http_exchange *exchange;
    enum sl_http_event_kind kind;
    size_t length;
    char bytes[];
};

/** The events of an exchange that need no memory of their own; the same beginning as sl_http_event.
 */
struct sl_http_fixed_event {
    struct sl_http_event *next;
    struct sl_http_exchange *exchange;
    enum sl_http_event_kind kind;
    size_t length;
};

/**
 * One request and its answer. Made on the loop, handed to curl's thread by the inbox, which hands
 * the answer back by events, the last of them DONE; freed on the loop after `done` has run.
 */
struct sl_http_exchange {
    struct sl_http_client *client;

    /* Set before the inbox has it, then only read. */
    struct sl_http_request request;
    /** NULL: the exchange is HTTP. Owned by arena; curl's thread writes into it while it runs. */
    struct sl_mail_job *mail;
    sl_http_done_fn *done;
    void *arg;
    /** The loop's until the inbox has the exchange, then curl's thread's. */
    struct sl_arena *arena;
    /** Header fields; a mail's receivers. */
    struct curl_slist *curl_headers;
    /** The request as it goes over a plain connection, and where to ("host:port"); NULL where
     * libcurl makes it. Owned by arena. */
    const char *wire, *origin;
    size_t wire_length;
    /** "POST http://host:port/path", for error texts. */
    const char *label;

    /* Loop only. */
    struct sl_http_exchange *previous, *next;
    bool is_cancelled;

    /* Guarded by the client's mutex. */
    struct sl_http_exchange *inbox_next;
    bool is_in_inbox, wants_start, wants_cancel, wants_resume;
    bool is_finished;
    bool is_paused;
    size_t queued_bytes;

    /* curl's thread only, until the event that tells the loop of it. */
    CURL *easy;
    struct sl_http_link *link;
    /** The loop was told of its end, or is about to be. */
    bool is_over;
    /** Those that the driver itself keeps the time of. */
    struct sl_http_exchange *stream_previous, *stream_next;
    bool is_in_streams;
    int64_t deadline_ms;
    bool is_head_complete;
    bool is_address_refused;
    /** Set before curl may send the first byte of the request. */
    bool has_begun;
    int status;
    struct sl_headers headers;
    struct sl_text body;
    size_t received_bytes;
    /** Why curl was told to stop; code SL_OK where it was not. */
    struct sl_error stop;
    struct sl_error error;
    char curl_error[CURL_ERROR_SIZE];

    struct sl_http_fixed_event head_event, done_event;
};

/** The URL asked last, and what is made of it. Zeroed it is none. */
struct sl_http_place {
    /** Owns all of it. */
    struct sl_arena *arena;
    /** NULL: nothing is known. */
    const char *text;
    struct sl_url url;
    /** "host:port". */
    const char *origin;
    /** "http://host:port/path", for error texts: without the query, which may hold secrets. */
    const char *label;
};

struct sl_http_client {
    struct sl_loop *loop;
    int64_t connect_timeout_ms;
    bool trusts_any_certificate;

    /* Loop only. */
    struct sl_http_place place;
    struct sl_arena_pool arenas;
    struct sl_http_exchange *exchanges;
    bool is_closing;
    /** All is over but the task, which is posted or runs: the memory is its to free. */
    bool is_closed;

    /* Guarded by mutex. */
    pthread_mutex_t mutex;
    struct sl_http_exchange *inbox_head, *inbox_tail;
    struct sl_http_event *events_head, *events_tail;
    bool is_task_out;
    bool is_stopping;
    struct sl_task task;

    /* curl's thread. */
    pthread_t thread;
    int epoll_fd;
    int wake_fd;
    CURLM *multi;
    CURL *pool[SL_HTTP_POOL_SIZE];
    size_t pool_count;
    int64_t curl_timer_ms;
    struct sl_http_exchange *streams;
    int64_t streams_check_ms;
    /** Events were queued in this turn, and the loop is not yet told. */
    bool has_news;
    struct sl_http_link *idle_links, *closed_links;
    size_t idle_count, max_idle_links;
    char input[SL_HTTP_INPUT_BYTES];
};

/** transfer.c: gives the exchange an easy handle that does what it asks for. curl's thread. */
enum sl_code sl_http_transfer_begin(struct sl_http_exchange *exchange);
/** Ends it, whatever its state; tells the loop. result is curl's. curl's thread. */
void sl_http_transfer_end(struct sl_http_exchange *exchange, CURLcode result);
/** Has libcurl open a connection for the exchange, and nothing more. curl's thread. */
SL_MUST_USE enum sl_code sl_http_transfer_connect(struct sl_http_exchange *exchange);
/** Takes its easy handle from it. curl's thread. */
void sl_http_transfer_give_back(struct sl_http_exchange *exchange);
/** The head of the answer stands in the exchange. curl's thread. */
void sl_http_transfer_end_head(struct sl_http_exchange *exchange);
/** Whether the reader is too far behind for more of the body. curl's thread. */
bool sl_http_transfer_must_pause(struct sl_http_exchange *exchange);
/** Takes a piece of the body; false where that ends the exchange, for the reason noted. curl's
 * thread. */
bool sl_http_transfer_take_body(struct sl_http_exchange *exchange, const char *bytes,
                                size_t length);
/** Notes why a transfer ends before curl does; the first reason stands. curl's thread. */
void sl_http_transfer_stop(struct sl_http_exchange *exchange, enum sl_code code, const char *why);
/** The time until which a stream has to show life; the driver looks then. curl's thread. */
void sl_http_transfer_set_deadline(struct sl_http_exchange *exchange, int64_t deadline_ms);

/** request.c: copies all of request into the exchange. Errors: SL_INVALID_ARGUMENT, the URL or a
 * header; SL_RESOURCE_EXHAUSTED. Loop. */
SL_MUST_USE enum sl_code sl_http_request_copy(struct sl_http_exchange *exchange,
                                              const struct sl_http_request *request,
                                              struct sl_error *err);

/** plain_request.c: whether the request may go over a connection of ours: plain HTTP, which may be
 * sent again where a kept connection turns out to be closed. Loop. */
bool sl_http_is_plain(const struct sl_http_request *request, const struct sl_url *url);
/** Writes wire and origin. Its headers are allowed ones. Errors: SL_RESOURCE_EXHAUSTED. Loop. */
SL_MUST_USE enum sl_code sl_http_write_request(struct sl_http_exchange *exchange,
                                               const struct sl_http_request *request,
                                               const struct sl_http_place *place);

/** place.c: has place be that of url. Errors: SL_INVALID_ARGUMENT, it is no URL;
 * SL_RESOURCE_EXHAUSTED. Loop. */
SL_MUST_USE enum sl_code sl_http_place_find(struct sl_http_place *place, const char *url,
                                            struct sl_error *err);
void sl_http_place_done(struct sl_http_place *place);

/** plain.c: sends on an idle connection, or has one opened. All: curl's thread. */
SL_MUST_USE enum sl_code sl_http_plain_begin(struct sl_http_exchange *exchange);
/** libcurl has opened it. */
void sl_http_plain_connected(struct sl_http_exchange *exchange);
void sl_http_plain_resume(struct sl_http_exchange *exchange);
void sl_http_plain_event(struct sl_http_link *link, uint32_t events);
/** Closes the connection under it, if there is one. */
void sl_http_plain_drop(struct sl_http_exchange *exchange);
/** Frees what was closed in this turn; close: and all that is idle. */
void sl_http_plain_collect(struct sl_http_client *client);
void sl_http_plain_close(struct sl_http_client *client);

/** driver.c: the thread. */
/** Ends an exchange and tells the loop; the exchange is not touched any more. curl's thread. */
void sl_http_driver_end(struct sl_http_exchange *exchange, CURLcode result);
void *sl_http_driver_run(void *client);
enum sl_code sl_http_driver_open(struct sl_http_client *client, long max_idle_connections,
                                 struct sl_error *err);
void sl_http_driver_close(struct sl_http_client *client);
/** Makes the thread look into its inbox. Any thread. */
void sl_http_driver_wake(struct sl_http_client *client);
int64_t sl_http_now_ms(void);

/** client.c: an exchange that is not yet known to anybody; SL_CANCELLED where the client closes. */
SL_MUST_USE enum sl_code sl_http_exchange_begin(struct sl_http_client *client,
                                                struct sl_http_exchange **ret_exchange,
                                                struct sl_error *err);
void sl_http_exchange_free(struct sl_http_exchange *exchange);
SL_DEFINE_CLEANUP(sl_http_exchange_cleanup, struct sl_http_exchange, sl_http_exchange_free)
/** Hands it, filled, to curl's thread: done runs once, on the loop. exchange is taken. */
void sl_http_exchange_submit(struct sl_http_exchange *exchange, sl_http_done_fn *done, void *arg);

/** mail.c: makes the handle send exchange->mail. curl's thread. */
enum sl_code sl_mail_set_up(CURL *easy, struct sl_http_exchange *exchange);
/** Reads out of the server's last reply what became of a mail that failed. curl's thread. */
void sl_mail_judge(struct sl_http_exchange *exchange);

/** client.c: queues an event for the loop, which is woken by the flush at the end of the turn; the
 * client's mutex is not held. curl's thread. */
void sl_http_client_tell(struct sl_http_client *client, struct sl_http_event *event);
void sl_http_client_flush(struct sl_http_client *client);

#endif
