/* .proto files as others write them: what compiles, and what is refused before a compiler sees it.
 */
#include "generator_fixture.h"

namespace
{

class AnyProto : public Generator
{
  protected:
    void write(const std::string &name, const std::string &text)
    {
        write_file(dir + "/in/" + name, text);
    }
    /* a.proto is refused, by the plugin or on the way to protoc-c, with this in the message. */
    void refuses(const std::string &text, const std::string &why)
    {
        write("a.proto", text);
        Outcome outcome = generate(dir + "/in", "a.proto");
        EXPECT_NE(outcome.status, 0);
        EXPECT_NE(outcome.output.find(why), std::string::npos) << outcome.output;
    }
    void compiles(const std::string &files)
    {
        Outcome outcome = generate_all(dir + "/in", files);
        ASSERT_EQ(outcome.status, 0) << outcome.output;
        outcome = compile();
        EXPECT_EQ(outcome.status, 0) << outcome.output;
    }
};

TEST_F(AnyProto, EnumValuesHaveNamesToo)
{
    NEED_TOOL("protoc");
    refuses("syntax = \"proto3\";\nmessage M {\n  enum Kind { NOT_SET = 0; }\n"
            "  oneof kind { int32 x = 1; }\n}\n",
            "a.proto:4:3: oneof M.kind would have the C name M__KIND__NOT_SET, as has enum value "
            "M.Kind.NOT_SET at a.proto:3:15; protoc-c makes these, so one needs another name");
}

TEST_F(AnyProto, MembersOfAMessageMayNotShareAName)
{
    NEED_TOOL("protoc");
    const std::string two = "syntax = \"proto2\";\n", three = "syntax = \"proto3\";\n";
    refuses(three + "message M {\n  repeated int32 x = 1;\n  int32 n_x = 2;\n}\n",
            "a.proto:4:3: field M.n_x would have the C name M.n_x, as has field M.x at "
            "a.proto:3:3; protoc-c makes these, so one needs another name in its .proto file");
    refuses(two + "message M {\n  optional int32 x = 1;\n  optional bool has_x = 2;\n}\n",
            "field M.has_x would have the C name M.has_x, as has field M.x");
    refuses(three + "message M {\n  int32 base = 1;\n}\n",
            "a.proto:3:3: field M.base would have the C name M.base, as has message M");
    refuses(
        three + "message M {\n  oneof which { int32 x = 1; }\n  int32 which_case = 2;\n}\n",
        "a.proto:4:3: field M.which_case would have the C name M.which_case, as has oneof M.which "
        "at a.proto:3:3");
    refuses(three + "message M {\n  optional int32 x = 1;\n  int32 optional_x_case = 2;\n}\n",
            "field M.optional_x_case would have the C name M.optional_x_case, as has oneof "
            "M.optional_x at a.proto:3:3");
    refuses(two + "message M {\n  optional int32 int = 1;\n  optional int32 int_ = 2;\n}\n",
            "field M.int_ would have the C name M.has_int_, as has field M.int");
    refuses(two + "message M {\n  optional int32 AB = 1;\n  optional int32 ab = 2;\n}\n",
            "would have the C name M.ab");
    write("a.proto", two + "message M {\n  optional string x = 1;\n  optional bool has_x = 2;\n"
                           "  oneof o { int32 y = 3; bool has_y = 4; }\n  repeated int32 z = 5;\n"
                           "}\nservice S { rpc Go(M) returns (M); }\n");
    NEED_TOOL("protoc-gen-c");
    compiles("a.proto");
}

TEST_F(AnyProto, NamesOfTheCLibraryAndTheRuntimeAreNotTaken)
{
    NEED_TOOL("protoc");
    const std::string head = "syntax = \"proto3\";\nmessage M {}\n";
    refuses(
        head + "service Timer {\n  rpc Create(M) returns (M);\n}\n",
        "a.proto:4:3: method Timer.Create would have the C name timer_create, but the C library "
        "has that; give it another by the parameter name.<full name>=<C name> or "
        "prefix.<package>=<prefix>");
    refuses(head + "service SlCall {\n  rpc Unary(M) returns (M);\n}\n",
            "but names like that are the runtime's and its libraries'");
    write("a.proto", head + "service Timer {\n  rpc Create(M) returns (M);\n}\n");
    EXPECT_EQ(generate(dir + "/in", "a.proto", "name.Timer=my_timer").status, 0);
    EXPECT_EQ(generate(dir + "/in", "a.proto", "prefix.=my_").status, 0);
}

TEST_F(AnyProto, TypesComeThroughPublicImportsOfImports)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    write("deep/c.proto", "syntax = \"proto3\";\npackage c.d;\nmessage M { message In {} }\n");
    write("b.proto", "syntax = \"proto3\";\nimport public \"deep/c.proto\";\n");
    write("a.proto", "syntax = \"proto3\";\npackage c;\nimport \"b.proto\";\n"
                     "service S { rpc Go(d.M.In) returns (stream .c.d.M); }\n");
    compiles("a.proto b.proto deep/c.proto");
    EXPECT_NE(read_file(dir + "/out/a.grpc-c.h").find("const C__D__M__In *request"),
              std::string::npos);
}

