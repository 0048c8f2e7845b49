#ifndef ORCH_LLM_REQUEST_H
#define ORCH_LLM_REQUEST_H

#include "base/error.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How an answer is held to its form, the strictest first. */
enum llm_form { LLM_FORM_SCHEMA, LLM_FORM_OBJECT, LLM_FORM_TEXT };

/** "json_schema", "json_object" or "text". Static. */
const char *llm_form_name(enum llm_form form);

/** A chat completion that is asked for. Borrowed. */
struct llm_request {
    const char *model;
    json_t *messages;
    json_t *schema;
    enum llm_form form;
    double temperature;
    /** For models that take only their own. */
    bool is_without_temperature;
};

/** The body of POST /chat/completions, for sl_free(); NULL when memory is out. */
char *llm_request_text(const struct llm_request *request);

#ifdef __cplusplus
}
#endif

#endif
