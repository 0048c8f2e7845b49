#include "orchestrator/llm_request.h"

const char *llm_form_name(enum llm_form form)
{
    static const char *const names[] = {"json_schema", "json_object", "text"};

    return names[form];
}

static json_t *response_format(const struct llm_request *request)
{
    if (request->form == LLM_FORM_OBJECT)
        return json_pack("{s:s}", "type", "json_object");
    return json_pack("{s:s, s:{s:s, s:b, s:O}}", "type", "json_schema", "json_schema", "name",
                     "workflow_plan", "strict", 1, "schema", request->schema);
}

char *llm_request_text(const struct llm_request *request)
{
    SL_CLEANUP(sl_json_cleanup)
    json_t *body = json_pack("{s:s, s:O}", "model", request->model, "messages", request->messages);
    int failed = body == NULL;

    if (failed == 0 && !request->is_without_temperature)
        failed = json_object_set_new(body, "temperature", json_real(request->temperature));
    if (failed == 0 && request->form != LLM_FORM_TEXT)
        failed = json_object_set_new(body, "response_format", response_format(request));
    return failed == 0 ? sl_json_text(body, SL_JSON_COMPACT) : NULL;
}
