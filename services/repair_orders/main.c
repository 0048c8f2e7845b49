#include "services/repair_orders/operations.h"

#include "services/agent/agent_main.h"

int main(int argc, char **argv)
{
    return agent_main(argc, argv, repair_orders_service());
}
