#include "services/mcp/payment_tools.h"

int main(int argc, char **argv)
{
    return reference_server_main(argc, argv, &payment_server);
}
