#include "loop/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/*
 * A handler, a pipe and a thread that reads it: this works whichever thread the kernel gives a
 * signal to, also gRPC's and libcurl's own, which a mask of blocked signals would have to be in
 * time for.
 */
enum { WATCHED_COUNT = 3 };
static const int WATCHED[WATCHED_COUNT] = {SIGINT, SIGTERM, SIGHUP};

/* Where the handler writes; -1 while nobody listens. The one thing a handler can reach is a global.
 */
static _Atomic int handler_fd = -1;

/* One signal's way to the loop. */
struct signal_slot {
    struct sl_task task;
    struct sl_signals *signals;
    int number;
    _Atomic bool is_posted;
    struct sigaction before;
};

/* References: the owner's, and one for each slot that is posted. */
struct sl_signals {
    struct sl_loop *loop;
    void (*on_signal)(int number, void *arg);
    void *arg;
    struct signal_slot slots[WATCHED_COUNT];
    pthread_t reader;
    int read_fd, write_fd;
    bool is_freed;
    _Atomic int references;
};

static void handle_signal(int number)
{
    int before = errno;
    int fd = atomic_load(&handler_fd);
    unsigned char byte = (unsigned char)number;
    if (fd >= 0 && write(fd, &byte, 1) < 0) {
        /* The pipe is full of signals nobody has read yet: this one is among them. */
    }
    errno = before;
}

static void unref(struct sl_signals *signals)
{
    if (atomic_fetch_sub(&signals->references, 1) == 1)
        sl_free(signals);
}

static void run_slot(struct sl_task *task)
{
    struct signal_slot *slot = (struct signal_slot *)task;
    struct sl_signals *signals = slot->signals;
    atomic_store(&slot->is_posted, false);
    if (!signals->is_freed)
        signals->on_signal(slot->number, signals->arg);
    unref(signals);
}

static void post(struct sl_signals *signals, int number)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        struct signal_slot *slot = &signals->slots[i];
        if (slot->number != number || atomic_exchange(&slot->is_posted, true))
            continue;
        atomic_fetch_add(&signals->references, 1);
        sl_loop_post(signals->loop, &slot->task);
    }
}

/* Ends when a 0 arrives, which is no signal. */
static void *read_signals(void *arg)
{
    struct sl_signals *signals = arg;
    unsigned char number;
    for (;;) {
        ssize_t count = read(signals->read_fd, &number, 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count != 1 || number == 0)
            return NULL;
        post(signals, number);
    }
}

/* The reader takes no signals itself, so that one never interrupts what it does for another. */
static int start_reader(struct sl_signals *signals)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&signals->reader, NULL, read_signals, signals);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void install_handlers(struct sl_signals *signals)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handle_signal;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        sigaction(signals->slots[i].number, &action, &signals->slots[i].before);
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static void prepare_slots(struct sl_signals *signals)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        struct signal_slot *slot = &signals->slots[i];
        slot->task.run = run_slot;
        slot->signals = signals;
        slot->number = WATCHED[i];
    }
}

static enum sl_code open_pipe(struct sl_signals *signals, struct sl_error *err)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "no pipe for signals: %s", strerror(errno));
    signals->read_fd = fds[0];
    signals->write_fd = fds[1];
    /* A handler must never wait. */
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    int nobody = -1;
    if (atomic_compare_exchange_strong(&handler_fd, &nobody, fds[1]))
        return SL_OK;
    close(fds[0]);
    close(fds[1]);
    return sl_error_set(err, SL_FAILED_PRECONDITION, "signals are watched already");
}

static void close_pipe(struct sl_signals *signals)
{
    atomic_store(&handler_fd, -1);
    close(signals->read_fd);
    close(signals->write_fd);
}

enum sl_code sl_signals_new(struct sl_loop *loop, void (*on_signal)(int number, void *arg),
                            void *arg, struct sl_signals **ret_signals, struct sl_error *err)
{
    SL_CLEANUP(sl_free_cleanup) struct sl_signals *signals = sl_alloc(sizeof(*signals));
    if (signals == NULL)
        return sl_error_no_memory(err);
    signals->loop = loop;
    signals->on_signal = on_signal;
    signals->arg = arg;
    atomic_store(&signals->references, 1);
    prepare_slots(signals);
    SL_TRY(open_pipe(signals, err));
    int error = start_reader(signals);
    if (error != 0) {
        close_pipe(signals);
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "no thread for signals: %s",
                            strerror(error));
    }
    install_handlers(signals);
    *ret_signals = SL_TAKE(signals);
    return SL_OK;
}

void sl_signals_free(struct sl_signals *signals)
{
    if (signals == NULL)
        return;
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        sigaction(signals->slots[i].number, &signals->slots[i].before, NULL);
    fcntl(signals->write_fd, F_SETFL, 0);
    const unsigned char end = 0;
    while (write(signals->write_fd, &end, 1) < 0 && errno == EINTR)
        ;
    pthread_join(signals->reader, NULL);
    close_pipe(signals);
    signals->is_freed = true;
    unref(signals);
}
