#include "services/parts/operations.h"

#include "services/agent/agent_main.h"

int main(int argc, char **argv)
{
    return agent_main(argc, argv, parts_service());
}
