#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "loop/signals.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

/* up: all programs on this machine, as children, until Ctrl-C or until one ends by itself. Each
 * writes to a file of its own in the data folder's logs. */

#define START_MS 60000
#define STOP_MS 15000
#define LOOK_MS 50

/* In the order of a request's way, from its end: whoever calls starts after, and stops before. */
static const char *const names[] = {"payment-mcp",   "parts-mcp",   "repair-orders-mcp",
                                    "payment-agent", "parts-agent", "repair-orders-agent",
                                    "orchestrator",  "rest-bridge"};
enum { COUNT = SL_ARRAY_LENGTH(names), FIRST_CALLER = 6 };

struct fleet {
    struct cli_client *client;
    char folder[4096]; /* of the programs */
    char logs[4096];
    pid_t pids[COUNT]; /* 0: not there */
    bool is_interrupted;
};

static void on_signal(int number, void *arg)
{
    struct fleet *fleet = arg;
    fleet->is_interrupted = fleet->is_interrupted || number != SIGHUP;
}

/* ---- Start ---- */

static enum sl_code find_folders(struct fleet *fleet, struct sl_error *err)
{
    const char *data = fleet->client->options->data_dir;
    if (data)
        setenv("SERVICELANE_DATA_DIR", data, 1);
    data = getenv("SERVICELANE_DATA_DIR");
    ssize_t length = readlink("/proc/self/exe", fleet->folder, sizeof(fleet->folder) - 1);
    if (length < 0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot find the programs: %s", strerror(errno));
    fleet->folder[length] = '\0';
    *strrchr(fleet->folder, '/') = '\0';
    data = data && *data ? data : "./data";
    int size = snprintf(fleet->logs, sizeof(fleet->logs), "%s/logs", data);
    if (size < 0 || (size_t)size >= sizeof(fleet->logs))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "the data folder's name is too long");
    if ((mkdir(data, 0700) != 0 && errno != EEXIST) ||
        (mkdir(fleet->logs, 0700) != 0 && errno != EEXIST))
        return sl_error_set(err, SL_UNAVAILABLE, "%s cannot be made: %s", fleet->logs,
                            strerror(errno));
    return SL_OK;
}

static void log_path(const struct fleet *fleet, size_t i, char path[4200])
{
    snprintf(path, 4200, "%s/%s.log", fleet->logs, names[i]);
}

/* In the child: a session of its own, so that Ctrl-C reaches the parent only, who stops all in
 * order. Nothing but async-signal-safe calls: the parent has threads. */
static void become(const char *program, const char *log)
{
    sigset_t none;
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    execl(program, program, (char *)NULL);
    _exit(127);
}

static enum sl_code start(struct fleet *fleet, size_t i, struct sl_error *err)
{
    char program[4200], log[4200];
    snprintf(program, sizeof(program), "%s/%s", fleet->folder, names[i]);
    log_path(fleet, i, log);
    if (access(program, X_OK) != 0)
        return sl_error_set(err, SL_NOT_FOUND, "%s: %s", program, strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "%s cannot be started: %s", names[i],
                            strerror(errno));
    if (pid == 0)
        become(program, log);
    fleet->pids[i] = pid;
    return SL_OK;
}

/* ---- While it runs ---- */

/* Shows the last of what a program said. */
static void show_log(const struct fleet *fleet, size_t i)
{
    char path[4200], text[2048];
    log_path(fleet, i, path);
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    if (fseek(file, -(long)(sizeof(text) - 1), SEEK_END) != 0)
        rewind(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    fprintf(stderr, "%s\n(all of it is in %s)\n", text, path);
}

/* False where a program has ended by itself. */
static bool are_all_running(struct fleet *fleet)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (fleet->pids[i] == 0 || waitpid(fleet->pids[i], NULL, WNOHANG) != fleet->pids[i])
            continue;
        fleet->pids[i] = 0;
        fprintf(stderr, "servicelane: %s has ended:\n", names[i]);
        show_log(fleet, i);
        return false;
    }
    return true;
}

static bool is_bridge_ready(const struct fleet *fleet)
{
    char path[4200], text[512];
    log_path(fleet, COUNT - 1, path);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return strstr(text, "listening") != NULL;
}

static bool is_healthy(struct fleet *fleet)
{
    Servicelane__Orchestrator__V1__GetHealthRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_HEALTH_REQUEST__INIT;
    Servicelane__Orchestrator__V1__OrchestratorHealth *health = NULL;
    struct sl_call_options options = cli_call_options(fleet->client, 500);
    options.wait_for_ready = true;
    return orchestrator_get_health(fleet->client->channel, &options, &request, fleet->client->arena,
                                   &health, NULL) == SL_OK &&
           health->status == SERVICELANE__AGENT__V1__HEALTH_STATUS__HEALTH_STATUS_HEALTHY &&
           is_bridge_ready(fleet);
}

/* Lets the loop see signals for a while. */
static void look_around(struct fleet *fleet)
{
    sl_loop_run_until(fleet->client->loop, &fleet->is_interrupted, LOOK_MS);
}

