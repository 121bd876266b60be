#include "audit.hpp"

#include "../measure.hpp"

#include "guanxi/guanxi.hpp"
#include "guanxi/session/feed.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace guanxi::bench::load {
namespace {

constexpr std::size_t most_findings = 20;

/// Names a record for whoever reads a finding.
std::string words(const std::string& entity, id record) {
  return entity + " " + std::to_string(record.value);
}

class auditor {
 public:
  auditor(company& at, std::span<const acknowledged> changes, std::int64_t start)
      : company_(at), system_(at.system()), start_(start) {
    for (const acknowledged& c : changes) booked_[{c.entity, c.record}].push_back(&c);
    for (auto& [record, list] : booked_)
      std::sort(list.begin(), list.end(), [](const acknowledged* a, const acknowledged* b) {
        return a->revision < b->revision;
      });
    out_.changes = static_cast<std::int64_t>(changes.size());
  }

  audit_report run() {
    read_log();
    for (const auto& [record, list] : booked_) compare(record, list);
    for (const auto& [record, list] : logged_)
      if (!booked_.contains(record))
        found(words(record.first, record.second) + " was changed, and nobody was told so");
    check_whole();
    return std::move(out_);
  }

 private:
  using record_of = std::pair<std::string, id>;

  void found(std::string text) {
    if (out_.findings.size() < most_findings) out_.findings.push_back(std::move(text));
  }

  /// What happened since the start, by record; stage visits are what an effect makes of it.
  void read_log() {
    feed log = need(system_.feed(
        "load audit", {.entities = {"opportunity", "activity"}, .start_after = start_}));
    std::int64_t last = start_;
    for (;;) {
      auto some = need(log.next(10'000));
      if (some.empty()) break;
      for (history_entry& e : some) {
        if (e.sequence <= last)
          found("sequence " + std::to_string(e.sequence) + " comes after " + std::to_string(last));
        last = e.sequence;
        logged_[{e.entity, e.record}].push_back(std::move(e));
      }
    }
    out_.sequences = need(system_.last_change()) - start_;
    if (last > start_ + out_.sequences) found("the log goes on behind its last change");
    need(system_.drop_cursor("load audit"));
  }

  void compare(const record_of& of, const std::vector<const acknowledged*>& list) {
    const std::string name = words(of.first, of.second);
    const std::vector<history_entry>& entries = logged_[of];
    if (entries.size() != list.size())
      found(name + " has " + std::to_string(entries.size()) + " changes in the log, and " +
            std::to_string(list.size()) + " were acknowledged");
    for (std::size_t i = 0; i < std::min(entries.size(), list.size()); ++i) {
      const acknowledged& was = *list[i];
      if (i && was.revision != list[i - 1]->revision + 1)
        found(name + " went from revision " + std::to_string(list[i - 1]->revision) + " to " +
              std::to_string(was.revision));
      const auto& fields = entries[i].fields;
      const auto field = std::find_if(fields.begin(), fields.end(),
                                      [&](const auto& f) { return f.name == was.field; });
      if (entries[i].user != was.user || field == fields.end() || field->after != was.after)
        found(name + " at revision " + std::to_string(was.revision) + " is not in the log as `" +
              was.field + "` " + was.after.to_string());
    }
    compare_stored(of, list);
  }

  /// The record as it stands: the last change of each field that is looked at.
  void compare_stored(const record_of& of, const std::vector<const acknowledged*>& list) {
    const std::string name = words(of.first, of.second);
    const result<record> now = system_.get(of.first, of.second);
    if (!now) return found(name + " was acknowledged: " + std::string(now.error().message()));
    if (now->revision() != list.back()->revision)
      found(name + " has revision " + std::to_string(now->revision()) + " in place of " +
            std::to_string(list.back()->revision));
    std::map<std::string_view, const value*> last;
    for (const acknowledged* c : list) last[c->field] = &c->after;
    for (const auto& [field, after] : last)
      if (const value stored = need(now->find(field)); stored != *after)
        found(name + " has `" + std::string(field) + "` " + stored.to_string() + " in place of " +
              after->to_string());
    if (of.first == "opportunity") check_visits(of.second, (*now)[crm::opportunity::stage]);
  }

  void check_visits(id opportunity, std::optional<id> stage) {
    const rows open = need(system_.query(
        "select stage from stage_visit where opportunity = :o and left_at is null",
        {{"o", opportunity, {}, false}}));
    if (open.size() != 1 || open.at(0, 0).as_id() != stage)
      found(words("opportunity", opportunity) + " has " + std::to_string(open.size()) +
            " open visits, or one to another stage than its own");
  }

  void check_whole() {
    const auto verified = need(company_.verify());
    out_.verified = verified.records;
    for (const store::finding& f : verified.findings) found("verify: " + f.text);
  }

  company& company_;
  session system_;
  const std::int64_t start_;
  std::map<record_of, std::vector<const acknowledged*>> booked_;
  std::map<record_of, std::vector<history_entry>> logged_;
  audit_report out_;
};

}  // namespace

audit_report audit(company& at, std::span<const acknowledged> changes, std::int64_t start) {
  at.reopen();
  return auditor(at, changes, start).run();
}

}  // namespace guanxi::bench::load
