#include "http.h"

#include <curl/curl.h>

Json::Json(json_t *borrowed) : value_(json_incref(borrowed), json_decref)
{
}

Json Json::Parse(const std::string &text)
{
    json_t *value = json_loadb(text.data(), text.size(), JSON_DECODE_ANY, nullptr);
    if (!value)
        return Json();
    Json result(value);
    json_decref(value);
    return result;
}

Json Json::operator[](const char *name) const
{
    json_t *member = json_object_get(value_.get(), name);
    return member ? Json(member) : Json();
}

Json Json::operator[](size_t index) const
{
    json_t *element = json_array_get(value_.get(), index);
    return element ? Json(element) : Json();
}

size_t Json::Size() const
{
    return json_is_array(value_.get()) ? json_array_size(value_.get())
                                       : json_object_size(value_.get());
}

bool Json::IsNull() const
{
    return json_is_null(value_.get());
}

bool Json::Has(const char *name) const
{
    return json_object_get(value_.get(), name) != nullptr;
}

std::string Json::Text() const
{
    const char *text = json_string_value(value_.get());
    return text ? text : "";
}

double Json::Number() const
{
    return json_number_value(value_.get());
}

long long Json::Int() const
{
    return json_integer_value(value_.get());
}

bool Json::Bool() const
{
    return json_is_true(value_.get());
}

bool Json::HasText(const std::string &wanted) const
{
    for (size_t i = 0; i < Size(); i++)
        if ((*this)[i].Text() == wanted)
            return true;
    return false;
}

std::string Json::Dump() const
{
    char *text = json_dumps(value_.get(), JSON_ENCODE_ANY | JSON_INDENT(2));
    std::string result = text ? text : "";
    free(text);
    return result;
}

std::vector<std::string> Json::Names() const
{
    std::vector<std::string> names;
    const char *name = nullptr;
    json_t *member = nullptr;
    json_object_foreach(value_.get(), name, member) names.push_back(name);
    return names;
}

namespace
{

size_t Append(char *bytes, size_t size, size_t count, void *arg)
{
    static_cast<std::string *>(arg)->append(bytes, size * count);
    return size * count;
}

HttpAnswer Perform(const std::string &url, const std::string *body,
                   const std::vector<std::string> &headers)
{
    HttpAnswer answer;
    CURL *curl = curl_easy_init();
    curl_slist *list = nullptr;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, Append);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
    if (body) {
        list = curl_slist_append(list, "Content-Type: application/json");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    }
    for (const auto &header : headers)
        list = curl_slist_append(list, header.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    answer.json = Json::Parse(answer.body);
    return answer;
}

} // namespace

HttpAnswer HttpGet(const std::string &url)
{
    return Perform(url, nullptr, {});
}

HttpAnswer HttpPost(const std::string &url, const std::string &body,
                    const std::vector<std::string> &headers)
{
    return Perform(url, &body, headers);
}
