/* The service that bench/rpc measures, by lib/rpc: Execute answers with a Struct built from the
 * request's. */
#include <stdio.h>

#include "loop/signals.h"
#include "rpc/rpc.h"
#include "servicelane/agent/v1/agent.grpc-c.h"

struct bench {
    struct sl_loop *loop;
    struct sl_server *server;
};

/* Strings stay where they are: the answer is packed before the request goes. */
static Google__Protobuf__Struct *build_result(struct sl_arena *arena,
                                              const Google__Protobuf__Struct *parameters)
{
    size_t count = parameters != NULL ? parameters->n_fields : 0;
    Google__Protobuf__Struct *result = sl_arena_alloc(arena, sizeof(*result));
    Google__Protobuf__Struct__FieldsEntry **slots =
        sl_arena_alloc_array(arena, count, sizeof(Google__Protobuf__Struct__FieldsEntry *));
    Google__Protobuf__Struct__FieldsEntry *entries =
        sl_arena_alloc_array(arena, count, sizeof(*entries));
    Google__Protobuf__Value *values = sl_arena_alloc_array(arena, count, sizeof(*values));
    if (result == NULL || slots == NULL || entries == NULL || values == NULL)
        return NULL;
    google__protobuf__struct__init(result);
    result->n_fields = count;
    result->fields = slots;
    for (size_t i = 0; i < count; i++) {
        google__protobuf__struct__fields_entry__init(&entries[i]);
        values[i] = *parameters->fields[i]->value;
        entries[i].key = parameters->fields[i]->key;
        entries[i].value = &values[i];
        slots[i] = &entries[i];
    }
    return result;
}

static enum sl_code execute(void *self, struct sl_server_call *call,
                            const Servicelane__Agent__V1__AgentServiceRequest *request,
                            struct sl_error *err)
{
    (void)self;
    Servicelane__Agent__V1__AgentServiceResponse response;
    Google__Protobuf__Value result;
    servicelane__agent__v1__agent_service_response__init(&response);
    google__protobuf__value__init(&result);
    result.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE;
    result.struct_value = build_result(sl_server_call_arena(call), request->parameters);
    if (result.struct_value == NULL)
        return sl_error_no_memory(err);
    response.request_id = request->request_id;
    response.success = true;
    response.result = &result;
    agent_service_execute_reply(call, &response);
    return SL_OK;
}

static void on_stopped(void *arg)
{
    sl_loop_stop(((struct bench *)arg)->loop);
}

static void on_signal(int number, void *arg)
{
    (void)number;
    sl_server_stop_start(((struct bench *)arg)->server, 0, on_stopped, arg);
}

static enum sl_code serve(struct bench *bench, struct sl_error *err)
{
    static const struct agent_service_handlers HANDLERS = {.execute = execute};
    const struct sl_server_options options = {.listen = "127.0.0.1:0", .is_insecure = true};
    struct sl_signals *signals = NULL;
    SL_TRY(sl_loop_new(NULL, &bench->loop, err));
    SL_TRY(sl_server_new(bench->loop, &options, &bench->server, err));
    if (agent_service_register(bench->server, &HANDLERS, bench) != SL_OK)
        return sl_error_no_memory(err);
    SL_TRY(sl_server_start(bench->server, err));
    SL_TRY(sl_signals_new(bench->loop, on_signal, bench, &signals, err));
    printf("%d\n", sl_server_port(bench->server));
    fflush(stdout);
    sl_loop_run(bench->loop);
    sl_signals_free(signals);
    return SL_OK;
}

int main(void)
{
    struct bench bench = {0};
    struct sl_error err = {0};
    enum sl_code code = serve(&bench, &err);
    if (code != SL_OK)
        fprintf(stderr, "bench-rpc-c: %s\n", err.message);
    sl_server_free(bench.server);
    sl_loop_free(bench.loop);
    return code == SL_OK ? 0 : 1;
}
