/* The generator under protoc: what it makes of .proto files. */
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace
{

namespace fs = std::filesystem;

const std::string source_dir = SL_SOURCE_DIR;
const std::string golden_dir = source_dir + "/tests/tools/golden";
const std::string generator = SL_BIN_DIR "/protoc-gen-grpc-c";
const std::vector<std::string> golden_files = {"inner/types-of.it.proto", "messages.proto",
                                               "names.proto", "shapes.proto"};

std::string read_file(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;

    out << in.rdbuf();
    return out.str();
}

void write_file(const fs::path &path, const std::string &text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

struct Outcome {
    int status;
    std::string output;
};

/* Runs a shell command; output is stdout and stderr together. */
Outcome run(const std::string &command)
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

bool has_tool(const std::string &name)
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

    size_t compile_all(const std::string &folder, const std::string &below);

    static std::string all_golden()
    {
        std::string all;

        for (const std::string &file : golden_files)
            all += file + " ";
        return all;
    }

    std::string dir;
};

/* SL_UPDATE_GOLDEN=1 in the environment writes what is expected anew: look at the difference. */
TEST_F(Generator, GoldenFiles)
{
    NEED_TOOL("protoc");
    Outcome outcome = generate(golden_dir, all_golden(), "comments.golden.inner=none");
    size_t compared = 0;

    ASSERT_EQ(outcome.status, 0) << outcome.output;
    for (const auto &entry : fs::recursive_directory_iterator(dir + "/out")) {
        if (!entry.is_regular_file())
            continue;
        std::string name = fs::relative(entry.path(), dir + "/out").string();
        fs::path expected = golden_dir + "/" + name + ".expected";

        if (getenv("SL_UPDATE_GOLDEN") != nullptr)
            write_file(expected, read_file(entry.path()));
        EXPECT_EQ(read_file(entry.path()), read_file(expected)) << name;
        compared++;
    }
    EXPECT_EQ(compared, 2 * golden_files.size());
}

TEST_F(Generator, OutputDoesNotDependOnWhatElseIsGenerated)
{
    NEED_TOOL("protoc");
    ASSERT_EQ(generate(golden_dir, "names.proto").status, 0);
    std::string alone = read_file(dir + "/out/names.grpc-c.c");

    ASSERT_EQ(generate(golden_dir, all_golden()).status, 0);
    EXPECT_EQ(read_file(dir + "/out/names.grpc-c.c"), alone);
    EXPECT_FALSE(alone.empty());
}

TEST_F(Generator, OutputIsAsClangFormatLeavesIt)
{
    NEED_TOOL("protoc");
    NEED_TOOL("clang-format");
    ASSERT_EQ(generate(golden_dir, all_golden()).status, 0);
    fs::copy(source_dir + "/.clang-format", dir + "/out/.clang-format");
    Outcome outcome = run("cd " + dir +
                          "/out && clang-format --dry-run --Werror "
                          "$(find . -name '*.grpc-c.[ch]')");
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

std::string random_name(std::mt19937 &random, size_t longest)
{
    static const char letters[] = "abcdefgH";
    std::string name = "M";

    for (size_t left = 1 + random() % longest; left > 0; left--)
        name += letters[random() % 8];
    return name;
}

/* Six messages and a service of twelve methods between them, with names of any length. */
std::string random_file(std::mt19937 &random)
{
    const size_t longest = std::vector<size_t>{6, 20, 35, 80}[random() % 4];
    std::string out = "syntax = \"proto3\";\npackage " + random_name(random, 20) + ";\n";
    std::vector<std::string> messages;

    for (int i = 0; i < 6; i++) {
        messages.push_back(random_name(random, longest) + std::to_string(i));
        out += "message " + messages.back() + " {}\n";
    }
    out += "//";
    for (int i = 0; i < 30; i++)
        out += " " + random_name(random, 12);
    out += "\nservice " + random_name(random, longest) + " {\n";
    for (int i = 0; i < 12; i++)
        out += "  rpc " + random_name(random, longest) + std::to_string(i) + "(" +
               (i % 4 > 1 ? "stream " : "") + messages[random() % 6] + ") returns (" +
               (i % 2 ? "stream " : "") + messages[random() % 6] +
               (i % 5 ? ");\n" : ") { option deprecated = true; }\n");
    return out + "}\n";
}

TEST_F(Generator, OutputIsAsClangFormatLeavesItForNamesOfAnyLength)
{
    NEED_TOOL("protoc");
    NEED_TOOL("clang-format");
    std::mt19937 random(1);
    std::string names;

    for (int i = 0; i < 40; i++) {
        std::string folder = "f" + std::to_string(i);

        write_file(dir + "/in/" + folder + "/a.proto", random_file(random));
        Outcome outcome = generate(dir + "/in/", folder + "/a.proto");
        ASSERT_EQ(outcome.status, 0) << outcome.output;
    }
    fs::copy(source_dir + "/.clang-format", dir + "/out/.clang-format");
    Outcome outcome = run("cd " + dir +
                          "/out && clang-format --dry-run --Werror "
                          "$(find . -name '*.grpc-c.[ch]')");
    EXPECT_EQ(outcome.status, 0) << outcome.output.substr(0, 2000);
}

/* In C with our warnings as errors, and its headers in C++. */
TEST_F(Generator, OutputCompiles)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    NEED_TOOL("cc");
    NEED_TOOL("c++");
    Outcome outcome = generate_all(golden_dir, all_golden());

    ASSERT_EQ(outcome.status, 0) << outcome.output;
    outcome = compile();
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    outcome = run("cd " + dir +
                  "/out && for f in $(find . -name '*.grpc-c.h'); do c++ -std=c++17 "
                  "-fsyntax-only -Wall -Wextra -Werror -x c++" +
                  include() + "$f || exit 1; done");
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

/* Those of its files whose imports are there; each by itself, as no project has them all. */
size_t Generator::compile_all(const std::string &folder, const std::string &below)
{
    size_t compiled = 0;

    for (const auto &entry : fs::recursive_directory_iterator(folder + "/" + below)) {
        std::string name = fs::relative(entry.path(), folder).string();

        if (entry.path().extension() != ".proto" || !can_parse(folder, name))
            continue;
        Outcome outcome = generate_all(folder, name);
        EXPECT_EQ(outcome.status, 0) << name << "\n" << outcome.output;
        compiled++;
    }
    Outcome outcome = compile();
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    return compiled;
}

/* Among them proto2, deep nesting, every kind of option. */
TEST_F(Generator, ProtobufsOwnFilesCompile)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    if (!fs::exists("/usr/include/google/protobuf/descriptor.proto"))
        GTEST_SKIP() << "libprotobuf-dev is not where Debian has it";
    EXPECT_GE(compile_all("/usr/include", "google/protobuf"), 11u);
}

TEST_F(Generator, GrpcsOwnFilesCompile)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    if (!fs::exists("/usr/share/grpc-proto"))
        GTEST_SKIP() << "grpc-proto is not installed";
    EXPECT_GE(compile_all("/usr/share/grpc-proto", "grpc"), 20u);
}

