#include "process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

extern char **environ;

namespace
{

std::vector<std::string> MergedEnvironment(const Environment &extra)
{
    std::vector<std::string> result;
    for (char **entry = environ; *entry; entry++) {
        std::string text = *entry;
        if (extra.count(text.substr(0, text.find('='))) == 0)
            result.push_back(text);
    }
    for (const auto &[name, value] : extra)
        result.push_back(name + "=" + value);
    return result;
}

std::vector<char *> Pointers(std::vector<std::string> &texts)
{
    std::vector<char *> result;
    for (auto &text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

} // namespace

Process::Process(const std::vector<std::string> &command, const Environment &environment)
{
    char log[] = "/tmp/servicelane-test-XXXXXX";
    int fd = mkstemp(log);
    log_ = log;
    std::vector<std::string> arguments = command;
    std::vector<std::string> variables = MergedEnvironment(environment);
    std::vector<char *> argv = Pointers(arguments);
    std::vector<char *> envp = Pointers(variables);
    pid_ = fork();
    if (pid_ == 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        int null = open("/dev/null", O_RDONLY);
        dup2(null, STDIN_FILENO);
        execvpe(argv[0], argv.data(), envp.data());
        _exit(127);
    }
    close(fd);
}

Process::Process(Process &&other) noexcept
{
    *this = std::move(other);
}

Process &Process::operator=(Process &&other) noexcept
{
    std::swap(pid_, other.pid_);
    std::swap(status_, other.status_);
    std::swap(log_, other.log_);
    return *this;
}

Process::~Process()
{
    if (IsRunning())
        End(SIGKILL);
    if (!log_.empty())
        unlink(log_.c_str());
}

int Process::Wait(int timeout_ms)
{
    if (pid_ < 0)
        return status_;
    bool has_ended = WaitUntil(
        [this] {
            int status = 0;
            if (waitpid(pid_, &status, WNOHANG) != pid_)
                return false;
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            return true;
        },
        timeout_ms);
    if (!has_ended)
        return -1;
    pid_ = -1;
    return status_;
}

bool Process::IsRunning()
{
    return pid_ > 0 && Wait(0) == -1;
}

void Process::Signal(int number)
{
    if (pid_ > 0)
        kill(pid_, number);
}

int Process::End(int number, int timeout_ms)
{
    Signal(number);
    return Wait(timeout_ms);
}

std::string Process::Output() const
{
    std::ifstream file(log_);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

bool WaitUntil(const std::function<bool()> &condition, int timeout_ms)
{
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

int FreePort()
{
    static std::mt19937 random{std::random_device{}()};
    for (;;) {
        int port = 20000 + static_cast<int>(random() % 12000);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int result = bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof(address));
        close(fd);
        if (result == 0)
            return port;
    }
}

TemporaryFolder::TemporaryFolder()
{
    char name[] = "/tmp/servicelane-data-XXXXXX";
    path = mkdtemp(name);
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}
