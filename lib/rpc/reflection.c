#include "rpc/reflection.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "rpc/reflection_files.h"
#include "rpc/server.h"
#include "rpc/server_call.h"
#include "rpc/server_private.h"

/* v1alpha has the same messages under other names, the same bytes on the wire: v1's serve for both.
 */
typedef Grpc__Reflection__V1__ServerReflectionRequest request_message;
typedef Grpc__Reflection__V1__ServerReflectionResponse response_message;

#define ASKED(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##name
#define ANSWERED(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##name

/* One client that asks: a question is read, answered, and then the next is read. */
struct session {
    struct session *next;
    struct sl_reflection *reflection;
    struct sl_server_call *call;
    /** Of the answer under way. */
    struct sl_arena *arena;
};

struct sl_reflection {
    struct sl_server *server;
    struct session *sessions;
};

/* ---- Answers ---- */

static enum sl_code answer_error(struct sl_arena *arena, response_message *response,
                                 enum sl_code code, const char *text)
{
    Grpc__Reflection__V1__ErrorResponse *error = sl_arena_alloc(arena, sizeof(*error));
    char *copy = sl_arena_strdup(arena, text);
    if (error == NULL || copy == NULL)
        return SL_RESOURCE_EXHAUSTED;
    grpc__reflection__v1__error_response__init(error);
    error->error_code = (int32_t)code;
    error->error_message = copy;
    response->message_response_case = ANSWERED(ERROR_RESPONSE);
    response->error_response = error;
    return SL_OK;
}

static enum sl_code answer_services(const struct sl_server *server, struct sl_arena *arena,
                                    response_message *response)
{
    size_t count = server->service_count;
    Grpc__Reflection__V1__ListServiceResponse *list = sl_arena_alloc(arena, sizeof(*list));
    Grpc__Reflection__V1__ServiceResponse *items =
        sl_arena_alloc_array(arena, count, sizeof(*items));
    Grpc__Reflection__V1__ServiceResponse **pointers =
        sl_arena_alloc_array(arena, count, sizeof(void *));
    if (list == NULL || items == NULL || pointers == NULL)
        return SL_RESOURCE_EXHAUSTED;
    grpc__reflection__v1__list_service_response__init(list);
    for (size_t i = 0; i < count; i++) {
        grpc__reflection__v1__service_response__init(&items[i]);
        items[i].name = (char *)(uintptr_t)server->services[i].service->name;
        pointers[i] = &items[i];
    }
    list->n_service = count;
    list->service = pointers;
    response->message_response_case = ANSWERED(LIST_SERVICES_RESPONSE);
    response->list_services_response = list;
    return SL_OK;
}

/* The file and all that it imports, so that the client need not ask again. */
static enum sl_code answer_file(const struct sl_file *file, struct sl_arena *arena,
                                response_message *response)
{
    Grpc__Reflection__V1__FileDescriptorResponse *files = sl_arena_alloc(arena, sizeof(*files));
    struct sl_file_list list = {0};
    if (files == NULL || sl_file_list_add(&list, arena, file) != SL_OK)
        return SL_RESOURCE_EXHAUSTED;
    ProtobufCBinaryData *items = sl_arena_alloc_array(arena, list.count, sizeof(*items));
    if (items == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < list.count; i++) {
        items[i].data = (uint8_t *)(uintptr_t)list.files[i]->descriptor;
        items[i].len = list.files[i]->descriptor_size;
    }
    grpc__reflection__v1__file_descriptor_response__init(files);
    files->n_file_descriptor_proto = list.count;
    files->file_descriptor_proto = items;
    response->message_response_case = ANSWERED(FILE_DESCRIPTOR_RESPONSE);
    response->file_descriptor_response = files;
    return SL_OK;
}

/* Everything that can be reached from the services and from what was added. */
static enum sl_code known_files(const struct sl_server *server, struct sl_arena *arena,
                                struct sl_file_list *list)
{
    for (size_t i = 0; i < server->service_count; i++) {
        const struct sl_file *file = server->services[i].service->file;
        if (file != NULL)
            SL_TRY(sl_file_list_add(list, arena, file));
    }
    for (size_t i = 0; i < server->file_count; i++)
        SL_TRY(sl_file_list_add(list, arena, server->files[i]));
    return SL_OK;
}

static enum sl_code answer(const struct sl_server *server, const request_message *request,
                           struct sl_arena *arena, response_message *response)
{
    struct sl_file_list list = {0};
    const struct sl_file *file = NULL;
    SL_TRY(known_files(server, arena, &list));
    switch (request->message_request_case) {
    case ASKED(LIST_SERVICES):
        return answer_services(server, arena, response);
    case ASKED(FILE_BY_FILENAME):
        file = sl_file_list_find(&list, request->file_by_filename);
        break;
    case ASKED(FILE_CONTAINING_SYMBOL):
        file = sl_file_list_find_symbol(&list, request->file_containing_symbol);
        break;
    case ASKED(FILE_CONTAINING_EXTENSION):
    case ASKED(ALL_EXTENSION_NUMBERS_OF_TYPE):
        return answer_error(arena, response, SL_NOT_FOUND, "no extensions are known here");
    default:
        return answer_error(arena, response, SL_INVALID_ARGUMENT, "a question that is none");
    }
    if (file == NULL)
        return answer_error(arena, response, SL_NOT_FOUND, "no such file or symbol here");
    return answer_file(file, arena, response);
}