TEST_F(AnyProto, KeywordsOfBothLanguagesAreNames)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    std::string text = "syntax = \"proto3\";\npackage class.namespace;\nmessage template {\n";
    std::string service = "}\nservice operator {\n";
    int number = 1;
    for (const char *word :
         {"auto",     "bool",     "class",    "co_await",      "concept",  "delete",  "export",
          "inline",   "int",      "mutable",  "new",           "noexcept", "nullptr", "operator",
          "private",  "register", "restrict", "static_assert", "template", "this",    "try",
          "typename", "union",    "virtual",  "while",         "xor"}) {
        text += std::string("  int32 ") + word + " = " + std::to_string(number++) + ";\n";
        service += std::string("  rpc ") + word +
                   "(.class.namespace.template) returns (stream .class.namespace.template);\n";
    }
    write("int.proto", text + service + "}\n");
    compiles("int.proto");
    Outcome outcome = run("c++ -std=c++20 -fsyntax-only -Wall -Wextra -Werror -x c++" + include() +
                          dir + "/out/int.grpc-c.h");
    EXPECT_EQ(outcome.status, 0) << outcome.output;
}

TEST_F(AnyProto, VeryLongNamesAndManyOfThem)
{
    NEED_TOOL("protoc");
    NEED_TOOL("protoc-gen-c");
    const std::string longest(400, 'x');
    std::string text = "syntax = \"proto3\";\npackage p" + longest + ";\nmessage M" + longest +
                       " { int32 f" + longest + " = 1; }\nservice S" + longest + " {\n";
    for (int i = 0; i < 200; i++)
        text += "  rpc R" + std::to_string(i) + longest + "(stream M" + longest + ") returns (M" +
                longest + ");\n";
    write("a.proto", text + "}\nservice Without {}\n");
    compiles("a.proto");
    refuses("syntax = \"proto3\";\nmessage M {\n  repeated int32 " + longest + " = 1;\n  int32 n_" +
                longest + " = 2;\n}\n",
            "a.proto:4:3: field M.n_xxx");
}

TEST_F(AnyProto, GroupsAreRefusedWithTheirLine)
{
    NEED_TOOL("protoc");
    write("a.proto", "syntax = \"proto2\";\nmessage M {\n  message In {\n    optional group G = 1 "
                     "{ optional int32 x = 2; }\n  }\n}\n");
    Outcome outcome = run("cd " + dir +
                          "/in && protoc --include_source_info --descriptor_set_out=a.set a.proto "
                          "&& " +
                          generator + " --for-protoc-c a.set a.lowered");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.output.find("a.proto:4:5: message In: field \"g\" is a group"),
              std::string::npos)
        << outcome.output;
}

} // namespace
