#ifndef TESTS_ORCHESTRATOR_STAGE_H
#define TESTS_ORCHESTRATOR_STAGE_H

#include <map>
#include <memory>
#include <string>

#include "tests/support/faulty_disk.h"
#include "tests/system/fleet.h"

/** Rows of the MCP servers' tables, which is what effects leave. */
using Effects = std::map<std::string, long long>;
Effects operator-(const Effects &after, const Effects &before);

/**
 * All of ServiceLane in real processes, of which the orchestrator is started by the test, again and
 * again, on a disk that fails as it is told. Reserving parts and making a payment link are refused
 * as busy at first, each time they are asked for anew.
 */
class Stage
{
  public:
    explicit Stage(bool is_busy_at_first);
    ~Stage();

    /** A data folder of the orchestrator's own, without anything in it. */
    void NewJournal();
    std::string JournalFolder() const
    {
        return journal_->path;
    }
    /** Starts the orchestrator; with_disk: on the disk that fails. false: it ended before it
     * listened. */
    bool Start(bool with_disk);
    Process &Orchestrator()
    {
        return orchestrator_;
    }
    Fleet &All()
    {
        return *fleet_;
    }
    /** What the disk does; everything counted so far is forgotten. */
    void SetDisk(disk_fault fault, int at);
    /** The same while a process uses it. */
    void ChangeDisk(disk_fault fault);
    disk_page &Disk()
    {
        return *page_;
    }

    HttpAnswer Get(const std::string &path) const;
    HttpAnswer Post(const std::string &path, const std::string &body) const;
    /** Posts until somebody takes it. */
    bool PostUntilTaken(const std::string &path, const std::string &body) const;
    /** The workflow when it has ended; null after 30 s. */
    Json WaitEnded(const std::string &request_id);

    Effects CountEffects() const;
    std::string Logs();

  private:
    std::unique_ptr<Fleet> fleet_;
    std::unique_ptr<TemporaryFolder> journal_, control_;
    Process orchestrator_, proxies_[2];
    disk_page *page_ = nullptr;
    std::string page_path_;
};

#endif