static enum cli_status wait_until_healthy(struct fleet *fleet)
{
    int64_t until_ms = sl_loop_now_ms(fleet->client->loop) + START_MS;
    while (!is_healthy(fleet)) {
        look_around(fleet);
        if (fleet->is_interrupted)
            return CLI_INTERRUPTED;
        if (!are_all_running(fleet))
            return CLI_FAILED;
        if (sl_loop_now_ms(fleet->client->loop) < until_ms)
            continue;
        fprintf(stderr, "servicelane: not all is healthy after %d s; the logs are in %s\n",
                START_MS / 1000, fleet->logs);
        return CLI_FAILED;
    }
    return CLI_OK;
}

/* ---- Stop ---- */

static bool has_any(const struct fleet *fleet, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (fleet->pids[i] != 0)
            return true;
    return false;
}

/* Those of [from, to), the last first: SIGTERM, patience, SIGKILL. */
static void stop(struct fleet *fleet, size_t from, size_t to)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    int64_t until_ms = sl_loop_now_ms(fleet->client->loop) + STOP_MS;
    for (size_t i = to; i-- > from;)
        if (fleet->pids[i] != 0)
            kill(fleet->pids[i], SIGTERM);
    while (has_any(fleet, from, to)) {
        for (size_t i = from; i < to; i++) {
            if (fleet->pids[i] != 0 && waitpid(fleet->pids[i], NULL, WNOHANG) == fleet->pids[i])
                fleet->pids[i] = 0;
            if (fleet->pids[i] != 0 && sl_loop_now_ms(fleet->client->loop) > until_ms)
                kill(fleet->pids[i], SIGKILL);
        }
        nanosleep(&pause, NULL);
    }
}

/* ---- up ---- */

static const char *listen_of(const char *variable, const char *fallback)
{
    const char *value = getenv(variable);
    return value && *value ? value : fallback;
}

static void say_where(const struct fleet *fleet)
{
    static const struct {
        const char *name, *rest, *rest_default, *grpc, *grpc_default;
    } rows[] = {
        {"orchestrator", "ORCHESTRATOR_REST_LISTEN", "127.0.0.1:8086", "ORCHESTRATOR_LISTEN",
         "127.0.0.1:50086"},
        {"payment", "PAYMENT_REST_LISTEN", "127.0.0.1:8083", "PAYMENT_LISTEN", "127.0.0.1:50083"},
        {"repair orders", "REPAIR_ORDERS_REST_LISTEN", "127.0.0.1:8084", "REPAIR_ORDERS_LISTEN",
         "127.0.0.1:50084"},
        {"parts", "PARTS_REST_LISTEN", "127.0.0.1:8085", "PARTS_LISTEN", "127.0.0.1:50085"},
    };
    printf("\nServiceLane runs; logs are in %s. Ctrl-C stops it.\n", fleet->logs);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rows); i++)
        printf("  %-14s http://%s   gRPC %s\n", rows[i].name,
               listen_of(rows[i].rest, rows[i].rest_default),
               listen_of(rows[i].grpc, rows[i].grpc_default));
    printf("Open http://%s in a browser, or: servicelane \"Show the history of RO 1234\"\n",
           listen_of("ORCHESTRATOR_REST_LISTEN", "127.0.0.1:8086"));
    fflush(stdout);
}

static enum cli_status stay(struct fleet *fleet)
{
    say_where(fleet);
    while (!fleet->is_interrupted) {
        look_around(fleet);
        if (!are_all_running(fleet))
            return CLI_FAILED;
    }
    return CLI_OK;
}

static enum cli_status run(struct fleet *fleet)
{
    const struct cli_options *options = fleet->client->options;
    struct sl_error err = {0};
    enum sl_code code = find_folders(fleet, &err);
    for (size_t i = 0; i < COUNT && code == SL_OK; i++)
        code = start(fleet, i, &err);
    if (code == SL_OK)
        code = cli_dial(fleet->client, options->target, &fleet->client->channel, &err);
    if (code != SL_OK) {
        fprintf(stderr, "servicelane: %s\n", err.message);
        return CLI_FAILED;
    }
    return wait_until_healthy(fleet);
}

/* The request of the command line, in a process of its own: it has Ctrl-C for itself. */
static enum cli_status ask(struct fleet *fleet)
{
    const struct cli_options *options = fleet->client->options;
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execl("/proc/self/exe", "servicelane", "--target", options->target, "orchestrate", "--",
              options->arguments[0], (char *)NULL);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0)
        look_around(fleet);
    return pid > 0 && WIFEXITED(status) ? (enum cli_status)WEXITSTATUS(status) : CLI_FAILED;
}

enum cli_status cli_up(struct cli_client *client)
{
    struct fleet fleet = {.client = client};
    struct sl_signals *signals = NULL;
    struct sl_error err = {0};
    if (client->options->is_once && client->options->argument_count == 0) {
        fprintf(stderr, "servicelane: up --once wants a request\n");
        return CLI_USAGE;
    }
    if (sl_signals_new(client->loop, on_signal, &fleet, &signals, &err) != SL_OK)
        return cli_complain(client, &err);
    enum cli_status status = run(&fleet);
    bool is_up = status == CLI_OK;
    if (is_up && client->options->argument_count > 0)
        status = ask(&fleet);
    if (is_up && !client->options->is_once && !fleet.is_interrupted)
        status = stay(&fleet);
    stop(&fleet, FIRST_CALLER, COUNT);
    stop(&fleet, 0, FIRST_CALLER);
    sl_signals_free(signals);
    return status;
}
