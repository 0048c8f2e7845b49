/*
 * Keeps a number of calls in flight at an agent of this machine and says what one costs:
 *
 *   bench-agent-load PORT PID execute|execute_async OPERATION IN_FLIGHT CALLS
 *
 * PID is the agent's: its CPU is read before and after CALLS calls, with no call in flight. As many
 * as a fifth of them go before, unmeasured. Prints one JSON object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "loop/timer.h"
#include "meter.h"
#include "servicelane/agent/v1/agent.grpc-c.h"

enum { ANSWER_TIMEOUT_MS = 60000, READY_TIMEOUT_MS = 10000, READY_LOOK_MS = 20 };

struct load {
    struct sl_loop *loop;
    struct sl_channel *channel;
    int pid;
    bool is_async;
    size_t in_flight, calls;
    Servicelane__Agent__V1__AgentServiceRequest *request;
    struct sl_timer timer;
    bool is_ready;
    /* Of the phase at hand. */
    size_t wanted, started, answered, failed;
    bool is_over;
    /** How long each took, in nanoseconds; NULL while warming up. */
    int64_t *times_ns;
    char first_failure[256];
};

/** A place for a call: as many as are in flight. */
struct slot {
    struct load *load;
    int64_t start_ns;
};

struct moment {
    int64_t wall_ns;
    struct meter_reading agent;
};

/* ---- Calls ---- */

static void start_call(struct slot *slot);

static void finish_call(struct slot *slot, const char *failure)
{
    struct load *load = slot->load;
    if (load->times_ns != NULL)
        load->times_ns[load->answered] =
            sl_clock_monotonic_ns(sl_loop_clock(load->loop)) - slot->start_ns;
    load->answered++;
    if (failure != NULL && load->failed++ == 0)
        snprintf(load->first_failure, sizeof(load->first_failure), "%s", failure);
    load->is_over = load->answered == load->wanted;
    if (load->started < load->wanted)
        start_call(slot);
}

static void on_executed(const struct sl_call_info *info,
                        const Servicelane__Agent__V1__AgentServiceResponse *response, void *arg)
{
    finish_call(arg, response == NULL     ? info->error.message
                     : !response->success ? response->error
                                          : NULL);
}

static void on_accepted(const struct sl_call_info *info,
                        const Servicelane__Agent__V1__ExecuteAsyncResponse *response, void *arg)
{
    finish_call(arg, response == NULL ? info->error.message : NULL);
}

static void start_call(struct slot *slot)
{
    struct load *load = slot->load;
    const struct sl_call_options options = {.timeout_ms = ANSWER_TIMEOUT_MS};
    slot->start_ns = sl_clock_monotonic_ns(sl_loop_clock(load->loop));
    load->started++;
    enum sl_code code =
        load->is_async ? agent_service_execute_async_start(load->channel, &options, load->request,
                                                           on_accepted, slot, NULL)
                       : agent_service_execute_start(load->channel, &options, load->request,
                                                     on_executed, slot, NULL);
    if (code != SL_OK)
        finish_call(slot, "the call cannot be started");
}

static enum sl_code run_calls(struct load *load, size_t count, struct slot *slots,
                              struct sl_error *err)
{
    load->wanted = count;
    load->started = load->answered = load->failed = 0;
    load->is_over = false;
    for (size_t i = 0; i < load->in_flight && load->started < count; i++) {
        slots[i].load = load;
        start_call(&slots[i]);
    }
    if (sl_loop_run_until(load->loop, &load->is_over, 10 * ANSWER_TIMEOUT_MS))
        return SL_OK;
    return sl_error_set(err, SL_DEADLINE_EXCEEDED, "%zu of %zu calls were answered", load->answered,
                        count);
}

/* ---- Until the agent knows the tools ---- */

static void look_whether_ready(void *arg);

static void on_looked(const struct sl_call_info *info,
                      const Servicelane__Agent__V1__AgentServiceResponse *response, void *arg)
{
    struct load *load = arg;
    (void)info;
    load->is_ready = response != NULL && response->success;
    if (!load->is_ready &&
        sl_timer_start(load->loop, &load->timer, READY_LOOK_MS, look_whether_ready, load) != SL_OK)
        abort();
}

static void look_whether_ready(void *arg)
{
    struct load *load = arg;
    const struct sl_call_options options = {.timeout_ms = READY_TIMEOUT_MS, .wait_for_ready = true};
    if (agent_service_execute_start(load->channel, &options, load->request, on_looked, load,
                                    NULL) != SL_OK)
        abort();
}

/* ---- The measurement ---- */

