#include "route.h"

#include <string.h>

#include "base/text.h"
#include "google/api/http.pb-c.h"
#include "wire.h"

/* google.api.http, an extension of MethodOptions. */
#define HTTP_FIELD 72295728

static enum sl_code refuse(const struct gen_method *method, struct sl_arena *arena,
                           const char *problem, struct sl_error *err)
{
    return sl_error_set(err, SL_INVALID_ARGUMENT, "%s: google.api.http of %s: %s",
                        gen_place_text(arena, &method->place), method->full_name, problem);
}

/*
 * protobuf-c keeps an extension as an unknown field whose data still begins with the length. An
 * option that is set in several parts is one message: protobuf merges by concatenation.
 */
static bool collect_rule(const Google__Protobuf__MethodOptions *options, struct sl_text *bytes)
{
    bool is_there = false;

    for (size_t i = 0; options != NULL && i < options->base.n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &options->base.unknown_fields[i];
        uint64_t length;
        size_t prefix;

        if (field->tag != HTTP_FIELD || field->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            continue;
        prefix = gen_varint(field->data, field->len, &length);
        sl_text_append_bytes(bytes, field->data + prefix, field->len - prefix);
        is_there = true;
    }
    return is_there;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static bool set_pattern(const Google__Api__HttpRule *rule, struct gen_route *route)
{
    const struct {
        Google__Api__HttpRule__PatternCase pattern;
        const char *method;
    } methods[] = {
        {GOOGLE__API__HTTP_RULE__PATTERN_GET, "GET"},
        {GOOGLE__API__HTTP_RULE__PATTERN_PUT, "PUT"},
        {GOOGLE__API__HTTP_RULE__PATTERN_POST, "POST"},
        {GOOGLE__API__HTTP_RULE__PATTERN_DELETE, "DELETE"},
        {GOOGLE__API__HTTP_RULE__PATTERN_PATCH, "PATCH"},
    };

    if (rule->pattern_case == GOOGLE__API__HTTP_RULE__PATTERN_CUSTOM) {
        route->method = or_empty(rule->custom->kind);
        route->path = or_empty(rule->custom->path);
        return *route->method != '\0';
    }
    for (size_t i = 0; i < SL_ARRAY_LENGTH(methods); i++) {
        if (methods[i].pattern != rule->pattern_case)
            continue;
        route->method = methods[i].method;
        route->path = or_empty(rule->get);
        return true;
    }
    return false;
}

static enum sl_code add_route(const Google__Api__HttpRule *rule, struct sl_arena *arena,
                              struct gen_method *method, struct sl_error *err)
{
    struct gen_route *route = &method->routes[method->route_count];

    if (!set_pattern(rule, route))
        return refuse(method, arena, "it names no HTTP method", err);
    if (*route->path != '/')
        return refuse(method, arena, "a path begins with /", err);
    route->body = or_empty(rule->body);
    route->response_body = or_empty(rule->response_body);
    method->route_count++;
    return SL_OK;
}

enum sl_code gen_routes_read(const Google__Protobuf__MethodOptions *options, struct sl_arena *arena,
                             struct gen_method *method, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text bytes = {0};
    ProtobufCMessage *message;
    const Google__Api__HttpRule *rule;
    struct sl_error cause = {0};

    if (!collect_rule(options, &bytes))
        return SL_OK;
    if (gen_unpack(&google__api__http_rule__descriptor, &bytes, arena, &message, &cause) != SL_OK)
        return refuse(method, arena, cause.message, err);
    rule = (const Google__Api__HttpRule *)message;
    method->routes =
        sl_arena_alloc_array(arena, 1 + rule->n_additional_bindings, sizeof(*method->routes));
    if (method->routes == NULL)
        return sl_error_no_memory(err);
    SL_TRY(add_route(rule, arena, method, err));
    for (size_t i = 0; i < rule->n_additional_bindings; i++) {
        const Google__Api__HttpRule *binding = rule->additional_bindings[i];

        if (binding->n_additional_bindings > 0)
            return refuse(method, arena, "an additional binding has none of its own", err);
        SL_TRY(add_route(binding, arena, method, err));
    }
    return SL_OK;
}
