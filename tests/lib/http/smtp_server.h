#ifndef SL_TESTS_SMTP_SERVER_H
#define SL_TESTS_SMTP_SERVER_H

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/** A small mail server on a thread of its own: one connection at a time, replies as it is told. */
class SmtpServer
{
  public:
    struct Mail {
        std::string from, to, text;
    };

    /** In place of a reply: hangs up without one. */
    static constexpr const char *kHangUp = "";

    SmtpServer()
    {
        fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof(address);
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr *>(&address), length), 0);
        EXPECT_EQ(listen(fd_, 8), 0);
        EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr *>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { Serve(); });
    }

    ~SmtpServer()
    {
        Stop();
    }

    /** Takes no more connections: the port is closed. */
    void Stop()
    {
        if (!thread_.joinable())
            return;
        shutdown(fd_, SHUT_RDWR);
        thread_.join();
        close(fd_);
    }

    /** What is answered to a command, "DATA", or to the message, ".". */
    void Say(const std::string &command, const std::string &reply)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        replies_[command] = reply;
    }

    /** Runs when a message is whole, before its answer. */
    void OnMail(std::function<void()> then)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        on_mail_ = std::move(then);
    }

    std::vector<Mail> Mails() const
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return mails_;
    }
    std::vector<std::string> Commands() const
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return commands_;
    }
    std::string Url() const
    {
        return "smtp://127.0.0.1:" + std::to_string(port_);
    }

  private:
    static constexpr int kPatienceMs = 10000;

    void Serve()
    {
        for (;;) {
            int peer = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0)
                return;
            buffer_.clear();
            Talk(peer);
            close(peer);
        }
    }

    bool ReadUntil(int peer, const std::string &end, std::string *ret)
    {
        for (;;) {
            size_t at = buffer_.find(end);
            if (at != std::string::npos) {
                *ret = buffer_.substr(0, at);
                buffer_.erase(0, at + end.size());
                return true;
            }
            char bytes[4096];
            pollfd ready = {peer, POLLIN, 0};
            if (poll(&ready, 1, kPatienceMs) <= 0)
                return false;
            ssize_t got = recv(peer, bytes, sizeof(bytes), 0);
            if (got <= 0)
                return false;
            buffer_.append(bytes, static_cast<size_t>(got));
        }
    }

    bool Reply(int peer, const std::string &command, std::string reply)
    {
        {
            std::lock_guard<std::mutex> lock(mutex_);
            auto found = replies_.find(command);
            if (found != replies_.end())
                reply = found->second;
        }
        if (reply.empty())
            return false;
        reply += "\r\n";
        return send(peer, reply.data(), reply.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(reply.size());
    }

    /** The line after "334": AUTH PLAIN of RFC 4616. */
    bool TakeSecret(int peer)
    {
        std::string secret;
        return ReadUntil(peer, "\r\n", &secret) && Reply(peer, "secret", "235 2.7.0 in");
    }

    bool TakesData() const
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return replies_.count("DATA") == 0;
    }

    bool TakeMail(int peer, Mail *mail)
    {
        std::function<void()> then;
        if (!ReadUntil(peer, "\r\n.\r\n", &mail->text))
            return false;
        {
            std::lock_guard<std::mutex> lock(mutex_);
            mails_.push_back(*mail);
            then = on_mail_;
        }
        if (then)
            then();
        return Reply(peer, ".", "250 2.0.0 taken");
    }

    void Talk(int peer)
    {
        static const std::map<std::string, std::string> usual = {
            {"EHLO", "250-test\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SIZE 1000000"},
            {"AUTH", "334 "},
            {"MAIL", "250 2.1.0 yes"},
            {"RCPT", "250 2.1.5 yes"},
            {"DATA", "354 go on"},
            {"QUIT", "221 bye"}};
        Mail mail;
        std::string line;
        if (!Reply(peer, "", "220 test ESMTP"))
            return;
        while (ReadUntil(peer, "\r\n", &line)) {
            std::string command = line.substr(0, 4);
            {
                std::lock_guard<std::mutex> lock(mutex_);
                commands_.push_back(line);
            }
            if (command == "MAIL")
                mail.from = line;
            if (command == "RCPT")
                mail.to = line;
            auto known = usual.find(command);
            if (!Reply(peer, command, known != usual.end() ? known->second : "502 what"))
                return;
            if (command == "DATA" && TakesData() && !TakeMail(peer, &mail))
                return;
            if (command == "AUTH" && !TakeSecret(peer))
                return;
            if (command == "QUIT")
                return;
        }
    }

    int fd_ = -1;
    int port_ = 0;
    std::thread thread_;
    std::string buffer_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> replies_;
    std::vector<Mail> mails_;
    std::vector<std::string> commands_;
    std::function<void()> on_mail_;
};

#endif
