#include <stdio.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/render.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

#define HEALTH_PROBE_MS 500
#define HEALTH_PAUSE_NS (50 * 1000 * 1000L)

static void print_service(const char *name, const Servicelane__Orchestrator__V1__ServiceInfo *info)
{
    printf("%-14s %-10s %s  (%zu operations, %zu tools)\n", name, cli_health_word(info->status),
           info->url, info->n_operations, info->n_mcp_tools);
    if (info->optional_reason_case)
        printf("%-14s %s\n", "", info->reason);
    for (size_t i = 0; i < info->n_operations; i++)
        printf("%-14s %s\n", "", info->operations[i]);
}

enum cli_status cli_services(struct cli_client *client)
{
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__ListServicesRequest request =
        SERVICELANE__ORCHESTRATOR__V1__LIST_SERVICES_REQUEST__INIT;
    Servicelane__Orchestrator__V1__ListServicesResponse *response = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    if (orchestrator_list_services(client->channel, &options, &request, client->arena, &response,
                                   &err) != SL_OK)
        return cli_complain(client, &err);
    if (client->options->is_json)
        return cli_print_json(&response->base);
    for (size_t i = 0; i < response->n_services; i++)
        if (response->services[i]->value)
            print_service(response->services[i]->key, response->services[i]->value);
    return CLI_OK;
}

static enum sl_code ask_health(struct cli_client *client,
                               Servicelane__Orchestrator__V1__OrchestratorHealth **ret_health,
                               struct sl_error *err)
{
    Servicelane__Orchestrator__V1__GetHealthRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_HEALTH_REQUEST__INIT;
    const struct sl_call_options options = {.timeout_ms =
                                                client->options->wait_s ? HEALTH_PROBE_MS : 0,
                                            .wait_for_ready = client->options->wait_s > 0};
    return orchestrator_get_health(client->channel, &options, &request, client->arena, ret_health,
                                   err);
}

static bool is_all_healthy(const Servicelane__Orchestrator__V1__OrchestratorHealth *health)
{
    return health && health->status == SERVICELANE__AGENT__V1__HEALTH_STATUS__HEALTH_STATUS_HEALTHY;
}

enum cli_status cli_health(struct cli_client *client)
{
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__OrchestratorHealth *health = NULL;
    const struct timespec pause = {.tv_nsec = HEALTH_PAUSE_NS};
    int64_t until_ms = sl_loop_now_ms(client->loop) + client->options->wait_s * 1000;
    enum sl_code code = ask_health(client, &health, &err);
    while ((code != SL_OK || !is_all_healthy(health)) && sl_loop_now_ms(client->loop) < until_ms) {
        nanosleep(&pause, NULL);
        code = ask_health(client, &health, &err);
    }
    if (code != SL_OK)
        return cli_complain(client, &err);
    if (client->options->is_json) {
        cli_print_json(&health->base);
    } else {
        printf("%s: %s%s%s\n", health->service, cli_health_word(health->status),
               health->optional_reason_case ? ", " : "",
               health->optional_reason_case ? health->reason : "");
        for (size_t i = 0; i < health->n_services; i++)
            printf("  %-14s %s\n", health->services[i]->key,
                   cli_health_word(health->services[i]->value));
    }
    return is_all_healthy(health) ? CLI_OK : CLI_FAILED;
}
