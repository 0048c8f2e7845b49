#include "model.h"

#include <string.h>

#include "base/text.h"
#include "comments.h"
#include "protoc_c.h"
#include "route.h"
#include "symbols.h"
#include "types.h"
#include "wire.h"

/* Field numbers in FileDescriptorProto and ServiceDescriptorProto, for paths in SourceCodeInfo. */
#define FILE_SERVICE_FIELD 6
#define SERVICE_METHOD_FIELD 2

/* What all steps of making a model need. */
struct maker {
    const Google__Protobuf__Compiler__CodeGeneratorRequest *request;
    struct gen_options options;
    struct sl_arena *arena;
    struct sl_error *err;
};

static enum sl_code refuse(const struct maker *maker, const struct gen_place *place,
                           const char *problem, const char *name)
{
    return sl_error_set(maker->err, SL_INVALID_ARGUMENT, "%s: %s \"%s\"",
                        gen_place_text(maker->arena, place), problem, name != NULL ? name : "");
}

/* Names that every service has of its own: <service>_register() and so on. */
static bool is_taken_by_service(const char *name)
{
    static const char *const taken[] = {"register", "handlers", "descriptor", "methods",
                                        "dispatch"};

    for (size_t i = 0; i < SL_ARRAY_LENGTH(taken); i++) {
        if (strcmp(taken[i], name) == 0)
            return true;
    }
    return false;
}

static enum sl_code name_method(const struct maker *maker, const struct gen_service *service,
                                struct gen_method *method)
{
    struct sl_arena *arena = maker->arena;
    const char *given = gen_options_get(&maker->options, GEN_OPTION_NAME, method->full_name);
    const char *part = given != NULL ? given : gen_snake_case(arena, method->name);

    if (part == NULL)
        return sl_error_no_memory(maker->err);
    if (is_taken_by_service(part))
        part = sl_arena_printf(arena, "%s_rpc", part);
    if (part == NULL)
        return sl_error_no_memory(maker->err);
    method->slot = gen_is_keyword(part) ? sl_arena_printf(arena, "%s_", part) : part;
    method->c_name = sl_arena_printf(arena, "%s_%s", service->c_name, part);
    if (method->slot == NULL || method->c_name == NULL)
        return sl_error_no_memory(maker->err);
    return SL_OK;
}

static enum sl_code make_method(const struct maker *maker, const struct gen_service *service,
                                const Google__Protobuf__MethodDescriptorProto *proto,
                                struct gen_method *method)
{
    struct sl_error cause = {0};

    if (proto->name == NULL || !gen_is_identifier(proto->name))
        return refuse(maker, &method->place, "not the name of a method:", proto->name);
    method->service = service;
    method->name = proto->name;
    method->full_name = sl_arena_printf(maker->arena, "%s.%s", service->full_name, proto->name);
    if (method->full_name == NULL)
        return sl_error_no_memory(maker->err);
    method->is_client_streaming = proto->has_client_streaming && proto->client_streaming;
    method->is_server_streaming = proto->has_server_streaming && proto->server_streaming;
    method->is_deprecated =
        service->is_deprecated || (proto->options != NULL && proto->options->deprecated);
    if (gen_type_find(maker->request, proto->input_type, maker->arena, &method->request, &cause) !=
            SL_OK ||
        gen_type_find(maker->request, proto->output_type, maker->arena, &method->response,
                      &cause) != SL_OK)
        return refuse(maker, &method->place, cause.message, method->full_name);
    SL_TRY(name_method(maker, service, method));
    return gen_routes_read(proto->options, maker->arena, method, maker->err);
}

static enum sl_code make_methods(const struct maker *maker,
                                 const Google__Protobuf__FileDescriptorProto *file, size_t index,
                                 struct gen_service *service)
{
    const Google__Protobuf__ServiceDescriptorProto *proto = file->service[index];

    service->methods =
        sl_arena_alloc_array(maker->arena, proto->n_method, sizeof(*service->methods));
    if (service->methods == NULL)
        return sl_error_no_memory(maker->err);
    for (size_t i = 0; i < proto->n_method; i++) {
        int32_t path[] = {FILE_SERVICE_FIELD, (int32_t)index, SERVICE_METHOD_FIELD, (int32_t)i};
        const Google__Protobuf__SourceCodeInfo__Location *location =
            gen_location_find(file, path, SL_ARRAY_LENGTH(path));
        struct gen_method *method = &service->methods[i];

        method->place = gen_location_place(file->name, location);
        method->comment = gen_location_comment(location);
        SL_TRY(make_method(maker, service, proto->method[i], method));
        service->method_count++;
    }
    return SL_OK;
}

static enum sl_code name_service(const struct maker *maker, const char *package,
                                 struct gen_service *service)
{
    struct sl_arena *arena = maker->arena;
    const char *prefix = gen_options_get(&maker->options, GEN_OPTION_PREFIX, package);
    const char *snake = gen_snake_case(arena, service->name);

    service->full_name =
        sl_arena_printf(arena, "%s%s%s", package, *package != '\0' ? "." : "", service->name);
    if (service->full_name == NULL || snake == NULL)
        return sl_error_no_memory(maker->err);
    service->c_name = gen_options_get(&maker->options, GEN_OPTION_NAME, service->full_name);
    if (service->c_name == NULL)
        service->c_name = sl_arena_printf(arena, "%s%s", prefix != NULL ? prefix : "", snake);
    return service->c_name != NULL ? SL_OK : sl_error_no_memory(maker->err);
}

static enum sl_code make_service(const struct maker *maker,
                                 const Google__Protobuf__FileDescriptorProto *file, size_t index,
                                 struct gen_service *service)
{
    const Google__Protobuf__ServiceDescriptorProto *proto = file->service[index];
    int32_t path[] = {FILE_SERVICE_FIELD, (int32_t)index};
    const Google__Protobuf__SourceCodeInfo__Location *location =
        gen_location_find(file, path, SL_ARRAY_LENGTH(path));

