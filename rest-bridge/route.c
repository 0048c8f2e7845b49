#include "rest-bridge/route.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "http/url.h"
#include "rest-bridge/template.h"
#include "json/message.h"

#define MAX_PATH_SEGMENTS 64

struct entry {
    struct bridge_route route;
    struct bridge_template templ;
};

struct bridge_routes {
    struct sl_arena *arena;
    struct entry *entries;
    size_t count;
};

SL_DEFINE_CLEANUP(routes_cleanup, struct bridge_routes, bridge_routes_free)

/* ---- making ---- */

static size_t count_bindings(const struct sl_service *service)
{
    size_t count = 0;
    for (size_t i = 0; i < service->method_count; i++)
        count += service->methods[i]->http_count;
    return count;
}

/** "a.b.c" has to lead from field to field. */
static bool is_field_path(const ProtobufCMessageDescriptor *type, const char *path)
{
    char name[128];
    while (type != NULL) {
        size_t length = strcspn(path, ".");
        if (length >= sizeof(name))
            return false;
        memcpy(name, path, length);
        name[length] = '\0';
        const ProtobufCFieldDescriptor *field = sl_message_field(type, name);
        if (field == NULL || path[length] == '\0')
            return field != NULL;
        type = field->type == PROTOBUF_C_TYPE_MESSAGE ? field->descriptor : NULL;
        path += length + 1;
    }
    return false;
}

static enum sl_code check_binding(const struct entry *entry, struct sl_error *err)
{
    const ProtobufCMessageDescriptor *type = entry->route.method->request;
    const char *body = entry->route.binding->body;
    for (size_t i = 0; i < entry->templ.variable_count; i++) {
        if (!is_field_path(type, entry->templ.variables[i].field))
            return sl_error_set(
                err, SL_INVALID_ARGUMENT, "path template \"%s\": %s has no field %s",
                entry->route.binding->path, type->name, entry->templ.variables[i].field);
    }
    if (body[0] != '\0' && strcmp(body, "*") != 0 && sl_message_field(type, body) == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "body of \"%s\": %s has no field %s",
                            entry->route.binding->path, type->name, body);
    return SL_OK;
}

/** Puts the entry where it is tried in its turn. */
static void insert(struct bridge_routes *routes, const struct entry *entry)
{
    size_t at = routes->count++;
    while (at > 0 && bridge_template_compare(&entry->templ, &routes->entries[at - 1].templ) < 0) {
        routes->entries[at] = routes->entries[at - 1];
        at--;
    }
    routes->entries[at] = *entry;
}

static enum sl_code add_method(struct bridge_routes *routes, const struct sl_method *method,
                               struct sl_error *err)
{
    for (size_t i = 0; i < method->http_count; i++) {
        struct entry entry = {.route = {method, &method->http[i]}};
        SL_TRY(bridge_template_parse(method->http[i].path, routes->arena, &entry.templ, err));
        SL_TRY(check_binding(&entry, err));
        insert(routes, &entry);
    }
    return SL_OK;
}

enum sl_code bridge_routes_new(const struct sl_service *service, struct bridge_routes **ret_routes,
                               struct sl_error *err)
{
    SL_CLEANUP(routes_cleanup) struct bridge_routes *routes = sl_alloc(sizeof(*routes));
    if (routes == NULL)
        return sl_error_no_memory(err);
    routes->arena = sl_arena_new();
    if (routes->arena == NULL)
        return sl_error_no_memory(err);
    routes->entries =
        sl_arena_alloc_array(routes->arena, count_bindings(service), sizeof(*routes->entries));
    if (routes->entries == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < service->method_count; i++) {
        if (!service->methods[i]->is_client_streaming)
            SL_TRY(add_method(routes, service->methods[i], err));
    }
    *ret_routes = SL_TAKE(routes);
    return SL_OK;
}

void bridge_routes_free(struct bridge_routes *routes)
{
    if (routes == NULL)
        return;
    sl_arena_free(routes->arena);
    sl_free(routes);
}

/* ---- matching ---- */

struct path {
    struct bridge_span segments[MAX_PATH_SEGMENTS];
    size_t count;
};

