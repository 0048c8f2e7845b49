#ifndef SL_HTTP_EXCHANGE_H
#define SL_HTTP_EXCHANGE_H

/* Private to lib/http: what the client's two sides, the loop and curl's thread, share. */

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "http/client.h"

#define SL_HTTP_POOL_SIZE 64

enum sl_http_event_kind { SL_HTTP_EVENT_HEAD, SL_HTTP_EVENT_DATA, SL_HTTP_EVENT_DONE };

/** The mail that an exchange carries in place of a request; see mail.c. */
struct sl_mail_job;

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
    /** "POST http://host:port/path", for error texts: without the query, which may hold secrets. */
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

struct sl_http_client {
    struct sl_loop *loop;
    int64_t connect_timeout_ms;

    /* Loop only. */
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
};

/** transfer.c: gives the exchange an easy handle that does what it asks for. curl's thread. */
enum sl_code sl_http_transfer_begin(struct sl_http_exchange *exchange);
/** Ends it, whatever its state; tells the loop. result is curl's. curl's thread. */
void sl_http_transfer_end(struct sl_http_exchange *exchange, CURLcode result);
/** Notes why a transfer ends before curl does; the first reason stands. curl's thread. */
void sl_http_transfer_stop(struct sl_http_exchange *exchange, enum sl_code code, const char *why);
/** The time until which a stream has to show life; the driver looks then. curl's thread. */
void sl_http_transfer_set_deadline(struct sl_http_exchange *exchange, int64_t deadline_ms);

/** driver.c: the thread. */
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

/** client.c: queues an event for the loop; the client's mutex is not held. curl's thread. */
void sl_http_client_tell(struct sl_http_client *client, struct sl_http_event *event);

#endif
