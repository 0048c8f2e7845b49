#include "services/payment/operations.h"

#include "services/agent/agent_main.h"

int main(int argc, char **argv)
{
    return agent_main(argc, argv, payment_service());
}
