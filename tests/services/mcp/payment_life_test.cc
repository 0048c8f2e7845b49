#include <atomic>
#include <fstream>
#include <sstream>

#include "../../lib/http/smtp_server.h"
#include "reference_fixture.h"
#include "services/mcp/payment_tools.h"

// A payment's whole life over HTTP: by tools as an agent calls them, by its page as a browser does.
class PaymentLife : public ReferenceServer
{
  protected:
    static constexpr const char *kLink = R"({"repair_order_id": "1234", "amount": 100,
        "customer_email": "priya.singh@example.com", "description": "Brakes <front> & \"rear\""})";

    void SetUp() override
    {
        clock.self = this;
        clock.monotonic_ns = [](void *) { return sl_clock_monotonic_ns(sl_clock_system()); };
        clock.wall_ns = [](void *self) {
            return sl_clock_wall_ns(sl_clock_system()) +
                   static_cast<PaymentLife *>(self)->ahead_ns.load();
        };
        ReferenceServer::SetUp();
    }
    const sl_clock *Clock() override
    {
        return &clock;
    }

    std::string MakeLink()
    {
        Answer link = Call("create_payment_link", kLink);
        EXPECT_EQ(link.error.code, SL_OK) << link.error.message;
        payment = link.value["payment_id"].Text();
        return link.value["payment_link"].Text();
    }
    Json Status()
    {
        return Call("check_payment_status", R"({"payment_id": ")" + payment + R"("})").value;
    }
    static bool Has(const Page &page, const std::string &text)
    {
        return page.body.find(text) != std::string::npos;
    }

    sl_clock clock = {};
    std::atomic<int64_t> ahead_ns{0};
    std::string payment;
};

