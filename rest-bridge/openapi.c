#include "rest-bridge/openapi.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "guard/guard.h"
#include "rest-bridge/contract.h"
#include "rest-bridge/openapi_private.h"
#include "json/json.h"
#include "json/message.h"

#define NAME_SIZE 256

/* ---- putting things together ---- */

json_t *bridge_document_put(struct bridge_document *document, json_t *object, const char *name,
                            json_t *value)
{
    document->has_failed |= json_object_set_new(object, name, value) != 0;
    return json_object_get(object, name);
}

json_t *bridge_document_add(struct bridge_document *document, json_t *array, json_t *value)
{
    document->has_failed |= json_array_append_new(array, value) != 0;
    return value;
}

void bridge_document_describe(struct bridge_document *document, json_t *object, const char *member,
                              const char *full_name)
{
    json_t *comment = json_object_get(document->comments, full_name);
    if (comment != NULL)
        bridge_document_put(document, object, member, json_incref(comment));
}

/* ---- parameters ---- */

static void add_reference(struct bridge_document *document, json_t *parameters, const char *name)
{
    char target[64];
    snprintf(target, sizeof(target), "#/components/parameters/%s", name);
    bridge_document_add(document, parameters, json_pack("{s:s}", "$ref", target));
}

/** A parameter that is a field of the request. place: "path" or "query". */
static void add_field(struct bridge_document *document, json_t *parameters,
                      const ProtobufCMessageDescriptor *type, const ProtobufCFieldDescriptor *field,
                      const char *place)
{
    bool is_required = strcmp(place, "path") == 0 || bridge_is_required(type->name, field->name);
    char full_name[NAME_SIZE];
    json_t *schema = bridge_schema_of_value(document, type, field, BRIDGE_SENT);
    if (strcmp(place, "path") == 0 && field->type == PROTOBUF_C_TYPE_STRING)
        bridge_document_put(document, schema, "minLength", json_integer(1));
    json_t *parameter = json_pack("{s:s, s:s, s:b, s:o}", "name", field->name, "in", place,
                                  "required", is_required, "schema", schema);
    snprintf(full_name, sizeof(full_name), "%s.%s", type->name, field->name);
    bridge_document_describe(document, parameter, "description", full_name);
    bridge_document_add(document, parameters, parameter);
}

/** Where the fields go that are neither in the path nor in the body: messages have no such form. */
static bool is_in_query(const ProtobufCFieldDescriptor *field,
                        const struct sl_http_binding *binding, const struct bridge_template *path)
{
    return field->type != PROTOBUF_C_TYPE_MESSAGE && !bridge_is_in_path(path, field->name) &&
           strcmp(binding->body, "*") != 0 && strcmp(binding->body, field->name) != 0;
}

static json_t *last_event_id(void)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:{s:s, s:s, s:i}}", "name", "Last-Event-ID", "in",
                     "header", "required", 0, "description",
                     "Number of the last event already seen; wins over after_sequence.", "schema",
                     "type", "integer", "format", "int64", "minimum", 0);
}

static json_t *parameters_of(struct bridge_document *document, const struct sl_method *method,
                             const struct sl_http_binding *binding,
                             const struct bridge_template *path)
{
    static const char *const headers[] = {"TenantId",  "DealerId",    "UserId",
                                          "RequestId", "TraceParent", "GrpcTimeout"};
    const ProtobufCMessageDescriptor *type = method->request;
    json_t *parameters = json_array();
    for (size_t i = 0; i < path->variable_count; i++) {
        const ProtobufCFieldDescriptor *field = sl_message_field(type, path->variables[i].field);
        if (field != NULL)
            add_field(document, parameters, type, field, "path");
    }
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (is_in_query(&type->fields[i], binding, path))
            add_field(document, parameters, type, &type->fields[i], "query");
    }
    if (method->is_server_streaming && sl_message_field(type, "after_sequence") != NULL)
        bridge_document_add(document, parameters, last_event_id());
    if (bridge_method_contract(method)->is_keyed)
        add_reference(document, parameters, "IdempotencyKey");
    for (size_t i = 0; i < SL_ARRAY_LENGTH(headers); i++)
        add_reference(document, parameters, headers[i]);
    return parameters;
}

