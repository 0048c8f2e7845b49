#include <stdlib.h>
#include <string.h>

#include "shapes.h"

/* The source of a .proto file: its descriptors as static data, and the stubs. */

static int compare_stems(const void *a, const void *b)
{
    return strcmp(((const struct gen_import *)a)->stem, ((const struct gen_import *)b)->stem);
}

static bool has_methods(const struct gen_file *file)
{
    for (size_t i = 0; i < file->service_count; i++) {
        if (file->services[i].method_count > 0)
            return true;
    }
    return false;
}

/* As clang-format sorts them; base/memory.h is for the stubs. */
static void print_includes(struct gen_printer *out, const struct gen_file *file)
{
    struct gen_import *sorted =
        sl_arena_memdup(out->arena, file->imports, file->import_count * sizeof(*sorted));

    gen_print(out, "#include \"%s.grpc-c.h\"\n\n", file->stem);
    if (has_methods(file))
        gen_print(out, "#include \"base/memory.h\"\n\n");
    if (sorted == NULL) {
        out->text.has_failed = true;
        return;
    }
    if (file->import_count > 0)
        qsort(sorted, file->import_count, sizeof(*sorted), compare_stems);
    for (size_t i = 0; i < file->import_count; i++)
        gen_print(out, "#include \"%s.grpc-c.h\"\n", sorted[i].stem);
    if (file->import_count > 0)
        gen_print(out, "\n");
}

