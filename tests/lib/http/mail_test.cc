#include "http/mail.h"

#include <atomic>
#include <cstring>

#include "http_fixture.h"
#include "smtp_server.h"
#include "tests/lib/rpc/certificates.h"

class Mail : public HttpTest
{
  protected:
    static constexpr const char *kText = "Subject: one\r\n\r\nfirst\r\n.second\r\n";

    struct Sent {
        bool is_done = false;
        struct sl_error error = {};
    };

    struct sl_mail Make(const std::string &text = kText)
    {
        url_ = smtp_.Url();
        text_ = text;
        struct sl_mail mail = {};
        mail.url = url_.c_str();
        mail.from = "desk@dealer.example";
        mail.to = "priya@example.com";
        mail.message = text_.data();
        mail.message_length = text_.size();
        mail.timeout_ms = 5000;
        return mail;
    }

    static void Note(const struct sl_error *error, void *arg)
    {
        Sent *sent = static_cast<Sent *>(arg);
        EXPECT_FALSE(sent->is_done);
        sent->is_done = true;
        sent->error = *error;
    }

    struct sl_error Send(const struct sl_mail &mail)
    {
        Sent sent;
        EXPECT_EQ(SL_OK, sl_mail_send_start(client_, &mail, Note, &sent, &err_)) << err_.message;
        EXPECT_FALSE(sent.is_done);
        EXPECT_TRUE(RunUntil(&sent.is_done));
        return sent.error;
    }

    std::atomic<bool> is_taken_{false}, may_go_on_{false};
    SmtpServer smtp_;
    std::string url_, text_;
};

TEST_F(Mail, HandsTheMessageOver)
{
    struct sl_error error = Send(Make());
    EXPECT_EQ(SL_OK, error.code) << error.message;
    ASSERT_EQ(1u, smtp_.Mails().size());
    EXPECT_EQ(0u, smtp_.Mails()[0].from.find("MAIL FROM:<desk@dealer.example>"));
    EXPECT_EQ("RCPT TO:<priya@example.com>", smtp_.Mails()[0].to);
    // A line that begins with a dot has it doubled on its way: RFC 5321, 4.5.2.
    EXPECT_EQ("Subject: one\r\n\r\nfirst\r\n..second", smtp_.Mails()[0].text);
}

TEST_F(Mail, LogsInWhereItIsTold)
{
    struct sl_mail mail = Make();
    mail.user = "desk";
    mail.password = "s3cret";
    EXPECT_EQ(SL_OK, Send(mail).code);
    bool has_logged_in = false;
    for (const std::string &command : smtp_.Commands())
        has_logged_in |= command.find("AUTH PLAIN") == 0;
    EXPECT_TRUE(has_logged_in);
    smtp_.Say("secret", "535 5.7.8 wrong password");
    struct sl_error error = Send(mail);
    EXPECT_EQ(SL_UNAUTHENTICATED, error.code) << error.message;
    EXPECT_EQ(nullptr, strstr(error.message, "s3cret"));
    EXPECT_EQ(1u, smtp_.Mails().size());
}

struct Refusal {
    const char *command;
    const char *reply;
    enum sl_code code;
    enum sl_outcome outcome;
    const char *says;
};
class MailRefusal : public Mail, public ::testing::WithParamInterface<Refusal>
{
};

TEST_P(MailRefusal, IsTold)
{
    const Refusal &refusal = GetParam();
    smtp_.Say(refusal.command, refusal.reply);
    struct sl_error error = Send(Make());
    EXPECT_EQ(refusal.code, error.code) << error.message;
    EXPECT_EQ(refusal.outcome, error.outcome) << error.message;
    EXPECT_NE(nullptr, strstr(error.message, refusal.says)) << error.message;
    EXPECT_NE(nullptr, strstr(error.message, smtp_.Url().c_str())) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Each, MailRefusal,
    ::testing::Values(
        Refusal{"RCPT", "550 5.1.1 no such user", SL_FAILED_PRECONDITION, SL_OUTCOME_SETTLED,
                "550 5.1.1 no such user"},
        Refusal{"RCPT", "451 4.3.0 later", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED,
                "451 4.3.0 later"},
        Refusal{"MAIL", "552 too large", SL_FAILED_PRECONDITION, SL_OUTCOME_SETTLED, "552"},
        Refusal{"DATA", "421 closing", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED, "421"},
        Refusal{".", "554 5.7.1 spam", SL_FAILED_PRECONDITION, SL_OUTCOME_SETTLED,
                "554 5.7.1 spam"},
        Refusal{".", "452 disk full", SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED, "452"},
        Refusal{"RCPT", SmtpServer::kHangUp, SL_UNAVAILABLE, SL_OUTCOME_NOT_EXECUTED, "smtp://"},
        Refusal{".", SmtpServer::kHangUp, SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN, "smtp://"}));

TEST_F(Mail, AServerThatIsNotThereHasNotTakenIt)
{
    smtp_.Stop();
    struct sl_error error = Send(Make());
    EXPECT_EQ(SL_UNAVAILABLE, error.code) << error.message;
    EXPECT_EQ(SL_OUTCOME_NOT_EXECUTED, error.outcome);
}

