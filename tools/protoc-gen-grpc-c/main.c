#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "plugin.h"
#include "wire.h"

static const char help[] =
    "protoc-gen-grpc-c " SL_VERSION ": gRPC stubs in C, as a plugin of protoc\n"
    "\n"
    "  protoc --grpc-c_out=DIR [--grpc-c_opt=PARAMETER[,PARAMETER]...] FILE.proto...\n"
    "      writes FILE.grpc-c.h and FILE.grpc-c.c: stubs for clients and servers, all shapes of\n"
    "      calls, and descriptors; they include the FILE.pb-c.h of protoc-c\n"
    "  protoc-gen-grpc-c --for-protoc-c IN OUT\n"
    "      rewrites a descriptor set so that protoc-c takes it: a proto3 optional field becomes a\n"
    "      oneof of that one field, optional_<field>; a field called by a keyword that protoc-c\n"
    "      does not know (export, restrict) gets _ after its name; services, for which protoc-c\n"
    "      has stubs of its own, go; groups, over which it crashes, are refused\n"
    "  protoc-gen-grpc-c --help | --version\n"
    "\n"
    "Parameters:\n"
    "  prefix.<package>=<prefix>         C names of the package's services begin with it\n"
    "  name.<service>=<C name>           instead of the one made from the service's name\n"
    "  name.<service>.<method>=<C name>  what follows the service's name for this method\n"
    "  comments.<package>=none           descriptors of the package carry no comments\n"
    "  Packages, services and methods are given by their full names. What protoc-c is told by\n"
    "  (pb_c_file).c_package and (pb_c_msg).base_field_name holds here, too.\n"
    "\n"
    "All that a.proto takes:\n"
    "  protoc --include_imports --include_source_info --descriptor_set_out=a.set a.proto\n"
    "  protoc-gen-grpc-c --for-protoc-c a.set a.lowered\n"
    "  protoc --descriptor_set_in=a.lowered --c_out=. a.proto\n"
    "  protoc --descriptor_set_in=a.set --grpc-c_out=. a.proto\n"
    "or, in CMake:\n"
    "  find_package(servicelane-grpc-c REQUIRED)\n"
    "  servicelane_grpc_c_generate(TARGET a.proto)\n"
    "\n"
    "Mistakes in .proto files are reported with file, line and column. Exits 0, or 1 with one "
    "line\n"
    "on stderr.\n";

static int fail(const struct sl_error *err)
{
    fprintf(stderr, "protoc-gen-grpc-c: %s\n", err->message);
    return 1;
}

static enum sl_code write_all(FILE *file, const char *name, const struct sl_text *bytes,
                              struct sl_error *err)
{
    if (fwrite(sl_text_string(bytes), 1, bytes->length, file) != bytes->length || fflush(file) != 0)
        return sl_error_set(err, SL_UNAVAILABLE, "cannot write %s: %s", name, strerror(errno));
    return SL_OK;
}

static enum sl_code open_file(const char *name, const char *mode, FILE **ret_file,
                              struct sl_error *err)
{
    FILE *file = fopen(name, mode);

    if (file == NULL)
        return sl_error_set(err, SL_NOT_FOUND, "cannot open %s: %s", name, strerror(errno));
    *ret_file = file;
    return SL_OK;
}

static void close_file(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
}

static enum sl_code run_plugin(struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text request = {0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text response = {0};

    SL_TRY(gen_read(stdin, "the request", &request, err));
    SL_TRY(gen_plugin_run(&request, &response, err));
    return write_all(stdout, "the response", &response, err);
}

static enum sl_code run_for_protoc_c(const char *in_name, const char *out_name,
                                     struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text in = {0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {0};
    SL_CLEANUP(close_file) FILE *in_file = NULL;
    SL_CLEANUP(close_file) FILE *out_file = NULL;

    SL_TRY(open_file(in_name, "rb", &in_file, err));
    SL_TRY(gen_read(in_file, in_name, &in, err));
    if (gen_for_protoc_c_run(&in, &out, err) != SL_OK)
        return sl_error_prefix(err, "%s", in_name);
    SL_TRY(open_file(out_name, "wb", &out_file, err));
    return write_all(out_file, out_name, &out, err);
}

int main(int argc, char **argv)
{
    struct sl_error err = {0};
    enum sl_code code;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(help, stdout) < 0;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("protoc-gen-grpc-c " SL_VERSION) < 0;
    if (argc == 1)
        code = run_plugin(&err);
    else if (argc == 4 && strcmp(argv[1], "--for-protoc-c") == 0)
        code = run_for_protoc_c(argv[2], argv[3], &err);
    else
        code = sl_error_set(
            &err, SL_INVALID_ARGUMENT,
            "unknown argument \"%s\"; protoc starts this program, --help tells more", argv[1]);
    return code == SL_OK ? 0 : fail(&err);
}