    service->name = proto->name;
    service->is_deprecated = (file->options != NULL && file->options->deprecated) ||
                             (proto->options != NULL && proto->options->deprecated);
    service->place = gen_location_place(file->name, location);
    service->comment = gen_location_comment(location);
    if (service->name == NULL || !gen_is_identifier(service->name))
        return refuse(maker, &service->place, "not the name of a service:", service->name);
    SL_TRY(name_service(maker, file->package != NULL ? file->package : "", service));
    return make_methods(maker, file, index, service);
}

/* Its name is printed into includes, comments and strings. */
static bool is_file_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || strchr("\"\\?*<>|\x7f", *c) != NULL)
            return false;
    }
    return *name != '\0';
}

static bool is_package(const char *package, struct sl_arena *arena)
{
    char *copy = sl_arena_strdup(arena, package);
    char *rest;

    if (copy == NULL)
        return false;
    for (char *piece = strtok_r(copy, ".", &rest); piece != NULL;
         piece = strtok_r(NULL, ".", &rest)) {
        if (!gen_is_identifier(piece))
            return false;
    }
    return true;
}

static enum sl_code make_imports(const struct maker *maker,
                                 const Google__Protobuf__FileDescriptorProto *proto,
                                 struct gen_file *file)
{
    file->imports = sl_arena_alloc_array(maker->arena, proto->n_dependency, sizeof(*file->imports));
    if (file->imports == NULL)
        return sl_error_no_memory(maker->err);
    for (size_t i = 0; i < proto->n_dependency; i++) {
        struct gen_import *import = &file->imports[file->import_count++];
        struct gen_place place = {.file = proto->name};

        if (!is_file_name(proto->dependency[i]))
            return refuse(maker, &place, "not the name of a file:", proto->dependency[i]);
        import->stem = gen_path_stem(maker->arena, proto->dependency[i]);
        import->c_name = gen_path_name(maker->arena, proto->dependency[i]);
        if (import->stem == NULL || import->c_name == NULL)
            return sl_error_no_memory(maker->err);
    }
    return SL_OK;
}

static enum sl_code make_file(const struct maker *maker,
                              Google__Protobuf__FileDescriptorProto *proto, struct gen_file *file)
{
    struct gen_place place = {.file = proto->name != NULL ? proto->name : "?"};
    const char *package = proto->package != NULL ? proto->package : "";
    bool keeps_comments = gen_options_get(&maker->options, GEN_OPTION_COMMENTS, package) == NULL;

    if (proto->name == NULL || !is_file_name(proto->name))
        return refuse(maker, &place, "not the name of a file:", proto->name);
    SL_TRY(gen_check_syntax(proto, maker->arena, maker->err));
    if (!is_package(package, maker->arena))
        return refuse(maker, &place, "not the name of a package:", package);
    file->name = proto->name;
    file->stem = gen_path_stem(maker->arena, proto->name);
    file->c_name = gen_path_name(maker->arena, proto->name);
    file->services = sl_arena_alloc_array(maker->arena, proto->n_service, sizeof(*file->services));
    if (file->stem == NULL || file->c_name == NULL || file->services == NULL)
        return sl_error_no_memory(maker->err);
    SL_TRY(make_imports(maker, proto, file));
    for (size_t i = 0; i < proto->n_service && file->is_wanted; i++) {
        SL_TRY(make_service(maker, proto, i, &file->services[i]));
        file->service_count++;
    }
    SL_TRY(gen_symbols_add(&file->symbols, proto, gen_c_package(proto, maker->arena),
                           file->is_wanted ? GEN_NAME_PROTOC_C : GEN_NAME_IMPORTED, maker->arena,
                           maker->err));
    gen_comments_prune(proto, keeps_comments);
    return gen_pack(&proto->base, maker->arena, &file->descriptor, &file->descriptor_size,
                    maker->err);
}

static bool is_wanted(const Google__Protobuf__Compiler__CodeGeneratorRequest *request,
                      const char *name)
{
    for (size_t i = 0; i < request->n_file_to_generate; i++) {
        if (sl_text_equals(request->file_to_generate[i], name))
            return true;
    }
    return false;
}

static enum sl_code check_wanted(const struct maker *maker, const struct gen_model *model)
{
    size_t wanted = 0;

    for (size_t i = 0; i < model->file_count; i++)
        wanted += model->files[i].is_wanted;
    if (wanted != maker->request->n_file_to_generate)
        return sl_error_set(maker->err, SL_INVALID_ARGUMENT,
                            "%zu files are to be generated, the request describes %zu of them",
                            maker->request->n_file_to_generate, wanted);
    return SL_OK;
}

enum sl_code gen_model_make(Google__Protobuf__Compiler__CodeGeneratorRequest *request,
                            struct sl_arena *arena, struct gen_model *ret_model,
                            struct sl_error *err)
{
    struct maker maker = {.request = request, .arena = arena, .err = err};
    struct gen_model model = {0};

    SL_TRY(gen_options_parse(request->parameter, arena, &maker.options, err));
    model.files = sl_arena_alloc_array(arena, request->n_proto_file, sizeof(*model.files));
    if (model.files == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < request->n_proto_file; i++) {
        struct gen_file *file = &model.files[model.file_count++];

        file->is_wanted = is_wanted(request, request->proto_file[i]->name);
        SL_TRY(make_file(&maker, request->proto_file[i], file));
    }
    SL_TRY(check_wanted(&maker, &model));
    SL_TRY(gen_model_check_names(&model, arena, err));
    *ret_model = model;
    return SL_OK;
}
