#include "matrix.h"

#include <time.h>

#include <sstream>
#include <vector>

#include "parties.h"

namespace
{

struct Column {
    std::string client, server;
};

std::vector<Column> Columns()
{
    std::vector<Column> columns;
    for (const Party &peer : Peers()) {
        columns.push_back({Ours().name, peer.name});
        columns.push_back({peer.name, Ours().name});
    }
    columns.push_back({Ours().name, Ours().name});
    return columns;
}

std::string Today()
{
    char text[32];
    time_t now = time(nullptr);
    struct tm date;
    gmtime_r(&now, &date);
    strftime(text, sizeof(text), "%Y-%m-%d", &date);
    return text;
}

const char kIntroduction[] = R"(# Interoperability with other implementations of gRPC

gRPC's own interoperability tests, as far as they need no credentials of a cloud, played by a server and a client
in C on stubs of protoc-gen-grpc-c ([tests/interop](../tests/interop)) against programs of other implementations.
What each case asks for is written in gRPC's doc/interop-test-descriptions.md. The compression cases are played
against grpc++ only: grpc-go's programs have none.

This page is made by the test itself:

    tools/interop-peers
    SL_INTEROP_RECORD=$PWD/docs/interop.md build/debug/tests/test_interop

)";

} // namespace

void Matrix::Note(const std::string &client, const std::string &server, bool use_tls,
                  const std::string &test_case, bool has_passed)
{
    results_[{client, server, use_tls, test_case}] = has_passed;
}

std::string Matrix::Cell(const std::string &client, const std::string &server,
                         const std::string &test_case) const
{
    std::string cell;
    for (bool use_tls : {false, true}) {
        auto result = results_.find({client, server, use_tls, test_case});
        cell += cell.empty() ? "" : ", ";
        cell += result == results_.end() ? "–" : result->second ? "passed" : "FAILED";
    }
    return cell;
}

std::string Matrix::Page() const
{
    std::ostringstream page;
    page << kIntroduction << "Run on " << Today() << ": servicelane " << Ours().Version();
    for (const Party &peer : Peers())
        page << ", " << peer.name << " " << (peer.IsThere() ? peer.Version() : "(absent)");
    page << ". Each cell: plain, TLS.\n\n| case |";
    for (const Column &column : Columns())
        page << " " << column.client << " → " << column.server << " |";
    page << "\n|---|";
    for (size_t i = 0; i < Columns().size(); i++)
        page << "---|";
    for (const std::string &test_case : kCases) {
        page << "\n| " << test_case << " |";
        for (const Column &column : Columns())
            page << " " << Cell(column.client, column.server, test_case) << " |";
    }
    page << "\n\nclient → server; \"–\" is not played.\n";
    return page.str();
}