/* The comment before each entry of a table keeps clang-format from setting them in columns. */
static void print_imports(struct gen_printer *out, const struct gen_file *file)
{
    size_t begin = gen_block_begin(out);

    if (file->import_count == 0)
        return;
    gen_print(out, "static const struct sl_file *const %s_imports[] = {\n", file->c_name);
    for (size_t i = 0; i < file->import_count; i++)
        gen_print(out, "    /* %s */ &%s_file,\n", file->imports[i].stem, file->imports[i].c_name);
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

static void print_file(struct gen_printer *out, const struct gen_file *file)
{
    size_t begin = gen_block_begin(out);

    gen_print(out, "static const uint8_t %s_bytes[] = {\n", file->c_name);
    gen_print_bytes(out, file->descriptor, file->descriptor_size);
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
    print_imports(out, file);
    begin = gen_block_begin(out);
    gen_print(out, "const struct sl_file %s_file = {\n", file->c_name);
    gen_print(out, "    .name = %s,\n", gen_quote(out, file->name));
    gen_print(out, "    .descriptor = %s_bytes,\n", file->c_name);
    gen_print(out, "    .descriptor_size = sizeof(%s_bytes),\n", file->c_name);
    if (file->import_count > 0) {
        gen_print(out, "    .imports = %s_imports,\n", file->c_name);
        gen_print(out, "    .import_count = %zu,\n", file->import_count);
    }
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
}

static void print_routes(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin = gen_block_begin(out);

    gen_print(out, "static const struct sl_http_binding %s_http[] = {\n", method->c_name);
    for (size_t i = 0; i < method->route_count; i++) {
        const struct gen_route *route = &method->routes[i];

        gen_print(out, "    {\n");
        gen_print(out, "        .method = %s,\n", gen_quote(out, route->method));
        gen_print(out, "        .path = %s,\n", gen_quote(out, route->path));
        gen_print(out, "        .body = %s,\n", gen_quote(out, route->body));
        gen_print(out, "        .response_body = %s,\n", gen_quote(out, route->response_body));
        gen_print(out, "    },\n");
    }
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

static void print_method(struct gen_printer *out, const struct gen_service *service,
                         const struct gen_method *method)
{
    size_t begin;

    gen_print(out, "\n");
    if (method->route_count > 0)
        print_routes(out, method);
    begin = gen_block_begin(out);
    gen_print(out, "const struct sl_method %s_method = {\n", method->c_name);
    gen_print(out, "    .name = \"%s\",\n", method->name);
    gen_print(out, "    .path = \"/%s/%s\",\n", service->full_name, method->name);
    gen_print(out, "    .service = &%s_descriptor,\n", service->c_name);
    gen_print(out, "    .request = &%s,\n", method->request.descriptor);
    gen_print(out, "    .response = &%s,\n", method->response.descriptor);
    if (method->is_client_streaming)
        gen_print(out, "    .is_client_streaming = true,\n");
    if (method->is_server_streaming)
        gen_print(out, "    .is_server_streaming = true,\n");
    if (method->route_count > 0) {
        gen_print(out, "    .http = %s_http,\n", method->c_name);
        gen_print(out, "    .http_count = %zu,\n", method->route_count);
    }
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
}

static void print_methods(struct gen_printer *out, const struct gen_service *service)
{
    size_t begin = gen_block_begin(out);

    if (service->method_count == 0)
        return;
    gen_print(out, "\nstatic const struct sl_method *const %s_methods[] = {\n", service->c_name);
    for (size_t i = 0; i < service->method_count; i++)
        gen_print(out, "    /* %s */ &%s_method,\n", service->methods[i].name,
                  service->methods[i].c_name);
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
}

static void print_service(struct gen_printer *out, const struct gen_file *file,
                          const struct gen_service *service)
{
    size_t begin;

    for (size_t i = 0; i < service->method_count; i++)
        print_method(out, service, &service->methods[i]);
    print_methods(out, service);
    gen_print(out, "\n");
    begin = gen_block_begin(out);
    gen_print(out, "const struct sl_service %s_descriptor = {\n", service->c_name);
    gen_print(out, "    .name = \"%s\",\n", service->full_name);
    if (service->method_count > 0) {
        gen_print(out, "    .methods = %s_methods,\n", service->c_name);
        gen_print(out, "    .method_count = %zu,\n", service->method_count);
    }
    gen_print(out, "    .file = &%s_file,\n", file->c_name);
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
}

/* The thunks in the order of the service's methods. */
static void print_dispatch(struct gen_printer *out, const struct gen_service *service)
{
    size_t begin = gen_block_begin(out);

    gen_print(out, "\nstatic sl_dispatch_fn *const %s_dispatch[] = {\n", service->c_name);
    for (size_t i = 0; i < service->method_count; i++)
        gen_print(out, "    /* %s */ %s_dispatch,\n", service->methods[i].name,
                  service->methods[i].c_name);
    gen_print(out, "};\n");
    gen_block_end(out, 0, begin);
}

static void print_register(struct gen_printer *out, const struct gen_service *service)
{
    struct gen_parens function = {
        .lead = "enum sl_code",
        .name = gen_format(out, "%s_register", service->c_name),
        .items = {"struct sl_server *server",
                  gen_format(out, "const struct %s_handlers *handlers", service->c_name),
                  "void *self"},
        .tail = "",
    };
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return sl_server_register",
        .items = {"server", gen_format(out, "&%s_descriptor", service->c_name),
                  gen_format(out, "%s_dispatch", service->c_name), "handlers", "sizeof(*handlers)",
                  "self"},
        .tail = ";",
    };
    size_t begin;

    print_dispatch(out, service);
    gen_print(out, "\n");
    begin = gen_block_begin(out);
    gen_print_parens(out, &function);
    gen_print(out, "{\n");
    gen_print_parens(out, &call);
    gen_print(out, "}\n");
    gen_block_end(out, 0, begin);
}

static void print_stubs(struct gen_printer *out, const struct gen_service *service)
{
    if (service->method_count == 0)
        return;
    for (size_t i = 0; i < service->method_count; i++) {
        const struct gen_shape *shape = gen_shape_of(&service->methods[i]);

        gen_print_parts(out, &service->methods[i], shape->define_client);
        gen_print_parts(out, &service->methods[i], shape->define_server);
    }
    print_register(out, service);
}

void gen_print_source(struct gen_printer *out, const struct gen_file *file)
{
    gen_print_origin(out, file);
    print_includes(out, file);
    print_file(out, file);
    for (size_t i = 0; i < file->service_count; i++) {
        print_service(out, file, &file->services[i]);
        print_stubs(out, &file->services[i]);
    }
}
