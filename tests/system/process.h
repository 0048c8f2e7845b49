#ifndef TESTS_SYSTEM_PROCESS_H
#define TESTS_SYSTEM_PROCESS_H

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

using Environment = std::map<std::string, std::string>;

/** A program that the test started, with its output; ended (by its id) at the latest when it goes
 * out of scope. */
class Process
{
  public:
    Process() = default;
    Process(const std::vector<std::string> &command, const Environment &environment);
    ~Process();
    Process(Process &&other) noexcept;
    Process &operator=(Process &&other) noexcept;
    Process(const Process &) = delete;

    /** Exit status, or 128 plus the signal; -1 where it still runs after timeout_ms. */
    int Wait(int timeout_ms);
    void Signal(int number);
    /** Sends the signal and waits for the end; returns as Wait(). */
    int End(int number, int timeout_ms = 20000);
    bool IsRunning();
    pid_t Id() const
    {
        return pid_;
    }
    /** What it printed so far, stdout and stderr together. */
    std::string Output() const;

  private:
    pid_t pid_ = -1;
    int status_ = -1;
    std::string log_;
};

/** Polls until condition holds; false after timeout_ms. */
bool WaitUntil(const std::function<bool()> &condition, int timeout_ms);

/** A port that nothing listens on, outside the range that the kernel gives away by itself. */
int FreePort();

/** A folder that goes when this goes. */
struct TemporaryFolder {
    std::string path;
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder &) = delete;
};

#endif
