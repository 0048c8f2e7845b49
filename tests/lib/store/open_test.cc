#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "fixture.h"

class Open : public StoreTest
{
  protected:
    sl_code fail_to_open(const std::string &at)
    {
        sl_store_options options = {at.c_str(), migrations.data(), migrations.size()};
        sl_store *store = nullptr;
        sl_code code = sl_store_open(loop, &options, &store, &error);
        EXPECT_EQ(store, nullptr);
        EXPECT_NE(std::string(error.message).find(folder), std::string::npos) << error.message;
        return code;
    }

    static unsigned mode_of(const std::string &at)
    {
        struct stat status = {};
        EXPECT_EQ(stat(at.c_str(), &status), 0) << at;
        return status.st_mode & 0777;
    }
};

TEST_F(Open, MakesFolderAndFilesForTheirOwnerOnly)
{
    path = folder + "/a/b/notes.db";
    mode_t old = umask(0);
    sl_store *store = open();
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(count(store), 0);
    umask(old);
    EXPECT_EQ(mode_of(folder + "/a"), 0700u);
    EXPECT_EQ(mode_of(folder + "/a/b"), 0700u);
    EXPECT_EQ(mode_of(path), 0600u);
    EXPECT_EQ(mode_of(path + "-wal"), 0600u);
    EXPECT_EQ(mode_of(path + "-shm"), 0600u);
}

TEST_F(Open, TakesRightsOfOthersAway)
{
    close(open());
    ASSERT_EQ(chmod(path.c_str(), 0644), 0);
    open();
    EXPECT_EQ(mode_of(path), 0600u);
}

TEST_F(Open, KeepsIdAndDataAcrossRestarts)
{
    sl_store *store = open();
    std::string id = sl_store_id(store);
    EXPECT_EQ(id.size(), 36u);
    Unit unit = {[](sl_db *db, sl_error *err) { return insert(db, "a", err); }, {}};
    EXPECT_EQ(sl_store_write(store, run_unit, &unit, &error), SL_OK);
    close(store);
    store = open();
    EXPECT_EQ(sl_store_id(store), id);
    EXPECT_EQ(count(store), 1);
}

TEST_F(Open, AppliesOnlyNewMigrations)
{
    close(open());
    migrations.push_back({"INSERT INTO notes (note) VALUES ('from migration 2')"});
    EXPECT_EQ(count(open()), 1);
    close(stores[0]);
    EXPECT_EQ(count(open()), 1);
}

TEST_F(Open, AFailedMigrationLeavesNothing)
{
    close(open());
    migrations.push_back({"INSERT INTO notes (note) VALUES ('half')"});
    migrations.push_back({"INSERT INTO nowhere VALUES (1)"});
    EXPECT_EQ(fail_to_open(path), SL_INTERNAL);
    EXPECT_NE(std::string(error.message).find("migration 3"), std::string::npos) << error.message;
    migrations.resize(1);
    EXPECT_EQ(count(open()), 0);
}

TEST_F(Open, RefusesADatabaseOfANewerVersion)
{
    migrations.push_back({"CREATE TABLE more (a TEXT)"});
    close(open());
    migrations.resize(1);
    EXPECT_EQ(fail_to_open(path), SL_FAILED_PRECONDITION);
    EXPECT_NE(std::string(error.message).find("newer"), std::string::npos) << error.message;
}

TEST_F(Open, RefusesWhatIsNoDatabase)
{
    std::ofstream(path) << std::string(5000, 'x');
    EXPECT_EQ(fail_to_open(path), SL_DATA_LOSS) << error.message;
}

TEST_F(Open, RefusesAFolderInPlaceOfTheFile)
{
    std::filesystem::create_directory(path);
    EXPECT_EQ(fail_to_open(path), SL_UNAVAILABLE) << error.message;
}

TEST_F(Open, RefusesAFileInPlaceOfTheFolder)
{
    std::ofstream(folder + "/file") << "x";
    EXPECT_EQ(fail_to_open(folder + "/file/notes.db"), SL_UNAVAILABLE) << error.message;
    EXPECT_EQ(fail_to_open(folder + "/file/deeper/notes.db"), SL_UNAVAILABLE) << error.message;
}

TEST_F(Open, RefusesAFolderThatCannotBeWritten)
{
    std::string locked = folder + "/locked";
    std::filesystem::create_directory(locked);
    ASSERT_EQ(chmod(folder.c_str(), 0755), 0);
    ASSERT_EQ(chmod(locked.c_str(), 0555), 0);
    // Root may write everywhere: another user tries, in a process of its own.
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(2);
        _exit(fail_to_open(locked + "/notes.db") == SL_PERMISSION_DENIED &&
                      fail_to_open(locked + "/deeper/notes.db") == SL_PERMISSION_DENIED &&
                      !HasFailure()
                  ? 0
                  : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}