TEST_F(PaymentLife, IsPaidAndRefunded)
{
    Open(payment_server);
    std::string link = MakeLink();
    EXPECT_EQ(link.find(Base() + "/pay/"), 0u) << link;

    Page open = Fetch("GET", link);
    EXPECT_EQ(open.status, 200);
    EXPECT_TRUE(Has(open, "Demonstration.")) << open.body;
    EXPECT_TRUE(Has(open, "<h1>Payment of 100.00 USD</h1>"));
    EXPECT_TRUE(Has(open, "<dt>Invoice</dt><dd>1234</dd>"));
    EXPECT_TRUE(Has(open, "<dt>Repair order</dt><dd>1234</dd>"));
    EXPECT_TRUE(Has(open, "<dt>Dealer</dt><dd>"));
    EXPECT_TRUE(Has(open, "Brakes &lt;front&gt; &amp; &quot;rear&quot;"));
    EXPECT_FALSE(Has(open, "<script"));
    EXPECT_EQ(open.Header("Cache-Control"), "no-store");
    EXPECT_EQ(open.Header("Content-Security-Policy").find("default-src 'none'; style-src 'sha256-"),
              0u);
    EXPECT_EQ(Status()["status"].Text(), "pending");

    Page paid =
        Fetch("POST", link + "/pay", {{"Origin", Base()}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(paid.status, 303);
    EXPECT_EQ("../" + link.substr(link.rfind('/') + 1), paid.Header("Location"));
    Json status = Status();
    EXPECT_EQ(status["status"].Text(), "paid") << status.Dump();
    EXPECT_EQ(status["amount_paid"].Number(), 100);
    std::string transaction = status["transaction_id"].Text();
    EXPECT_EQ(transaction.find("TXN-"), 0u);

    EXPECT_EQ(Fetch("POST", link + "/pay").status, 303);
    EXPECT_EQ(Status()["transaction_id"].Text(), transaction);
    Page late = Fetch("POST", link + "/decline");
    EXPECT_EQ(late.status, 409);
    EXPECT_TRUE(Has(late, "nothing was changed")) << late.body;
    EXPECT_EQ(Status()["status"].Text(), "paid");
    Page receipt = Fetch("GET", link);
    EXPECT_TRUE(Has(receipt, transaction));
    EXPECT_FALSE(Has(receipt, "<form"));

    std::string refund = R"({"payment_id": ")" + payment + R"(", "reason_code": "goodwill", )";
    EXPECT_TRUE(Call("process_refund", refund + R"("amount": 100.01})").is_refused);
    EXPECT_FALSE(Call("process_refund", refund + R"("amount": 30.5})").is_refused);
    Page part = Fetch("GET", link);
    EXPECT_TRUE(Has(part, "Partly refunded")) << part.body;
    EXPECT_TRUE(Has(part, "<dt>Refunded</dt><dd>30.50 USD</dd>"));
    EXPECT_TRUE(Has(part, "<li>30.50 USD, "));
    EXPECT_FALSE(Call("process_refund", refund + R"("amount": 69.5})").is_refused);
    EXPECT_TRUE(Has(Fetch("GET", link), "refunded in full"));
    EXPECT_TRUE(Call("process_refund", refund + R"("amount": 0.01})").is_refused);
}

TEST_F(PaymentLife, IsDeclinedThenPaid)
{
    Open(payment_server);
    std::string link = MakeLink();
    EXPECT_EQ(Fetch("POST", link + "/decline").status, 303);
    EXPECT_EQ(Fetch("POST", link + "/decline").status, 303);
    EXPECT_EQ(Status()["status"].Text(), "failed");
    EXPECT_EQ(Status()["amount_paid"].Number(), 0);
    Page page = Fetch("GET", link);
    EXPECT_TRUE(Has(page, "You can try again."));
    EXPECT_TRUE(Has(page, "/pay\"><button"));
    EXPECT_EQ(Fetch("POST", link + "/pay").status, 303);
    EXPECT_EQ(Status()["status"].Text(), "paid");
}

TEST_F(PaymentLife, AnExpiredLinkSaysSo)
{
    Open(payment_server);
    std::string link = MakeLink();
    ahead_ns = INT64_C(7) * 24 * 3600 * 1000000000;
    Page page = Fetch("GET", link);
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(Has(page, "This link has expired and nothing was charged")) << page.body;
    EXPECT_FALSE(Has(page, "<form"));
    EXPECT_EQ(Fetch("POST", link + "/pay").status, 410);
    EXPECT_EQ(Fetch("POST", link + "/decline").status, 410);
    EXPECT_EQ(Status()["status"].Text(), "expired");
}

TEST_F(PaymentLife, PagesOfOthersCannotPay)
{
    Open(payment_server);
    std::string link = MakeLink();
    EXPECT_EQ(Fetch("POST", link + "/pay", {{"Origin", "https://evil.example"}}).status, 403);
    EXPECT_EQ(Fetch("POST", link + "/pay", {{"Origin", "null"}}).status, 403);
    EXPECT_EQ(Fetch("POST", link + "/pay", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
    EXPECT_EQ(Fetch("GET", link + "/pay").status, 405);
    EXPECT_EQ(Fetch("GET", link + "/pay").Header("Allow"), "POST");
    EXPECT_EQ(Fetch("POST", link).status, 405);
    std::string other = link.substr(0, link.size() - 22);
    for (const char *path : {"AAAAAAAAAAAAAAAAAAAAAA", "PAY-1005", "", "%00", "RO_1/"})
        EXPECT_EQ(Fetch("GET", other + path).status, 404) << path;
    EXPECT_EQ(Status()["status"].Text(), "pending");
}

TEST_F(PaymentLife, ABaseOfOnesOwnStandsInTheLink)
{
    link_base = "https://shop.example.com/pay";
    Open(payment_server);
    std::string link = MakeLink();
    EXPECT_EQ(link.find("https://shop.example.com/pay/RO_1234/"), 0u) << link;
    // As a proxy passes it on.
    Page page = Fetch("GET", Base() + "/pay/RO_1234/" + link.substr(link.rfind('/') + 1));
    EXPECT_EQ(page.status, 200) << page.body;
}

/* ---- Mail ---- */

class PaymentMail : public PaymentLife
{
  protected:
    void SetUp() override
    {
        PaymentLife::SetUp();
        smtp_url = smtp.Url();
        Open(payment_server);
        MakeLink();
    }
    Answer Notify(const char *key = nullptr)
    {
        return Call("send_payment_notification",
                    R"({"payment_id": ")" + payment + R"(", "channel": "email"})", key);
    }
    std::atomic<bool> may_go_on{false};
    SmtpServer smtp;
};

TEST_F(PaymentMail, GoesOutOnceForAKey)
{
    Answer first = Notify("wf/notify");
    ASSERT_EQ(first.value["status"].Text(), "sent") << first.value.Dump() << first.refusal;
    EXPECT_TRUE(first.value["kept_as"].IsNull());
    ASSERT_EQ(smtp.Mails().size(), 1u);
    SmtpServer::Mail mail = smtp.Mails()[0];
    EXPECT_EQ(mail.to, "RCPT TO:<priya.singh@example.com>");
    EXPECT_EQ(mail.from.find("MAIL FROM:<desk@dealer.example>"), 0u) << mail.from;
    EXPECT_NE(mail.text.find("From: desk@dealer.example\r\n"), std::string::npos) << mail.text;
    EXPECT_NE(mail.text.find("\r\n" + Status()["payment_link"].Text()), std::string::npos);
    EXPECT_EQ(mail.text.find("Date: "), 0u) << mail.text;
    Close();
    Open(payment_server);
    EXPECT_EQ(Notify("wf/notify").value.Dump(), first.value.Dump());
    EXPECT_EQ(smtp.Mails().size(), 1u);
}

TEST_F(PaymentMail, AnUnknownEndIsSaidAndNothingIsSentTwice)
{
    smtp.Say(".", SmtpServer::kHangUp);
    Answer first = Notify("wf/notify");
    ASSERT_EQ(first.error.code, SL_OK) << first.error.message;
    EXPECT_EQ(first.value["status"].Text(), "unknown") << first.value.Dump() << first.refusal;
    EXPECT_EQ(smtp.Mails().size(), 1u);
    Close();
    Open(payment_server);
    EXPECT_EQ(Notify("wf/notify").value["status"].Text(), "unknown");
    EXPECT_EQ(smtp.Mails().size(), 1u);
}

TEST_F(PaymentMail, AClosedServerLeavesUnknownNotTwice)
{
    smtp.OnMail([&] {
        // The claim is on disk by now: the server dies here.
        while (!may_go_on)
            std::this_thread::yield();
    });
    Answer first;
    Begin("send_payment_notification",
          R"({"payment_id": ")" + payment + R"(", "channel": "email"})", "wf/notify", &first);
    EXPECT_TRUE(RunUntilTrue([&] { return !smtp.Mails().empty(); }));
    Close(0);
    may_go_on = true;
    Open(payment_server);
    EXPECT_EQ(Notify("wf/notify").value["status"].Text(), "unknown");
    EXPECT_EQ(smtp.Mails().size(), 1u);
}

TEST_F(PaymentMail, WhoAsksMeanwhileGetsTheSameAnswer)
{
    smtp.OnMail([&] {
        while (!may_go_on)
            std::this_thread::yield();
    });
    std::string arguments = R"({"payment_id": ")" + payment + R"(", "channel": "email"})";
    Answer first, second;
    Begin("send_payment_notification", arguments, "wf/notify", &first);
    EXPECT_TRUE(RunUntilTrue([&] { return !smtp.Mails().empty(); }));
    Begin("send_payment_notification", arguments, "wf/notify", &second);
    EXPECT_EQ(Status()["status"].Text(), "pending");
    may_go_on = true;
    EXPECT_TRUE(RunUntilTrue([&] { return first.is_over && second.is_over; }));
    EXPECT_EQ(first.value["status"].Text(), "sent");
    EXPECT_EQ(second.value.Dump(), first.value.Dump());
    EXPECT_EQ(smtp.Mails().size(), 1u);
}

TEST_F(PaymentMail, WhatTheServerRefusesIsFinal)
{
    smtp.Say("RCPT", "550 5.1.1 no such user");
    Answer refused = Notify("wf/notify");
    EXPECT_TRUE(refused.is_refused);
    EXPECT_NE(refused.refusal.find("550 5.1.1 no such user"), std::string::npos) << refused.refusal;
    EXPECT_EQ(Notify("wf/notify").refusal, refused.refusal);
    EXPECT_EQ(smtp.Mails().size(), 0u);
}

TEST_F(PaymentMail, WhatIsPutOffMayBeTriedAgain)
{
    smtp.Say("RCPT", "451 4.3.0 later");
    Answer later = Notify("wf/notify");
    EXPECT_NE(later.error.code, SL_OK);
    EXPECT_EQ(later.error.outcome, SL_OUTCOME_NOT_EXECUTED) << later.error.message;
    smtp.Say("RCPT", "250 yes");
    EXPECT_EQ(Notify("wf/notify").value["status"].Text(), "sent");
    EXPECT_EQ(smtp.Mails().size(), 1u);
}

TEST_F(PaymentLife, ABadMailServerIsNamedAtTheStart)
{
    sl_error error = {};
    reference_settings settings = Settings();
    settings.smtp_url = "http://mail:25";
    EXPECT_EQ(reference_server_open(loop, &payment_server, &settings, &server, &error),
              SL_INVALID_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("SERVICELANE_SMTP_URL"), 0u) << error.message;
}
