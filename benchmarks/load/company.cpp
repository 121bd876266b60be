#include "company.hpp"

#include "../measure.hpp"

#include "guanxi/edge/sample.hpp"

#include <chrono>
#include <filesystem>

namespace guanxi::bench::load {
namespace {

/// Begins on one day for every run, so that the company is the same, and goes on as time does.
class working_clock final : public clock {
 public:
  instant now() const override {
    const auto passed = std::chrono::steady_clock::now() - begun_;
    instant at = start_;
    at.microseconds += std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
    return at;
  }

 private:
  const instant start_ = instant::parse("2026-03-02T09:00:00Z").value();
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

company::company(const company_options& how) : how_(how), world_(default_environment()) {
  world_.clock = std::make_shared<working_clock>();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(how.path + end);
  open();
  session s = system();
  need(edge::generate_sample(s, {.seed = how.seed, .records = how.records}));
  find_people(s);
  find_stages(s);
  for (const char* entity :
       {"account", "contact", "opportunity", "stage_visit", "activity", "ticket", "lead"})
    records_ += need(s.query(std::string("select count() from ") + entity)).at(0, 0).as_integer();
}

void company::open() {
  tenant_ = need(guanxi::open(how_.path, {.store = how_.store, .world = world_}));
}

session company::as(const person& who) const { return need(tenant_->as_user(who.login)); }

void company::find_people(const session& s) {
  const rows found = need(s.query(
      "select user, user.login as login, user.manager as manager from permission_assignment "
      "where permission_set.name = 'Sales 销售' order by user"));
  for (std::size_t row = 0; row < found.size(); ++row) {
    const value manager = found.at(row, 2);
    people_.push_back({found.at(row, 0).as_id(), std::string(found.at(row, 1).as_text()),
                       manager.is_null() ? id{} : manager.as_id()});
  }
}

void company::find_stages(const session& s) {
  const rows found = need(
      s.query("select id, pipeline, is_open, is_won from stage order by pipeline, position, id"));
  id first, last, line;
  for (std::size_t row = 0; row < found.size(); ++row) {
    const id stage = found.at(row, 0).as_id();
    if (found.at(row, 1).as_id() != line) line = found.at(row, 1).as_id(), first = last = stage;
    const bool open = found.at(row, 2).as_boolean(), won = found.at(row, 3).as_boolean();
    if (stage != first && (open || won)) after_[last] = stage, last = stage;
    if (!open) after_[stage] = first;
  }
}

id company::after(id stage) const {
  const auto found = after_.find(stage);
  if (found == after_.end()) give_up(error(errc::internal, "a stage leads nowhere"));
  return found->second;
}

void company::reopen() {
  if (how_.store == store_kind::memory) need(tenant_->save(how_.path));
  tenant_.reset();
  open();
}

}  // namespace guanxi::bench::load