TEST_F(Generator, EverythingOfProto2Compiles)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    if (!fs::exists("/usr/include/protobuf-c/protobuf-c.proto"))
        GTEST_SKIP() << "protobuf-c.proto is not where Debian has it";
    write_file(dir + "/in/odd.proto", R"(syntax = "proto2";
package odd;
import public "google/protobuf/any.proto";
import "protobuf-c/protobuf-c.proto";
option deprecated = true;
message M {
  option (pb_c_msg).base_field_name = "head";
  required int32 a = 1 [default = 7];
  optional string s = 2 [default = "a\"b\\c??/"];
  extensions 100 to 200;
  repeated int32 base = 3 [packed = true];
  enum E { option allow_alias = true; A = 0; B = 0; C = -5; }
  optional E e = 4 [default = C];
  oneof class { int32 int = 5; string register = 6; }
}
extend M { optional int32 x = 100; }
service S {
  rpc One(M) returns (M);
  rpc Go(M) returns (stream M);
  rpc Back(stream M) returns (M);
  rpc Both(stream M) returns (stream google.protobuf.Any);
}
)");
    Outcome outcome = generate_all(dir + "/in", "odd.proto");
    ASSERT_EQ(outcome.status, 0) << outcome.output;
    outcome = compile();
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_NE(read_file(dir + "/out/odd.grpc-c.c").find("&request->head"), std::string::npos);
}

TEST_F(Generator, ClashOfNamesSaysFileAndLine)
{
    NEED_TOOL("protoc");
    const std::string text = "service S {\n  rpc Go(M) returns (M);\n"
                             "  rpc GoStart(M) returns (M);\n}\n";
    Outcome outcome = generate_text(text);

    EXPECT_NE(outcome.status, 0);
    EXPECT_NE(
        outcome.output.find("a.proto:6:3: method p.S.GoStart would have the C name s_go_start, "
                            "as has method p.S.Go at a.proto:5:3"),
        std::string::npos)
        << outcome.output;
    outcome = generate_text(text, "name.p.S.GoStart=begin");
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_NE(read_file(dir + "/out/a.grpc-c.h").find("s_begin_start("), std::string::npos);
}

