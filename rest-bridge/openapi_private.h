#ifndef BRIDGE_OPENAPI_PRIVATE_H
#define BRIDGE_OPENAPI_PRIVATE_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "rest-bridge/openapi.h"
#include "rest-bridge/template.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the files of the document share. */

/** The document while it is made. A value that cannot be put where it belongs is remembered. */
struct bridge_document {
    const struct bridge_openapi_options *options;
    /** Comments by full name. */
    json_t *comments;
    /** Schemas by the name they have in the document. */
    json_t *schemas;
    /** Which name the schema of a message or enum has, by its full name and direction. */
    json_t *names;
    bool has_failed;
};

/** Sets a member; value is taken, NULL means that memory is out. Returns the value, borrowed. */
json_t *bridge_document_put(struct bridge_document *document, json_t *object, const char *name,
                            json_t *value);
/** Appends to an array, as bridge_document_put(). */
json_t *bridge_document_add(struct bridge_document *document, json_t *array, json_t *value);
/** Puts the comment of that declaration where it has one. */
void bridge_document_describe(struct bridge_document *document, json_t *object, const char *member,
                              const char *full_name);

/* ---- openapi_comments.c ---- */

/**
 * Comments of all that a file and its imports declare, by full name: "package.Service.Method",
 * "package.Message.field", "package.Enum.VALUE", and "package". A new reference to an object.
 */
SL_MUST_USE enum sl_code bridge_comments_read(const struct sl_file *file, json_t **ret_comments,
                                              struct sl_error *err);
/** A comment as Markdown: its lines joined to paragraphs, what is indented kept as it stands. */
json_t *bridge_comment_text(const char *comment);

/* ---- openapi_schema.c ---- */

enum bridge_direction {
    /** What clients send: a field that is not required may be absent or null. */
    BRIDGE_SENT,
    /** What they get: every field is there, an absent one null. */
    BRIDGE_ANSWERED,
};

/** {"$ref": ...} to the schema of a message; a new reference. */
json_t *bridge_schema_of_message(struct bridge_document *document,
                                 const ProtobufCMessageDescriptor *type,
                                 enum bridge_direction direction);
/** As bridge_schema_of_message() for a body: without the fields that the path gives. */
json_t *bridge_schema_of_body(struct bridge_document *document,
                              const ProtobufCMessageDescriptor *type,
                              const struct bridge_template *path);
/** Of one field, null included where it may be that; a new reference. */
json_t *bridge_schema_of_field(struct bridge_document *document,
                               const ProtobufCMessageDescriptor *type,
                               const ProtobufCFieldDescriptor *field,
                               enum bridge_direction direction);
/** Of one field's value, not null; a new reference. */
json_t *bridge_schema_of_value(struct bridge_document *document,
                               const ProtobufCMessageDescriptor *type,
                               const ProtobufCFieldDescriptor *field,
                               enum bridge_direction direction);
/** Whether the path gives this field. path may be NULL. */
bool bridge_is_in_path(const struct bridge_template *path, const char *field);

/* ---- openapi_answers.c ---- */

/** What a route can answer, and when. */
enum bridge_route_trait {
    BRIDGE_ROUTE_HAS_BODY = 1,
    BRIDGE_ROUTE_HAS_PATH = 2,
    BRIDGE_ROUTE_CHANGES = 4,
    BRIDGE_ROUTE_IS_PROTECTED = 8,
    BRIDGE_ROUTE_ANY = 16,
};

/** The object "responses" of a route. */
json_t *bridge_document_answers(struct bridge_document *document, const struct sl_method *method,
                                const struct sl_http_binding *binding, unsigned traits);
/** Components that all routes refer to: schemas of errors, responses, headers of requests. */
void bridge_document_shared(struct bridge_document *document, json_t *components);

/* ---- openapi_examples.c ---- */

/** {"<name>": {"summary", "value"}}; a new reference, NULL where there is none. */
json_t *bridge_examples_of(const struct bridge_openapi_options *options,
                           const struct sl_method *method);

#ifdef __cplusplus
}
#endif

#endif
