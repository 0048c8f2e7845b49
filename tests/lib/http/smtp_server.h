#ifndef SL_TESTS_SMTP_SERVER_H
#define SL_TESTS_SMTP_SERVER_H

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
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
        SSL_CTX_free(context_);
    }

    /** Before the first mail: TLS from the first byte, or after STARTTLS. */
    void SpeakTls(const std::string &certificate, const std::string &key, bool is_from_the_start)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        /* SSL_write() knows no MSG_NOSIGNAL, and a client that trusts nobody hangs up. */
        signal(SIGPIPE, SIG_IGN);
        context_ = SSL_CTX_new(TLS_server_method());
        EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context_, certificate.c_str()), 1);
        EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context_, key.c_str(), SSL_FILETYPE_PEM), 1);
        is_tls_from_the_start_ = is_from_the_start;
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
    /** How many mails came over TLS. */
    int TlsCount() const
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return tls_count_;
    }
    std::string Url() const
    {
        std::lock_guard<std::mutex> lock(mutex_);
        return std::string(is_tls_from_the_start_ ? "smtps" : "smtp") +
               "://127.0.0.1:" + std::to_string(port_);
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
            bool is_tls_wanted;
            {
                std::lock_guard<std::mutex> lock(mutex_);
                is_tls_wanted = is_tls_from_the_start_;
            }
            if (!is_tls_wanted || ShakeHands(peer))
                Talk(peer);
            if (ssl_ != nullptr)
                SSL_shutdown(ssl_);
            SSL_free(ssl_);
            ssl_ = nullptr;
            close(peer);
        }
    }

    bool ShakeHands(int peer)
    {
        timeval patience = {kPatienceMs / 1000, 0};
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        ssl_ = SSL_new(context_);
        SSL_set_fd(ssl_, peer);
        return SSL_accept(ssl_) == 1;
    }

    ssize_t Receive(int peer, char *bytes, size_t size)
    {
        if (ssl_ != nullptr)
            return SSL_read(ssl_, bytes, static_cast<int>(size));
        pollfd ready = {peer, POLLIN, 0};
        return poll(&ready, 1, kPatienceMs) <= 0 ? -1 : recv(peer, bytes, size, 0);
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
            ssize_t got = Receive(peer, bytes, sizeof(bytes));
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
        if (ssl_ != nullptr)
            return SSL_write(ssl_, reply.data(), static_cast<int>(reply.size())) > 0;
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
            tls_count_ += ssl_ != nullptr;
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
            {"STAR", "220 go on"},
            {"QUIT", "221 bye"}};
        const char *tls = "250-test\r\n250-STARTTLS\r\n250 SIZE 1000000";
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
            std::string reply = known != usual.end() ? known->second : "502 what";
            if (command == "EHLO" && context_ != nullptr && ssl_ == nullptr)
                reply = tls;
            if (!Reply(peer, command, reply))
                return;
            if (command == "STAR" && !ShakeHands(peer))
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
    SSL_CTX *context_ = nullptr;
    SSL *ssl_ = nullptr;
    bool is_tls_from_the_start_ = false;
    int tls_count_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> replies_;
    std::vector<Mail> mails_;
    std::vector<std::string> commands_;
    std::function<void()> on_mail_;
};

#endif
