#include "orchestrator/validation.h"

#include <string.h>

#include "orchestrator/existence.h"
#include "orchestrator/references.h"
#include "json/schema.h"

struct validating {
    const struct orch_capabilities *capabilities;
    struct sl_arena *arena;
    struct orch_validation *validation;
};

static const char *service_names(const struct validating *validating)
{
    const char *names = "";

    for (size_t i = 0; i < validating->capabilities->service_count && names != NULL; i++)
        names = sl_arena_printf(validating->arena, "%s%s%s", names, i > 0 ? ", " : "",
                                validating->capabilities->services[i].name);
    return names != NULL ? names : "";
}

static enum sl_code unknown_operation(struct validating *validating, const struct orch_step *step)
{
    const struct orch_service *service =
        orch_capabilities_service(validating->capabilities, step->service_name);
    struct orch_texts *errors = &validating->validation->errors;

    if (service == NULL)
        return orch_texts_add(errors, validating->arena,
                              "step \"%s\": service \"%s\" is unknown, one of %s is wanted",
                              step->step_id, step->service_name, service_names(validating));
    if (service->operation_count == 0 && !service->is_healthy)
        return orch_texts_add(errors, validating->arena,
                              "step \"%s\": service \"%s\" cannot be reached, so its operation "
                              "\"%s\" is unknown",
                              step->step_id, step->service_name, step->operation);
    return orch_texts_add(errors, validating->arena,
                          "step \"%s\": service \"%s\" has no operation \"%s\"", step->step_id,
                          step->service_name, step->operation);
}

/* A value still to be filled in cannot be judged; what is around it can. */
static bool is_open(const json_t *parameters, const char *path)
{
    const json_t *value = orch_reference_follow(parameters, path, strlen(path));

    return json_is_string(value) && orch_parameters_have_references(value);
}

static enum sl_code check_parameters(struct validating *validating, const struct orch_step *step,
                                     const struct orch_operation *operation, struct sl_error *err)
{
    struct sl_schema_faults faults = {0};

    if (operation->input_schema == NULL)
        return SL_OK;
    SL_TRY(sl_schema_check(operation->input_schema, step->parameters, validating->arena, &faults,
                           err));
    for (size_t i = 0; i < faults.count; i++) {
        const struct sl_schema_fault *fault = &faults.entries[i];
        if (is_open(step->parameters, fault->path))
            continue;
        SL_TRY(orch_texts_add(&validating->validation->errors, validating->arena,
                              "step \"%s\": %s.%s: parameters%s%s: %s", step->step_id,
                              step->service_name, step->operation, *fault->path != '\0' ? "." : "",
                              fault->path, fault->message));
    }
    return SL_OK;
}

static enum sl_code check_steps(struct validating *validating, const struct orch_plan *plan,
                                struct sl_error *err)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct orch_step *step = &plan->steps[i];
        const struct orch_operation *operation = orch_capabilities_operation(
            validating->capabilities, step->service_name, step->operation);
        if (operation == NULL)
            SL_TRY(unknown_operation(validating, step));
        else
            SL_TRY(check_parameters(validating, step, operation, err));
    }
    return SL_OK;
}

/* Reads the plan again where something was put in: bounds hold for the whole of it. */
static enum sl_code complete(struct validating *validating,
                             const struct orch_plan_defaults *defaults, struct orch_plan **plan,
                             struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *document = NULL;
    struct orch_validation *validation = validating->validation;

    SL_TRY(orch_existence_complete(*plan, validating->capabilities, validating->arena,
                                   &validation->added_steps, &document));
    if (document == NULL)
        return SL_OK;
    *plan = NULL;
    return orch_plan_read(document, defaults, validating->arena, plan, &validation->errors, err);
}

static enum sl_code validate(struct validating *validating, const json_t *document,
                             const struct orch_plan_defaults *defaults, struct sl_error *err)
{
    struct orch_validation *validation = validating->validation;
    struct orch_plan *plan = NULL;

    SL_TRY(orch_plan_read(document, defaults, validating->arena, &plan, &validation->errors, err));
    if (plan == NULL)
        return SL_OK;
    SL_TRY(complete(validating, defaults, &plan, err));
    if (plan == NULL)
        return SL_OK;
    SL_TRY(check_steps(validating, plan, err));
    if (validation->errors.count == 0)
        validation->plan = plan;
    return SL_OK;
}

enum sl_code orch_validate(const json_t *document, const struct orch_capabilities *capabilities,
                           const struct orch_plan_defaults *defaults, struct sl_arena *arena,
                           struct orch_validation *ret_validation, struct sl_error *err)
{
    struct orch_validation validation = {0};
    struct validating validating = {
        .capabilities = capabilities, .arena = arena, .validation = &validation};

    if (validate(&validating, document, defaults, err) != SL_OK)
        return sl_error_no_memory(err);
    *ret_validation = validation;
    return SL_OK;
}
