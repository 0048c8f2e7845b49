#include "services/mcp/repair_order_tools.h"

int main(int argc, char **argv)
{
    return reference_server_main(argc, argv, &repair_orders_server);
}
