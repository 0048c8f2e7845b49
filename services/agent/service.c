#include "services/agent/service.h"

#include <string.h>

void agent_table_validate(const struct agent_operation *operation, const json_t *parameters,
                          struct agent_faults *faults)
{
    if (operation->check != NULL)
        operation->check(parameters, faults);
}

void agent_table_execute(const struct agent_operation *operation, struct agent_run *run)
{
    operation->execute(run, NULL);
}

const struct agent_operation *agent_service_find(const struct agent_service *service,
                                                 const char *name)
{
    size_t count = 0;
    const struct agent_operation *operations = service->get_available_operations(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    }
    return NULL;
}
