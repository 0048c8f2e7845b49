#ifndef TESTS_INTEROP_MATRIX_H
#define TESTS_INTEROP_MATRIX_H

#include <map>
#include <string>
#include <tuple>

/** What a run has shown, for docs/interop.md. */
class Matrix
{
  public:
    void Note(const std::string &client, const std::string &server, bool use_tls,
              const std::string &test_case, bool has_passed);

    /** The page, in Markdown; empty where no peer took part. */
    std::string Page() const;

  private:
    /** client, server, use_tls, case */
    std::map<std::tuple<std::string, std::string, bool, std::string>, bool> results_;

    std::string Cell(const std::string &client, const std::string &server,
                     const std::string &test_case) const;
};

#endif
