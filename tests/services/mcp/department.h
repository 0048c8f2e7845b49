#ifndef TESTS_SERVICES_MCP_DEPARTMENT_H
#define TESTS_SERVICES_MCP_DEPARTMENT_H

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

#include "base/memory.h"
#include "services/mcp/answers.h"
#include "services/mcp/reference_server.h"
#include "json/json.h"

// A JSON value that frees itself; json["a"]["b"] of something missing is null.
class Json
{
  public:
    Json() = default;
    explicit Json(json_t *taken) : value_(taken)
    {
    }
    Json(const Json &other) : value_(json_incref(other.value_))
    {
    }
    Json &operator=(Json other)
    {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Json()
    {
        json_decref(value_);
    }
    static Json Parse(const std::string &text)
    {
        json_error_t error;
        json_t *value = json_loads(text.c_str(), 0, &error);
        EXPECT_NE(value, nullptr) << error.text << ": " << text;
        return Json(value);
    }
    Json operator[](const char *member) const
    {
        return Json(json_incref(json_object_get(value_, member)));
    }
    Json At(size_t index) const
    {
        return Json(json_incref(json_array_get(value_, index)));
    }
    std::string Text() const
    {
        return json_is_string(value_) ? json_string_value(value_) : "";
    }
    double Number() const
    {
        return json_is_number(value_) ? json_number_value(value_) : -1e300;
    }
    bool IsTrue() const
    {
        return json_is_true(value_);
    }
    bool IsNull() const
    {
        return value_ == nullptr || json_is_null(value_);
    }
    size_t Size() const
    {
        return json_is_array(value_) ? json_array_size(value_) : json_object_size(value_);
    }
    std::string Dump() const
    {
        char *text = json_dumps(value_, JSON_ENCODE_ANY);
        std::string dump = text != nullptr ? text : "";
        free(text);
        return dump;
    }
    json_t *get() const
    {
        return value_;
    }

  private:
    json_t *value_ = nullptr;
};

// What came of a call: an answer or a refusal.
struct Outcome {
    sl_code code = SL_OK;
    std::string refusal;
    Json result;
};

// A department with its database, called tool by tool as the server calls it.
class Department : public ::testing::Test
{
  protected:
    explicit Department(const reference_definition &definition) : definition(definition)
    {
    }

    void SetUp() override
    {
        char name[] = "/tmp/sl_dealership_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder = name;
        ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
        Open();
    }

    void TearDown() override
    {
        sl_store_close(store);
        sl_loop_free(loop);
        std::filesystem::remove_all(folder);
    }

    void Open()
    {
        sl_error error = {};
        std::string path = folder + "/" + definition.name + ".db";
        sl_store_options options = {path.c_str(), definition.migrations,
                                    definition.migration_count};
        ASSERT_EQ(sl_store_open(loop, &options, &store, &error), SL_OK) << error.message;
        Outcome made = Run([this](const dealership *d, json_t **, sl_error *err) {
            return definition.prepare(d, &settings, err);
        });
        ASSERT_EQ(made.code, SL_OK) << made.refusal;
    }

    void Reopen()
    {
        sl_store_close(store);
        Open();
    }

    using Work = std::function<sl_code(const dealership *, json_t **, sl_error *)>;

    Outcome Run(Work work)
    {
        struct Arg {
            Department *self;
            Work work;
            json_t *result;
        } arg = {this, work, nullptr};
        sl_error error = {};
        Outcome outcome;
        outcome.code = sl_store_write(
            store,
            [](sl_db *db, void *p, sl_error *err) {
                Arg *a = static_cast<Arg *>(p);
                dealership d = {};
                d.db = db;
                d.now_ms = a->self->now_ms;
                d.user = a->self->user;
                d.data_dir = a->self->folder.c_str();
                d.link_base = "https://pay.example.com";
                d.dealer = a->self->dealer;
                return a->work(&d, &a->result, err);
            },
            &arg, &error);
        outcome.refusal = error.message;
        outcome.result = Json(arg.result);
        return outcome;
    }

    const tool *Find(const std::string &name) const
    {
        for (size_t i = 0; i < definition.tool_count; i++)
            if (name == definition.tools[i].declaration.name)
                return &definition.tools[i];
        ADD_FAILURE() << "no tool " << name;
        return nullptr;
    }

    // Calls a tool with JSON arguments, with an idempotency key where it is given.
    Outcome Call(const std::string &name, const std::string &arguments, const char *key = nullptr)
    {
        Json given = Json::Parse(arguments);
        answered_call call = {};
        call.tool = Find(name);
        call.arguments = given.get();
        call.idempotency_key = key;
        EXPECT_EQ(answers_fingerprint(&call, nullptr), SL_OK);
        Outcome outcome = Run([&](const dealership *d, json_t **, sl_error *err) {
            return answers_run(d, &call, err);
        });
        if (call.is_refused) {
            outcome.code = call.refusal.code;
            outcome.refusal = call.refusal.message;
        }
        outcome.result = Json(call.result);
        return outcome;
    }

    // As Call(), where an answer is expected.
    Json Do(const std::string &name, const std::string &arguments, const char *key = nullptr)
    {
        Outcome outcome = Call(name, arguments, key);
        EXPECT_EQ(outcome.code, SL_OK) << name << arguments << ": " << outcome.refusal;
        return outcome.result;
    }

    // As Call(), where a refusal is expected: its text.
    std::string Refusal(const std::string &name, const std::string &arguments,
                        const char *key = nullptr)
    {
        Outcome outcome = Call(name, arguments, key);
        EXPECT_NE(outcome.code, SL_OK) << name << arguments << ": " << outcome.result.Dump();
        EXPECT_TRUE(outcome.result.IsNull());
        return outcome.refusal;
    }

    const reference_definition &definition;
    reference_settings settings = {};
    std::string folder;
    sl_loop *loop = nullptr;
    sl_store *store = nullptr;
    int64_t now_ms = INT64_C(1750848105000);
    const char *user = "tester";
    const char *dealer = nullptr;
};

#endif
