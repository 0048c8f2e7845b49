#include "services/mcp/parts_tools.h"

int main(int argc, char **argv)
{
    return reference_server_main(argc, argv, &parts_server);
}
