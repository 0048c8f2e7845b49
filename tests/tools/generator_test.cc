/* What the generator makes of .proto files, and what it says of those it refuses. */
#include "generator_fixture.h"

namespace
{

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
    Outcome help = run(generator + " --help");
    EXPECT_EQ(help.status, 0);
    for (const char *word : {"--grpc-c_out=DIR", "--for-protoc-c IN OUT",
                             "prefix.<package>=", "name.<service>=", "name.<service>.<method>=",
                             "comments.<package>=none", "servicelane_grpc_c_generate", "--version"})
        EXPECT_NE(help.output.find(word), std::string::npos) << word;
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
