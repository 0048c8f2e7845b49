#include "base/notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace
{

/* A service manager's end: a datagram socket under a path, or a name of the abstract namespace
 * ("@..."). */
class Manager
{
  public:
    explicit Manager(const std::string &name)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@')
            address.sun_path[0] = '\0';
        fd_ = socket(AF_UNIX, SOCK_DGRAM, 0);
        auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr *>(&address), size), 0) << strerror(errno);
        setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~Manager()
    {
        unsetenv("NOTIFY_SOCKET");
        close(fd_);
    }
    std::string Received() const
    {
        char buffer[256];
        ssize_t length = recv(fd_, buffer, sizeof(buffer), MSG_DONTWAIT);
        return length < 0 ? std::string() : std::string(buffer, static_cast<size_t>(length));
    }

  private:
    int fd_;
};

TEST(Notify, ReachesAManagerUnderAPath)
{
    std::string path = "/tmp/notify-" + std::to_string(getpid());
    Manager manager(path);
    sl_notify("READY=1\nSTATUS=listening");
    EXPECT_EQ(manager.Received(), "READY=1\nSTATUS=listening");
    unlink(path.c_str());
}

TEST(Notify, ReachesAManagerInTheAbstractNamespace)
{
    Manager manager("@servicelane-notify-" + std::to_string(getpid()));
    sl_notify("STOPPING=1");
    EXPECT_EQ(manager.Received(), "STOPPING=1");
}

TEST(Notify, SaysNothingWithoutAManager)
{
    unsetenv("NOTIFY_SOCKET");
    sl_notify("READY=1");
    for (const std::string &name :
         {std::string("relative"), std::string("/nobody/there"), std::string(200, '/')}) {
        setenv("NOTIFY_SOCKET", name.c_str(), 1);
        sl_notify("READY=1");
    }
    unsetenv("NOTIFY_SOCKET");
}

} // namespace
