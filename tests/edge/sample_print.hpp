// A shop for a sample company, and what a reader of the whole company would notice as one number.
//
//   sample_shop one(tested_store::map), two(tested_store::sqlite_file);   …
//   EXPECT_EQ(fingerprint(one.all()), fingerprint(two.all()));
#pragma once

#include "guanxi/edge/sample.hpp"
#include "guanxi/guanxi.hpp"
#include "support/stores.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace guanxi::edge {

inline constexpr std::string_view sample_questions[] = {
    "select name, login, role.name, manager.name, region from user order by id",
    "select name, city, industry, employees, annual_revenue, parent.name, owner.login "
    "from account order by id",
    "select name, email, mobile, birthday from contact order by id",
    "select number, name, amount, stage.name, opened_on, close_date, lost_reason, "
    "stage_entered_at, probability, owner.login from opportunity order by id",
    "select entered_at, left_at, stage.name from stage_visit order by id",
    "select name, company, source, status, received_on from lead order by id",
    "select subject, due_on, done_at from activity order by id",
    "select subject, opened_at, resolved_at, satisfaction from ticket order by id",
};

/// A store whose clock stands still.
class sample_shop {
 public:
  explicit sample_shop(test::tested_store kind = test::tested_store::sqlite_memory)
      : path_(test::fresh_path()) {
    environment world = default_environment();
    world.clock =
        std::make_shared<fixed_clock>(instant::parse("2026-03-10T08:00:00Z").value());
    open_options how;
    how.world = world;
    crm_.emplace(open(test::make_driver(kind, world, path_), how).value());
    all_.emplace(crm_->as_system("sample test"));
  }
  ~sample_shop() {
    all_.reset();
    crm_.reset();
    test::remove_store(path_);
  }
  sample_shop(const sample_shop&) = delete;
  sample_shop& operator=(const sample_shop&) = delete;

  session& all() { return *all_; }
  result<sample_summary> generate(const sample_options& o) { return generate_sample(*all_, o); }
  std::int64_t number(std::string_view text) {
    return all_->query(text).value().at(0, 0).as_integer();
  }

 private:
  std::string path_;
  std::optional<tenant> crm_;
  std::optional<session> all_;
};

/// Gives every cell of every answer, in order.
template <class Take>
void each_cell(const session& s, Take&& take) {
  for (std::string_view question : sample_questions) {
    const rows r = s.query(question).value();
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t c = 0; c < r.columns().size(); ++c) take(r.at(i, c).to_string() + "|");
  }
}

/// FNV-1a over the cells.
inline std::uint64_t fingerprint(const session& s) {
  std::uint64_t hash = 1469598103934665603ULL;
  each_cell(s, [&](std::string_view cell) {
    for (char c : cell) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  });
  return hash;
}

/// Live records of every entity that the sample fills, stage visits among them.
inline std::int64_t records_of(const session& s) {
  std::int64_t out = 0;
  for (std::string_view entity :
       {"user", "role", "permission_set", "permission_assignment", "entity_right", "account",
        "contact", "product", "pipeline", "stage", "opportunity", "stage_visit", "lead", "activity",
        "ticket"})
    out += s.query("select count() from " + std::string(entity)).value().at(0, 0).as_integer();
  return out;
}

}  // namespace guanxi::edge
