#include <stdio.h>
#include <string.h>

#include "rest-bridge/contract.h"
#include "rest-bridge/openapi_private.h"

#define ERROR_SCHEMA "Error"
#define STREAM_ERROR_SCHEMA "StreamError"
#define FAULTS_SCHEMA "HTTPValidationError"

/** What can go wrong, by status; docs/compatibility.md says what stands behind each. */
static const struct {
    const char *status;
    const char *name;
    const char *description;
    unsigned traits;
    const char *schema;
} failures[] = {
    {"400", "BadRequest", "The request is no proper HTTP, or its body no text.", BRIDGE_ROUTE_ANY,
     ERROR_SCHEMA},
    {"401", "Unauthorized", "No key or token came, or one that nobody knows.",
     BRIDGE_ROUTE_IS_PROTECTED, ERROR_SCHEMA},
    {"403", "Forbidden", "The key or token is not for this, or a web page of another site asks.",
     BRIDGE_ROUTE_ANY, ERROR_SCHEMA},
    {"404", "NotFound", "There is none of that id, or it is another tenant's.",
     BRIDGE_ROUTE_HAS_PATH, ERROR_SCHEMA},
    {"409", "Conflict",
     "The id or the idempotency key is that of another request, or what should be changed is "
     "settled.",
     BRIDGE_ROUTE_CHANGES, ERROR_SCHEMA},
    {"413", "TooLarge", "The body is larger than what is taken.", BRIDGE_ROUTE_HAS_BODY,
     ERROR_SCHEMA},
    {"421", "Misdirected", "The host that was asked for is not served here.", BRIDGE_ROUTE_ANY,
     ERROR_SCHEMA},
    {"422", "Unprocessable",
     "The request does not fit: a list of faults where its form is wrong, a text where its content "
     "is.",
     BRIDGE_ROUTE_ANY, FAULTS_SCHEMA},
    {"429", "TooMany", "More than is taken at this time.", BRIDGE_ROUTE_ANY, ERROR_SCHEMA},
    {"431", "HeadersTooLarge", "The headers are larger than what is taken.", BRIDGE_ROUTE_ANY,
     ERROR_SCHEMA},
    {"500", "InternalError", "The service failed.", BRIDGE_ROUTE_ANY, ERROR_SCHEMA},
    {"501", "NotImplemented", "The service has no such RPC.", BRIDGE_ROUTE_ANY, ERROR_SCHEMA},
    {"503", "Unavailable", "The service cannot be reached, or stops.", BRIDGE_ROUTE_ANY,
     ERROR_SCHEMA},
    {"504", "Timeout", "The service did not answer in time.", BRIDGE_ROUTE_ANY, ERROR_SCHEMA},
};

/** As FastAPI's own document has them. */
static const struct {
    const char *name;
    const char *schema;
} shared_schemas[] = {
    {ERROR_SCHEMA,
     "{\"type\":\"object\",\"description\":\"Why a request failed.\",\"required\":[\"detail\"],"
     "\"properties\":{\"detail\":{\"type\":\"string\",\"description\":\"In words.\"}}}"},
    {STREAM_ERROR_SCHEMA, "{\"type\":\"object\",\"description\":\"Why a stream ended early.\","
                          "\"required\":[\"detail\",\"code\"],\"properties\":{"
                          "\"detail\":{\"type\":\"string\",\"description\":\"In words.\"},"
                          "\"code\":{\"type\":\"string\",\"description\":\"The gRPC code.\","
                          "\"examples\":[\"UNAVAILABLE\"]}}}"},
    {"ValidationError",
     "{\"type\":\"object\",\"description\":\"What does not fit, as pydantic says it.\","
     "\"required\":[\"type\",\"loc\",\"msg\",\"input\"],\"properties\":{"
     "\"type\":{\"type\":\"string\",\"description\":\"Which kind of fault.\","
     "\"examples\":[\"missing\"]},"
     "\"loc\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]},"
     "\"description\":\"Where: body, query, path or header, then names and indexes.\","
     "\"examples\":[[\"body\",\"operation\"]]},"
     "\"msg\":{\"type\":\"string\",\"description\":\"In words.\","
     "\"examples\":[\"Field required\"]},"
     "\"input\":{\"description\":\"What was given there.\"},"
     "\"ctx\":{\"type\":\"object\",\"description\":\"What the words were made of.\"}}}"},
    {FAULTS_SCHEMA,
     "{\"type\":\"object\",\"description\":\"Why a request was refused.\","
     "\"required\":[\"detail\"],\"properties\":{\"detail\":{\"anyOf\":["
     "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/ValidationError\"}},"
     "{\"type\":\"string\"}]}}}"},
};

/** Headers that any route takes; visible ASCII, for they travel on as gRPC metadata. */
static const struct {
    const char *name;
    const char *header;
    const char *description;
    const char *pattern;
} shared_headers[] = {
    {"IdempotencyKey", "Idempotency-Key",
     "The same key with the same request has its effect once, and gets the same answer again.",
     "^[!-~]{1,128}$"},
    {"TenantId", "X-Tenant-Id", "For which tenant, where no credential says so.", "^[!-~]{1,128}$"},
    {"DealerId", "X-Dealer-Id", "For which dealer, where no credential says so.", "^[!-~]{1,128}$"},
    {"UserId", "X-User-Id", "For which user, where no credential says so.", "^[!-~]{1,128}$"},
    {"RequestId", "X-Request-Id", "For logs; comes back with the answer.", "^[!-~]{1,128}$"},
    {"GrpcTimeout", "Grpc-Timeout",
     "Longest that is waited for the answer: digits and a unit, H, M, S, m, u or n.",
     "^[0-9]{1,8}[HMSmun]$"},
    {"TraceParent", "traceparent", "W3C Trace Context.",
     "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
};

static json_t *error_response(const char *description, const char *schema)
{
    char target[64];
    snprintf(target, sizeof(target), "#/components/schemas/%s", schema);
    return json_pack("{s:s, s:{s:{s:{s:s}}}}", "description", description, "content",
                     "application/json", "schema", "$ref", target);
}

static json_t *header_parameter(size_t index)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:{s:s, s:s}}", "name", shared_headers[index].header,
                     "in", "header", "required", 0, "description",
                     shared_headers[index].description, "schema", "type", "string", "pattern",
                     shared_headers[index].pattern);
}