/** False where there are more segments than any route has. */
static bool split(const char *text, struct path *ret_path)
{
    ret_path->count = 0;
    if (strcmp(text, "/") == 0)
        return true;
    while (*text == '/') {
        if (ret_path->count == MAX_PATH_SEGMENTS)
            return false;
        text++;
        size_t length = strcspn(text, "/");
        ret_path->segments[ret_path->count++] = (struct bridge_span){text, length};
        text += length;
    }
    return true;
}

/** Cuts ":verb" off the last segment where the template has one. */
static bool cut_verb(struct path *path, const char *verb)
{
    if (verb == NULL)
        return true;
    if (path->count == 0)
        return false;
    struct bridge_span *last = &path->segments[path->count - 1];
    size_t length = strlen(verb);
    if (last->length <= length || last->text[last->length - length - 1] != ':' ||
        memcmp(last->text + last->length - length, verb, length) != 0)
        return false;
    last->length -= length + 1;
    return true;
}

/** The text of the segments that a variable takes. */
static struct bridge_span value_of(const struct bridge_template_variable *variable,
                                   const struct bridge_template *templ, const struct path *path,
                                   size_t rest_length)
{
    size_t last = variable->first + variable->count - 1;
    size_t end = last + 1;
    if (templ->segments[last].kind == BRIDGE_REST)
        end = last + rest_length;
    if (end == variable->first)
        return (struct bridge_span){"", 0};
    const struct bridge_span *from = &path->segments[variable->first];
    const struct bridge_span *to = &path->segments[end - 1];
    return (struct bridge_span){from->text, (size_t)(to->text + to->length - from->text)};
}

/** False where an escape is broken: then the route does not fit. */
static bool decode_variables(const struct entry *entry, const struct path *path, size_t rest_length,
                             struct sl_arena *arena, struct bridge_match *match)
{
    size_t count = entry->templ.variable_count;
    match->variables = sl_arena_alloc_array(arena, count, sizeof(*match->variables));
    for (size_t i = 0; match->variables != NULL && i < count; i++) {
        SL_CLEANUP(sl_text_cleanup) struct sl_text decoded = {0};
        const struct bridge_template_variable *variable = &entry->templ.variables[i];
        struct bridge_span span = value_of(variable, &entry->templ, path, rest_length);
        if (!sl_url_decode(span.text, span.length, false, &decoded))
            return false;
        match->variables[i].field = variable->field;
        match->variables[i].value = sl_arena_strdup(arena, sl_text_string(&decoded));
        if (match->variables[i].value == NULL)
            match->variables = NULL;
    }
    match->variable_count = count;
    return true;
}

static bool takes_method(const struct entry *entry, const char *method)
{
    const char *own = entry->route.binding->method;
    return strcmp(own, method) == 0 || (strcmp(own, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static const char *add_allowed(const char *allow, const char *method, struct sl_arena *arena)
{
    const char *more = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;
    if (allow == NULL)
        return sl_arena_strdup(arena, more);
    return strstr(allow, more) != NULL ? allow : sl_arena_printf(arena, "%s, %s", allow, more);
}

enum sl_code bridge_routes_match(const struct bridge_routes *routes, const char *method,
                                 const char *path_text, struct sl_arena *arena,
                                 struct bridge_match *ret_match)
{
    struct bridge_match match = {0};
    struct path whole;
    if (!split(path_text, &whole)) {
        *ret_match = match;
        return SL_OK;
    }
    for (size_t i = 0; i < routes->count && match.route == NULL; i++) {
        const struct entry *entry = &routes->entries[i];
        struct path path = whole;
        size_t rest_length = 0;
        if (!cut_verb(&path, entry->templ.verb) ||
            !bridge_template_fits(&entry->templ, path.segments, path.count, &rest_length))
            continue;
        if (!takes_method(entry, method))
            match.allow = add_allowed(match.allow, entry->route.binding->method, arena);
        else if (decode_variables(entry, &path, rest_length, arena, &match))
            match.route = &entry->route;
        if (match.route != NULL && match.variables == NULL)
            return SL_RESOURCE_EXHAUSTED;
    }
    *ret_match = match;
    return SL_OK;
}
