#include <ctype.h>

#include "shapes.h"

/* The header of a .proto file: what its users read. */

static const char *guard_of(struct gen_printer *out, const struct gen_file *file)
{
    char *guard = sl_arena_printf(out->arena, "%s_GRPC_C_H", file->c_name);

    if (guard == NULL) {
        out->text.has_failed = true;
        return "";
    }
    for (char *c = guard; *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
    return guard;
}

void gen_print_origin(struct gen_printer *out, const struct gen_file *file)
{
    size_t begin = gen_block_begin(out);

    gen_print(out, "/* Made from %s by protoc-gen-grpc-c: do not edit. */\n", file->name);
    gen_block_end(out, 0, begin);
}

static void declare(struct gen_printer *out, const char *type, const char *name, const char *suffix)
{
    size_t begin = gen_block_begin(out);

    gen_print(out, "extern const struct %s %s%s;\n", type, name, suffix);
    gen_block_end(out, 0, begin);
}

static void declare_descriptors(struct gen_printer *out, const struct gen_service *service)
{
    gen_print_comment(out, 0, service->comment, "");
    declare(out, "sl_service", service->c_name, "_descriptor");
    for (size_t i = 0; i < service->method_count; i++)
        declare(out, "sl_method", service->methods[i].c_name, "_method");
    gen_print(out, "\n");
}

static void declare_slot(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens slot = {
        .indent = 4,
        .kind = GEN_MEMBER,
        .name = gen_format(out, "enum sl_code (*%s)", method->slot),
        .items = {"void *self", "struct sl_server_call *call",
                  gen_format(out, "const %s *request", method->request.name),
                  "struct sl_error *err"},
        .tail = ";",
    };
    size_t begin;

    if (method->is_client_streaming)
        gen_parens_drop_item(&slot, 2);
    gen_print_comment(out, 4, method->comment, "");
    begin = gen_block_begin(out);
    gen_print_parens(out, &slot);
    gen_block_end(out, 4, begin);
}

static bool has_request_stream(const struct gen_service *service)
{
    for (size_t i = 0; i < service->method_count; i++) {
        if (service->methods[i].is_client_streaming)
            return true;
    }
    return false;
}

static void declare_handlers(struct gen_printer *out, const struct gen_service *service)
{
    static const char asks[] = "One without a request asks for them with its _receive(). ";
    size_t begin;

    gen_print_comment(
        out, 0, "",
        gen_format(
            out,
            "What a server of %s does, a function for each method. They run on the loop and never "
            "block. request is borrowed until the call is answered; sl_server_call_arena(call) "
            "lives as long. %sA function that returns other than SL_OK has thereby answered; one "
            "that returns SL_OK answers now or later, exactly once. A NULL one answers "
            "UNIMPLEMENTED.",
            service->full_name, has_request_stream(service) ? asks : ""));
    begin = gen_block_begin(out);
    gen_print(out, "struct %s_handlers {\n", service->c_name);
    gen_block_end(out, 0, begin);
    for (size_t i = 0; i < service->method_count; i++)
        declare_slot(out, &service->methods[i]);
    gen_print(out, "};\n\n");
}

static void declare_register(struct gen_printer *out, const struct gen_service *service)
{
    struct gen_parens function = {
        .lead = "SL_MUST_USE enum sl_code",
        .name = gen_format(out, "%s_register", service->c_name),
        .items = {"struct sl_server *server",
                  gen_format(out, "const struct %s_handlers *handlers", service->c_name),
                  "void *self"},
        .tail = ";",
    };
    size_t begin;

    gen_print_comment(out, 0, "",
                      "Before sl_server_start(). handlers is copied; self is borrowed until "
                      "sl_server_free().");
    begin = gen_block_begin(out);
    gen_print_parens(out, &function);
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

static void declare_stubs(struct gen_printer *out, const struct gen_service *service)
{
    const struct gen_method *methods = service->methods;

    if (service->method_count == 0)
        return;
    for (size_t i = 0; i < service->method_count; i++)
        gen_print_parts(out, &methods[i], gen_shape_of(&methods[i])->declare_client);
    declare_handlers(out, service);
    declare_register(out, service);
    for (size_t i = 0; i < service->method_count; i++)
        gen_print_parts(out, &methods[i], gen_shape_of(&methods[i])->declare_server);
}

void gen_print_header(struct gen_printer *out, const struct gen_file *file)
{
    const char *guard = guard_of(out, file);
    size_t begin;

    gen_print_origin(out, file);
    gen_print(out, "#ifndef %s\n#define %s\n\n", guard, guard);
    if (file->service_count > 0)
        gen_print(out, "#include \"rpc/rpc.h\"\n\n#include \"%s.pb-c.h\"\n\n", file->stem);
    else
        gen_print(out, "#include \"rpc/method.h\"\n\n");
    gen_print(out, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    gen_print_comment(out, 0, "", "The file itself, for reflection.");
    begin = gen_block_begin(out);
    gen_print(out, "extern const struct sl_file %s_file;\n", file->c_name);
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
    for (size_t i = 0; i < file->service_count; i++) {
        declare_descriptors(out, &file->services[i]);
        declare_stubs(out, &file->services[i]);
    }
    gen_print(out, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
