#include "plugin.h"

#include "google/protobuf/compiler/plugin.pb-c.h"
#include "model.h"
#include "protoc_c.h"
#include "shapes.h"
#include "wire.h"

typedef Google__Protobuf__Compiler__CodeGeneratorRequest request_message;
typedef Google__Protobuf__Compiler__CodeGeneratorResponse response_message;
typedef Google__Protobuf__Compiler__CodeGeneratorResponse__File file_message;

/* The two files of every .proto file. */
static const struct {
    const char *ending;
    void (*print)(struct gen_printer *out, const struct gen_file *file);
} outputs[] = {
    {"grpc-c.h", gen_print_header},
    {"grpc-c.c", gen_print_source},
};

static enum sl_code add_file(response_message *response, const struct gen_file *file, size_t kind,
                             struct sl_arena *arena)
{
    struct gen_printer out = {.arena = arena};
    file_message *added = sl_arena_alloc(arena, sizeof(*added));

    if (added == NULL)
        return SL_RESOURCE_EXHAUSTED;
    google__protobuf__compiler__code_generator_response__file__init(added);
    outputs[kind].print(&out, file);
    added->name = sl_arena_printf(arena, "%s.%s", file->stem, outputs[kind].ending);
    if (!sl_text_failed(&out.text))
        added->content = sl_arena_strdup(arena, sl_text_string(&out.text));
    sl_text_done(&out.text);
    if (added->name == NULL || added->content == NULL)
        return SL_RESOURCE_EXHAUSTED;
    response->file[response->n_file++] = added;
    return SL_OK;
}

static enum sl_code add_files(response_message *response, const struct gen_model *model,
                              struct sl_arena *arena)
{
    response->file = sl_arena_alloc_array(arena, SL_ARRAY_LENGTH(outputs) * model->file_count,
                                          sizeof(response->file[0]));
    if (response->file == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < model->file_count; i++) {
        for (size_t kind = 0; model->files[i].is_wanted && kind < SL_ARRAY_LENGTH(outputs); kind++)
            SL_TRY(add_file(response, &model->files[i], kind, arena));
    }
    return SL_OK;
}

static enum sl_code append_packed(const ProtobufCMessage *message, struct sl_arena *arena,
                                  struct sl_text *out, struct sl_error *err)
{
    uint8_t *bytes;
    size_t length;

    SL_TRY(gen_pack(message, arena, &bytes, &length, err));
    sl_text_append_bytes(out, bytes, length);
    return sl_text_failed(out) ? sl_error_no_memory(err) : SL_OK;
}

enum sl_code gen_plugin_run(const struct sl_text *request, struct sl_text *response,
                            struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    response_message answer = GOOGLE__PROTOBUF__COMPILER__CODE_GENERATOR_RESPONSE__INIT;
    ProtobufCMessage *message;
    struct gen_model model;
    struct sl_error cause = {0};

    if (arena == NULL)
        return sl_error_no_memory(err);
    SL_TRY(gen_unpack(&google__protobuf__compiler__code_generator_request__descriptor, request,
                      arena, &message, err));
    answer.has_supported_features = true;
    answer.supported_features =
        GOOGLE__PROTOBUF__COMPILER__CODE_GENERATOR_RESPONSE__FEATURE__FEATURE_PROTO3_OPTIONAL;
    if (gen_model_make((request_message *)message, arena, &model, &cause) != SL_OK)
        answer.error = cause.message;
    else if (add_files(&answer, &model, arena) != SL_OK)
        return sl_error_no_memory(err);
    return append_packed(&answer.base, arena, response, err);
}

enum sl_code gen_for_protoc_c_run(const struct sl_text *in, struct sl_text *out,
                                  struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    ProtobufCMessage *message;

    if (arena == NULL)
        return sl_error_no_memory(err);
    SL_TRY(
        gen_unpack(&google__protobuf__file_descriptor_set__descriptor, in, arena, &message, err));
    SL_TRY(gen_for_protoc_c((Google__Protobuf__FileDescriptorSet *)message, arena, err));
    return append_packed(message, arena, out, err);
}
