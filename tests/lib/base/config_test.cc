#include "base/config.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace
{

struct Settings {
    const char *listen;
    const char *url;
    const char *key;
    int64_t seconds;
    double temperature;
    bool is_loud;
};

const sl_config_variable table[] = {
    {"TEST_LISTEN", SL_CONFIG_LISTEN, "127.0.0.1:50083", "Where.", 0, 0, false, true,
     offsetof(Settings, listen)},
    {"TEST_URL", SL_CONFIG_URL, "http://localhost:3002/mcp", "Which.", 0, 0, false, false,
     offsetof(Settings, url)},
    {"TEST_KEY", SL_CONFIG_STRING, nullptr, "Secret.", 0, 0, true, false, offsetof(Settings, key)},
    {"TEST_SECONDS", SL_CONFIG_INT, "30", "How long.", 1, 3600, false, false,
     offsetof(Settings, seconds)},
    {"TEST_TEMPERATURE", SL_CONFIG_DOUBLE, "0", "How warm.", 0, 2, false, false,
     offsetof(Settings, temperature)},
    {"TEST_LOUD", SL_CONFIG_BOOL, "no", "How loud.", 0, 0, false, false,
     offsetof(Settings, is_loud)},
};

struct Config : testing::Test {
    Settings settings{};
    sl_text mistakes{};
    void SetUp() override
    {
        for (const auto &variable : table)
            unsetenv(variable.name);
        unsetenv("TEST_KEY_FILE");
    }
    ~Config() override
    {
        sl_text_done(&mistakes);
    }
    sl_code Read()
    {
        return sl_config_read(table, SL_ARRAY_LENGTH(table), &settings, &mistakes);
    }
    void Done()
    {
        sl_config_done(table, SL_ARRAY_LENGTH(table), &settings);
    }
};

TEST_F(Config, HasDefaults)
{
    ASSERT_EQ(Read(), SL_OK);
    EXPECT_STREQ(settings.listen, "127.0.0.1:50083");
    EXPECT_EQ(settings.seconds, 30);
    EXPECT_FALSE(settings.is_loud);
    EXPECT_STREQ(settings.key, "");
    Done();
}

TEST_F(Config, ReadsEachKind)
{
    setenv("TEST_LISTEN", "[::1]:0", 1);
    setenv("TEST_URL", "https://mcp.example:8443/x", 1);
    setenv("TEST_SECONDS", "3600", 1);
    setenv("TEST_TEMPERATURE", "0.7", 1);
    setenv("TEST_LOUD", "Yes", 1);
    ASSERT_EQ(Read(), SL_OK);
    EXPECT_STREQ(settings.listen, "[::1]:0");
    EXPECT_EQ(settings.seconds, 3600);
    EXPECT_DOUBLE_EQ(settings.temperature, 0.7);
    EXPECT_TRUE(settings.is_loud);
    Done();
}

TEST_F(Config, EmptyMeansNoneOnlyWhereThatIsAllowed)
{
    setenv("TEST_LISTEN", "", 1);
    setenv("TEST_URL", "", 1);
    ASSERT_EQ(Read(), SL_OK);
    EXPECT_STREQ(settings.listen, "");
    EXPECT_STREQ(settings.url, "http://localhost:3002/mcp");
    Done();
}

TEST_F(Config, ReportsAllMistakesTogether)
{
    setenv("TEST_LISTEN", "somewhere", 1);
    setenv("TEST_URL", "ftp://x", 1);
    setenv("TEST_SECONDS", "3601", 1);
    setenv("TEST_TEMPERATURE", "warm", 1);
    setenv("TEST_LOUD", "maybe", 1);
    ASSERT_EQ(Read(), SL_INVALID_ARGUMENT);
    EXPECT_STREQ(mistakes.data,
                 "TEST_LISTEN: \"somewhere\" was given, host:port, such as 127.0.0.1:8080 is "
                 "wanted\n"
                 "TEST_URL: \"ftp://x\" was given, a URL that begins with http:// or https:// is "
                 "wanted\n"
                 "TEST_SECONDS: \"3601\" was given, a whole number from 1 to 3600 is wanted\n"
                 "TEST_TEMPERATURE: \"warm\" was given, a number from 0 to 2 is wanted\n"
                 "TEST_LOUD: \"maybe\" was given, one of 1, 0, true, false, yes, no, on, off is "
                 "wanted");
}

TEST_F(Config, NumbersAreWholeTexts)
{
    for (const char *bad : {"30s", " 30", "0x1e", "1e2", "99999999999999999999"}) {
        sl_text_clear(&mistakes);
        setenv("TEST_SECONDS", bad, 1);
        EXPECT_EQ(Read(), SL_INVALID_ARGUMENT) << bad;
    }
}

TEST_F(Config, SecretsComeFromFilesAndAreNotShown)
{
    std::string path = testing::TempDir() + "secret";
    FILE *file = fopen(path.c_str(), "w");
    fputs("sk-1234\n", file);
    fclose(file);
    setenv("TEST_KEY_FILE", path.c_str(), 1);
    ASSERT_EQ(Read(), SL_OK);
    EXPECT_STREQ(settings.key, "sk-1234");
    char shown[1024] = "";
    FILE *out = fmemopen(shown, sizeof(shown), "w");
    sl_config_print(table, SL_ARRAY_LENGTH(table), &settings, out);
    fclose(out);
    EXPECT_NE(std::string(shown).find("TEST_KEY=***\n"), std::string::npos);
    EXPECT_EQ(std::string(shown).find("sk-1234"), std::string::npos);
    Done();
    remove(path.c_str());
    EXPECT_EQ(Read(), SL_INVALID_ARGUMENT);
    EXPECT_NE(std::string(mistakes.data).find("TEST_KEY_FILE: "), std::string::npos);
}

} // namespace