/* ---- bodies ---- */

static bool has_required(const ProtobufCMessageDescriptor *type, const struct bridge_template *path)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (bridge_is_required(type->name, type->fields[i].name) &&
            !bridge_is_in_path(path, type->fields[i].name))
            return true;
    }
    return false;
}

static json_t *body_of(struct bridge_document *document, const struct sl_method *method,
                       const struct sl_http_binding *binding, const struct bridge_template *path)
{
    const ProtobufCMessageDescriptor *type = method->request;
    const ProtobufCFieldDescriptor *field = sl_message_field(type, binding->body);
    json_t *schema = field != NULL ? bridge_schema_of_field(document, type, field, BRIDGE_SENT)
                                   : bridge_schema_of_body(document, type, path);
    json_t *media = json_pack("{s:o}", "schema", schema);
    json_t *examples = bridge_examples_of(document->options, method);
    if (examples != NULL)
        bridge_document_put(document, media, "examples", examples);
    return json_pack("{s:b, s:{s:o}}", "required", field == NULL && has_required(type, path),
                     "content", "application/json", media);
}

/* ---- operations ---- */

/** The first sentence of the comment. */
static json_t *summary_of(const char *comment)
{
    const char *end = strstr(comment, ". ");
    size_t length = end != NULL ? (size_t)(end - comment) : strcspn(comment, "\n");
    if (length > 0 && comment[length - 1] == '.')
        length--;
    return json_stringn(comment, length);
}

static unsigned traits_of(const struct bridge_document *document, const struct sl_method *method,
                          const struct sl_http_binding *binding, const struct bridge_template *path)
{
    unsigned traits = BRIDGE_ROUTE_ANY;
    if (binding->body[0] != '\0')
        traits |= BRIDGE_ROUTE_HAS_BODY;
    if (path->variable_count > 0)
        traits |= BRIDGE_ROUTE_HAS_PATH;
    if (strcmp(binding->method, "GET") != 0)
        traits |= BRIDGE_ROUTE_CHANGES;
    if (document->options->is_protected && !sl_guard_is_open(method))
        traits |= BRIDGE_ROUTE_IS_PROTECTED;
    return traits;
}

static json_t *operation_of(struct bridge_document *document, const struct sl_method *method,
                            size_t index, const struct bridge_template *path)
{
    const struct sl_http_binding *binding = &method->http[index];
    char full_name[NAME_SIZE], id[NAME_SIZE];
    snprintf(full_name, sizeof(full_name), "%s.%s", method->service->name, method->name);
    snprintf(id, sizeof(id), index == 0 ? "%s" : "%s_%zu", method->name, index + 1);
    json_t *operation = json_pack("{s:[s], s:s}", "tags", strrchr(method->service->name, '.') + 1,
                                  "operationId", id);
    const char *comment = json_string_value(json_object_get(document->comments, full_name));
    if (comment != NULL)
        bridge_document_put(document, operation, "summary", summary_of(comment));
    bridge_document_describe(document, operation, "description", full_name);
    bridge_document_put(document, operation, "parameters",
                        parameters_of(document, method, binding, path));
    if (binding->body[0] != '\0')
        bridge_document_put(document, operation, "requestBody",
                            body_of(document, method, binding, path));
    if (document->options->is_protected && sl_guard_is_open(method))
        bridge_document_put(document, operation, "security", json_array());
    unsigned traits = traits_of(document, method, binding, path);
    bridge_document_put(document, operation, "responses",
                        bridge_document_answers(document, method, binding, traits));
    return operation;
}

/** "/a/{name=b/ *}" as OpenAPI has it, "/a/{name}". */
static void write_path(const char *text, struct sl_text *out)
{
    bool is_pattern = false;
    for (; *text != '\0'; text++) {
        is_pattern = *text == '=' || (is_pattern && *text != '}');
        if (!is_pattern)
            sl_text_append_char(out, *text);
    }
}