TEST_F(Generator, NamesOfProtocCCountToo)
{
    NEED_TOOL("protoc");
    write_file(dir + "/in/a.proto", "syntax = \"proto3\";\nmessage Foo {\n  message Bar {}\n}\n"
                                    "service foo {\n  rpc _pack(Foo) returns (Foo);\n}\n");
    Outcome outcome = generate(dir + "/in", "a.proto");
    EXPECT_NE(outcome.output.find("a.proto:6:3: method foo._pack would have the C name foo__pack, "
                                  "as has message Foo at a.proto:2:1; give one another"),
              std::string::npos)
        << outcome.output;

    write_file(dir + "/in/a.proto", "syntax = \"proto3\";\nmessage Foo {\n  message Bar {}\n}\n"
                                    "message Foo_Bar {}\n");
    outcome = generate(dir + "/in", "a.proto");
    EXPECT_NE(outcome.output.find("a.proto:5:1: message Foo_Bar would have the C name "
                                  "FOO__BAR__INIT, as has message Foo.Bar at a.proto:3:3; protoc-c "
                                  "makes these"),
              std::string::npos)
        << outcome.output;
}

TEST_F(Generator, BadRouteSaysFileAndLine)
{
    NEED_TOOL("protoc");
    write_file(
        dir + "/in/a.proto",
        "syntax = \"proto3\";\nimport \"google/api/annotations.proto\";\nmessage M {}\n"
        "service S {\n  rpc Go(M) returns (M) { option (google.api.http) = {get: \"x\"}; }\n}\n");
    Outcome outcome = generate(dir + "/in", "a.proto");

    EXPECT_NE(outcome.output.find("a.proto:5:3: google.api.http of S.Go: a path begins with /"),
              std::string::npos)
        << outcome.output;
}

TEST_F(Generator, PrefixSetsPackagesApart)
{
    NEED_TOOL("protoc");
    Outcome outcome =
        generate_text("service S { rpc Go(M) returns (M); }\n", "prefix.p=p_,prefix.other=x_");

    ASSERT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_NE(read_file(dir + "/out/a.grpc-c.h").find("p_s_go_start("), std::string::npos);
}

TEST_F(Generator, FollowsThePackageThatProtocCIsTold)
{
    NEED_TOOL("protoc");
    if (!fs::exists("/usr/include/protobuf-c/protobuf-c.proto"))
        GTEST_SKIP() << "protobuf-c.proto is not where Debian has it";
    write_file(
        dir + "/in/a.proto",
        "syntax = \"proto3\";\npackage long.name;\nimport \"protobuf-c/protobuf-c.proto\";\n"
        "option (pb_c_file).gen_init_helpers = true;\noption (pb_c_file).c_package = \"ln\";\n"
        "message M {}\nservice S { rpc Go(M) returns (M); }\n");
    Outcome outcome = generate(dir + "/in", "-I/usr/include a.proto");
    ASSERT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_NE(read_file(dir + "/out/a.grpc-c.h").find("const Ln__M *request"), std::string::npos);
    EXPECT_NE(read_file(dir + "/out/a.grpc-c.c").find("&ln__m__descriptor"), std::string::npos);
}

TEST_F(Generator, ProgramSpeaksForItself)
{
    EXPECT_NE(run(generator + " --help").output.find("--grpc-c_out=DIR"), std::string::npos);
    EXPECT_EQ(run(generator + " --version").status, 0);

    Outcome unknown = run(generator + " --frobnicate");
    EXPECT_EQ(unknown.status, 1);
    EXPECT_NE(unknown.output.find("--frobnicate"), std::string::npos);

    Outcome garbage = run("printf garbage | " + generator);
    EXPECT_EQ(garbage.status, 1);
    EXPECT_EQ(garbage.output, "protoc-gen-grpc-c: these bytes are no "
                              "google.protobuf.compiler.CodeGeneratorRequest\n");

    Outcome missing = run(generator + " --for-protoc-c " + dir + "/none " + dir + "/out");
    EXPECT_EQ(missing.status, 1);
    EXPECT_NE(missing.output.find("/none"), std::string::npos);
}

} // namespace