/* ---- Sessions ---- */

static void ask_next(struct session *session);

static void session_end(struct session *session, const struct sl_error *status)
{
    struct session **slot = &session->reflection->sessions;
    while (*slot != session)
        slot = &(*slot)->next;
    *slot = session->next;
    sl_arena_free(session->arena);
    sl_server_call_end(session->call, status);
}

static void session_break(struct session *session, enum sl_code code, const char *text)
{
    struct sl_error status = {0};
    sl_error_set(&status, code, "%s", text);
    session_end(session, &status);
}

static void answered(bool is_sent, void *arg)
{
    struct session *session = arg;
    if (is_sent)
        ask_next(session);
    else
        session_break(session, SL_CANCELLED, "the client left");
}

static void asked(const ProtobufCMessage *message, const struct sl_error *error, void *arg)
{
    struct session *session = arg;
    request_message *request = (request_message *)(uintptr_t)message;
    if (request == NULL) {
        session_end(session, error);
        return;
    }
    response_message response;
    grpc__reflection__v1__server_reflection_response__init(&response);
    response.valid_host = request->host;
    response.original_request = request;
    sl_arena_reset(session->arena);
    if (answer(session->reflection->server, request, session->arena, &response) != SL_OK)
        session_break(session, SL_RESOURCE_EXHAUSTED, "out of memory");
    else if (sl_server_call_send(session->call, &response.base, answered, session) != SL_OK)
        session_break(session, SL_CANCELLED, "the client left");
}

static void ask_next(struct session *session)
{
    if (sl_server_call_receive(session->call, asked, session) != SL_OK)
        session_break(session, SL_RESOURCE_EXHAUSTED, "out of memory");
}

static enum sl_code open_session(const void *handlers, void *self, struct sl_server_call *call,
                                 const ProtobufCMessage *request, struct sl_error *err)
{
    (void)handlers;
    (void)request;
    struct sl_reflection *reflection = self;
    struct session *session = sl_arena_alloc(sl_server_call_arena(call), sizeof(*session));
    if (session == NULL || (session->arena = sl_arena_new()) == NULL)
        return sl_error_no_memory(err);
    session->reflection = reflection;
    session->call = call;
    session->next = reflection->sessions;
    reflection->sessions = session;
    ask_next(session);
    return SL_OK;
}

/* ---- The services ---- */

#define REFLECTION_SERVICE(PREFIX, package)                                                        \
    static const struct sl_service PREFIX##_SERVICE;                                               \
    static const struct sl_method PREFIX##_INFO = {                                                \
        .name = "ServerReflectionInfo",                                                            \
        .path = "/" package ".ServerReflection/ServerReflectionInfo",                              \
        .service = &PREFIX##_SERVICE,                                                              \
        .request = &grpc__reflection__v1__server_reflection_request__descriptor,                   \
        .response = &grpc__reflection__v1__server_reflection_response__descriptor,                 \
        .is_client_streaming = true,                                                               \
        .is_server_streaming = true};                                                              \
    static const struct sl_method *const PREFIX##_METHODS[] = {&PREFIX##_INFO};                    \
    static const struct sl_service PREFIX##_SERVICE = {                                            \
        .name = package ".ServerReflection", .methods = PREFIX##_METHODS, .method_count = 1}

REFLECTION_SERVICE(V1, "grpc.reflection.v1");
REFLECTION_SERVICE(V1ALPHA, "grpc.reflection.v1alpha");

enum sl_code sl_reflection_new(struct sl_server *server, struct sl_reflection **ret_reflection,
                               struct sl_error *err)
{
    static sl_dispatch_fn *const DISPATCH[] = {open_session};
    struct sl_reflection *reflection = sl_alloc(sizeof(*reflection));
    if (reflection == NULL ||
        sl_server_register(server, &V1_SERVICE, DISPATCH, NULL, 0, reflection) != SL_OK ||
        sl_server_register(server, &V1ALPHA_SERVICE, DISPATCH, NULL, 0, reflection) != SL_OK) {
        sl_free(reflection);
        return sl_error_no_memory(err);
    }
    reflection->server = server;
    *ret_reflection = reflection;
    return SL_OK;
}

void sl_reflection_free(struct sl_reflection *reflection)
{
    sl_free(reflection);
}

void sl_reflection_stop(struct sl_reflection *reflection)
{
    struct session *next;
    for (struct session *session = reflection->sessions; session != NULL; session = next) {
        next = session->next;
        session_break(session, SL_UNAVAILABLE, "the server is stopping");
    }
}
