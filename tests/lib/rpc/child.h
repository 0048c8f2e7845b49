#ifndef TESTS_LIB_RPC_CHILD_H
#define TESTS_LIB_RPC_CHILD_H

#include <string>

/*
 * A part of a test in a process of its own, which can be killed: this program once more, running
 * one test that is disabled otherwise. It says that it is ready by a line on its stdout.
 */
class Child
{
  public:
    /* test: "Replica.DISABLED_Serves"; address: what the child finds in child_address(). */
    Child(const std::string &test, const std::string &address);
    /* Kills it, where it still runs. */
    ~Child();
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    /* SIGKILL, and waits until it is gone. */
    void kill();

  private:
    int pid = -1;
};

/* In a child: the address it was given. */
std::string child_address();
/* In a child: lets the parent go on. */
void child_is_ready();

#endif