static enum sl_code add_binding(struct bridge_document *document, json_t *paths,
                                const struct sl_method *method, size_t index, struct sl_error *err)
{
    const struct sl_http_binding *binding = &method->http[index];
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    SL_CLEANUP(sl_text_cleanup) struct sl_text path = {0};
    struct bridge_template parsed;
    char verb[16] = "";
    if (arena == NULL)
        return sl_error_no_memory(err);
    SL_TRY(bridge_template_parse(binding->path, arena, &parsed, err));
    write_path(binding->path, &path);
    for (size_t i = 0; i + 1 < sizeof(verb) && binding->method[i] != '\0'; i++)
        verb[i] = (char)tolower((unsigned char)binding->method[i]);
    json_t *item = json_object_get(paths, sl_text_string(&path));
    if (item == NULL)
        item = bridge_document_put(document, paths, sl_text_string(&path), json_object());
    bridge_document_put(document, item, verb, operation_of(document, method, index, &parsed));
    return sl_text_failed(&path) ? sl_error_no_memory(err) : SL_OK;
}

/* ---- the document ---- */

static json_t *info_of(struct bridge_document *document)
{
    const struct bridge_openapi_options *options = document->options;
    char title[NAME_SIZE], package[NAME_SIZE];
    snprintf(title, sizeof(title), "ServiceLane: %s", options->name);
    snprintf(package, sizeof(package), "%.*s",
             (int)(strrchr(options->service->name, '.') - options->service->name),
             options->service->name);
    json_t *info = json_pack("{s:s, s:s, s:{s:s, s:s}}", "title", title, "version", SL_VERSION,
                             "license", "name", "MIT", "identifier", "MIT");
    bridge_document_describe(document, info, "description", package);
    return info;
}

static void add_security(struct bridge_document *document, json_t *whole, json_t *components)
{
    bridge_document_put(document, components, "securitySchemes",
                        json_pack("{s:{s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s}}", "ApiKey",
                                  "type", "apiKey", "in", "header", "name", "X-API-Key",
                                  "description", "A key that an administrator gave.", "Bearer",
                                  "type", "http", "scheme", "bearer", "bearerFormat", "JWT",
                                  "description", "A token that a trusted issuer signed."));
    bridge_document_put(document, whole, "security",
                        json_pack("[{s:[]}, {s:[]}]", "ApiKey", "Bearer"));
}

static enum sl_code fill(struct bridge_document *document, json_t *whole, struct sl_error *err)
{
    const struct sl_service *service = document->options->service;
    json_t *tag = json_pack("{s:s}", "name", strrchr(service->name, '.') + 1);
    bridge_document_describe(document, tag, "description", service->name);
    bridge_document_put(document, whole, "openapi", json_string("3.1.1"));
    bridge_document_put(document, whole, "info", info_of(document));
    bridge_document_put(document, whole, "servers", json_pack("[{s:s}]", "url", "/"));
    bridge_document_put(document, whole, "tags", json_pack("[o]", tag));
    json_t *paths = bridge_document_put(document, whole, "paths", json_object());
    json_t *components = bridge_document_put(document, whole, "components", json_object());
    bridge_document_put(document, components, "schemas", json_incref(document->schemas));
    bridge_document_shared(document, components);
    if (document->options->is_protected)
        add_security(document, whole, components);
    for (size_t i = 0; i < service->method_count; i++) {
        const struct sl_method *method = service->methods[i];
        for (size_t k = 0; !method->is_client_streaming && k < method->http_count; k++)
            SL_TRY(add_binding(document, paths, method, k, err));
    }
    return document->has_failed ? sl_error_no_memory(err) : SL_OK;
}

enum sl_code bridge_openapi_text(const struct bridge_openapi_options *options, char **ret_text,
                                 struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *whole = json_object();
    SL_CLEANUP(sl_json_cleanup) json_t *comments = NULL;
    SL_CLEANUP(sl_json_cleanup) json_t *schemas = json_object();
    SL_CLEANUP(sl_json_cleanup) json_t *names = json_object();
    SL_TRY(bridge_comments_read(options->service->file, &comments, err));
    struct bridge_document document = {options, comments, schemas, names, false};
    SL_TRY(fill(&document, whole, err));
    char *text = sl_json_text(whole, SL_JSON_COMPACT);
    if (text == NULL)
        return sl_error_no_memory(err);
    *ret_text = text;
    return SL_OK;
}
