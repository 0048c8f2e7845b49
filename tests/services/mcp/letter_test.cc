#include "services/mcp/letter.h"

#include <gtest/gtest.h>

#include <string>

static std::string Write(const std::string &body)
{
    letter l = {"desk@dealer.example", "a@example.com", "Subject",
                body.c_str(),          "NTF-1",         INT64_C(1750848105000)};
    sl_text text = {};
    letter_write(&l, &text);
    EXPECT_FALSE(sl_text_failed(&text));
    std::string written(text.data, text.length);
    sl_text_done(&text);
    return written;
}

static std::string Body(const std::string &written)
{
    return written.substr(written.find("\r\n\r\n") + 4);
}

TEST(Letter, HasTheFieldsOfAMessage)
{
    std::string written = Write("one\n\ntwo\n");
    EXPECT_EQ(
        written.find("Date: Wed, 25 Jun 2025 10:41:45 +0000\r\nFrom: desk@dealer.example\r\n"), 0u)
        << written;
    EXPECT_NE(written.find("\r\nMessage-ID: <NTF-1.1750848105000@dealer.example>\r\n"),
              std::string::npos);
    EXPECT_EQ(Body(written), "one\r\n\r\ntwo\r\n");
}

TEST(Letter, BreaksLongLinesAndTakesNoBareLineEnds)
{
    std::string words;
    for (int i = 0; i < 60; i++)
        words += "brake pad ";
    std::string link = "http://localhost/" + std::string(200, 'x');
    std::string endless(2000, 'y');
    std::string body = Body(Write("a\r\nb\rc\n" + words + "\n" + link + "\n" + endless));
    EXPECT_EQ(body.find("a\r\nb c\r\n"), 0u) << body;
    EXPECT_NE(body.find("\r\n" + link + "\r\n"), std::string::npos);
    size_t start = 0;
    for (size_t end; (end = body.find("\r\n", start)) != std::string::npos; start = end + 2) {
        std::string line = body.substr(start, end - start);
        EXPECT_LE(line.size(), 998u);
        EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << line;
        EXPECT_TRUE(line.find("brake") == std::string::npos || line.size() <= 78) << line;
    }
    EXPECT_EQ(start, body.size());
}