TEST_F(Mail, ClosingTheClientLeavesAMessageUnknown)
{
    smtp_.OnMail([&] {
        is_taken_ = true;
        while (!may_go_on_)
            std::this_thread::yield();
    });
    Sent sent;
    struct sl_mail mail = Make();
    ASSERT_EQ(SL_OK, sl_mail_send_start(client_, &mail, Note, &sent, &err_)) << err_.message;
    EXPECT_TRUE(RunUntilTrue([&] { return is_taken_.load(); }));
    sl_http_client_free(client_);
    client_ = nullptr;
    may_go_on_ = true;
    EXPECT_TRUE(sent.is_done);
    EXPECT_EQ(SL_CANCELLED, sent.error.code);
    EXPECT_EQ(SL_OUTCOME_UNKNOWN, sent.error.outcome);
}

TEST_F(Mail, WhatCannotStandInAnEnvelopeIsRefused)
{
    const char *const addresses[] = {
        "", "priya", "@example.com", "priya@", "a b@example.com", "a@b>\r\nRCPT TO:<c@d", "a@b@c"};
    for (const char *address : addresses) {
        Sent sent;
        struct sl_mail mail = Make();
        mail.to = address;
        EXPECT_EQ(SL_INVALID_ARGUMENT, sl_mail_send_start(client_, &mail, Note, &sent, &err_))
            << address;
        EXPECT_FALSE(sent.is_done);
    }
    EXPECT_EQ(SL_OK, sl_mail_check_address("o.brien+x@mail.example.com", &err_));
}

TEST_F(Mail, AUrlSaysWhatIsWanted)
{
    const char *const urls[] = {"", "mail", "http://mail:25", "smtp://desk:s3cret@mail:25",
                                "smtp://mail:99999"};
    for (const char *url : urls) {
        EXPECT_EQ(SL_INVALID_ARGUMENT, sl_mail_check_url(url, &err_)) << url;
        EXPECT_NE(nullptr, strstr(err_.message, "smtp://host:port")) << err_.message;
        EXPECT_EQ(nullptr, strstr(err_.message, "s3cret"));
    }
    EXPECT_EQ(SL_OK, sl_mail_check_url("smtps://mail.example.com", &err_)) << err_.message;
    EXPECT_EQ(SL_OK, sl_mail_check_url("smtp://[::1]:2525/desk.example.com", &err_));
}

/** A mail server with a certificate of an authority that only the test knows. */
class MailOverTls : public Mail
{
  protected:
    void Certify(const std::string &names, bool is_from_the_start)
    {
        authority_.make("Test Authority", "");
        server_.make("mail", names, &authority_);
        ca_ = folder_ / "ca.pem";
        authority_.write_certificate(ca_);
        server_.write_certificate(folder_ / "mail.pem");
        server_.write_key(folder_ / "mail.key");
        smtp_.SpeakTls(folder_ / "mail.pem", folder_ / "mail.key", is_from_the_start);
    }
    struct sl_error SendTrusting(const char *ca_file, const char *user = nullptr)
    {
        struct sl_mail mail = Make();
        mail.ca_file = ca_file;
        mail.user = user;
        mail.password = "secret";
        return Send(mail);
    }
    Folder folder_;
    Certificate authority_, server_;
    std::string ca_;
};

TEST_F(MailOverTls, SpeaksItFromTheStart)
{
    Certify("IP:127.0.0.1", true);
    struct sl_error error = SendTrusting(ca_.c_str(), "desk");
    EXPECT_EQ(SL_OK, error.code) << error.message;
    EXPECT_EQ(1, smtp_.TlsCount());
    ASSERT_EQ(1u, smtp_.Mails().size());
    EXPECT_NE(std::string::npos, smtp_.Mails()[0].text.find("Subject: one"));
}

TEST_F(MailOverTls, TurnsToItWhereTheServerOffersIt)
{
    Certify("IP:127.0.0.1", false);
    struct sl_error error = SendTrusting(ca_.c_str());
    EXPECT_EQ(SL_OK, error.code) << error.message;
    EXPECT_EQ(1, smtp_.TlsCount());
    EXPECT_EQ("STARTTLS", smtp_.Commands()[1]);
    EXPECT_EQ(0u, smtp_.Commands()[2].find("EHLO")) << "anew, over TLS (RFC 3207, 4.2)";
}

TEST_F(MailOverTls, HandsNothingToAServerThatItCannotTrust)
{
    Certify("IP:127.0.0.1", true);
    struct sl_error error = SendTrusting(nullptr);
    EXPECT_EQ(SL_UNAVAILABLE, error.code) << error.message;
    EXPECT_EQ(SL_OUTCOME_NOT_EXECUTED, error.outcome);
    EXPECT_TRUE(smtp_.Mails().empty());
}

TEST_F(MailOverTls, HandsNothingToAServerOfAnotherName)
{
    Certify("DNS:elsewhere.example", false);
    struct sl_error error = SendTrusting(ca_.c_str());
    EXPECT_NE(SL_OK, error.code);
    EXPECT_EQ(SL_OUTCOME_NOT_EXECUTED, error.outcome) << error.message;
    EXPECT_TRUE(smtp_.Mails().empty());
}