static enum sl_code look(const struct load *load, struct moment *ret_moment, struct sl_error *err)
{
    ret_moment->wall_ns = sl_clock_monotonic_ns(sl_loop_clock(load->loop));
    return meter_read(load->pid, &ret_moment->agent, err);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_result(const struct load *load, const struct moment *from,
                         const struct moment *to)
{
    double calls = (double)load->calls, wall_s = (double)(to->wall_ns - from->wall_ns) / 1e9;
    qsort(load->times_ns, load->calls, sizeof(*load->times_ns), compare);
    printf("{\"in_flight\": %zu, \"calls\": %zu, \"failed\": %zu, \"seconds\": %.4f, "
           "\"calls_per_second\": %.1f, \"agent_cpu_us\": %.2f, \"agent_peak_mib\": %.1f, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
           load->in_flight, load->calls, load->failed, wall_s, calls / wall_s,
           (to->agent.cpu_s - from->agent.cpu_s) / calls * 1e6, (double)to->agent.peak_kib / 1024,
           (double)load->times_ns[load->calls / 2] / 1e6,
           (double)load->times_ns[load->calls * 99 / 100] / 1e6);
    if (load->failed > 0)
        fprintf(stderr, "bench-agent-load: the first failure: %s\n", load->first_failure);
}

static enum sl_code measure(struct load *load, struct sl_arena *arena, struct sl_error *err)
{
    struct moment from, to;
    struct slot *slots = sl_arena_alloc_array(arena, load->in_flight, sizeof(*slots));
    int64_t *times_ns = sl_arena_alloc_array(arena, load->calls, sizeof(*times_ns));
    if (slots == NULL || times_ns == NULL)
        return sl_error_no_memory(err);
    look_whether_ready(load);
    if (!sl_loop_run_until(load->loop, &load->is_ready, READY_TIMEOUT_MS))
        return sl_error_set(err, SL_UNAVAILABLE, "the agent does not carry out %s",
                            load->request->operation);
    SL_TRY(run_calls(load, load->calls / 5 + 1, slots, err));
    /* Touched before the clock runs. */
    memset(times_ns, 1, load->calls * sizeof(*times_ns));
    load->times_ns = times_ns;
    SL_TRY(look(load, &from, err));
    SL_TRY(run_calls(load, load->calls, slots, err));
    SL_TRY(look(load, &to, err));
    print_result(load, &from, &to);
    return SL_OK;
}

/* ---- The request: a payment's id, an amount, a currency ---- */

static Servicelane__Agent__V1__AgentServiceRequest *make_request(struct sl_arena *arena,
                                                                 const char *operation)
{
    static const char *const NAMES[] = {"payment_id", "amount", "currency"};
    enum { COUNT = SL_ARRAY_LENGTH(NAMES) };
    Servicelane__Agent__V1__AgentServiceRequest *request = sl_arena_alloc(arena, sizeof(*request));
    Google__Protobuf__Struct *parameters = sl_arena_alloc(arena, sizeof(*parameters));
    Google__Protobuf__Struct__FieldsEntry *entries =
        sl_arena_alloc_array(arena, COUNT, sizeof(*entries));
    Google__Protobuf__Struct__FieldsEntry **fields =
        sl_arena_alloc_array(arena, COUNT, sizeof(*fields));
    Google__Protobuf__Value *values = sl_arena_alloc_array(arena, COUNT, sizeof(*values));
    if (request == NULL || parameters == NULL || entries == NULL || fields == NULL ||
        values == NULL)
        return NULL;
    servicelane__agent__v1__agent_service_request__init(request);
    google__protobuf__struct__init(parameters);
    for (size_t i = 0; i < COUNT; i++) {
        google__protobuf__struct__fields_entry__init(&entries[i]);
        google__protobuf__value__init(&values[i]);
        values[i].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
        entries[i].key = (char *)NAMES[i];
        entries[i].value = &values[i];
        fields[i] = &entries[i];
    }
    values[0].string_value = (char *)"PAY-2026-000123";
    values[1].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE;
    values[1].number_value = 129.5;
    values[2].string_value = (char *)"USD";
    parameters->n_fields = COUNT;
    parameters->fields = fields;
    request->request_id = (char *)"bench-request-000123";
    request->operation = (char *)operation;
    request->parameters = parameters;
    return request;
}

static bool read_arguments(struct load *load, char **argv, struct sl_channel_options *ret_channel,
                           char target[static 32])
{
    int64_t port, pid, in_flight, calls;
    load->is_async = strcmp(argv[3], "execute_async") == 0;
    if (!sl_parse_int64(argv[1], 1, 65535, &port) || !sl_parse_int64(argv[2], 1, 4194304, &pid) ||
        !sl_parse_int64(argv[5], 1, 1000000, &in_flight) ||
        !sl_parse_int64(argv[6], 1, 100000000, &calls) ||
        (!load->is_async && strcmp(argv[3], "execute") != 0))
        return false;
    snprintf(target, 32, "127.0.0.1:%d", (int)port);
    ret_channel->target = target;
    ret_channel->is_insecure = true;
    load->pid = (int)pid;
    load->in_flight = (size_t)in_flight;
    load->calls = (size_t)calls;
    return true;
}

static enum sl_code run(struct load *load, const struct sl_channel_options *channel,
                        const char *operation, struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    load->request = arena == NULL ? NULL : make_request(arena, operation);
    if (load->request == NULL)
        return sl_error_no_memory(err);
    SL_TRY(sl_log_init("bench-agent-load", "warn", err));
    SL_TRY(sl_loop_new(NULL, &load->loop, err));
    SL_TRY(sl_channel_new(load->loop, channel, &load->channel, err));
    return measure(load, arena, err);
}

int main(int argc, char **argv)
{
    struct sl_error err = {0};
    struct load load = {0};
    struct sl_channel_options channel = {0};
    char target[32];
    if (argc != 7 || !read_arguments(&load, argv, &channel, target)) {
        fprintf(stderr, "usage: bench-agent-load PORT PID execute|execute_async OPERATION "
                        "IN_FLIGHT CALLS\n");
        return 2;
    }
    enum sl_code code = run(&load, &channel, argv[4], &err);
    if (code != SL_OK)
        fprintf(stderr, "bench-agent-load: %s\n", err.message);
    sl_channel_free(load.channel);
    sl_loop_free(load.loop);
    return code == SL_OK ? 0 : 1;
}
