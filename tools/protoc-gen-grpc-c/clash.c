#include "shapes.h"

/*
 * Which names a method, a service and a file have in the output, static ones included: two of one
 * name would not compile, or worse, so that is refused with a word on how to help it. The names
 * that protoc-c gives to messages and enums are held against them.
 */

static const char *const method_suffixes[] = {"_method", "_http", NULL};
static const char *const service_suffixes[] = {"_descriptor", "_handlers", "_register",
                                               "_methods",    "_dispatch", NULL};
static const char *const file_suffixes[] = {"_file", "_bytes", "_imports", NULL};

/* Whose names are gathered. */
struct owner {
    const char *c_name;
    const char *owner;
    struct gen_place place;
    /** Its names are held against those of the C library and the runtime, too. */
    bool is_function;
};

static enum sl_code check_reserved(const struct gen_name *name, struct sl_arena *arena,
                                   struct sl_error *err)
{
    const char *why = name->name != NULL ? gen_reserved_by(name->name) : NULL;

    if (why == NULL)
        return SL_OK;
    return sl_error_set(err, SL_ALREADY_EXISTS,
                        "%s: %s would have the C name %s, but %s; give it another by the parameter "
                        "name.<full name>=<C name> or prefix.<package>=<prefix>",
                        gen_place_text(arena, &name->place), name->owner, name->name, why);
}

static enum sl_code add(struct gen_names *names, struct sl_arena *arena, const struct owner *owner,
                        const char *const *suffixes, struct sl_error *err)
{
    for (size_t i = 0; suffixes[i] != NULL; i++) {
        struct gen_name name = {
            .name = sl_arena_printf(arena, "%s%s", owner->c_name, suffixes[i]),
            .owner = owner->owner,
            .place = owner->place,
        };

        if (owner->is_function)
            SL_TRY(check_reserved(&name, arena, err));
        SL_TRY(gen_names_add(names, arena, &name, err));
    }
    return SL_OK;
}

static enum sl_code add_service(struct gen_names *names, struct sl_arena *arena,
                                const struct gen_service *service, struct sl_error *err)
{
    struct owner self = {service->c_name, sl_arena_printf(arena, "service %s", service->full_name),
                         service->place, true};

    SL_TRY(add(names, arena, &self, service_suffixes, err));
    for (size_t i = 0; i < service->method_count; i++) {
        const struct gen_method *method = &service->methods[i];
        struct owner owner = {method->c_name,
                              sl_arena_printf(arena, "method %s", method->full_name), method->place,
                              true};

        SL_TRY(add(names, arena, &owner, method_suffixes, err));
        SL_TRY(add(names, arena, &owner, gen_shape_of(method)->suffixes, err));
    }
    return SL_OK;
}

static enum sl_code add_symbols(struct gen_names *names, struct sl_arena *arena,
                                const struct gen_names *symbols, struct sl_error *err)
{
    for (size_t i = 0; i < symbols->count; i++)
        SL_TRY(gen_names_add(names, arena, &symbols->names[i], err));
    return SL_OK;
}

enum sl_code gen_model_check_names(const struct gen_model *model, struct sl_arena *arena,
                                   struct sl_error *err)
{
    struct gen_names names = {0};

    for (size_t i = 0; i < model->file_count; i++) {
        const struct gen_file *file = &model->files[i];
        struct owner self = {file->c_name,
                             sl_arena_printf(arena, "file %s", file->name),
                             {.file = file->name},
                             false};

        SL_TRY(add(&names, arena, &self, file_suffixes, err));
        SL_TRY(add_symbols(&names, arena, &file->symbols, err));
        for (size_t s = 0; s < file->service_count; s++)
            SL_TRY(add_service(&names, arena, &file->services[s], err));
    }
    return gen_names_check(&names, arena, err);
}
