/* tools/check-layers over small trees. */
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace
{

namespace fs = std::filesystem;

class Layers : public testing::Test
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/layers-test-XXXXXX";

        ASSERT_NE(mkdtemp(name), nullptr);
        dir = name;
        if (system("command -v python3 >/dev/null") != 0) {
            ASSERT_EQ(getenv("CI"), nullptr) << "python3 is missing";
            GTEST_SKIP() << "python3 is missing";
        }
        file("tools/layers", "lib/base :\nlib/rpc : lib/base\ngen/wire/*.pb-c.? :\ngen : lib/rpc\n"
                             "services/agent : lib\nservices/a : services/agent\n"
                             "services/b : services/agent\ntests : *\n<grpc> : lib/rpc\n");
        file("lib/base/text.h", "");
        file("lib/rpc/call.h", "#include <grpc/grpc.h>\n#include \"base/text.h\"\n");
        file("services/agent/agent.h", "#include \"rpc/call.h\"\n");
        file("services/a/a.h", "#include \"services/agent/agent.h\"\n");
        file("services/b/b.c", "#include <stdio.h>\n");
    }

    void TearDown() override
    {
        fs::remove_all(dir);
    }

    void file(const std::string &name, const std::string &text)
    {
        fs::path path = dir + "/" + name;

        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }

    std::string check(int *status = nullptr)
    {
        FILE *pipe = popen((SL_SOURCE_DIR "/tools/check-layers " + dir + " 2>&1").c_str(), "r");
        std::string output;
        char buffer[1024];

        while (fgets(buffer, sizeof(buffer), pipe) != nullptr)
            output += buffer;
        int result = WEXITSTATUS(pclose(pipe));
        if (status != nullptr)
            *status = result;
        return output;
    }

    std::string dir;
};

TEST_F(Layers, WhatPointsDownIsAllowed)
{
    int status = -1;

    EXPECT_EQ(check(&status), "");
    EXPECT_EQ(status, 0);
}

TEST_F(Layers, SiblingsAreRefused)
{
    int status = -1;

    file("services/b/b.c", "#include <stdio.h>\n\n  #  include \"services/a/a.h\"\n");
    EXPECT_EQ(check(&status), "services/b/b.c:3: includes services/a/a.h; services/b may include "
                              "services/agent\n");
    EXPECT_EQ(status, 1);
}

TEST_F(Layers, WhatPointsUpIsRefusedByAnyPath)
{
    file("lib/base/text.c", "#include \"../rpc/call.h\"\n");
    EXPECT_EQ(check(),
              "lib/base/text.c:1: includes lib/rpc/call.h; lib/base may include nothing\n");
}

TEST_F(Layers, ForeignLibraryStaysInItsFolder)
{
    file("services/a/a.c", "#include <grpc/grpc.h>\n");
    file("services/b/b.c", "#include \"grpc/grpc.h\"\n");
    EXPECT_EQ(check(), "services/a/a.c:1: includes <grpc/grpc.h>, which is for lib/rpc only\n"
                       "services/b/b.c:1: includes <grpc/grpc.h>, which is for lib/rpc only\n");
}

TEST_F(Layers, FileOfNoRoomIsRefused)
{
    file("lib/new/thing.c", "");
    file("services/b/b.c", "#include \"nowhere.h\"\n");
    EXPECT_EQ(check(),
              "lib/new/thing.c:1: belongs to no line of tools/layers\n"
              "services/b/b.c:1: includes \"nowhere.h\", which is neither beside it nor in "
              "lib/, gen/ or the project\n");
}

TEST_F(Layers, FirstLineThatFitsCounts)
{
    file("gen/wire/m.pb-c.h", "");
    file("gen/stub.h", "#include \"wire/m.pb-c.h\"\n");
    EXPECT_EQ(check(), "gen/stub.h:1: includes gen/wire/m.pb-c.h; gen may include lib/rpc\n");
}

TEST_F(Layers, HeadersThatAreMadeWhenBuiltMayBeNowhereWhereAllIsAllowed)
{
    file("tests/a_test.cc", "#include \"a.grpc-c.h\"\n#include \"a.pb-c.h\"\n");
    file("services/b/b.c", "#include \"b.pb-c.h\"\n");
    EXPECT_EQ(check(), "services/b/b.c:1: includes \"b.pb-c.h\", which is neither beside it nor in "
                       "lib/, gen/ or the project\n");
}

TEST_F(Layers, BadListIsSaid)
{
    int status = -1;

    file("tools/layers", "lib/base lib/rpc\n");
    EXPECT_NE(check(&status).find("tools/layers:1: wanted is NAME : ROOMS"), std::string::npos);
    EXPECT_EQ(status, 2);
}

} // namespace
