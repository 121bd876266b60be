// What is told of keeping a store safe: faults that a check has found, copies, what was rescued.
//
//   verification v = crm.verify().value();
//   for (const finding& f : v.findings) std::cout << f.text << "\n";
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/base/id.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::store {

/// Where a fault lies.
enum class part : std::uint8_t {
  file,    ///< what holds the records together: pages, tables, definitions
  record,  ///< a record is not as it was written, or relates to one that is not there
  index,   ///< a way to find records disagrees with them
  log,     ///< the change log cannot be read, or disagrees with the records
};

std::string_view name(part p) noexcept;

struct finding {
  part where = part::file;
  std::string entity = {};  ///< empty: not known, or none in particular
  id record = {};           ///< 0: likewise
  std::string text = {};    ///< one sentence
};

struct verify_options {
  std::size_t max_findings = 1000;  ///< 1 to 1,000,000; a broken store may have millions
  /// Told of records; returning false ends it with errc::interrupted.
  progress on_progress = {};
};

struct verification {
  std::vector<finding> findings = {};
  bool more = false;           ///< there was more than max_findings
  std::uint64_t records = 0;   ///< that were read, deleted ones and the log's entries too
  std::int64_t sequence = 0;   ///< of the last change that had been committed
  bool sound() const noexcept { return findings.empty(); }
};

/// A copy that was made and verified.
struct backup_report {
  std::int64_t sequence = 0;  ///< it holds every change up to this one, and none after it
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

/// Told a report before what it tells takes its place, for who must not fail after that; if it
/// throws, nothing takes its place.
template <class Report>
using report_listener = std::function<void(const Report&)>;

struct backup_options {
  progress on_progress = {};  ///< told of parts of the file; returning false ends it
  report_listener<backup_report> on_report = {};
};

struct restore_options {
  bool overwrite = false;     ///< replace the store that is there; else errc::duplicate
  progress on_progress = {};
  report_listener<backup_report> on_report = {};
};

/// What became of a damaged store's records.
struct salvage_report {
  struct entity {
    std::string name;
    std::uint64_t kept = 0;
    std::uint64_t doubtful = 0;  ///< of those kept: the content differs from what was written
    std::uint64_t lost = 0;      ///< known to have been there: by the log, or by an index
  };
  std::vector<entity> entities = {};
  std::vector<finding> findings = {};  ///< each record that is doubtful or lost, and what else
  bool more = false;                   ///< there was more than max_findings
  std::uint64_t kept = 0, doubtful = 0, lost = 0;
};

struct salvage_options {
  std::size_t max_findings = 1000;
  progress on_progress = {};
  report_listener<salvage_report> on_report = {};
};

/// Gathers findings up to a bound, and tells of progress; what checks are given.
class inspection {
 public:
  explicit inspection(const verify_options& how) : how_(how) {}

  void found(finding f) {
    if (out_.findings.size() < how_.max_findings) out_.findings.push_back(std::move(f));
    else out_.more = true;
  }
  /// So many records will be read.
  void expect(std::uint64_t records) noexcept { total_ += records; }
  /// So many more were read; false: it was cancelled.
  bool count(std::uint64_t records) {
    out_.records += records;
    return on();
  }
  /// Whether to go on; called at least some times a second.
  bool on() const {
    const std::uint64_t done = out_.records < total_ ? out_.records : total_;
    return !how_.on_progress || how_.on_progress(done, total_);
  }
  bool full() const noexcept { return out_.more; }
  verification& result() noexcept { return out_; }

 private:
  const verify_options& how_;
  verification out_;
  std::uint64_t total_ = 0;
};

}  // namespace guanxi::store
