/* The output as a compiler and clang-format see it. */
#include <random>

#include "generator_fixture.h"

namespace
{

class Output : public Generator
{
  protected:
    size_t compile_all(const std::string &folder, const std::string &below);
};

TEST_F(Output, IsAsClangFormatLeavesIt)
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

TEST_F(Output, IsAsClangFormatLeavesItForNamesOfAnyLength)
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
TEST_F(Output, Compiles)
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
size_t Output::compile_all(const std::string &folder, const std::string &below)
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
TEST_F(Output, ProtobufsOwnFilesCompile)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    if (!fs::exists("/usr/include/google/protobuf/descriptor.proto"))
        GTEST_SKIP() << "libprotobuf-dev is not where Debian has it";
    EXPECT_GE(compile_all("/usr/include", "google/protobuf"), 11u);
}

TEST_F(Output, GrpcsOwnFilesCompile)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    if (!fs::exists("/usr/share/grpc-proto"))
        GTEST_SKIP() << "grpc-proto is not installed";
    EXPECT_GE(compile_all("/usr/share/grpc-proto", "grpc"), 20u);
}

TEST_F(Output, EverythingOfProto2Compiles)
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

} // namespace
