#ifndef TESTS_SYSTEM_HTTP_H
#define TESTS_SYSTEM_HTTP_H

#include <jansson.h>

#include <memory>
#include <string>
#include <vector>

/** A JSON value with paths: value["execution_results"]["total_steps"].Int(). Missing is null. */
class Json
{
  public:
    Json() : Json(json_null())
    {
    }
    explicit Json(json_t *borrowed);
    static Json Parse(const std::string &text);

    Json operator[](const char *name) const;
    Json operator[](size_t index) const;
    size_t Size() const;
    bool IsNull() const;
    bool Has(const char *name) const;
    std::string Text() const; /* of a string; else "" */
    double Number() const;
    long long Int() const;
    bool Bool() const;
    bool HasText(const std::string &wanted) const; /* whether an array holds it */
    std::string Dump() const;
    std::vector<std::string> Names() const;

  private:
    std::shared_ptr<json_t> value_;
};

struct HttpAnswer {
    long status = 0; /* 0: no answer */
    std::string body;
    std::string headers;
    Json json;
};

HttpAnswer HttpGet(const std::string &url);
HttpAnswer HttpPost(const std::string &url, const std::string &body,
                    const std::vector<std::string> &headers = {});

#endif