void bridge_document_shared(struct bridge_document *document, json_t *components)
{
    json_t *responses = bridge_document_put(document, components, "responses", json_object());
    json_t *parameters = bridge_document_put(document, components, "parameters", json_object());
    for (size_t i = 0; i < SL_ARRAY_LENGTH(shared_schemas); i++)
        bridge_document_put(document, document->schemas, shared_schemas[i].name,
                            json_loads(shared_schemas[i].schema, 0, NULL));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(shared_headers); i++)
        bridge_document_put(document, parameters, shared_headers[i].name, header_parameter(i));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(failures); i++) {
        if ((failures[i].traits & BRIDGE_ROUTE_IS_PROTECTED) == 0 ||
            document->options->is_protected)
            bridge_document_put(document, responses, failures[i].name,
                                error_response(failures[i].description, failures[i].schema));
    }
}

static json_t *response_schema(struct bridge_document *document, const struct sl_method *method,
                               const struct sl_http_binding *binding)
{
    const char *part = binding->response_body != NULL ? binding->response_body : "";
    const ProtobufCFieldDescriptor *field =
        *part != '\0' ? protobuf_c_message_descriptor_get_field_by_name(method->response, part)
                      : NULL;
    if (field == NULL)
        return bridge_schema_of_message(document, method->response, BRIDGE_ANSWERED);
    return bridge_schema_of_field(document, method->response, field, BRIDGE_ANSWERED);
}

/**
 * In OpenAPI 3.1 the schema of a stream is that of one event, whose data is JSON in a text.
 * message is taken.
 */
static json_t *stream_content(json_t *message)
{
    json_t *data = json_pack("{s:s, s:s, s:{s:[O, {s:s}]}}", "type", "string", "contentMediaType",
                             "application/json", "contentSchema", "anyOf", message, "$ref",
                             "#/components/schemas/" STREAM_ERROR_SCHEMA);
    json_t *event = json_pack(
        "{s:s, s:s, s:[s], s:{s:{s:s, s:s}, s:{s:s, s:s}, s:o}}", "type", "object", "description",
        "A server-sent event.", "required", "data", "properties", "id", "type", "string",
        "description", "Number of the message; the header Last-Event-ID goes on after it.", "event",
        "type", "string", "description",
        "\"error\" where the RPC failed after the first message, and then the last one.", "data",
        data);
    return json_pack("{s:{s:o}, s:{s:o}}", "text/event-stream", "schema", event,
                     "application/x-ndjson", "schema", message);
}

/**
 * What takes the id that an accepted request got: routes with it as their only path variable.
 * NULL where there are none.
 */
static json_t *links_of(const struct sl_method *method)
{
    json_t *links = NULL;
    for (size_t i = 0;
         bridge_method_contract(method)->is_keyed && i < method->service->method_count; i++) {
        const struct sl_method *next = method->service->methods[i];
        char id[64], expression[96];
        const char *path = next->http_count > 0 ? next->http[0].path : "";
        const char *brace = strchr(path, '{');
        if (brace == NULL || strchr(brace + 1, '{') != NULL ||
            sscanf(brace, "{%63[a-z_]}", id) != 1 ||
            protobuf_c_message_descriptor_get_field_by_name(method->response, id) == NULL)
            continue;
        snprintf(expression, sizeof(expression), "$response.body#/%s", id);
        if (links == NULL)
            links = json_object();
        json_object_set_new(
            links, next->name,
            json_pack("{s:s, s:{s:s}}", "operationId", next->name, "parameters", id, expression));
    }
    return links;
}

static json_t *success(struct bridge_document *document, const struct sl_method *method,
                       const struct sl_http_binding *binding)
{
    json_t *schema = response_schema(document, method, binding);
    json_t *content = method->is_server_streaming
                          ? stream_content(schema)
                          : json_pack("{s:{s:o}}", "application/json", "schema", schema);
    json_t *response = json_pack("{s:s, s:o}", "description", "OK", "content", content);
    json_t *links = links_of(method);
    bridge_document_describe(document, response, "description", method->response->name);
    if (links != NULL)
        bridge_document_put(document, response, "links", links);
    return response;
}

json_t *bridge_document_answers(struct bridge_document *document, const struct sl_method *method,
                                const struct sl_http_binding *binding, unsigned traits)
{
    json_t *responses = json_object();
    bridge_document_put(document, responses, "200", success(document, method, binding));
    for (size_t i = 0; i < SL_ARRAY_LENGTH(failures); i++) {
        char target[96];
        if ((failures[i].traits & traits) == 0)
            continue;
        snprintf(target, sizeof(target), "#/components/responses/%s", failures[i].name);
        bridge_document_put(document, responses, failures[i].status,
                            json_pack("{s:s}", "$ref", target));
    }
    return responses;
}
