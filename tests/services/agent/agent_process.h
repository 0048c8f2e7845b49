#ifndef TESTS_AGENT_AGENT_PROCESS_H
#define TESTS_AGENT_AGENT_PROCESS_H

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <memory>
#include <string>

#include "agent_fixture.h"

/** An agent's program as a process that can be killed, and a channel to it. */
class AgentProcess
{
  public:
    using Environment = std::map<std::string, std::string>;

    /** prefix is that of the program's variables: "PAYMENT" for payment-agent. */
    AgentProcess(struct sl_loop *loop, const std::string &program, const std::string &prefix)
        : loop_(loop), program_(program), prefix_(prefix)
    {
    }
    ~AgentProcess()
    {
        Kill();
    }
    /** Starts the program, reads the port from its line, and opens the channel. */
    void Start(const std::string &endpoint, const std::string &folder,
               const Environment &environment = {})
    {
        int out[2];
        ASSERT_EQ(pipe(out), 0);
        Environment all = {
            {prefix_ + "_LISTEN", "127.0.0.1:0"}, {prefix_ + "_MCP_ENDPOINT", endpoint},
            {"SERVICELANE_DATA_DIR", folder},     {"SERVICELANE_LEASE", "1"},
            {"SERVICELANE_LOG", "error"},
        };
        for (const auto &variable : environment)
            all[variable.first] = variable.second;
        pid_ = fork();
        ASSERT_GE(pid_, 0);
        if (pid_ == 0) {
            dup2(out[1], STDOUT_FILENO);
            close(out[0]);
            close(out[1]);
            for (const auto &variable : all)
                setenv(variable.first.c_str(), variable.second.c_str(), 1);
            std::string path = std::string(SL_BIN_DIR) + "/" + program_;
            execl(path.c_str(), program_.c_str(), nullptr);
            _exit(127);
        }
        close(out[1]);
        std::string line = ReadLine(out[0]);
        close(out[0]);
        Connect(line);
    }
    pid_t pid() const
    {
        return pid_;
    }
    void Signal(int number)
    {
        if (pid_ > 0)
            kill(pid_, number);
    }
    void Kill()
    {
        Signal(SIGKILL);
        WaitExit();
        replica.reset();
    }
    /** The status of waitpid(). */
    int WaitExit()
    {
        int status = 0;
        if (pid_ > 0)
            waitpid(pid_, &status, 0);
        pid_ = 0;
        return status;
    }

    std::unique_ptr<Replica> replica;

  private:
    static std::string ReadLine(int file)
    {
        std::string line;
        char c;
        while (read(file, &c, 1) == 1 && c != '\n')
            line += c;
        return line;
    }
    void Connect(const std::string &line)
    {
        const std::string before = "listening on ";
        size_t at = line.find(before);
        ASSERT_NE(at, std::string::npos) << line;
        at += before.size();
        std::string target = line.substr(at, line.find(',') - at);
        struct sl_channel_options options = {};
        options.target = target.c_str();
        options.is_insecure = true;
        replica = std::make_unique<Replica>();
        ASSERT_EQ(sl_channel_new(loop_, &options, &replica->channel, nullptr), SL_OK);
    }

    struct sl_loop *loop_;
    std::string program_, prefix_;
    pid_t pid_ = 0;
};

#endif
