#ifndef TESTS_TOOLS_GENERATOR_FIXTURE_H
#define TESTS_TOOLS_GENERATOR_FIXTURE_H

/* The generator under protoc: what it makes of .proto files. */
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

inline const std::string source_dir = SL_SOURCE_DIR;
inline const std::string golden_dir = source_dir + "/tests/tools/golden";
inline const std::string generator = SL_BIN_DIR "/protoc-gen-grpc-c";
inline const std::vector<std::string> golden_files = {"inner/types-of.it.proto", "messages.proto",
                                                      "names.proto", "shapes.proto"};

inline std::string read_file(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;

    out << in.rdbuf();
    return out.str();
}

inline void write_file(const fs::path &path, const std::string &text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

struct Outcome {
    int status;
    std::string output;
};

/* Runs a shell command; output is stdout and stderr together. */
inline Outcome run(const std::string &command)
{
    Outcome outcome = {-1, ""};
    FILE *pipe = popen((command + " 2>&1").c_str(), "r");
    char buffer[4096];
    size_t length;

    if (pipe == nullptr)
        return outcome;
    while ((length = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
        outcome.output.append(buffer, length);
    outcome.status = WEXITSTATUS(pclose(pipe));
    return outcome;
}

inline bool has_tool(const std::string &name)
{
    return run("command -v " + name).status == 0;
}

/* In CI everything has to be there; elsewhere a missing tool skips the test. */
#define NEED_TOOL(name)                                                                            \
    do {                                                                                           \
        if (!has_tool(name)) {                                                                     \
            ASSERT_EQ(getenv("CI"), nullptr) << name << " is missing";                             \
            GTEST_SKIP() << name << " is missing";                                                 \
        }                                                                                          \
    } while (0)

class Generator : public testing::Test
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/generator-test-XXXXXX";

        ASSERT_NE(mkdtemp(name), nullptr);
        dir = name;
    }

    void TearDown() override
    {
        fs::remove_all(dir);
    }

    /* Runs the generator over files of folder `from`; output goes to dir/out. */
    Outcome generate(const std::string &from, const std::string &files,
                     const std::string &parameter = "")
    {
        std::string out = dir + "/out";

        fs::create_directories(out);
        return run("cd " + from + " && protoc -I. -I" + source_dir +
                   "/protos --plugin=protoc-gen-grpc-c=" + generator + " --grpc-c_out=" + out +
                   (parameter.empty() ? "" : " --grpc-c_opt=" + parameter) + " " + files);
    }

    Outcome generate_text(const std::string &text, const std::string &parameter = "")
    {
        write_file(dir + "/in/a.proto", "syntax = \"proto3\";\npackage p;\nmessage M {}\n" + text);
        return generate(dir + "/in", "a.proto", parameter);
    }

    /* The messages too, as the package's CMake function makes them. */
    Outcome generate_all(const std::string &from, const std::string &files)
    {
        Outcome outcome =
            run("set -e; cd " + from + "; protoc -I. -I" + source_dir +
                "/protos --include_imports --descriptor_set_out=" + dir + "/set " + files + "; " +
                generator + " --for-protoc-c " + dir + "/set " + dir + "/lowered; mkdir -p " + dir +
                "/out; protoc --descriptor_set_in=" + dir + "/lowered --c_out=" + dir + "/out " +
                files);

        return outcome.status == 0 ? generate(from, files) : outcome;
    }

    bool can_parse(const std::string &folder, const std::string &file)
    {
        return run("cd " + folder + " && protoc -I. --descriptor_set_out=/dev/null " + file)
                   .status == 0;
    }

    std::string include()
    {
        return " -I" + dir + "/out -I" + source_dir + "/lib -I" + source_dir + "/gen ";
    }

    /* All stubs of dir/out. */
    Outcome compile()
    {
        return run("cd " + dir +
                   "/out && for f in $(find . -name '*.grpc-c.c'); do cc -std=c11 "
                   "-fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wconversion "
                   "-Wstrict-prototypes -Wmissing-prototypes -Werror" +
                   include() + "$f || exit 1; done");
    }

    static std::string all_golden()
    {
        std::string all;

        for (const std::string &file : golden_files)
            all += file + " ";
        return all;
    }

    std::string dir;
};

#endif
