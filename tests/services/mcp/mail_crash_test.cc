#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "../../lib/http/smtp_server.h"
#include "reference_fixture.h"

// payment-mcp as a program that is killed while a mail is on its way.
class MailCrash : public ReferenceServer
{
  protected:
    void TearDown() override
    {
        may_go_on = true;
        Kill();
        ReferenceServer::TearDown();
    }
    void Spawn()
    {
        int out[2];
        ASSERT_EQ(pipe(out), 0);
        std::string url = smtp.Url();
        pid = fork();
        ASSERT_GE(pid, 0);
        if (pid == 0) {
            dup2(out[1], STDOUT_FILENO);
            close(out[0]);
            close(out[1]);
            setenv("PAYMENT_MCP_LISTEN", "127.0.0.1:0", 1);
            setenv("SERVICELANE_DATA_DIR", folder.c_str(), 1);
            setenv("SERVICELANE_SMTP_URL", url.c_str(), 1);
            setenv("SERVICELANE_LOG", "error", 1);
            execl(SL_BIN_DIR "/payment-mcp", "payment-mcp", nullptr);
            _exit(127);
        }
        close(out[1]);
        std::string line;
        for (char c; read(out[0], &c, 1) == 1 && c != '\n';)
            line += c;
        close(out[0]);
        size_t at = line.rfind("127.0.0.1:");
        ASSERT_NE(at, std::string::npos) << line;
        std::string endpoint = "http://" + line.substr(at) + "/mcp";
        sl_mcp_client_options options = {};
        options.endpoint = endpoint.c_str();
        options.client_name = "test";
        options.client_version = "1";
        ASSERT_EQ(sl_mcp_client_new(loop, http, &options, &client, nullptr), SL_OK);
    }
    void Kill()
    {
        sl_mcp_client_free(client);
        client = nullptr;
        if (pid > 0) {
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
        }
        pid = 0;
    }

    std::atomic<bool> may_go_on{false};
    SmtpServer smtp;
    pid_t pid = 0;
};

TEST_F(MailCrash, LeavesTheMailUnknownAndSendsItNoSecondTime)
{
    const std::string arguments = R"({"payment_id": "PAY-1005", "channel": "email"})";
    smtp.OnMail([&] {
        while (!may_go_on)
            std::this_thread::yield();
    });
    Spawn();
    Answer first;
    Begin("send_payment_notification", arguments, "wf/notify", &first);
    ASSERT_TRUE(RunUntilTrue([&] { return !smtp.Mails().empty(); }));
    kill(pid, SIGKILL);
    EXPECT_TRUE(RunUntilTrue([&] { return first.is_over; }));
    EXPECT_NE(first.error.code, SL_OK);
    EXPECT_EQ(first.error.outcome, SL_OUTCOME_UNKNOWN);
    Kill();
    may_go_on = true;
    Spawn();
    Answer again = Call("send_payment_notification", arguments, "wf/notify");
    ASSERT_EQ(again.error.code, SL_OK) << again.error.message;
    EXPECT_EQ(again.value["status"].Text(), "unknown") << again.value.Dump() << again.refusal;
    EXPECT_EQ(smtp.Mails().size(), 1u);
    Answer other = Call("send_payment_notification", arguments, "wf/another");
    EXPECT_EQ(other.value["status"].Text(), "sent") << "a new key is a new wish";
    EXPECT_EQ(smtp.Mails().size(), 2u);
}
