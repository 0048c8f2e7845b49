#include "bridge_fixture.h"

namespace
{

using Assets = BridgeTest;

TEST_F(Assets, ThePageIsWhereWorkflowsAre)
{
    Use(kOrchestrator);
    Answer page = Send("GET", "/", "");
    EXPECT_EQ(200, page.status);
    EXPECT_EQ("text/html; charset=utf-8", page.Header("Content-Type"));
    EXPECT_NE(std::string::npos, page.body.find("What should happen?"));
    EXPECT_EQ("text/javascript; charset=utf-8",
              Send("GET", "/page/app.js", "").Header("Content-Type"));
    Use(kAgent);
    EXPECT_EQ(404, Send("GET", "/", "").status);
    EXPECT_EQ(404, Send("GET", "/page/app.js", "").status);
}

TEST_F(Assets, DocsAndTheDocumentAreOnEveryPort)
{
    for (size_t listener : {kAgent, kOrchestrator}) {
        Use(listener);
        EXPECT_EQ(200, Send("GET", "/docs", "").status);
        EXPECT_EQ(200, Send("GET", "/docs/docs.js", "").status);
        Answer document = Send("GET", "/openapi.json", "");
        EXPECT_EQ("application/json", document.Header("Content-Type"));
        EXPECT_NE(std::string::npos, document.body.find("\"openapi\":\"3.1.1\""));
    }
}

TEST_F(Assets, NothingOfElsewhereIsAllowedOnThePage)
{
    Use(kOrchestrator);
    for (const char *path : {"/", "/docs"}) {
        Answer page = Send("GET", path, "");
        EXPECT_NE(std::string::npos,
                  page.Header("Content-Security-Policy").find("script-src 'self';"));
        EXPECT_EQ("nosniff", page.Header("X-Content-Type-Options"));
        EXPECT_EQ(std::string::npos, page.body.find("<script>")) << "no inline scripts";
        EXPECT_EQ(std::string::npos, page.body.find("style=")) << "no inline styles";
        EXPECT_EQ(std::string::npos, page.body.find("://")) << "no addresses of elsewhere";
    }
}

TEST_F(Assets, WhatIsTheSameIsNotSentAgain)
{
    Use(kOrchestrator);
    std::string etag = Send("GET", "/page/style.css", "").Header("ETag");
    ASSERT_NE("", etag);
    Answer again = Send("GET", "/page/style.css", "", {{"If-None-Match", etag.c_str()}});
    EXPECT_EQ(304, again.status);
    EXPECT_EQ("", again.body);
    EXPECT_EQ(200, Send("GET", "/page/style.css", "", {{"If-None-Match", "\"other\""}}).status);
}

TEST_F(Assets, FilesAreOnlyRead)
{
    Use(kOrchestrator);
    Answer answer = Post("/openapi.json", "{}");
    EXPECT_EQ(405, answer.status);
    EXPECT_EQ("GET, HEAD", answer.Header("Allow"));
    EXPECT_EQ(200, Send("HEAD", "/", "").status);
    EXPECT_EQ(404, Send("GET", "/page/../main.c", "").status);
    EXPECT_EQ(404, Send("GET", "/page/", "").status);
}

} // namespace
